"""Keeps the year (年历): opens what falls due, reminds before it is late, notes what was late.

All dates come from the pack. Whatever is done here is done once: cases have names for ids, and a
look that was missed, because nothing ran that day, is taken at the next tick.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from engine import clock
from engine.case import Case
from engine.commands import SYSTEM, OpenCase
from engine.errors import CaseExists, UnknownProcess
from engine.service import Engine, load
from engine.store import agenda, eventstore, plan_counts, registry_counts, settings, shelf
from engine.store.agenda import DONE, OPEN, PLAN, WATCH, Entry
from engine.store.database import Connection
from rules import almanac
from rules.almanac import Obligation, Period
from rules.law import Law

SUPERVISION = "supervision"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A line of the agenda with the obligation and the law behind it."""

    entry: Entry
    obligation: Obligation
    law: Law

    @property
    def period(self) -> Period:
        return Period.read(self.entry.period)

    @property
    def last_day(self) -> date | None:
        return self.obligation.last_day(self.law, self.period)

    def start(self, parameter: str) -> datetime:
        """Return the first instant of the day that lies a lead time before the last day."""
        assert self.last_day is not None
        return start_of(self.last_day - self.obligation.days(self.law, parameter, self.period))

    def named(self, what: str) -> UUID:
        """Return the id this duty's case always has: opening it again is no second case."""
        entry = self.entry
        place = f"{entry.jurisdiction}|{entry.obligation}|{entry.department}|{entry.period}"
        return clock.named_case_id(f"{what}|{place}")


def start_of(day: date) -> datetime:
    """Return 00:00 of a day in Shanghai, which is 24:00 of the day before."""
    return clock.end_of_day(day - ONE_DAY)


def begin(engine: Engine) -> None:
    """Plan the year for every jurisdiction; what is planned already stays as it is.

    What was due before the product was there is not owed to it: only days to come are planned."""
    with engine.store.read() as connection:
        known = agenda.jurisdictions(connection)
    for jurisdiction in known:
        plan(engine, jurisdiction)


def plan(engine: Engine, jurisdiction: str) -> None:
    """Enter this year and the next into the agenda, and when to plan again."""
    law = law_of(engine, jurisdiction)
    if law is None:
        return
    now = engine.now()
    year = clock.legal_day(now).year
    planned = [
        entry
        for each in almanac.of(law)
        for period in (*each.periods(year), *each.periods(year + 1))
        if (entry := _planned(each, law, period)) and entry.due_at and entry.due_at > now
    ]
    if not planned:
        return
    again = start_of(date(year + 1, 1, 1))
    planned.append(_line(jurisdiction, "", str(year + 1), PLAN, next_at=again))
    with engine.store.write() as connection:
        for entry in planned:
            agenda.put(connection, entry)


def _planned(obligation: Obligation, law: Law, period: Period) -> Entry | None:
    bare = _line(law.jurisdiction, obligation.code, str(period), OPEN)
    duty = Duty(entry=bare, obligation=obligation, law=law)
    if duty.last_day is None:
        return None
    return replace(
        bare, next_at=duty.start(obligation.opens_before), due_at=clock.end_of_day(duty.last_day)
    )


def _line(jurisdiction: str, code: str, period: str, stage: str, **more: Any) -> Entry:
    known = {"next_at": None, "due_at": None, **more}
    return Entry(
        jurisdiction=jurisdiction,
        obligation=code,
        department="",
        period=period,
        stage=stage,
        **known,
    )


def law_of(engine: Engine, jurisdiction: str) -> Law | None:
    """Return the law in force; None where nothing supervises, as in a shelf of an older product."""
    try:
        with engine.store.read() as connection:
            digest = shelf.in_force(connection, jurisdiction, SUPERVISION, at=engine.now())
            years = settings.published_years(connection, jurisdiction)
    except UnknownProcess:
        return None
    return engine.shelf.get(digest).law_with(years)


def look(engine: Engine, entry: Entry) -> None:
    """Plan a year that begins, or open what falls due."""
    if entry.stage == PLAN:
        plan(engine, entry.jurisdiction)
        note(engine, entry, stage=DONE, next_at=None)
        return
    duty = duty_of(engine, entry)
    if duty is not None:
        _open(engine, duty)


def duty_of(engine: Engine, entry: Entry) -> Duty | None:
    """Return a line with its obligation; a line the pack owes no longer is done."""
    law = law_of(engine, entry.jurisdiction)
    found = next((o for o in almanac.of(law) if o.code == entry.obligation), None) if law else None
    if law is None or found is None:
        note(engine, entry, stage=DONE, next_at=None)
        return None
    return Duty(entry=entry, obligation=found, law=law)


# ---------------------------------------------------------------- opening


