"""The task kinds whose stock behaviour we cannot use: each class says which trap it closes.

None of them evaluates text: conditions arrive compiled, timers fire because a command said so,
services wait for their result, and joins count tokens instead of guessing from the tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.process.errors import NoBranch
from engine.process.patch import current

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class Bound(BpmnSpecMixin):
    """A service or business rule task: STARTED until `settle` says that its result is recorded."""

    def _run_hook(self, _task: Any) -> None:
        return None


# ------------------------------------------------------------------ gateways that decide


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
        facts = current().facts
        for condition, output in self.cond_task_specs:
            if condition is None:
                continue
            known = condition.evaluate(facts)
            if known:
                return [output]
            if known is None:
                self._wait(my_task, condition.missing(facts))
                return None
        return self._default(self.default_task_spec)

    def _run_hook(self, my_task: Any) -> bool | None:
        return self._take(my_task)


# ------------------------------------------------------------------ gateways that join


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
        facts = current().facts
        judged = [
            (condition, condition.evaluate(facts), output)
            for condition, output in self.cond_task_specs
            if condition is not None
        ]
        unknown = [condition for condition, known, _ in judged if known is None]
        if unknown:
            self._wait(my_task, (name for c in unknown for name in c.missing(facts)))
            return None
        chosen = [output for _, known, output in judged if known]
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


# ------------------------------------------------------------------ events


class NamedTimer(TimerEventDefinition):
    """A timer that never reads a clock: it has fired when a recorded command said so."""

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get("event_fired", False))


class NamedMessage(MessageEventDefinition):
    """A message caught by name; its content is recorded in the case, never in the instance."""

    def update_internal_data(self, my_task: Any, event: Any) -> None:
        """Keep no payload."""

    def update_task_data(self, my_task: Any) -> None:
        """Copy no payload."""


class RepeatingBoundary(BoundaryEvent):
    """A boundary event whose repeating timer (R3/P7D) is armed again each time it fires.

    The stock cycle timer hangs each reminder below the waiting event and removes it, open or not,
    when the main task is completed. Ours completes the event, so that the reminder stands on its
    own, and puts a fresh one beside it.
    """

    times = 1

    def _run_hook(self, my_task: Any) -> Any:
        result = super()._run_hook(my_task)
        left = my_task.internal_data.get("left", self.times) - 1
        if left > 0 and not self.cancel_activity:
            again = my_task.parent._add_child(self, TaskState.WAITING)
            again.triggered = True
            again.internal_data["left"] = left
            self._predict(again, mask=TaskState.NOT_FINISHED_MASK)
            self._update(again)
        return result


class _Alternatives(EventDefinition):
    """The first of several events; the branch it opens is named in the task."""

    def has_fired(self, my_task: Any) -> bool:
        return "chosen" in my_task.internal_data


class FirstEvent(EventBasedGateway):
    """An event-based gateway: whichever of its events happens first opens its branch."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Any, **kwargs: Any) -> None:
        del event_definition
        super().__init__(wf_spec, bpmn_id, event_definition=_Alternatives(), **kwargs)
        self.branches: dict[str, Any] = {}

    def connect(self, taskspec: Any) -> None:
        """Take over the event of a following catch event, which then passes at once."""
        TaskSpec.connect(self, taskspec)
        self.branches[taskspec.name] = taskspec.event_definition
        taskspec.event_definition = NoneEventDefinition()

    def catches(self, my_task: Any, event: Any) -> bool:
        return self._branch_for(my_task, event) is not None

    def catch(self, my_task: Any, event: Any) -> None:
        my_task.internal_data["chosen"] = self._branch_for(my_task, event)
        my_task._set_state(TaskState.WAITING)

    def _branch_for(self, my_task: Any, event: Any) -> str | None:
        caught = (n for n, own in self.branches.items() if own.catches(my_task, event))
        return next(caught, None)

    def _run_hook(self, my_task: Any) -> bool:
        branch = my_task.workflow.spec.task_specs[my_task.internal_data.pop("chosen")]
        my_task._sync_children([branch], TaskState.FUTURE)
        for child in my_task.children:
            mask = TaskState.FUTURE | TaskState.PREDICTED_MASK
            child.task_spec._predict(child, mask=mask)
        return True


class NoScripts:
    """The script engine we install: text is never evaluated, whoever asks."""

    @property
    def environment(self) -> NoScripts:
        return self

    def evaluate(self, *args: Any, **_: Any) -> int:
        """Return a number that the parser already made of a cardinality; refuse anything else."""
        expression = args[1]
        if type(expression) is int:
            return expression
        raise PermissionError(f"expressions are not evaluated: {expression!r}")

    def execute(self, *_: Any, **__: Any) -> None:
        raise PermissionError("scripts are not run")

    call_service = validate = execute
