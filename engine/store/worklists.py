"""Task lists: what a person may do now, what of it is open in a case, what is overdue."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Connection, func, or_, select

from engine.commands import Actor
from engine.events import TaskOffered
from engine.store.tables import events, worklist


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One task a person may do now."""

    case_id: UUID
    element: str
    key: str
    task: str
    role: str
    number: str
    case_title: str
    process: str
    jurisdiction: str
    holder: str | None
    due_at: datetime | None
    offered_at: datetime


_WORK = (
    worklist.c.case_id,
    worklist.c.element,
    worklist.c.key,
    worklist.c.task,
    worklist.c.role,
    worklist.c.number,
    worklist.c.case_title,
    worklist.c.process,
    worklist.c.jurisdiction,
    worklist.c.holder,
    worklist.c.due_at,
    worklist.c.offered_at,
)


def seats_of(actor: Actor) -> list[str]:
    """Return every seat text under which tasks are offered to this person."""
    seats = [f"{seat.department}/{seat.position}" for seat in actor.seats]
    seats.extend(f"person:{name}" for name in actor.names)
    return seats


def _mine(actor: Actor, jurisdiction: str) -> list[ColumnElement[bool]]:
    return [
        worklist.c.jurisdiction == jurisdiction,
        worklist.c.seat.in_(seats_of(actor)),
        or_(worklist.c.holder.is_(None), worklist.c.holder == actor.person),
    ]


def worklist_page(
    connection: Connection,
    actor: Actor,
    jurisdiction: str,
    *,
    process: str | None = None,
    search: str | None = None,
    overdue_at: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[WorkItem, ...]:
    """Return a page of what the person may do, the nearest legal deadline first."""
    query = select(*_WORK).where(*_mine(actor, jurisdiction)).distinct()
    query = _narrowed(query, process, search, overdue_at)
    nearest = worklist.c.due_at.nulls_last(), worklist.c.offered_at
    place = worklist.c.number, worklist.c.element, worklist.c.key
    ordered = query.order_by(*nearest, *place)
    rows = connection.execute(ordered.limit(limit).offset(offset)).mappings()
    return tuple(WorkItem(**row) for row in rows)


def _narrowed(
    query: Any, process: str | None, search: str | None, overdue_at: datetime | None
) -> Any:
    if process:
        query = query.where(worklist.c.process == process)
    if search:
        like = f"%{search}%"
        query = query.where(or_(worklist.c.number.like(like), worklist.c.case_title.like(like)))
    if overdue_at is not None:
        query = query.where(worklist.c.due_at <= overdue_at)
    return query


def worklist_count(connection: Connection, actor: Actor, jurisdiction: str) -> int:
    """Count the distinct tasks the person may do."""
    distinct = (
        select(worklist.c.case_id, worklist.c.element, worklist.c.key)
        .where(*_mine(actor, jurisdiction))
        .distinct()
        .subquery()
    )
    return int(connection.execute(select(func.count()).select_from(distinct)).scalar_one())


def turns(connection: Connection, cases: Collection[UUID]) -> dict[tuple[UUID, str, str], int]:
    """Return how often each task of some cases has been offered, by case, element and key.

    Bytes that cannot be read say nothing: whoever opens the case is told."""
    rows = connection.execute(
        select(events.c.case_id, events.c.body)
        .where(events.c.case_id.in_(cases), events.c.kind == TaskOffered.kind)
        .order_by(events.c.case_id, events.c.seq)
    )
    found: dict[tuple[UUID, str, str], int] = {}
    for row in rows:
        with suppress(ValueError, LookupError, TypeError):
            offered = orjson.loads(row.body)["payload"]
            found[row.case_id, str(offered["element"]), str(offered["key"])] = int(offered["turn"])
    return found


def work_item(connection: Connection, case_id: UUID, element: str, key: str) -> WorkItem | None:
    """Return one open task whoever it is offered to, or None when it is not open."""
    row = (
        connection.execute(
            select(*_WORK)
            .where(
                worklist.c.case_id == case_id,
                worklist.c.element == element,
                worklist.c.key == key,
            )
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else WorkItem(**row)


def open_tasks(connection: Connection, case_id: UUID) -> tuple[WorkItem, ...]:
    """Return the open tasks of a case, one per slot."""
    rows = connection.execute(
        select(*_WORK)
        .where(worklist.c.case_id == case_id)
        .distinct()
        .order_by(worklist.c.element, worklist.c.key)
    ).mappings()
    return tuple(WorkItem(**row) for row in rows)


def overdue(connection: Connection, jurisdiction: str, *, now: datetime) -> tuple[WorkItem, ...]:
    """Return every open task past its legal deadline: the overdue board."""
    rows = connection.execute(
        select(*_WORK)
        .where(worklist.c.jurisdiction == jurisdiction, worklist.c.due_at <= now)
        .distinct()
        .order_by(worklist.c.due_at, worklist.c.number)
    ).mappings()
    return tuple(WorkItem(**row) for row in rows)
