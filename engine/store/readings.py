"""What people look at: task lists, cases, histories, boards. Reads only, few statements each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from engine.commands import Actor
from engine.store.tables import (
    cases,
    drafts,
    events,
    publications,
    refusals,
    timers,
    work,
    worklist,
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    case_id: UUID
    number: str
    process: str
    jurisdiction: str
    version: str
    parent_id: UUID | None
    title: str
    lead: str | None
    subject_id: str | None
    opened_at: datetime
    closed_at: datetime | None
    seq: int


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
_CASE = (
    cases.c.case_id,
    cases.c.number,
    cases.c.process,
    cases.c.jurisdiction,
    cases.c.version,
    cases.c.parent_id,
    cases.c.title,
    cases.c.lead,
    cases.c.subject_id,
    cases.c.opened_at,
    cases.c.closed_at,
    cases.c.seq,
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


# ---------------------------------------------------------------- cases


def case_by_number(connection: Connection, number: str) -> CaseRow | None:
    return _one(connection, cases.c.number == number)


def every_case(connection: Connection) -> tuple[CaseRow, ...]:
    """Return all cases in the order they were opened, for a whole audit."""
    rows = connection.execute(select(*_CASE).order_by(cases.c.opened_at, cases.c.number))
    return tuple(CaseRow(**row) for row in rows.mappings())


def case_by_id(connection: Connection, case_id: UUID) -> CaseRow | None:
    return _one(connection, cases.c.case_id == case_id)


def _one(connection: Connection, condition: ColumnElement[bool]) -> CaseRow | None:
    row = connection.execute(select(*_CASE).where(condition)).mappings().one_or_none()
    return None if row is None else CaseRow(**row)


def cases_page(
    connection: Connection,
    jurisdiction: str,
    *,
    processes: Sequence[str] = (),
    lead: str | None = None,
    search: str | None = None,
    is_open: bool | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[CaseRow, ...]:
    """Return a page of cases, the newest first."""
    query = select(*_CASE).where(cases.c.jurisdiction == jurisdiction)
    if processes:
        query = query.where(cases.c.process.in_(processes))
    if lead:
        query = query.where(cases.c.lead == lead)
    if search:
        like = f"%{search}%"
        query = query.where(or_(cases.c.number.like(like), cases.c.title.like(like)))
    if is_open is not None:
        query = query.where(
            cases.c.closed_at.is_(None) if is_open else cases.c.closed_at.is_not(None)
        )
    ordered = query.order_by(cases.c.opened_at.desc(), cases.c.number.desc())
    rows = connection.execute(ordered.limit(limit).offset(offset)).mappings()
    return tuple(CaseRow(**row) for row in rows)


def children(connection: Connection, parent: UUID, *, limit: int = 200) -> tuple[CaseRow, ...]:
    rows = connection.execute(
        select(*_CASE).where(cases.c.parent_id == parent).order_by(cases.c.number).limit(limit)
    ).mappings()
    return tuple(CaseRow(**row) for row in rows)


def progress(connection: Connection, parent: UUID) -> tuple[Row[Any], ...]:
    """Count a parent's children by process: (process, total, closed)."""
    closed = func.count(cases.c.closed_at)
    return tuple(
        connection.execute(
            select(cases.c.process, func.count().label("total"), closed.label("closed"))
            .where(cases.c.parent_id == parent)
            .group_by(cases.c.process)
            .order_by(cases.c.process)
        )
    )


def archive_of(connection: Connection, subject_id: str) -> tuple[CaseRow, ...]:
    """Return 一户一档: every case about one business, in the order they were opened."""
    rows = connection.execute(
        select(*_CASE).where(cases.c.subject_id == subject_id).order_by(cases.c.opened_at)
    ).mappings()
    return tuple(CaseRow(**row) for row in rows)


def timers_of(connection: Connection, case_id: UUID) -> tuple[Row[Any], ...]:
    query = select(timers).where(timers.c.case_id == case_id).order_by(timers.c.due_at)
    return tuple(connection.execute(query))


def overdue(connection: Connection, jurisdiction: str, *, now: datetime) -> tuple[WorkItem, ...]:
    """Return every open task past its legal deadline: the overdue board."""
    rows = connection.execute(
        select(*_WORK)
        .where(worklist.c.jurisdiction == jurisdiction, worklist.c.due_at <= now)
        .distinct()
        .order_by(worklist.c.due_at, worklist.c.number)
    ).mappings()
    return tuple(WorkItem(**row) for row in rows)


def missed_deadlines(connection: Connection, *, limit: int = 200) -> tuple[Row[Any], ...]:
    """Return the recorded misses of legal clocks, newest first (candidates for L09)."""
    return tuple(
        connection.execute(
            select(cases.c.number, cases.c.title, cases.c.jurisdiction, events.c.at, events.c.body)
            .join(cases, cases.c.case_id == events.c.case_id)
            .where(events.c.kind == "deadline-missed")
            .order_by(events.c.at.desc())
            .limit(limit)
        )
    )


def refusals_of(connection: Connection, case_id: UUID) -> tuple[Row[Any], ...]:
    query = select(refusals).where(refusals.c.case_id == case_id).order_by(refusals.c.at)
    return tuple(connection.execute(query))


def work_of(connection: Connection, case_id: UUID) -> tuple[Row[Any], ...]:
    """Return the long work of a case with its progress, for the draw-day page."""
    query = select(work).where(work.c.case_id == case_id).order_by(work.c.requested_at)
    return tuple(connection.execute(query))


def draft(
    connection: Connection, case_id: UUID, element: str, key: str, person: str
) -> bytes | None:
    found = connection.execute(
        select(drafts.c.body).where(
            drafts.c.case_id == case_id,
            drafts.c.element == element,
            drafts.c.key == key,
            drafts.c.person == person,
        )
    ).scalar_one_or_none()
    return None if found is None else bytes(found)


def published(connection: Connection, case_id: UUID, seq: int, part: int) -> Row[Any] | None:
    """Return one record of the public board under its lasting address."""
    return connection.execute(
        select(publications).where(
            publications.c.case_id == case_id,
            publications.c.seq == seq,
            publications.c.part == part,
        )
    ).one_or_none()
