"""Appending to and reading the record. Nothing else inserts events; nothing at all changes one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, and_, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from engine.errors import Conflict, FileMissing, HistoryDamaged, ProductError
from engine.history import Record, Stored, address, broken_bytes, fits, unseal
from engine.store.prepared import Asked, Prepared
from engine.store.tables import artefacts, cases, counters, events, leaves, refusals
from engine.version import FileDamaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The locked row of a case: where its chain ends, and the cached state."""

    case_id: UUID
    number: str
    version: str
    seq: int
    digest: str
    state: bytes | None
    hash: bytes
    recorded_digest: str | None  # what the last event says the digest is


# built once: putting a statement together costs more than running it
_HEAD = Asked(
    select(
        cases.c.number,
        cases.c.version,
        cases.c.seq,
        cases.c.digest,
        cases.c.state,
        events.c.hash,
        events.c.body,
    )
    .join(events, and_(events.c.case_id == cases.c.case_id, events.c.seq == cases.c.seq))
    .where(cases.c.case_id == bindparam("of_case"))
)
_LOCK = Asked(
    select(cases.c.case_id).where(cases.c.case_id == bindparam("of_case")).with_for_update()
)
_OF_CASE = update(cases).where(cases.c.case_id == bindparam("of_case"))
_STANDING = Prepared(_OF_CASE, "seq", "digest", "state")
_CLOSING = Prepared(_OF_CASE, "seq", "digest", "state", "closed_at")
_ENTER = Prepared(insert(cases))


def _counted(made: Any) -> Any:
    counted = made.insert(counters)
    return counted.on_conflict_do_update(
        index_elements=["jurisdiction", "year", "kind"],
        set_={"value": counters.c.value + counted.excluded.value},
    ).returning(counters.c.value)


_COUNTED = Asked({"sqlite": _counted(sqlite), "postgresql": _counted(postgresql)})
_NUMBERS = select(cases.c.case_id, cases.c.number).where(
    cases.c.case_id.in_(bindparam("of_cases", expanding=True))
)
_REFUSED = insert(refusals)
_EVENTS = Prepared(insert(events))
_LEAVES = Prepared(
    {
        "sqlite": insert(leaves),  # its writers are serial, so they need no transaction id
        "postgresql": insert(leaves).values(xid=text("pg_current_xact_id()::text::bigint")),
    },
    "case_id",
    "seq",
    "hash",
)
_KEEP = Prepared(
    {
        "sqlite": sqlite.insert(artefacts).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(artefacts).on_conflict_do_nothing(),
    }
)


def lock(connection: Connection, case_id: UUID, *, for_update: bool = True) -> Head | None:
    """Lock a case for this transaction and return its head; the loser of a race waits here.

    A mere reader asks without the lock. Whoever writes is refused where the last event no longer
    hashes to what stands beside it: nothing is recorded behind a damaged one."""
    if for_update and connection.dialect.name == "postgresql":
        # a statement sees the rows of its own beginning: wait first, look afterwards
        _LOCK.first(connection, of_case=case_id)
    row = _HEAD.first(connection, of_case=case_id)
    if row is None:
        return None
    number, version, seq, digest, state, link, body = row
    if for_update and not fits(body, link):
        raise HistoryDamaged(seq=seq)
    return Head(
        case_id=case_id,
        number=number,
        version=version,
        seq=seq,
        digest=digest,
        state=state,
        hash=link,
        recorded_digest=_digest_in(body),
    )


def _digest_in(body: bytes) -> str | None:
    """Return the digest an event tells; a damaged one tells none, and the case is folded anew."""
    try:
        told = orjson.loads(body)["digest"]
    except (ValueError, LookupError, TypeError):
        return None
    return told if isinstance(told, str) else None


def append(connection: Connection, records: Sequence[Record]) -> None:
    """Append sealed events, each case's in order; a taken seq is a Conflict, never dropped."""
    rows = [
        {
            "case_id": record.case_id,
            "seq": record.seq,
            "kind": record.kind,
            "role": record.role,
            "at": record.at,
            "actor": record.actor,
            "body": record.body,
            "hash": record.hash,
        }
        for record in records
    ]
    try:
        _EVENTS.write(connection, rows)
    except IntegrityError as error:
        raise Conflict from error
    _LEAVES.write(connection, rows)


def history(
    connection: Connection, case_id: UUID, *, upto: int | None = None
) -> tuple[Record, ...]:
    """Return the recorded events of a case in order; damaged bytes are an error, never a guess."""
    found = stored(connection, case_id, upto=upto)
    broken = broken_bytes(found)
    if broken is not None:
        raise HistoryDamaged(seq=broken)
    return tuple(_read(place, each) for place, each in enumerate(found, start=1))


