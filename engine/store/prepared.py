"""Statements put into the words of each database once, and handed to the driver as they stand.

SQLAlchemy says what the words are, what a column's type makes of a value on its way in and on its
way out, and whose connection it is; but it need not look at them again every time. Every command
reads and writes through a handful of these. Whoever listens to an engine's statements hears them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Executable

from engine.store.tables import Instant

Row = Mapping[str, Any]
Found = tuple[Any, ...]  # a row that was read, in the order of the statement's columns
Convert = Callable[[Any], Any]
Statement = Insert | Update | Delete


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    text: str
    names: tuple[str, ...]
    picked: Convert  # a row's values in the statement's order
    binds: tuple[tuple[int, Convert], ...]  # places whose values do not go in as they are
    fixed: Row  # what the statement itself says, such as a limit
    is_positional: bool
    columns: tuple[tuple[int, Convert], ...]  # places whose values do not come out as they are

    def bound(self, row: Row) -> Any:
        if self.fixed:
            row = {**self.fixed, **row}
        values = self.picked(row)
        if self.binds:
            values = list(values)
            for place, convert in self.binds:
                values[place] = convert(values[place])
        return values if self.is_positional else dict(zip(self.names, values, strict=True))

    def read(self, found: Sequence[Any]) -> Found:
        values = list(found)
        for place, convert in self.columns:
            values[place] = convert(values[place])
        return tuple(values)


class _Put:
    """A statement, where need be one for each database, in the words it was put into so far."""

    def __init__(self, statement: Executable | Mapping[str, Executable], *names: str) -> None:
        self._statement = statement
        self._names = names
        self._words: dict[str, _Words] = {}

    def words(self, dialect: Dialect) -> _Words:
        words = self._words.get(dialect.name)
        if words is None:
            given = self._statement
            statement = given[dialect.name] if isinstance(given, Mapping) else given
            words = self._words[dialect.name] = _words(statement, self._names, dialect)
        return words


class Prepared(_Put):
    """An INSERT, UPDATE or DELETE; `names` are the columns that a row fills, without any: all
    that the statement has."""

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write the rows; none at all is nothing to do."""
        if not rows:
            return
        words = self.words(connection.dialect)
        if len(rows) == 1:
            _send(connection, words.text, words.bound(rows[0])).close()
        else:
            _send(connection, words.text, [words.bound(row) for row in rows], many=True).close()


class Asked(_Put):
    """A SELECT, or what returns rows as one does; a row holds the columns in their order."""

    def all(self, connection: Connection, **asked: Any) -> list[Found]:
        """Return every row found."""
        words = self.words(connection.dialect)
        cursor = _send(connection, words.text, words.bound(asked))
        rows: list[Found] = cursor.fetchall()
        cursor.close()
        return [words.read(row) for row in rows] if words.columns else rows

    def first(self, connection: Connection, **asked: Any) -> Found | None:
        """Return the first row, None where there is none."""
        rows = self.all(connection, **asked)
        return rows[0] if rows else None


def say(connection: Connection, text: str) -> None:
    """Say a word of the database's own that needs no values, such as BEGIN IMMEDIATE."""
    _send(connection, text, ()).close()


def _send(connection: Connection, text: str, values: Any, *, many: bool = False) -> Any:
    """Run a statement over the driver; its errors are SQLAlchemy's, as everybody expects them."""
    cursor = connection.connection.cursor()
    for hear in connection.engine.dispatch.before_cursor_execute:
        hear(connection, cursor, text, values, None, many)
    errors: Any = connection.dialect.loaded_dbapi.Error
    try:
        (cursor.executemany if many else cursor.execute)(text, values)
    except errors as error:
        cursor.close()
        raise DBAPIError.instance(
            text, values, error, errors, dialect=connection.dialect, ismulti=many
        ) from error
    return cursor


def _words(statement: Any, names: Sequence[str], dialect: Dialect) -> _Words:
    compiled = statement.compile(dialect=dialect, column_keys=list(names) or None)
    order = compiled.positiontup or dict.fromkeys(compiled.bind_names.values())
    return _Words(
        text=str(compiled),
        names=tuple(order),
        picked=_picked(*order),
        binds=_needed(_in(compiled.binds[name].type, dialect) for name in order),
        fixed={n: compiled.binds[n].value for n in order if not compiled.binds[n].required},
        is_positional=compiled.positional,
        columns=_needed(_out(column.type, dialect) for column in statement.exported_columns),
    )


def _picked(*names: str) -> Convert:
    """Return what takes these values out of a row, always as a tuple."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)


def _needed(converts: Iterable[Convert | None]) -> tuple[tuple[int, Convert], ...]:
    return tuple((place, each) for place, each in enumerate(converts) if each is not None)


_REPEATED: dict[tuple[str, type], Convert] = {}


def _in(kind: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
    if found is None or not isinstance(kind, Instant | Uuid):
        return found
    # one transaction writes the same instant and the same ids into many tables
    return _REPEATED.setdefault((dialect.name, type(kind)), lru_cache(maxsize=256)(found))


def _out(kind: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return found
