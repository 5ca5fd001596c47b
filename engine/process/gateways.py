"""Gateways that wait for facts instead of guessing, and joins that count tokens.

Conditions arrive compiled and are three-valued; the stock joins judge by the shape of the tree and
are wrong in loops.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from SpiffWorkflow.util.task import TaskState

from engine.process.errors import NoBranch
from engine.process.patch import current

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class _Deciding:
    """A gateway that stays STARTED while a condition it needs is unknown.

    The default flow is taken only when every other condition is false; the missing facts are kept
    in the task so that the case can ask for them.
    """

    name: str
    cond_task_specs: list[tuple[Any, str]]

    def decide(self, my_task: Any) -> list[str] | None:
        raise NotImplementedError

    def _take(self, my_task: Any) -> bool | None:
        chosen = self.decide(my_task)
        if chosen is None:
            return None
        my_task.internal_data.pop("missing", None)
        specs = [my_task.workflow.spec.task_specs[name] for name in chosen]
        my_task._sync_children(specs, TaskState.FUTURE)
        for child in my_task.children:
            mask = TaskState.FUTURE | TaskState.PREDICTED_MASK
            child.task_spec._predict(child, mask=mask)
        return True

    def _wait(self, my_task: Any, missing: Iterable[str]) -> None:
        my_task.internal_data["missing"] = sorted(set(missing))

    def _default(self, default: str | None) -> list[str]:
        if default is None:
            raise NoBranch(element=self.name)
        return [default]


class Exclusive(_Deciding, ExclusiveGateway):
    """The first flow, in the order of the file, whose condition holds."""

    def decide(self, my_task: Any) -> list[str] | None:
        for condition, output in self.cond_task_specs:
            if condition is None:
                continue
            said = current().ask(condition)
            if said is True:
                return [output]
            if said is not False:
                self._wait(my_task, said)
                return None
        return self._default(self.default_task_spec)

    def _run_hook(self, my_task: Any) -> bool | None:
        return self._take(my_task)


class _Joining:
    """A join that counts the tokens which arrived since it last fired.

    Stock joins look at every task of the tree, so that arrivals of an earlier turn of a rework loop
    count again: an AND join then opens with one of two approvals missing. We mark an arrival when
    it is used up. A task is an arrival if its parent is COMPLETED and no mark is on it.
    """

    def _update_hook(self, my_task: Any) -> bool:
        arrivals = [task for task in my_task.workflow.tasks.values() if self._has_arrived(task)]
        fires = self._may_fire(my_task, {task.parent.task_spec.name for task in arrivals})
        for task in arrivals:
            if fires:
                task.internal_data["used"] = 1
            if task is not my_task and task._state == TaskState.WAITING:
                task.cancel()
        if not fires:
            my_task._set_state(TaskState.WAITING)
        return fires

    def _has_arrived(self, task: Any) -> bool:
        return bool(
            task.task_spec is self
            and "used" not in task.internal_data
            and task.parent._state == TaskState.COMPLETED
        )

    def _may_fire(self, my_task: Any, filled: set[str]) -> bool:
        raise NotImplementedError


class Parallel(_Joining, ParallelGateway):
    """Fires when a token has arrived on every incoming flow."""

    def _may_fire(self, _task: Any, filled: set[str]) -> bool:
        return filled.issuperset(self._inputs)

    def _run_hook(self, _task: Any) -> bool:
        return True  # the stock hook merges data, which we have not, and drops open tasks


class Inclusive(_Deciding, _Joining, InclusiveGateway):
    """Joins by BPMN 2.0.2, 13.4.3; splits into every branch whose condition holds.

    The stock join overlooks tokens in STARTED tasks, which is what our services and sub-processes
    are while they work.
    """

    def _may_fire(self, my_task: Any, filled: set[str]) -> bool:
        empty = {name for name in self._inputs if name not in filled}
        if not empty:
            return True
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self or not _is_token(task):
                continue
            ahead = self._ahead_of(task.task_spec)
            if ahead & empty and not ahead & filled:
                return False
        return True

    def _ahead_of(self, spec: Any) -> set[str]:
        """Names that a token at `spec` may still visit without passing this gateway."""
        specs = self._wf_spec.task_specs
        split = specs.get(f"{spec.name}.BoundaryEventSplit")
        stack, seen = [split or spec], set[str]()
        while stack:
            here = stack.pop()
            if here.name in seen or here is self:
                continue
            seen.add(here.name)
            stack.extend(specs[name] for name in here._outputs)
        return seen

    def decide(self, my_task: Any) -> list[str] | None:
        judged = [
            (current().ask(condition), output)
            for condition, output in self.cond_task_specs
            if condition is not None
        ]
        unknown = [said for said, _ in judged if not isinstance(said, bool)]
        if unknown:
            self._wait(my_task, (name for missing in unknown for name in missing))
            return None
        chosen = [output for said, output in judged if said]
        default = next((name for c, name in self.cond_task_specs if c is None), None)
        return chosen or self._default(default)

    def _run_hook(self, my_task: Any) -> bool | None:
        return self._take(my_task)


def _is_token(task: Any) -> bool:
    """A task where a token rests: live, or about to be entered from a completed parent."""
    if isinstance(task.task_spec, BoundaryEvent) or task.parent is None:
        return False
    if task._state & LIVE:
        return True
    completed = task.parent._state == TaskState.COMPLETED
    return bool(task._state == TaskState.FUTURE and completed)
