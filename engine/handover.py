"""Handing over: a department's work to its successor, a leaving person's tasks to the others.

First everything that would change is shown. Then each case gets an event of its own, the registries
a batch with its source, and new cases know from the day on who stands in for whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from engine import almanac, clock, handovers, imports, succession
from engine.case import Case
from engine.commands import SYSTEM, HandOverWork
from engine.errors import CaseIsClosed, ProductError
from engine.handovers import NothingToHandOver, UnknownDepartment
from engine.registry.export import csv_file
from engine.registry.filters import Filters
from engine.registry.types import Inspector, Institution, Item, RegistryKind, Row
from engine.service import Engine, load
from engine.store import agenda, eventstore, people, registry, successions
from engine.store.agenda import Entry
from engine.store.database import Connection
from engine.store.successions import Succession

HAND = "hand"  # the stage of a hand-over that waits for its day
OBLIGATION = "@handover"
# registries whose rows belong to one department; the others name regulators
OWNED = frozenset({RegistryKind.INSPECTORS, RegistryKind.ITEMS, RegistryKind.INSTITUTIONS})


class SameDepartment(ProductError):
    code = "same-department"
    zh = "交出部门和接收部门不能是同一个。"
    en = "A department cannot hand over to itself."


class NoBasis(ProductError):
    code = "no-basis"
    zh = "请写明依据（文件名称和文号）或者理由。"
    en = "State the basis (the document and its number) or the reason."


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A case that a hand-over changes, and the open tasks in it that go along."""

    case_id: UUID
    number: str
    title: str
    tasks: tuple[str, ...]
    seats: tuple[str, ...] = ()  # `department/position` of what the leaver holds in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Everything a hand-over would change, before anything does."""

    cases: tuple[Touched, ...]
    staff: tuple[tuple[str, str, str], ...] = ()  # (person, name, position)
    rows: Mapping[RegistryKind, int] | None = None

    @property
    def tasks(self) -> int:
        return sum(len(each.tasks) for each in self.cases)


# ---------------------------------------------------------------- departments


def wanted(
    engine: Engine,
    jurisdiction: str,
    *,
    former: str,
    successor: str,
    basis: str,
    effective_on: date | None = None,
    with_people: bool = True,
    by: str = SYSTEM,
) -> Succession:
    """Return the succession that is asked for, or say what is wrong with it."""
    law = almanac.law_of(engine, jurisdiction)
    known = law.organisation.departments if law else {}
    for code in (former, successor):
        if code not in known:
            raise UnknownDepartment(department=code)
    if former == successor:
        raise SameDepartment
    if not basis.strip():
        raise NoBasis
    now = engine.now()
    return Succession(
        jurisdiction=jurisdiction,
        former=former,
        successor=successor,
        effective_at=almanac.start_of(effective_on) if effective_on else now,
        basis=basis.strip(),
        with_people=with_people,
        entered_by=by,
        entered_at=now,
    )


def preview(engine: Engine, asked: Succession) -> Preview:
    """Return the cases, people and registry rows that would go over; writes nothing."""
    with engine.store.read() as connection:
        touched = tuple(_touched(engine, connection, asked))
        staff = successions.staff(connection, asked.jurisdiction, asked.former, at=engine.now())
        rows = {kind: len(_rows(connection, asked, kind)) for kind in RegistryKind}
    return Preview(cases=touched, staff=staff if asked.with_people else (), rows=rows)


def apply(engine: Engine, asked: Succession) -> Preview:
    """Enter a succession; what is open goes over now, or by itself on the day it takes effect."""
    found = preview(engine, asked)
    with engine.store.write() as connection:
        successions.put(connection, asked)
        if asked.effective_at > engine.now():
            agenda.put(connection, _appointment(asked))
            return found
    carry_out(engine, asked)
    return found


def on_the_day(engine: Engine, entry: Entry) -> None:
    """Carry out a hand-over whose day has come."""
    with engine.store.read() as connection:
        known = successions.known(connection, entry.jurisdiction)
    for each in known:
        if each.former == entry.department:
            carry_out(engine, each)
    with engine.store.write() as connection:
        agenda.note(connection, entry, stage=agenda.DONE, next_at=None)


