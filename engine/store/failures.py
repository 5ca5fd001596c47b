"""What went wrong, for operators: incidents by number, long work that failed, and asking again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, or_, select, update

from engine.store.tables import cases, incidents, work

SHORT = 12  # letters of an address that people type


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Long work that is not finished; `failure` is the number of its incident."""

    address: str
    case_id: UUID
    element: str
    name: str
    requested_at: datetime
    started_at: datetime | None
    progress: int
    failure: str | None
    number: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    incident: str
    at: datetime
    case_id: UUID | None
    actor: str
    what: str
    trace: str
    number: str | None


def waiting_work(connection: Connection, *, jurisdiction: str | None = None) -> tuple[Job, ...]:
    """Return long work that is not finished, what failed first."""
    query = (
        select(
            work.c.address,
            work.c.case_id,
            work.c.element,
            work.c.name,
            work.c.requested_at,
            work.c.started_at,
            work.c.progress,
            work.c.failure,
            cases.c.number,
            cases.c.title,
        )
        .join(cases, cases.c.case_id == work.c.case_id)
        .where(work.c.finished_at.is_(None))
        .order_by(work.c.failure.is_(None), work.c.requested_at, work.c.address)
    )
    if jurisdiction is not None:
        query = query.where(cases.c.jurisdiction == jurisdiction)
    return tuple(Job(**row) for row in connection.execute(query).mappings())


def retry(connection: Connection, address: str, case_id: UUID) -> bool:
    """Ask once more for work that failed; False when it did not fail (any more)."""
    asked = connection.execute(
        update(work)
        .where(
            work.c.address == address,
            work.c.case_id == case_id,
            work.c.finished_at.is_(None),
            work.c.failure.is_not(None),
        )
        .values(failure=None, progress=0, started_at=None)
    )
    return asked.rowcount > 0


def latest(
    connection: Connection, *, limit: int, jurisdiction: str | None = None
) -> tuple[Incident, ...]:
    """Return the newest incidents; of a jurisdiction also those that belong to no case."""
    query = _incidents().order_by(incidents.c.at.desc(), incidents.c.incident).limit(limit)
    if jurisdiction is not None:
        query = query.where(
            or_(incidents.c.case_id.is_(None), cases.c.jurisdiction == jurisdiction)
        )
    return tuple(Incident(**row) for row in connection.execute(query).mappings())


def incident(connection: Connection, number: str) -> Incident | None:
    """Return one incident by the number that somebody was told."""
    named = _incidents().where(incidents.c.incident == number)
    row = connection.execute(named).mappings().one_or_none()
    return None if row is None else Incident(**row)


def _incidents() -> Select[Any]:
    return select(incidents, cases.c.number).join(
        cases, cases.c.case_id == incidents.c.case_id, isouter=True
    )
