"""Write where an instance stands as small deterministic bytes and read it back.

    state = {v: version, z: completed, t: rows, sub: [[parent's number, z, rows], …]}
    row   = [parent's row or -1, element, state] and, where there is any, triggered, internal data

Rows stand in drawing order, so a parent precedes its children; a task's number is its place in the
whole. What the diagram alone says is not written: the specification, and all that the library
predicts behind a task which has not begun, which it predicts again after a load. Nor is a
case's: no fact, no instant. So two cases at one place have the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.flow import preorder
from engine.process.specs import NoScripts

VERSION = 2
NOT_BEGUN = TaskState.FUTURE | TaskState.PREDICTED_MASK

Rows = list[list[Any]]


def dump(top: Any) -> tuple[bytes, Mapping[int, int]]:
    """Return the canonical bytes of an instance, and the number each of its tasks has in them."""
    orders = [(workflow, _begun(workflow)) for workflow in (top, *top.subprocesses.values())]
    every = [task.id for _, order in orders for task in order]
    numbers = {number: place for place, number in enumerate(every, start=1)}
    (_, first), *others = orders
    state = {
        "v": VERSION,
        "z": top.completed,
        "t": _rows(first),
        "sub": [
            [numbers[sub.parent_task_id], sub.completed, _rows(order)] for sub, order in others
        ],
    }
    return written(state), numbers


def written(value: object) -> bytes:
    """Return a value's canonical bytes: equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(blob: bytes) -> str:
    """Return the fingerprint of a state: SHA-256 of its canonical bytes, in hex."""
    return hashlib.sha256(blob).hexdigest()


def load(state: bytes, spec: Any, parts: dict[str, Any]) -> Any:
    """Return the instance of a state; anything may be raised for bytes that `dump` did not write.

    It makes tasks, so it needs a running `Moment` whose numbers begin behind those of the state.
    """
    read = orjson.loads(state)
    if read["v"] != VERSION:
        raise ValueError(f"v{read['v']}")
    top = BpmnWorkflow(spec, parts, script_engine=NoScripts(), deserializing=True)
    top.completed = read["z"]
    number = _fill(top, read["t"], 1)
    for above, completed, rows in read["sub"]:
        homes = (top, *top.subprocesses.values())
        parent = next(home.tasks[above] for home in homes if above in home.tasks)
        sub = BpmnSubWorkflow(parts[parent.task_spec.spec], above, top, deserializing=True)
        sub.completed = completed
        number = _fill(sub, rows, number)
        top.subprocesses[above] = sub
        # the library connects this when it starts the sub-process, and nobody does after a load
        done = parent.task_spec._on_subworkflow_completed
        sub.completed_event.connect(done, parent)
    for workflow in (top, *top.subprocesses.values()):
        _predict(workflow)
    return top


def count(state: bytes) -> int:
    """Return how many tasks a state holds."""
    read = orjson.loads(state)
    return len(read["t"]) + sum(len(rows) for _, _, rows in read["sub"])


def _begun(workflow: Any) -> list[Any]:
    """Return the tasks to write: all but those behind one that has not begun."""
    tasks = workflow.tasks
    return [
        task
        for task in preorder(workflow)
        if task._parent is None
        or not task._state & NOT_BEGUN
        or not tasks[task._parent]._state & NOT_BEGUN
    ]


def _rows(order: list[Any]) -> Rows:
    row_of = {task.id: row for row, task in enumerate(order)}
    return [list(_row(task, row_of.get(task._parent, -1))) for task in order]


def _row(task: Any, above: int) -> Iterator[Any]:
    if task.data:
        raise AssertionError(f"task data must stay empty: {task.task_spec.name}")
    yield from (above, task.task_spec.name, task._state)
    internal = task.internal_data
    if "merged" in internal:  # numbers of children, which nobody asks for
        internal = {**internal, "merged": []}
    if task.triggered or internal:
        yield int(task.triggered)
    if internal:
        yield internal


def _fill(workflow: Any, rows: Rows, number: int) -> int:
    """Make the tasks of the rows, numbered from `number`; returns the next free number."""
    specs, tasks = workflow.spec.task_specs, list[Any]()
    waiting = workflow.top_workflow.event_manager
    for above, name, state, *rest in rows:
        task = Task.__new__(Task)
        task.id, task.workflow, task.task_spec = number, workflow, specs[name]
        task._children, task._state = [], state
        task.last_state_change, task.triggered = 0, bool(rest and rest[0])
        task.internal_data, task.data, task.thread_id = rest[1] if rest[1:] else {}, {}, 0
        task._parent = None if above < 0 else tasks[above].id
        if above >= 0:
            tasks[above]._children.append(number)
        workflow.tasks[number] = task
        tasks.append(task)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            waiting.add_task(task)
        number += 1
    workflow.task_tree = workflow.last_task = tasks[0]
    return number


def _predict(workflow: Any) -> None:
    """Let the library foresee again what it had foreseen behind each task that has not begun."""
    for task in [*workflow.tasks.values()]:
        if task._state & NOT_BEGUN:
            task.task_spec._predict(task, [], 1, TaskState.NOT_FINISHED_MASK)
