"""Rows as they lie, for an audit: a value that cannot be read comes back as it stands.

SQLite keeps whatever is put into a column; the typed columns would stop at the first such value,
and with it everything that stands behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Row, String, Table, Uuid, select, type_coerce

from engine.store.tables import (
    Instant,
    artefacts,
    cases,
    counters,
    events,
    leaves,
    outbox,
    publications,
    versions,
)
from engine.store.tables.registry import registry_batches

AT_ONCE = 500  # addresses asked for in one statement

Kept = dict[str, Any]


def _plain(column: Column[Any]) -> Any:
    if isinstance(column.type, Instant | Uuid):
        return type_coerce(column, String).label(column.name)
    return column


def _columns(table: Table) -> list[Any]:
    return [_plain(column) for column in table.c]


def _read(table: Table, row: Row[Any]) -> Kept:
    kept = dict(row._mapping)  # noqa: SLF001 - the library's own name for a row as a mapping
    for column in table.c:
        if isinstance(column.type, Instant):
            kept[column.name] = moment(kept[column.name])
        elif isinstance(column.type, Uuid):
            kept[column.name] = identity(kept[column.name])
    return kept


def moment(written: object) -> object:
    """Return an instant if it is one, else what stands in its place."""
    if isinstance(written, str):
        try:
            written = datetime.fromisoformat(written)
        except ValueError:
            return written
    if isinstance(written, datetime):
        return written.replace(tzinfo=UTC) if written.tzinfo is None else written.astimezone(UTC)
    return written


def identity(written: object) -> object:
    """Return the id of a case if it is one, else what stands in its place."""
    try:
        return UUID(str(written)) if written is not None else None
    except ValueError:
        return written


def every_case(connection: Connection) -> list[tuple[object, str]]:
    """Return id and number of all cases in the order they were opened."""
    query = select(_plain(cases.c.case_id), cases.c.number)
    rows = connection.execute(query.order_by(cases.c.opened_at, cases.c.number))
    return [(identity(row.case_id), str(row.number)) for row in rows]


def case_row(connection: Connection, case_id: UUID) -> Kept | None:
    return _one(connection, cases.c.case_id == case_id)


def case_by_number(connection: Connection, number: str) -> Kept | None:
    return _one(connection, cases.c.number == number)


def _one(connection: Connection, condition: Any) -> Kept | None:
    row = connection.execute(select(*_columns(cases)).where(condition)).one_or_none()
    return None if row is None else _read(cases, row)


def copies(
    connection: Connection, case_id: UUID
) -> Iterator[tuple[int, str, str, object, str, bytes]]:
    """Return what stands beside the body of each event: its columns and its hash."""
    query = select(*_columns(events)).where(events.c.case_id == case_id).order_by(events.c.seq)
    for row in connection.execute(query):
        kept = _read(events, row)
        yield row.seq, row.kind, row.role, kept["at"], row.actor, row.hash


def published(connection: Connection, case_id: UUID) -> dict[tuple[int, int], Kept]:
    """Return what the public board shows of a case, by event and part."""
    query = select(*_columns(publications)).where(publications.c.case_id == case_id)
    return {(row.seq, row.part): _read(publications, row) for row in connection.execute(query)}


def handed_over(connection: Connection, case_id: UUID) -> frozenset[tuple[int, int]]:
    """Return the messages of a case to the public board that were delivered."""
    query = select(outbox.c.seq, outbox.c.part).where(
        outbox.c.case_id == case_id,
        outbox.c.kind == "publish",
        type_coerce(outbox.c.delivered_at, String).is_not(None),
    )
    return frozenset((row.seq, row.part) for row in connection.execute(query))


def imported(connection: Connection, case_id: UUID) -> list[tuple[int, str]]:
    """Return the batches a case brought into the registries, with the address of each file."""
    batches = registry_batches
    query = select(batches.c.batch, batches.c.file).where(batches.c.case_id == str(case_id))
    return [(row.batch, row.file) for row in connection.execute(query)]


def manifest(connection: Connection, version: str) -> Mapping[str, str]:
    """Return path and address of a version's files; nothing where it cannot be read."""
    found = connection.execute(
        select(versions.c.manifest).where(versions.c.version == version)
    ).scalar_one_or_none()
    try:
        told = json.loads(found or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def present(connection: Connection, wanted: Iterable[str]) -> set[str]:
    """Return those addresses under which something is kept."""
    asked, found = sorted(wanted), set[str]()
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        query = select(artefacts.c.address).where(artefacts.c.address.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def every_address(connection: Connection) -> list[str]:
    return list(connection.execute(select(artefacts.c.address)).scalars())


def without_a_case(connection: Connection) -> list[object]:
    """Return the ids under which events, leaves or publications lie, and no case."""
    known = select(cases.c.case_id)
    found = {
        identity(kept)
        for table in (events, leaves, publications)
        for kept in connection.execute(
            select(_plain(table.c.case_id)).where(table.c.case_id.not_in(known)).distinct()
        ).scalars()
    }
    return sorted(found, key=str)


def numbers_taken(connection: Connection) -> list[tuple[str, int, str, int]]:
    """Return per jurisdiction, year and kind the last number that was given to a case."""
    rows = connection.execute(select(counters).order_by(*counters.primary_key.columns))
    return [(row.jurisdiction, row.year, row.kind, int(row.value)) for row in rows]


def numbers_of(connection: Connection, jurisdiction: str) -> list[str]:
    query = select(cases.c.number).where(cases.c.jurisdiction == jurisdiction)
    return [str(number) for number in connection.execute(query).scalars()]
