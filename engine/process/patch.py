"""Give SpiffWorkflow its ids and its time from the running command instead of from the machine.

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
from typing import Any

import SpiffWorkflow.bpmn.specs.event_definitions.timer as timer_module
import SpiffWorkflow.task as task_module
from SpiffWorkflow.task import Task

from engine.process.errors import OutsideCommand

SUPPORTED = "3.2.0"

Facts = Mapping[str, object]


@dataclass(slots=True, kw_only=True)
class Moment:
    """What one command may know: its instant, the facts, and two counters that the state carries.

    `number` makes task ids: plain integers that never leave this package, so that replay and a
    reloaded instance name every task alike. `tick` orders state changes; it goes on from command
    to command, which an instant cannot promise (two commands may carry the same one).
    """

    at: calendar.datetime
    facts: Facts = field(default_factory=dict)
    number: int = 0
    tick: int = 0
    changes: list[tuple[str, int, int]] | None = None  # (element, from, to), when asked for


_MOMENT: ContextVar[Moment | None] = ContextVar("moment", default=None)


@contextmanager
def during(moment: Moment) -> Iterator[Moment]:
    """Let the library take ids and time from `moment` inside the block."""
    token = _MOMENT.set(moment)
    try:
        yield moment
    finally:
        _MOMENT.reset(token)


def current() -> Moment:
    """Return the running command's moment; raise outside a command."""
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


class _Instant(calendar.datetime):
    @classmethod
    def now(cls, tz: calendar.tzinfo | None = None) -> _Instant:
        return cls.fromtimestamp(current().at.timestamp(), tz)


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
        "timer.datetime": getattr(timer_module, "datetime", None) is _Instant,
        "Task._set_state": getattr(Task, "_set_state", None) is _set_state,
    }


def supported_version() -> bool:
    """Whether the installed SpiffWorkflow is the one every trap was measured on."""
    return version("SpiffWorkflow") == SUPPORTED


task_module.time = _Ticks
task_module.uuid4 = _next_number
timer_module.datetime = _Instant
Task._set_state = _set_state