def _read(place: int, event: Stored) -> Record:
    try:
        return unseal(*event)
    except (ProductError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise HistoryDamaged(seq=place) from error


def leaf_hashes(connection: Connection, case_id: UUID) -> dict[int, bytes]:
    """Return the hashes of a case as they were noted a second time, beside its events."""
    query = select(leaves.c.seq, leaves.c.hash).where(leaves.c.case_id == case_id)
    return {row.seq: bytes(row.hash) for row in connection.execute(query)}


def stored(connection: Connection, case_id: UUID, *, upto: int | None = None) -> tuple[Stored, ...]:
    """Return the events of a case in order as they lie in the table, for an audit."""
    query = select(events.c.body, events.c.hash).where(events.c.case_id == case_id)
    if upto is not None:
        query = query.where(events.c.seq <= upto)
    rows = connection.execute(query.order_by(events.c.seq))
    return tuple((bytes(row.body), bytes(row.hash)) for row in rows)


def copies(connection: Connection, case_id: UUID) -> Iterator[tuple[int, str, str, datetime, str]]:
    """Return the columns beside the body, which an audit compares with it."""
    query = (
        select(events.c.seq, events.c.kind, events.c.role, events.c.at, events.c.actor)
        .where(events.c.case_id == case_id)
        .order_by(events.c.seq)
    )
    for row in connection.execute(query):
        yield row.seq, row.kind, row.role, row.at, row.actor


def take_numbers(
    connection: Connection, jurisdiction: str, year: int, kind: str, *, count: int = 1
) -> int:
    """Take case numbers of a jurisdiction, year and kind; returns the first of `count` in a row.

    Gaps come only from rollbacks."""
    ((last,),) = _COUNTED.all(
        connection, jurisdiction=jurisdiction, year=year, kind=kind, value=count
    )
    return int(last) - count + 1


def numbers_of(connection: Connection, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the numbers of those cases that are there."""
    rows = connection.execute(_NUMBERS, {"of_cases": list(case_ids)})
    return {row.case_id: row.number for row in rows}


def enter(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Enter new cases; one that somebody else entered meanwhile is a Conflict, looked at again."""
    try:
        _ENTER.write(connection, rows)
    except IntegrityError as error:
        raise Conflict from error


def keep_state(
    connection: Connection,
    case_id: UUID,
    *,
    seq: int,
    digest: str,
    state: bytes,
    closed_at: datetime | None,
) -> None:
    """Keep where a case stands; `closed_at` is None unless it closed just now."""
    standing = {
        "of_case": case_id,
        "seq": seq,
        "digest": digest,
        "state": state,
        "closed_at": closed_at,
    }
    (_STANDING if closed_at is None else _CLOSING).write(connection, [standing])


def note_refusal(connection: Connection, **values: Any) -> None:
    """Note a command that was turned down; it is no part of any history."""
    connection.execute(_REFUSED, values)


# ---------------------------------------------------------------- content-addressed files


def keep(
    connection: Connection, contents: Sequence[bytes], *, media: str, at: datetime
) -> tuple[str, ...]:
    """Store contents under their SHA-256; what is already there stays as it is."""
    rows = [
        {"address": address(content), "content": content, "media": media, "stored_at": at}
        for content in contents
    ]
    _KEEP.write(connection, rows)
    return tuple(str(row["address"]) for row in rows)


PIECE = 4 << 20  # bytes of a large content read at a time
_PIECE = "SELECT substr(content, %s, %s) FROM artefacts WHERE address = %s"


def fetch(connection: Connection, place: str) -> bytes:
    """Return the content kept at an address; its hash is checked, a missing one is an error."""
    content = _content(connection, place)
    if content is None:
        raise FileMissing(address=place)
    if address(content) != place:
        raise FileDamaged(address=place)
    return content


def _content(connection: Connection, place: str) -> bytes | None:
    """Read a content; a large one from PostgreSQL in pieces, so that it is in memory once.

    Asked for in binary form: as text its bytes would travel as hexadecimal, twice as many."""
    here = artefacts.c.address == place
    size = None
    if connection.dialect.name == "postgresql":
        size = connection.execute(
            select(func.octet_length(artefacts.c.content)).where(here)
        ).scalar_one_or_none()
    if size is None or size <= PIECE:
        found = connection.execute(select(artefacts.c.content).where(here)).scalar_one_or_none()
        return None if found is None else bytes(found)
    whole = io.BytesIO()
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        for start in range(1, size + 1, PIECE):
            (piece,) = cursor.execute(_PIECE, (start, PIECE, place)).fetchone()
            whole.write(piece)
    return whole.getvalue()
