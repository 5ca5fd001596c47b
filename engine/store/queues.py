"""What waits for the background: due timers, requested work; and incidents when it fails."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    desc,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)

from engine import clock
from engine.store.database import Store
from engine.store.tables import agenda, cases, incidents, timers, work


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    case_id: UUID
    element: str
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLook:
    """A line of the year's agenda that wants to be looked at."""

    jurisdiction: str
    obligation: str
    department: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    address: str
    case_id: UUID
    element: str
    key: str
    name: str
    inputs: bytes


_TIMERS = select(
    timers.c.due_at,
    timers.c.case_id,
    timers.c.element,
    timers.c.key,
    literal("").label("jurisdiction"),
    literal("").label("department"),
    literal("").label("period"),
).where(timers.c.due_at <= bindparam("moment"))
_AGENDA = select(
    agenda.c.next_at,
    null(),
    agenda.c.obligation,
    literal(""),
    agenda.c.jurisdiction,
    agenda.c.department,
    agenda.c.period,
).where(agenda.c.next_at <= bindparam("moment"))
_DUE = union_all(_TIMERS, _AGENDA)
_OLDEST = _DUE.order_by("due_at", desc("period"), "case_id", "element").limit(bindparam("most"))


def due(connection: Connection, *, now: datetime, limit: int) -> tuple[DueTimer | DueLook, ...]:
    """Return what is due of all clocks, the oldest first: one query over two indexes.

    At the same instant the agenda comes first: what was done in time is not late."""
    rows = connection.execute(_OLDEST, {"moment": now, "most": limit}).all()
    return tuple(
        DueTimer(case_id=row.case_id, element=row.element, key=row.key, due_at=row.due_at)
        if row.case_id is not None
        else DueLook(
            jurisdiction=row.jurisdiction,
            obligation=row.element,
            department=row.department,
            period=row.period,
        )
        for row in rows
    )


def cases_with_timers(connection: Connection, jurisdiction: str | None = None) -> tuple[UUID, ...]:
    """Return every case in which a clock runs, known or waiting for a year's calendar."""
    return _of(connection, select(timers.c.case_id).distinct(), jurisdiction)


def cases_without_a_day(connection: Connection, jurisdiction: str) -> tuple[UUID, ...]:
    """Return the cases of a jurisdiction with a clock that waits for a year's calendar."""
    wanted = select(timers.c.case_id).where(
        timers.c.due_at.is_(None), timers.c.missing.is_not(None)
    )
    return _of(connection, wanted.distinct(), jurisdiction)


def _of(connection: Connection, wanted: Select[UUID], jurisdiction: str | None) -> tuple[UUID, ...]:
    """Return the cases asked for, of one jurisdiction or of all."""
    if jurisdiction is not None:
        mine = select(cases.c.case_id).where(cases.c.jurisdiction == jurisdiction)
        wanted = wanted.where(timers.c.case_id.in_(mine))
    return tuple(connection.execute(wanted).scalars())


def next_due(connection: Connection, *, after: datetime) -> datetime | None:
    """Return when the next clock falls due; a demonstration jumps there."""
    found = (
        connection.execute(
            select(column).where(column > after).order_by(column).limit(1)
        ).scalar_one_or_none()
        for column in (timers.c.due_at, agenda.c.next_at)
    )
    return min((moment for moment in found if moment is not None), default=None)


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
