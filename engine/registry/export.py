"""Rows to a file that people open in a spreadsheet and that our own import reads back unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum

from engine.registry.columns import COLUMNS, REMOVAL, Column
from engine.registry.types import LONG_TERM, RegistryKind, Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")  # what a spreadsheet would run
_CSV_LIST = "、"
_DEPARTMENTS = frozenset({"department", "regulators", "partners"})  # fields that hold codes


def csv_file(
    kind: RegistryKind,
    rows: Iterable[Row],
    *,
    with_personal: bool = True,
    encoding: str = "utf-8-sig",
) -> bytes:
    """Return rows as CSV with our own headings; UTF-8 with a mark, or GB18030 for old programs.

    Text that would run as a formula gets a leading apostrophe, which the import takes off."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for line in csv_lines(kind, rows, with_personal=with_personal):
        writer.writerow(line)
    return out.getvalue().encode(encoding)


def csv_lines(
    kind: RegistryKind, rows: Iterable[Row], *, with_personal: bool = True
) -> Iterator[list[str]]:
    """Yield the headings, then one list of cells per row; nothing is held."""
    columns = [column for column in COLUMNS[kind] if _is_written(column, with_personal)]
    yield [column.title for column in columns]
    for row in rows:
        yield [written(getattr(row, column.field)) for column in columns]


def template(kind: RegistryKind) -> bytes:
    """Return an empty file with the headings the import knows, required ones marked with *."""
    out = io.StringIO(newline="")
    titles = [f"{column.title}{'*' if column.is_required else ''}" for column in COLUMNS[kind]]
    csv.writer(out).writerow(titles)
    return out.getvalue().encode("utf-8-sig")


def written(value: object) -> str:
    """Return one value as a cell; text that would run as a formula is marked as text."""
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) and isinstance(value, str | tuple) else text


def spoken(field: str, value: object, departments: Mapping[str, str]) -> str:
    """Return the value of a field as a sentence says it: departments by name; "" is empty."""
    if field in _DEPARTMENTS:
        codes = value if isinstance(value, tuple) else (value,)
        return _CSV_LIST.join(departments.get(code, code) for code in map(str, codes))
    return plain(value)


def plain(value: object) -> str:
    """Return one value in words: words as they are, dates in ISO form, lists with 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return "长期" if value == LONG_TERM else value.isoformat()
    return _CSV_LIST.join(value) if isinstance(value, tuple) else str(value)


def _is_written(column: Column, with_personal: bool) -> bool:
    return column.field != REMOVAL and (with_personal or not column.is_personal)
