"""The task and event kinds whose stock behaviour we cannot use: each says which trap it closes.

None of them evaluates text: timers fire because a command said so, services wait for their result.
The gateways are in `gateways`.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EventBasedGateway,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState


class Bound(BpmnSpecMixin):
    """A service or business rule task: STARTED until `settle` says that its result is recorded."""

    def _run_hook(self, _task: Any) -> None:
        return None


def _reached(my_task: Any) -> None:
    """Say that a task the library had only guessed at is now certain.

    Behind a boundary event a task is still predicted (MAYBE) when it is reached; a stock
    multi-instance then fails to add its children.
    """
    if my_task._state & TaskState.PREDICTED_MASK:
        my_task._set_state(TaskState.FUTURE)


class Together(ParallelMultiInstanceTask):
    """Up to twenty instances side by side."""

    def _update_hook(self, my_task: Any) -> Any:
        _reached(my_task)
        return super()._update_hook(my_task)


class InTurn(SequentialMultiInstanceTask):
    """Up to twenty instances one after another."""

    def _update_hook(self, my_task: Any) -> Any:
        _reached(my_task)
        return super()._update_hook(my_task)


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
