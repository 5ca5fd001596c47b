"""Give SpiffWorkflow its ids and its order from the running move instead of from the machine.

The library reads `time.time`, `uuid4` and `datetime.now` through three module names and logs every
state change with a dictionary built for the purpose. All rebinding happens here, once, at import;
outside a command each of them raises, so that nothing undetermined can slip into a case.
"""

from __future__ import annotations

import datetime as calendar
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, NoReturn

import SpiffWorkflow.bpmn.specs.event_definitions.timer as timer_module
import SpiffWorkflow.task as task_module
from SpiffWorkflow.task import Task

from engine.process.errors import OutsideCommand

SUPPORTED = "3.2.0"

Facts = Mapping[str, object]


# what a condition said: yes, no, or which facts it lacks
Answer = bool | tuple[str, ...]


def answer(condition: Any, facts: Facts) -> Answer:
    """Return what a condition says about the facts."""
    known = condition.evaluate(facts)
    return tuple(condition.missing(facts)) if known is None else bool(known)


@dataclass(slots=True, kw_only=True)
class Moment:
    """What one move may know: the facts, through conditions only, and two counters.

    `number` makes task ids: plain integers that never leave this package. `tick` orders what
    changes within the move. `asked` keeps every condition that was asked with what it said: the
    state before, the act and these answers decide the state after, and nothing else does.
    """

    facts: Facts = field(default_factory=dict)
    number: int = 0
    tick: int = 0
    asked: list[tuple[Any, Answer]] = field(default_factory=list)
    changes: list[tuple[str, int, int]] | None = None  # (element, from, to), when asked for

    def ask(self, condition: Any) -> Answer:
        """Ask a gateway's condition and remember what it said."""
        said = answer(condition, self.facts)
        self.asked.append((condition, said))
        return said


_MOMENT: ContextVar[Moment | None] = ContextVar("moment", default=None)


@contextmanager
def during(moment: Moment) -> Iterator[Moment]:
    """Let the library take ids and ticks from `moment` inside the block."""
    token = _MOMENT.set(moment)
    try:
        yield moment
    finally:
        _MOMENT.reset(token)


def current() -> Moment:
    """Return the moment of the running move; raise outside one."""
    moment = _MOMENT.get()
    if moment is None:
        raise OutsideCommand
    return moment


class _Ticks:
    @staticmethod
    def time() -> int:
        moment = current()
        moment.tick += 1
        return moment.tick


class _NoInstant(calendar.datetime):
    @classmethod
    def now(cls, tz: calendar.tzinfo | None = None) -> NoReturn:
        del tz
        raise OutsideCommand  # no move depends on when it is made


def _next_number() -> int:
    moment = current()
    moment.number += 1
    return moment.number


def _set_state(task: Any, value: int) -> None:
    """Do what the library's method does, without building a log record for each change."""
    if value == task._state:
        return
    moment = current()
    moment.tick += 1
    if moment.changes is not None:
        moment.changes.append((task.task_spec.name, task._state, value))
    task.last_state_change = moment.tick
    task._state = value


def bound_names() -> dict[str, bool]:
    """Say for each name we replace whether the library still has it and uses our replacement."""
    return {
        "SpiffWorkflow.task.time": getattr(task_module, "time", None) is _Ticks,
        "SpiffWorkflow.task.uuid4": getattr(task_module, "uuid4", None) is _next_number,
        "timer.datetime": getattr(timer_module, "datetime", None) is _NoInstant,
        "Task._set_state": getattr(Task, "_set_state", None) is _set_state,
    }


def supported_version() -> bool:
    """Whether the installed SpiffWorkflow is the one every trap was measured on."""
    return version("SpiffWorkflow") == SUPPORTED


task_module.time = _Ticks
task_module.uuid4 = _next_number
timer_module.datetime = _NoInstant
Task._set_state = _set_state
