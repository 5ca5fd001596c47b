"""By when: the last day of a deadline rule, from the event date alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from rules.language import core as c
from rules.language.days import quarter_day, shift
from rules.language.decision import CONFLICT, Shape, Truth, settle
from rules.language.evaluate import evaluate
from rules.language.missing import unknown_in
from rules.language.names import Names
from rules.language.plan import Plan
from rules.language.run import Run
from rules.language.types import NOT_YET, SHANGHAI
from rules.verdict import Due


def midnight_after(day: date) -> datetime | None:
    """Return 24:00 Asia/Shanghai of a day as UTC: the first instant too late; none after 9999."""
    if day == date.max:
        return None
    following = day + timedelta(days=1)
    return datetime.combine(following, time.min, tzinfo=SHANGHAI).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Clock:
    """The comparison that sets the deadline; strict ones end a day earlier."""

    last: c.Core
    strict: bool


def due(plan: Plan, conditions: tuple[Truth, ...], run: Run, names: Names, on: date) -> Due:
    """Return the due date of the conclusion that stands.

    Exceptions not yet known count as absent: the event date alone must give a date. A duty that
    does not apply, or is waived, has none."""
    clock = _clock(plan, conditions)
    version = run.calendar.version
    if clock is None:
        return Due(
            rule=plan.rule.name,
            last_day=None,
            due_at=None,
            counted=None,
            missing=(),
            provisional=None,
            calendar_version=version,
        )
    run.notes.clear()
    day: Any = _last(clock.last, run, on)
    known = isinstance(day, date)
    if known and clock.strict:
        day = shift(run, day, -1, working=False)
        known = day is not None
    last = day if known else None
    missing = () if known else unknown_in([clock.last], run, names)
    if day is NOT_YET and isinstance(clock.last, c.Fact):
        missing = (clock.last.path,)
    return Due(
        rule=plan.rule.name,
        last_day=last,
        due_at=midnight_after(last) if last is not None else None,
        counted=_counted(clock.last, run),
        missing=missing,
        provisional=None if known else _provisional(clock.last, run),
        calendar_version=version,
    )


def _last(node: c.Core, run: Run, on: date) -> Any:
    """Evaluate a last day; a quarterly duty without an event is that of the running quarter."""
    if isinstance(node, c.QuarterDay) and not node.following:
        return quarter_day(run, on, node)
    return evaluate(node, run)


def _clock(plan: Plan, conditions: tuple[Truth, ...]) -> _Clock | None:
    if not isinstance(plan.shape, Shape) or conditions[0] is False:
        return None
    conclusion = settle(plan.shape.root, [bool(value) for value in conditions])
    if conclusion == CONFLICT or conclusion < 0:
        return None
    return _deadline(plan.conclusions[conclusion])


def _deadline(node: c.Core | None) -> _Clock | None:
    """Find the comparison whose left side is the act: 在 … first, then 不晚于."""
    found = [
        part
        for part in c.walk(node)
        if isinstance(part, c.Compare)
        and part.left.type.kind == "date"
        and part.op in {"<=", "<", "=="}
    ]
    clocks = [part for part in found if part.clock] or found
    if not clocks:
        return None
    return _Clock(clocks[0].right, clocks[0].op == "<")


def _counted(node: c.Core, run: Run) -> int | None:
    if isinstance(node, c.Shift):
        amount: Any = evaluate(node.amount, run)
        return None if amount is None else int(amount)
    return node.count if isinstance(node, c.QuarterDay) else None


def _provisional(node: c.Core, run: Run) -> date | None:
    if not isinstance(node, c.Shift) or not node.working:
        return None
    start: Any = evaluate(node.start, run)
    amount: Any = evaluate(node.amount, run)
    if not isinstance(start, date) or amount is None:
        return None
    return run.calendar.provisional(start, int(amount) * node.sign)
