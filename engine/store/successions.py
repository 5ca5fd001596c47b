"""Which department's work has gone to which other, and from when (机构划转)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, or_, select

from engine.store.tables import assignments, cases, people, positions, successions, worklist


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    jurisdiction: str
    former: str
    successor: str
    effective_at: datetime
    basis: str
    with_people: bool
    entered_by: str
    entered_at: datetime


def put(connection: Connection, entry: Succession) -> None:
    """Enter a succession, in place of an earlier one of the same department."""
    table = successions
    connection.execute(
        delete(table).where(
            table.c.jurisdiction == entry.jurisdiction, table.c.former == entry.former
        )
    )
    values = {name: getattr(entry, name) for name in Succession.__dataclass_fields__}
    connection.execute(insert(table).values(**values))


def known(connection: Connection, jurisdiction: str) -> tuple[Succession, ...]:
    """Return every succession of a jurisdiction by its day, those to come as well."""
    rows = connection.execute(
        select(successions)
        .where(successions.c.jurisdiction == jurisdiction)
        .order_by(successions.c.effective_at, successions.c.former)
    ).mappings()
    return tuple(Succession(**_plain(row)) for row in rows)


def open_cases(connection: Connection, jurisdiction: str) -> tuple[UUID, ...]:
    """Return every open case of a jurisdiction, by number."""
    found = connection.execute(
        select(cases.c.case_id)
        .where(cases.c.jurisdiction == jurisdiction, cases.c.closed_at.is_(None))
        .order_by(cases.c.number)
    ).scalars()
    return tuple(found)


def cases_of_person(
    connection: Connection, jurisdiction: str, names: tuple[str, ...]
) -> tuple[UUID, ...]:
    """Return the open cases in which somebody holds a task or belongs to the team, by number."""
    seats = [f"person:{name}" for name in names]
    held = select(worklist.c.case_id).where(
        or_(worklist.c.holder.in_(names), worklist.c.seat.in_(seats))
    )
    sent = select(assignments.c.case_id).where(assignments.c.inspector_id.in_(names))
    found = connection.execute(
        select(cases.c.case_id)
        .where(
            cases.c.jurisdiction == jurisdiction,
            cases.c.closed_at.is_(None),
            or_(cases.c.case_id.in_(held), cases.c.case_id.in_(sent)),
        )
        .order_by(cases.c.number)
    ).scalars()
    return tuple(found)


def staff(
    connection: Connection, jurisdiction: str, department: str, *, at: datetime
) -> tuple[tuple[str, str, str], ...]:
    """Return (person, name, position) of everybody who holds a position in a department."""
    rows = connection.execute(
        select(people.c.person, people.c.name, positions.c.position)
        .join(positions, positions.c.person == people.c.person)
        .where(
            people.c.jurisdiction == jurisdiction,
            people.c.disabled_at.is_(None),
            positions.c.department == department,
            positions.c.from_at <= at,
            or_(positions.c.until_at.is_(None), positions.c.until_at > at),
        )
        .order_by(people.c.login, positions.c.position)
    ).all()
    return tuple((row.person, row.name, row.position) for row in rows)


def head_counts(connection: Connection, jurisdiction: str, *, at: datetime) -> dict[str, int]:
    """Return how many people hold a position in each department."""
    rows = connection.execute(
        select(positions.c.department, func.count(positions.c.person.distinct()))
        .join(people, positions.c.person == people.c.person)
        .where(
            people.c.jurisdiction == jurisdiction,
            people.c.disabled_at.is_(None),
            positions.c.from_at <= at,
            or_(positions.c.until_at.is_(None), positions.c.until_at > at),
        )
        .group_by(positions.c.department)
    ).all()
    return {row[0]: row[1] for row in rows}


def task_counts(connection: Connection, jurisdiction: str) -> dict[str, int]:
    """Return how many open tasks are offered to each department."""
    rows = connection.execute(
        select(worklist.c.seat, func.count())
        .where(worklist.c.jurisdiction == jurisdiction)
        .group_by(worklist.c.seat)
    ).all()
    found: dict[str, int] = {}
    for seat, number in rows:
        department = seat.partition("/")[0]
        found[department] = found.get(department, 0) + number
    return found


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}
