"""Drop the finished part of an instance's tree, so that a case costs the same at any age.

Kept are: the root; every unfinished task with its parent and children; tokens that wait at a join;
and the split that an unfinished boundary join will look for, with its children. Every kept task is
hung below its nearest kept ancestor, which preserves order and ancestry. Everything else is history
and stands in the events. (Task data are empty, so nothing is inherited from what is dropped.)
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.process.gateways import Inclusive, Parallel

UNFINISHED = TaskState.NOT_FINISHED_MASK


def compact(top: Any) -> None:
    """Compact an instance and bring its dictionaries into drawing order.

    Order matters: the library iterates them, and after a reload they are in drawing order.
    """
    for workflow in (top, *top.subprocesses.values()):
        _compact(workflow)
    live = {n: w for w in (top, *top.subprocesses.values()) for n in _unfinished(w)}
    kept = [sub for n, sub in top.subprocesses.items() if n in live and not sub.completed]
    kept.sort(key=lambda sub: (sub.depth, [*live].index(sub.parent_task_id)))
    top.subprocesses = {sub.parent_task_id: sub for sub in kept}
    top.event_manager.tasks = {
        task.id: task
        for workflow in (top, *kept)
        for task in workflow.tasks.values()
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
    }


def _unfinished(workflow: Any) -> list[int]:
    return [n for n, task in workflow.tasks.items() if task._state & UNFINISHED]


def _compact(workflow: Any) -> None:
    root = workflow.task_tree
    keep = _needed(workflow)
    tasks, kept = workflow.tasks, {}
    children: dict[int, list[int]] = {}
    stack = [(root, root)]
    while stack:
        task, above = stack.pop()
        if task.id in keep:
            kept[task.id] = task
            children[task.id] = []
            if task is not root:
                children[above.id].append(task.id)
                task._parent = above.id
            above = task
        stack.extend((tasks[n], above) for n in reversed(task._children))
    for number, task in kept.items():
        task._children = children[number]
        if not task._state & UNFINISHED:
            task.internal_data = {k: v for k, v in task.internal_data.items() if k == "used"}
    workflow.tasks = kept
    if workflow.last_task is None or workflow.last_task.id not in kept:
        workflow.last_task = root


def _needed(workflow: Any) -> set[int]:
    tasks, keep = workflow.tasks, {workflow.task_tree.id}
    for task in tasks.values():
        if task._state & UNFINISHED:
            keep.update((task.id, *task._children))
            if task._parent is not None:
                keep.add(task._parent)
            if isinstance(task.task_spec, BoundaryEventJoin):
                split = task.find_ancestor(task.task_spec.split_task)
                if split is not None:
                    keep.update((split.id, *split._children))
        elif _waits_at_join(task):
            keep.update((task.id, task._parent))
    return keep


def _waits_at_join(task: Any) -> bool:
    if not isinstance(task.task_spec, Parallel | Inclusive) or "used" in task.internal_data:
        return False
    return bool(task.parent._state == TaskState.COMPLETED)
