"""A row as plain JSON and back; the canonical bytes of a row; the root over a set of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

import orjson

from engine.history import Json
from engine.log import merkle
from engine.registry.columns import COLUMNS
from engine.registry.types import ROW_TYPES, RegistryKind, Row

_KINDS: Mapping[type, RegistryKind] = {row_type: kind for kind, row_type in ROW_TYPES.items()}


@cache
def field_types(kind: RegistryKind) -> Mapping[str, type]:
    """Return the fields of a row in order with their plain types; `X | None` counts as X."""
    row_type = ROW_TYPES[kind]
    hints = get_type_hints(row_type)
    return {field.name: _plain_type(hints[field.name]) for field in fields(row_type)}


def _plain_type(hint: Any) -> type:
    if isinstance(hint, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    return tuple if getattr(hint, "__origin__", None) is tuple else hint


@cache
def personal_fields(kind: RegistryKind) -> frozenset[str]:
    """Return the fields that the law may order erased; they stand outside every root."""
    return frozenset(column.field for column in COLUMNS[kind] if column.is_personal)


def kind_of(row: Row) -> RegistryKind:
    """Return which registry a row belongs to."""
    return _KINDS[type(row)]


def record(row: Row) -> dict[str, Json]:
    """Return every field as JSON: dates as text, lists as lists, words as written."""
    return {name: _json(getattr(row, name)) for name in field_types(kind_of(row))}


def _json(value: object) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [str(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    assert value is None or isinstance(value, str | bool)
    return value


def row(kind: RegistryKind | str, values: Mapping[str, Any]) -> Row:
    """Return the row of a record or of a stored line; fields it does not know are left aside."""
    types = field_types(RegistryKind(kind))
    known = {name: _typed(types[name], value) for name, value in values.items() if name in types}
    return ROW_TYPES[RegistryKind(kind)](**known)


def _typed(wanted: type, value: Any) -> Any:
    if value is None or type(value) is wanted:
        return value
    if wanted is date:
        return date.fromisoformat(value)
    return wanted(value)


def canonical_row(row: Row) -> bytes:
    """Return the bytes of a row in a root: canonical JSON of all fields but the personal ones.

    An erased telephone number must not make an old root unverifiable. The same bytes as
    `history.canonical(record)`, made without the copy: a registry has a million rows."""
    names, read = _open_fields(kind_of(row))
    return orjson.dumps(dict(zip(names, read(row), strict=True)), option=orjson.OPT_SORT_KEYS)


@cache
def _open_fields(kind: RegistryKind) -> tuple[tuple[str, ...], Callable[[Row], Any]]:
    names = tuple(name for name in field_types(kind) if name not in personal_fields(kind))
    return names, attrgetter(*names)


def root(rows: Iterable[Row]) -> str:
    """Return the RFC 6962 root over canonical rows in the order of their ids' bytes."""
    ordered = sorted(rows, key=lambda row: row.row_id.encode())
    return merkle.root(canonical_row(row) for row in ordered).hex()