def _open(engine: Engine, duty: Duty) -> None:
    """Open a case for everybody it falls on; look again every day, for others may join them."""
    with engine.store.read() as connection:
        concerned = _concerned(connection, duty)
    for department in concerned:
        _open_one(engine, replace(duty, entry=replace(duty.entry, department=department)))
    following = tomorrow(engine)
    due = duty.entry.due_at
    is_over = due is not None and following >= due
    note(
        engine, duty.entry, stage=DONE if is_over else OPEN, next_at=None if is_over else following
    )


def _concerned(connection: Connection, duty: Duty) -> list[str]:
    """Return the departments an obligation falls on today."""
    place, obligation = duty.entry.jurisdiction, duty.obligation
    found: list[str] = []
    for word in obligation.who:
        match word:
            case "items" | "joint":
                found += agenda.item_owners(connection, place, joint=word == "joint")
            case "items-left":
                found += plan_counts.departments_with_items_left(
                    connection, place, duty.period.year
                )
            case "inspectors-changed":
                found += agenda.staff_changed(connection, place, _before(connection, duty))
            case "open-cases":
                found += agenda.leads_of_open(connection, place, obligation.watches)
            case _:
                found.append(word)
    known = duty.law.organisation.departments
    return [department for department in dict.fromkeys(found) if department in known]


def _before(connection: Connection, duty: Duty) -> int:
    """Return the last registry batch before the period began."""
    return agenda.batch_before(connection, duty.entry.jurisdiction, start_of(duty.period.start))


def _open_one(engine: Engine, duty: Duty) -> None:
    with engine.store.read() as connection:
        if agenda.find(connection, duty.entry) is not None:
            return
    case_id = _the_case(engine, duty) if duty.obligation.process else None
    remind = duty.start(duty.obligation.reminds_before)
    entry = replace(duty.entry, stage=WATCH, next_at=remind, case_id=case_id)
    with engine.store.write() as connection:
        agenda.put(connection, entry)


def _the_case(engine: Engine, duty: Duty) -> UUID:
    """Return the case of a duty: the one somebody opened already, or a new one."""
    with engine.store.read() as connection:
        known = _opened_by_hand(engine, connection, duty)
        fields = _fields(connection, duty)
    if known is not None:
        return known
    department = duty.entry.department
    command = OpenCase(
        case_id=duty.named("almanac"),
        actor=SYSTEM,
        process=duty.obligation.process,
        jurisdiction=duty.entry.jurisdiction,
        title=duty.obligation.called(duty.period, name_of(duty)),
        parties={"lead": (department,), "department": (department,)},
        fields={**fields, "lead_department": department},
    )
    once(engine, command)
    return command.case_id


def _fields(connection: Connection, duty: Duty) -> dict[str, Any]:
    """Return what the case knows from the start; a filing knows how many people changed."""
    fields = duty.obligation.facts(duty.period)
    if "inspectors-changed" in duty.obligation.who:
        fields["count_inspector_changes"] = registry_counts.staff_changes(
            connection,
            duty.entry.jurisdiction,
            duty.entry.department,
            _before(connection, duty),
        )
    return fields


def _opened_by_hand(engine: Engine, connection: Connection, duty: Duty) -> UUID | None:
    """Return the case a department opened for this period before the agenda did."""
    found = agenda.cases_of(
        connection,
        duty.entry.jurisdiction,
        duty.obligation.process,
        duty.entry.department,
        since=duty.start(duty.obligation.opens_before) - (duty.period.end - duty.period.start),
    )
    wanted = duty.obligation.facts(duty.period)
    for case_id in found:
        case = case_of(engine, connection, case_id)
        said = {name: case.fields[name] for name in wanted if name in case.fields}
        opened = clock.legal_day(case.opened_at)
        in_time = duty.period.start <= opened <= duty.period.end
        if all(wanted[name] == value for name, value in said.items()) and (said or in_time):
            return case_id
    return None


# ---------------------------------------------------------------- small words


def name_of(duty: Duty) -> str:
    """Return the name of the department a duty falls on."""
    return duty.law.organisation.departments[duty.entry.department].name


def tomorrow(engine: Engine) -> datetime:
    """Return the first instant of the next day."""
    return clock.end_of_day(clock.legal_day(engine.now()))


def case_of(engine: Engine, connection: Connection, case_id: UUID) -> Case:
    """Return a case that the agenda names."""
    head = eventstore.lock(connection, case_id, for_update=False)
    assert head is not None, "the agenda names a case that is there"
    return load(connection, head, engine.shelf.get(head.version))


def once(engine: Engine, command: OpenCase) -> None:
    """Open a case, unless it is open already."""
    with suppress(CaseExists):  # opened before a crash
        engine.handle(command)


def note(engine: Engine, entry: Entry, **values: Any) -> None:
    """Note what became of a line of the agenda."""
    with engine.store.write() as connection:
        agenda.note(connection, entry, **values)
