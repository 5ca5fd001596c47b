"""Walk a running instance and run it to its next stop: our own engine loop.

`do_engine_steps` walks with a depth limit below which tasks are silently lost, has no budget, and
looks at timers only at its end. Ours walks iteratively, counts its steps and guards the depth.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.process.compaction import compact
from engine.process.errors import Runaway

BUDGET = 500  # automatic steps in one command
DEPTH = 800  # the library loses tasks below 1000
TIDY = 50  # steps between two compactions inside a long run


def preorder(workflow: Any) -> list[Any]:
    """Return all tasks of one workflow, parents first, children in order, at any depth."""
    order, stack, tasks = [], [workflow.task_tree], workflow.tasks
    while stack:
        task = stack.pop()
        order.append(task)
        stack += [tasks[number] for number in reversed(task._children)]
    return order


def walk(workflow: Any) -> Iterator[Any]:
    """Yield every task of an instance in drawing order, a sub-process at its place."""
    top = workflow.top_workflow
    for task in preorder(workflow):
        yield task
        inside = top.subprocesses.get(task.id)
        if inside is not None and not inside.completed:
            yield from walk(inside)


def advance(top: Any) -> int:
    """Run every automatic task that is READY until only people, clocks or results are awaited."""
    run = _Run(top)
    while run.once():
        pass
    return run.steps


class _Run:
    def __init__(self, top: Any) -> None:
        self.top = top
        self.steps = 0
        self._tidied = 0

    def once(self) -> bool:
        """Make one pass; only a pass that ran nothing and opened nothing ends the loop.

        Comparing the number of sub-processes, as the library does, is not enough: one may end
        while another starts.
        """
        steps, seen = self.steps, set(self.top.subprocesses)
        for inside in sorted(self._inside(), key=lambda sub: sub.depth, reverse=True):
            while self._batch(inside):
                pass
            parent = _task(self.top, inside.parent_task_id)
            if parent is not None and parent._state == TaskState.STARTED:
                parent.task_spec._update(parent)
        self._batch(self.top)
        if self.steps - self._tidied >= TIDY:
            self._tidied = self.steps
            compact(self.top)
        return self.steps != steps or set(self.top.subprocesses) != seen

    def _inside(self) -> list[Any]:
        """Return the open sub-processes; forget those whose task was cancelled or removed.

        An interrupting event on a multi-instance sub-process removes the children without telling
        their sub-processes, which would stay open for ever.
        """
        top = self.top
        for number in [*top.subprocesses]:
            parent = _task(top, number)
            if parent is None or not parent._state & TaskState.NOT_FINISHED_MASK:
                del top.subprocesses[number]
        return [sub for sub in top.subprocesses.values() if not sub.completed]

    def _batch(self, workflow: Any) -> int:
        ran = 0
        for task in preorder(workflow):
            # run() has no guard: an earlier task of the batch may have cancelled this one
            if task._state != TaskState.READY or task.task_spec.manual:
                continue
            self.steps += 1
            if self.steps > BUDGET or task.depth > DEPTH:
                raise Runaway(element=task.task_spec.name, limit=BUDGET)
            task.run()
            ran += 1
        return ran


def _task(top: Any, number: int) -> Any:
    homes = (top, *top.subprocesses.values())
    return next((home.tasks[number] for home in homes if number in home.tasks), None)
