"""What waits for the background: due timers, requested work; and incidents when it fails."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from engine import clock
from engine.store.database import Store
from engine.store.tables import incidents, timers, work


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    case_id: UUID
    element: str
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    address: str
    case_id: UUID
    element: str
    key: str
    name: str
    inputs: bytes


def due_timers(connection: Connection, *, now: datetime, limit: int) -> tuple[DueTimer, ...]:
    """Return the timers at or past their due instant, the oldest first, in one indexed query."""
    rows = connection.execute(
        select(timers.c.case_id, timers.c.element, timers.c.key, timers.c.due_at)
        .where(timers.c.due_at <= now)
        .order_by(timers.c.due_at, timers.c.case_id, timers.c.element)
        .limit(limit)
    ).mappings()
    return tuple(DueTimer(**row) for row in rows)


def cases_with_timers(connection: Connection) -> tuple[UUID, ...]:
    """Return every case in which a clock runs, known or waiting for a year's calendar."""
    return tuple(connection.execute(select(timers.c.case_id).distinct()).scalars())


def next_due(connection: Connection, *, after: datetime) -> datetime | None:
    """Return when the next timer falls due; a demonstration jumps there."""
    return connection.execute(
        select(timers.c.due_at).where(timers.c.due_at > after).order_by(timers.c.due_at).limit(1)
    ).scalar_one_or_none()


def requested_work(connection: Connection, *, limit: int) -> tuple[Work, ...]:
    rows = connection.execute(
        select(
            work.c.address,
            work.c.case_id,
            work.c.element,
            work.c.key,
            work.c.name,
            work.c.inputs,
        )
        .where(work.c.finished_at.is_(None), work.c.failure.is_(None))
        .order_by(work.c.requested_at, work.c.address)
        .limit(limit)
    ).mappings()
    return tuple(Work(**row) for row in rows)


def note_work(connection: Connection, job: Work, **values: Any) -> None:
    """Note progress, the end or the failure of requested work."""
    connection.execute(
        update(work)
        .where(work.c.address == job.address, work.c.case_id == job.case_id)
        .values(**values)
    )


def note_incident(
    store: Store, *, at: datetime, actor: str, what: str, trace: str, case_id: UUID | None = None
) -> str:
    """Keep a failure for the operators and return its number, which people may be shown.

    The same failure again on the same day is the same incident."""
    named = f"{clock.legal_day(at)}|{actor}|{what}|{case_id}|{trace}"
    incident = hashlib.sha256(named.encode()).hexdigest()[:12]
    with store.write() as connection:
        found = connection.execute(
            select(incidents.c.incident).where(incidents.c.incident == incident)
        ).scalar_one_or_none()
        if found is None:
            connection.execute(
                insert(incidents).values(
                    incident=incident, at=at, case_id=case_id, actor=actor, what=what, trace=trace
                )
            )
    return incident
