"""Statements that write, put into the words of each database once.

SQLAlchemy says what the words are and what a column's type makes of a value; after that the driver
gets the rows as they stand. Every command writes through a handful of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update
from sqlalchemy.engine import Dialect

Row = Mapping[str, Any]
Bind = Callable[[Any], Any]
Statement = Insert | Update | Delete


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    text: str
    binds: Sequence[tuple[str, Bind | None]]
    is_positional: bool

    def bound(self, row: Row) -> Any:
        values = [
            value if bind is None else bind(value)
            for name, bind in self.binds
            for value in (row[name],)
        ]
        if self.is_positional:
            return tuple(values)
        return dict(zip((name for name, _ in self.binds), values, strict=True))


class Prepared:
    """An INSERT, UPDATE or DELETE, where need be one for each database; `names` are the columns
    that a row fills, without any: all that the statement has."""

    def __init__(self, statement: Statement | Mapping[str, Statement], *names: str) -> None:
        self._statement = statement
        self._names = names
        self._words: dict[str, _Words] = {}

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write the rows; none at all is nothing to do."""
        if not rows:
            return
        dialect = connection.dialect
        words = self._words.get(dialect.name) or self._put(dialect)
        if len(rows) == 1:
            connection.exec_driver_sql(words.text, words.bound(rows[0]))
        else:
            connection.exec_driver_sql(words.text, [words.bound(row) for row in rows])

    def _put(self, dialect: Dialect) -> _Words:
        given = self._statement
        statement = given[dialect.name] if isinstance(given, Mapping) else given
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(self._names) or None)
        order = compiled.positiontup if compiled.positional else list(compiled.binds)
        words = _Words(
            text=str(compiled),
            binds=tuple((name, _bind(compiled.binds[name].type, dialect)) for name in order),
            is_positional=compiled.positional,
        )
        self._words[dialect.name] = words
        return words


def _bind(kind: Any, dialect: Dialect) -> Bind | None:
    found: Bind | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found
