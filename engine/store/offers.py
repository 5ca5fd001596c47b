"""Every open task and who could take it: for demonstrations, hand-overs and load figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, or_, select

from engine.store.tables import people, positions, worklist


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    case_id: UUID
    element: str
    key: str
    task: str
    number: str
    jurisdiction: str
    offered_at: datetime


def all_open(connection: Connection) -> tuple[Offered, ...]:
    """Return every open task once, the oldest first."""
    rows = connection.execute(
        select(
            worklist.c.case_id,
            worklist.c.element,
            worklist.c.key,
            worklist.c.task,
            worklist.c.number,
            worklist.c.jurisdiction,
            worklist.c.offered_at,
        )
        .distinct()
        .order_by(worklist.c.offered_at, worklist.c.number, worklist.c.element, worklist.c.key)
    ).mappings()
    return tuple(Offered(**row) for row in rows)


def holders(connection: Connection, seats: Sequence[str], jurisdiction: str = "") -> list[str]:
    """Return the people who hold one of the seats, in a fixed order."""
    found: list[str] = []
    for seat in seats:
        if seat.startswith("person:"):
            name = seat.removeprefix("person:")
            query = select(people.c.person).where(
                or_(
                    people.c.person == name,
                    people.c.inspector_id == name,
                    people.c.login == name,
                )
            )
        else:
            department, _, position = seat.partition("/")
            query = (
                select(people.c.person)
                .join(positions, positions.c.person == people.c.person)
                .where(
                    positions.c.department == department,
                    positions.c.position == position,
                    positions.c.until_at.is_(None),
                )
            )
            if jurisdiction:
                query = query.where(people.c.jurisdiction == jurisdiction)
        found.extend(connection.execute(query.order_by(people.c.login)).scalars())
    return list(dict.fromkeys(found))


def someone(connection: Connection, department: str, position: str, jurisdiction: str = "") -> str:
    """Return the first holder of a seat."""
    return holders(connection, [f"{department}/{position}"], jurisdiction)[0]
