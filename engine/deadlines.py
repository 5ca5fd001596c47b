"""When what a case waits for is due: the clock of every waiting timer, by rule or by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from engine import clock
from engine.case import Case
from engine.events import (
    ConsequenceEvent,
    DeadlineSet,
)
from engine.process import timers
from engine.process.instance import WaitingTimer
from engine.version import Version


def awaited(case: Case, version: Version, at: datetime) -> Iterator[ConsequenceEvent]:
    current = case.law(version).calendar.version
    for timer in case.instance.timers:
        known = case.deadlines.get((timer.element, timer.key))
        if known is None or (known.rule.startswith("rule:") and known.calendar != current):
            yield _deadline(case, version, timer, at)
        elif known.due_at is None:
            again = _deadline(case, version, timer, at)
            if again.due_at is not None or again.missing != known.missing:
                yield again


def _deadline(case: Case, version: Version, timer: WaitingTimer, at: datetime) -> DeadlineSet:
    text = timer.text.strip()
    if not text.startswith("rule:"):
        return DeadlineSet(
            element=timer.element,
            key=timer.key,
            rule=text,
            due_at=_literal(case, timers.read(text), timer.since),
            last_day=None,
        )
    # a step that came back is counted from its return: each visit of it has a clock of its own
    begun = {"case.step_opened_on": clock.legal_day(timer.since).isoformat()}
    due = case.law(version).due(
        text.removeprefix("rule:"), case.facts(version, begun), on=clock.legal_day(at)
    )
    return DeadlineSet(
        element=timer.element,
        key=timer.key,
        rule=text,
        due_at=due.due_at,
        last_day=_iso(due.last_day),
        missing="、".join(due.missing) or None,
        provisional=_iso(due.provisional),
        calendar=due.calendar_version,
        counted=due.counted,
    )


def _literal(case: Case, timer: timers.Timer, since: datetime) -> datetime | None:
    """Return when a timer without a rule is due: by itself, or as a field of the case says."""
    if timer.field is None:
        return timer.due(since)
    held = case.fields.get(timer.field)
    return clock.instant(held) if held else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