def carry_out(engine: Engine, asked: Succession) -> None:
    """Hand over every open case, the people and the registries; a second time changes nothing."""
    with engine.store.read() as connection:
        touched = tuple(_touched(engine, connection, asked))
    for each in touched:
        command = HandOverWork(
            case_id=each.case_id,
            actor=asked.entered_by,
            former=asked.former,
            successor=asked.successor,
            basis=asked.basis,
        )
        with suppress(NothingToHandOver, CaseIsClosed):  # done before a crash, or ended meanwhile
            engine.handle(command)
    if asked.with_people:
        with engine.store.write() as connection:
            _move_people(connection, asked, at=engine.now())
    for kind in RegistryKind:
        _move_rows(engine, asked, kind)


def _appointment(asked: Succession) -> Entry:
    return Entry(
        jurisdiction=asked.jurisdiction,
        obligation=OBLIGATION,
        department=asked.former,
        period=str(clock.legal_day(asked.effective_at).year),
        stage=HAND,
        next_at=asked.effective_at,
        due_at=None,
    )


def _touched(engine: Engine, connection: Connection, asked: Succession) -> list[Touched]:
    found = []
    for case_id in successions.open_cases(connection, asked.jurisdiction):
        head = eventstore.lock(connection, case_id, for_update=False)
        assert head is not None
        version = engine.shelf.get(head.version)
        case = load(connection, head, version)
        if handovers.concerns_department(case, asked.former, version):
            found.append(_named(case, asked.former))
    return found


def _named(case: Case, former: str) -> Touched:
    return Touched(
        case_id=case.case_id,
        number=case.number,
        title=case.title,
        tasks=tuple(
            offer.name
            for offer in case.offers.values()
            if any(seat.startswith(f"{former}/") for seat in offer.seats)
        ),
    )


def _move_people(connection: Connection, asked: Succession, *, at: datetime) -> None:
    """Give everybody of the former department the same position in its successor."""
    held = successions.staff(connection, asked.jurisdiction, asked.former, at=at)
    for person, _, position in held:
        people.withdraw(connection, person, department=asked.former, position=position, at=at)
        people.grant(connection, person, department=asked.successor, position=position, since=at)


def _rows(connection: Connection, asked: Succession, kind: RegistryKind) -> list[Row]:
    """Return the registry rows that name the former department, as they would read."""
    narrowing = (
        Filters(departments=(asked.former,))
        if kind in OWNED
        else Filters(regulators=(asked.former,))
    )
    found = registry.select_rows(connection, asked.jurisdiction, kind, narrowing)
    return [_passed_on(row, asked) for row in found]


def _passed_on(row: Row, asked: Succession) -> Row:
    if isinstance(row, Inspector | Item | Institution):
        return replace(row, department=asked.successor)
    regulators = succession.renamed(row.regulators, asked.former, asked.successor)
    return replace(row, regulators=regulators)


def _move_rows(engine: Engine, asked: Succession, kind: RegistryKind) -> None:
    """Bring the changed rows in as a batch of their own, with the document as its source."""
    law = almanac.law_of(engine, asked.jurisdiction)
    assert law is not None
    with engine.store.read() as connection:
        rows = _rows(connection, asked, kind)
        if not rows:
            return
        batch = registry.latest_batch(connection, asked.jurisdiction)
        found = imports.preview(
            connection,
            asked.jurisdiction,
            law.organisation,
            kind.value,
            csv_file(kind, rows),
            f"机构划转-{asked.former}-{asked.successor}-{kind.value}.csv",
            is_complete=False,
        )
    imports.apply(
        engine,
        found,
        case_id=clock.named_case_id(f"{asked.jurisdiction}|{asked.former}|{kind}|{batch}"),
        source=f"机构划转 {asked.former} → {asked.successor}：{asked.basis}",
    )
