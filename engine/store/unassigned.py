"""Open tasks that nobody can do: no seat of theirs is held, or whoever holds them has left.

Read by seat, as the task lists are: whoever gets the position finds the task at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, or_, select

from engine.store.tables import people, positions, worklist

PERSON = "person:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A task in no list; `seats` says who is missing, `left` who took it and is gone."""

    case_id: UUID
    element: str
    key: str
    task: str
    role: str
    number: str
    case_title: str
    due_at: datetime | None
    offered_at: datetime
    seats: tuple[str, ...]
    left: str | None = None

    @property
    def positions(self) -> tuple[tuple[str, str], ...]:
        """Return (department, position) of the seats that a position would fill."""
        return tuple(
            (department, position)
            for department, slash, position in (seat.partition("/") for seat in self.seats)
            if slash and not department.startswith(PERSON)
        )

    @property
    def persons(self) -> tuple[str, ...]:
        """Return the people named, who have no account that is open."""
        named = (seat for seat in self.seats if seat.startswith(PERSON))
        return tuple(seat.removeprefix(PERSON) for seat in named)


def listed(
    connection: Connection, jurisdiction: str, *, at: datetime, limit: int = 200
) -> tuple[Unassigned, ...]:
    """Return the tasks of a jurisdiction that nobody can do, the nearest deadline first."""
    chosen = _slots(jurisdiction, at).order_by(*_nearest()).limit(limit).subquery()
    rows = connection.execute(
        select(worklist, people.c.login.label("left_by"))
        .join(
            chosen,
            and_(*(worklist.c[part] == chosen.c[part] for part in ("case_id", "element", "key"))),
        )
        .outerjoin(people, and_(people.c.person == worklist.c.holder, people.c.disabled_at <= at))
        .order_by(*_nearest(), worklist.c.seat)
    )
    return tuple(_read(rows))


def count(connection: Connection, jurisdiction: str, *, at: datetime) -> int:
    """Return how many tasks nobody can do."""
    found = _slots(jurisdiction, at).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def _nearest() -> tuple[Any, ...]:
    place = worklist.c.number, worklist.c.element, worklist.c.key
    return (worklist.c.due_at.nulls_last(), worklist.c.offered_at, *place)


def _slots(jurisdiction: str, at: datetime) -> Select[Any]:
    other = worklist.alias("other")
    served = exists().where(
        other.c.case_id == worklist.c.case_id,
        other.c.element == worklist.c.element,
        other.c.key == worklist.c.key,
        other.c.seat.in_(_held(jurisdiction, at)),
    )
    gone = exists().where(people.c.person == worklist.c.holder, people.c.disabled_at <= at)
    parts = ("case_id", "element", "key", "number", "due_at", "offered_at")
    return (
        select(*(worklist.c[part] for part in parts))
        .distinct()
        .where(worklist.c.jurisdiction == jurisdiction, or_(~served, gone))
    )


def _held(jurisdiction: str, at: datetime) -> Any:
    """Return every seat somebody sits on now, as task lists write them."""
    here = and_(people.c.jurisdiction == jurisdiction, _is_open(at))
    held = (
        select(positions.c.department + literal("/") + positions.c.position)
        .join(people, people.c.person == positions.c.person)
        .where(
            here,
            positions.c.from_at <= at,
            or_(positions.c.until_at.is_(None), positions.c.until_at > at),
        )
    )
    named = (people.c.person, people.c.login, people.c.inspector_id)
    persons = [
        select(literal(PERSON) + column).where(here, column.is_not(None)) for column in named
    ]
    return held.union_all(*persons)


def _is_open(at: datetime) -> ColumnElement[bool]:
    return or_(people.c.disabled_at.is_(None), people.c.disabled_at > at)


def _read(rows: Any) -> Iterator[Unassigned]:
    for _, group in groupby(rows, key=lambda row: (row.case_id, row.element, row.key)):
        found = list(group)
        first = found[0]
        yield Unassigned(
            case_id=first.case_id,
            element=first.element,
            key=first.key,
            task=first.task,
            role=first.role,
            number=first.number,
            case_title=first.case_title,
            due_at=first.due_at,
            offered_at=first.offered_at,
            seats=tuple(row.seat for row in found if row.seat),
            left=first.left_by,
        )
