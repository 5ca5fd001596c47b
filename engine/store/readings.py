"""What people look at: cases, their clocks, refusals, drafts. Reads only, few statements each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from engine.store.tables import (
    cases,
    drafts,
    events,
    publications,
    refusals,
    timers,
    work,
)


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
