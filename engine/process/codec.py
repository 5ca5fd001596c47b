"""Write an instance as one small deterministic blob and read it back; the diagram is not in it.

    state = {v: version, n: id counter, k: tick, z: completed, t: rows,
             sub: [[parent id, z, rows], …]}
    row   = [id, parent's row or -1, element, state, changed at, triggered, internal data or null]

Rows stand in drawing order, so a parent precedes its children. Task data do not exist: facts live
in the case. The blob is a cache; whoever cannot read it folds the case's events instead.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.errors import UnusableState
from engine.process.flow import preorder
from engine.process.patch import Moment
from engine.process.specs import NoScripts

VERSION = 1


def dump(top: Any, moment: Moment) -> bytes:
    """Return the canonical bytes of an instance: equal states give equal bytes."""
    state = {
        "v": VERSION,
        "n": moment.number,
        "k": moment.tick,
        "z": top.completed,
        "t": _rows(top),
        "sub": [
            [sub.parent_task_id, sub.completed, _rows(sub)] for sub in top.subprocesses.values()
        ],
    }
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)


def digest(blob: bytes) -> str:
    """Return the fingerprint of a state: SHA-256 of its canonical bytes, in hex."""
    return hashlib.sha256(blob).hexdigest()


def load(blob: bytes, spec: Any, parts: dict[str, Any], *, case_id: str) -> tuple[Any, int, int]:
    """Return the instance of a blob with its id counter and its tick."""
    try:
        state = orjson.loads(blob)
        if state["v"] != VERSION:
            raise UnusableState(case=case_id, reason=f"v{state['v']}")
        return _load(state, spec, parts), state["n"], state["k"]
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
        raise UnusableState(case=case_id, reason=type(error).__name__) from error


def _rows(workflow: Any) -> list[list[Any]]:
    order = preorder(workflow)
    row_of = {task.id: row for row, task in enumerate(order)}
    rows = []
    for task in order:
        if task.data:
            raise AssertionError(f"task data must stay empty: {task.task_spec.name}")
        rows.append(
            [
                task.id,
                row_of.get(task._parent, -1),
                task.task_spec.name,
                task._state,
                task.last_state_change,
                int(task.triggered),
                task.internal_data or None,
            ]
        )
    return rows


def _load(state: dict[str, Any], spec: Any, parts: dict[str, Any]) -> Any:
    top = BpmnWorkflow(spec, parts, script_engine=NoScripts(), deserializing=True)
    top.completed = state["z"]
    _fill(top, state["t"])
    for number, completed, rows in state["sub"]:
        homes = (top, *top.subprocesses.values())
        parent = next(home.tasks[number] for home in homes if number in home.tasks)
        sub = BpmnSubWorkflow(parts[parent.task_spec.spec], number, top, deserializing=True)
        sub.completed = completed
        _fill(sub, rows)
        top.subprocesses[number] = sub
        # the library connects this when it starts the sub-process, and nobody does after a load
        done = parent.task_spec._on_subworkflow_completed
        sub.completed_event.connect(done, parent)
    return top


def _fill(workflow: Any, rows: list[list[Any]]) -> None:
    specs, tasks = workflow.spec.task_specs, list[Any]()
    waiting = workflow.top_workflow.event_manager
    for number, above, name, state, changed_at, triggered, internal in rows:
        task = Task.__new__(Task)
        task.id, task.workflow, task.task_spec = number, workflow, specs[name]
        task._children, task._state = [], state
        task.last_state_change, task.triggered = changed_at, bool(triggered)
        task.internal_data, task.data, task.thread_id = internal or {}, {}, 0
        task._parent = None if above < 0 else tasks[above].id
        if above >= 0:
            tasks[above]._children.append(number)
        workflow.tasks[number] = task
        tasks.append(task)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            waiting.add_task(task)
    workflow.task_tree = workflow.last_task = tasks[0]
