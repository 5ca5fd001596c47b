"""The SQL that every reading of a registry shares: which rows stand, which pass a filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    false,
    or_,
    select,
    type_coerce,
)

from engine.registry import records
from engine.registry.filters import ANY_OF, ONE_OF, Filters
from engine.registry.types import RegistryKind, Row
from engine.store.tables.registry import (
    registry_carriers,
    registry_inspectors,
    registry_institutions,
    registry_items,
    registry_subjects,
)

TABLES: Mapping[RegistryKind, Table] = {
    RegistryKind.SUBJECTS: registry_subjects,
    RegistryKind.CARRIERS: registry_carriers,
    RegistryKind.INSPECTORS: registry_inspectors,
    RegistryKind.ITEMS: registry_items,
    RegistryKind.INSTITUTIONS: registry_institutions,
}
KEYS: Mapping[RegistryKind, str] = {
    RegistryKind.SUBJECTS: "subject_id",
    RegistryKind.CARRIERS: "carrier_id",
    RegistryKind.INSPECTORS: "inspector_id",
    RegistryKind.ITEMS: "item_code",
    RegistryKind.INSTITUTIONS: "institution_id",
}

STREAM = 10_000  # rows fetched at a time
_ESCAPE = "\\"


def standing(table: Any, jurisdiction: str, batch: int | None) -> ColumnElement[bool]:
    """Return the condition that a row of `table` stands today, or stood at `batch`."""
    mine = table.c.jurisdiction == jurisdiction
    if batch is None:
        return and_(mine, table.c.to_batch.is_(None))
    left = or_(table.c.to_batch.is_(None), table.c.to_batch > batch)
    return and_(mine, table.c.from_batch <= batch, left)


def conditions(table: Any, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Yield the SQL of a filter; a field the table does not have lets nothing through."""
    for name, field in ONE_OF.items():
        if words := getattr(filters, name):
            yield or_(false(), *(column.in_(words) for column in _columns(table, field)))
    for name, field in ANY_OF.items():
        if words := getattr(filters, name):
            yield or_(
                false(),
                *(_has_word(column, word) for column in _columns(table, field) for word in words),
            )
    if filters.start:
        key = next(column for column in table.c if column.primary_key and column.name in _KEYS)
        inside = (
            table.c.name.contains(words, autoescape=True, escape=_ESCAPE)
            for words in filters.spellings
        )
        starts = key.startswith(filters.start, autoescape=True, escape=_ESCAPE)
        yield or_(starts, *inside)


_KEYS = frozenset(KEYS.values())


def _columns(table: Any, name: str) -> list[Column[Any]]:
    return [table.c[name]] if name in table.c else []


def _has_word(column: Column[Any], word: str) -> ColumnElement[bool]:
    return type_coerce(column, Text).contains(f"|{word}|", autoescape=True, escape=_ESCAPE)


def listing(jurisdiction: str, kind: RegistryKind, batch: int | None) -> Select[Any]:
    """Return the statement of all fields of the standing rows, in the order of the ids' bytes."""
    table = TABLES[kind]
    named = [table.c[name] for name in records.field_types(kind)]
    return select(*named).where(standing(table, jurisdiction, batch)).order_by(table.c[KEYS[kind]])


def stream(conn: Connection, kind: RegistryKind, wanted: Select[Any]) -> Iterator[Row]:
    """Yield rows as the database hands them out, never the whole set at once."""
    with conn.execute(wanted.execution_options(yield_per=STREAM)) as found:
        for line in found.mappings():
            yield records.row(kind, dict(line))


def fetch(conn: Connection, kind: RegistryKind, wanted: Select[Any]) -> tuple[Row, ...]:
    """Return a few rows in one statement, without a cursor on the server."""
    return tuple(records.row(kind, dict(line)) for line in conn.execute(wanted).mappings())
