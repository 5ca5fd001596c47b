"""Watches what the year has opened: done in time, reminded of (督办), late, done after all."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

from engine import almanac, clock
from engine.almanac import Duty
from engine.commands import SYSTEM, DeliverMessage, OpenCase
from engine.errors import CaseIsClosed, NotWaiting
from engine.service import Engine
from engine.store import agenda
from engine.store.agenda import DONE, LATE, WATCH, Entry

SETTLED = "obligation-settled"


def look(engine: Engine, entry: Entry) -> None:
    """Take the look that is due at a duty that was opened."""
    duty = almanac.duty_of(engine, entry)
    if duty is not None:
        (_wait if entry.stage == LATE else _watch)(engine, duty)


def _watch(engine: Engine, duty: Duty) -> None:
    """Settle what is done in time, remind of what is not, and note what has become late."""
    done_on, due = _done_on(engine, duty), duty.entry.due_at
    assert due is not None
    if done_on is not None and clock.end_of_day(done_on) <= due:
        _settle(engine, duty, done_on)
        return
    reminder = duty.entry.supervision or _supervise(engine, duty)
    is_late = engine.now() >= due
    almanac.note(
        engine,
        duty.entry,
        supervision=reminder,
        stage=LATE if is_late else WATCH,  # the reminder's own clock records the miss first
        next_at=almanac.tomorrow(engine) if is_late else min(almanac.tomorrow(engine), due),
    )


def _wait(engine: Engine, duty: Duty) -> None:
    """Settle what was late once it is done."""
    done_on = _done_on(engine, duty)
    if done_on is not None:
        _settle(engine, duty, done_on)
    else:
        almanac.note(engine, duty.entry, next_at=almanac.tomorrow(engine))


def _done_on(engine: Engine, duty: Duty) -> date | None:
    """Return the day on which a duty was done, None while it is not."""
    with engine.store.read() as connection:
        if duty.entry.case_id is None:
            still_open = agenda.count_open(
                connection,
                duty.entry.jurisdiction,
                duty.obligation.watches,
                duty.entry.department,
            )
            return None if still_open else clock.legal_day(engine.now() - timedelta(microseconds=1))
        case = almanac.case_of(engine, connection, duty.entry.case_id)
    said = [case.fields[name] for name in duty.obligation.fulfilled if case.fields.get(name)]
    if said:
        return date.fromisoformat(str(said[0]))
    return clock.legal_day(case.at) if case.is_closed else None


def _supervise(engine: Engine, duty: Duty) -> UUID:
    """Send the head of a department a 督办: what, by when, in which case."""
    assert duty.last_day is not None
    department, target = duty.entry.department, duty.entry.case_id
    called = duty.obligation.called(duty.period, almanac.name_of(duty))
    fields = {
        "obligation_name": called,
        "obligation_due_on": duty.last_day.isoformat(),
        "lead_department": department,
    }
    if target is not None:
        with engine.store.read() as connection:
            fields["supervised_case"] = almanac.case_of(engine, connection, target).number
    command = OpenCase(
        case_id=duty.named(almanac.SUPERVISION),
        actor=SYSTEM,
        process=almanac.SUPERVISION,
        jurisdiction=duty.entry.jurisdiction,
        title=f"督办：{called}",
        parties={"lead": (department,), "department": (department,)},
        fields=fields,
        parent=target,
    )
    almanac.once(engine, command)
    return command.case_id


def _settle(engine: Engine, duty: Duty, done_on: date) -> None:
    """Close the line, and tell the 督办 that waits for it."""
    if duty.entry.supervision is not None:
        message = DeliverMessage(
            case_id=duty.entry.supervision,
            actor=SYSTEM,
            message=SETTLED,
            sender=str(duty.entry.case_id or ""),
            fields={"obligation_settled_on": done_on.isoformat()},
        )
        with suppress(NotWaiting, CaseIsClosed):  # told before a crash
            engine.handle(message)
    almanac.note(engine, duty.entry, stage=DONE, next_at=None, settled_on=done_on.isoformat())
