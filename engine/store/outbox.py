"""The outbox and what its delivery writes: marks, the public board, versions that take effect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine import clock, history
from engine.store import eventstore, shelf
from engine.store.tables import cases, outbox, publications


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    case_id: UUID
    seq: int
    part: int
    kind: str
    body: bytes
    progress: int


def waiting(
    connection: Connection, *, limit: int, sender: UUID | None = None
) -> tuple[Message, ...]:
    """Return undelivered messages, oldest first; those that failed stand behind the others."""
    query = select(
        outbox.c.case_id,
        outbox.c.seq,
        outbox.c.part,
        outbox.c.kind,
        outbox.c.body,
        outbox.c.progress,
    ).where(outbox.c.delivered_at.is_(None))
    if sender is not None:
        query = query.where(outbox.c.case_id == sender)
    age = outbox.c.attempts, outbox.c.created_at
    ordered = query.order_by(*age, outbox.c.case_id, outbox.c.seq, outbox.c.part)
    rows = connection.execute(ordered.limit(limit)).mappings()
    return tuple(Message(**row) for row in rows)


def untried(connection: Connection, kind: str) -> tuple[Mapping[str, Any], ...]:
    """Return what messages of a kind ask for that are on their way and have not failed yet."""
    is_new = and_(outbox.c.delivered_at.is_(None), outbox.c.attempts == 0)
    found = select(outbox.c.body).where(outbox.c.kind == kind, is_new)
    return tuple(json.loads(body) for body in connection.execute(found).scalars())


def _is(message: Message) -> ColumnElement[bool]:
    return and_(
        outbox.c.case_id == message.case_id,
        outbox.c.seq == message.seq,
        outbox.c.part == message.part,
    )


def mark_delivered(connection: Connection, message: Message, *, at: datetime) -> None:
    connection.execute(update(outbox).where(_is(message)).values(delivered_at=at))


def note_attempt(connection: Connection, message: Message) -> None:
    connection.execute(update(outbox).where(_is(message)).values(attempts=outbox.c.attempts + 1))


def note_progress(connection: Connection, message: Message, done: int) -> None:
    connection.execute(update(outbox).where(_is(message)).values(progress=done))


def child_id(parent: UUID, seq: int, unit: str) -> UUID:
    """Return the id of a child case: the same message and object always name the same child."""
    return clock.named_case_id(f"{parent}:{seq}:{unit}")


def open_children(connection: Connection, parent: UUID, process: str) -> int:
    """Count the parent's children of one process that are not closed."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(cases)
            .where(
                cases.c.parent_id == parent,
                cases.c.process == process,
                cases.c.closed_at.is_(None),
            )
        ).scalar_one()
    )


def bringing(connection: Connection, parent: UUID, process: str) -> int:
    """Count the parent's children of a process that may still open others under it.

    One that only waits for the opening of a surprise has opened all of its own."""
    done = exists().where(outbox.c.case_id == cases.c.case_id, outbox.c.kind == "ask-opening")
    waiting = exists().where(
        outbox.c.case_id == cases.c.case_id,
        outbox.c.kind == "open-cases",
        outbox.c.delivered_at.is_(None),
    )
    counted = (
        select(func.count())
        .select_from(cases)
        .where(
            cases.c.parent_id == parent,
            cases.c.process == process,
            or_(and_(cases.c.closed_at.is_(None), ~done), waiting),
        )
    )
    return int(connection.execute(counted).scalar_one())


def unvisited(connection: Connection, parent: UUID, process: str) -> int:
    """Count the parent's open children of a process whose visit has not been told to have ended."""
    told = exists().where(outbox.c.case_id == cases.c.case_id, outbox.c.kind == "visit-ended")
    counted = (
        select(func.count())
        .select_from(cases)
        .where(
            cases.c.parent_id == parent,
            cases.c.process == process,
            cases.c.closed_at.is_(None),
            ~told,
        )
    )
    return int(connection.execute(counted).scalar_one())


def said_by(connection: Connection, parent: UUID, kind: str) -> list[bytes]:
    """Return what the parent's children have sent of one kind, delivered or not."""
    joined = outbox.join(cases, cases.c.case_id == outbox.c.case_id)
    query = select(outbox.c.body).select_from(joined)
    rows = connection.execute(query.where(cases.c.parent_id == parent, outbox.c.kind == kind))
    return [bytes(body) for body in rows.scalars()]


def is_opening(connection: Connection, parent: UUID, process: str) -> bool:
    """Return whether a list of children is still being opened for the parent."""
    del process  # a parent opens one list at a time
    return bool(
        connection.execute(
            select(
                exists().where(
                    outbox.c.case_id == parent,
                    outbox.c.kind == "open-cases",
                    outbox.c.delivered_at.is_(None),
                )
            )
        ).scalar_one()
    )


def publish(
    connection: Connection, message: Message, body: Mapping[str, Any], *, at: datetime
) -> None:
    """Put a record on the public board; the same message twice is one record."""
    row = connection.execute(
        select(cases.c.number, cases.c.jurisdiction).where(cases.c.case_id == message.case_id)
    ).one()
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        made.insert(publications)
        .values(
            case_id=message.case_id,
            seq=message.seq,
            part=message.part,
            kind=body["publication"],
            jurisdiction=row.jurisdiction,
            number=row.number,
            title=body["title"],
            department=body.get("department"),
            subject_id=body.get("subject_id"),
            body=history.canonical(body["record"]),
            published_at=at,
        )
        .on_conflict_do_nothing()
    )


def publish_again(connection: Connection, case_id: UUID) -> None:
    """Put back what was published and is gone from the board, with the day it was published."""
    query = select(outbox).where(
        outbox.c.case_id == case_id,
        outbox.c.kind == "publish",
        outbox.c.delivered_at.is_not(None),
    )
    for row in connection.execute(query).all():
        message = Message(
            case_id=row.case_id,
            seq=row.seq,
            part=row.part,
            kind=row.kind,
            body=row.body,
            progress=row.progress,
        )
        publish(connection, message, json.loads(row.body), at=row.delivered_at)


def activate(
    connection: Connection, message: Message, body: Mapping[str, Any], *, at: datetime
) -> None:
    """Put a countersigned version on the shelf, in force from its day, and never before now.

    What began under the former version while this one waited for its signature began rightly."""
    files = {
        path: eventstore.fetch(connection, place)
        for path, place in body["manifest"].items()
        if path != "jurisdiction"
    }
    effective = datetime.fromisoformat(body["effective_on"]).replace(tzinfo=clock.SHANGHAI)
    shelf.release(
        connection,
        files,
        jurisdiction=body["manifest"]["jurisdiction"],
        process=body["process"],
        name=body["name"],
        effective_at=max(effective, at),
        released_by=message.case_id,
        stored_at=at,
    )


def board(
    connection: Connection, *, jurisdiction: str | None, kind: str | None, limit: int, offset: int
) -> list[dict[str, Any]]:
    """Return published records, newest first, each with its public body."""
    query = select(publications).order_by(
        publications.c.published_at.desc(),
        publications.c.number.desc(),
        publications.c.seq.desc(),
        publications.c.part.desc(),
    )
    if jurisdiction:
        query = query.where(publications.c.jurisdiction == jurisdiction)
    if kind:
        query = query.where(publications.c.kind == kind)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [{**row, "body": json.loads(row["body"])} for row in rows]
