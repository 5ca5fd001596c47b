"""Whose database this is, and whether it is whole: looked at before anything is done to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from engine.store.schema import MIGRATIONS
from engine.store.tables import metadata

RECORD = frozenset(("cases", "events", "leaves", "artefacts"))
REVISION = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables of a database and the schema it says it has."""

    names: frozenset[str]
    revision: str | None

    @property
    def is_ours(self) -> bool:
        """Tell whether a version of this product made it; what stands beside is no matter."""
        known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
        return self.revision in known and self.names >= RECORD

    @property
    def strangers(self) -> tuple[str, ...]:
        """Return the tables of another program; those with names of ours where there are none."""
        others = self.names - metadata.tables.keys() - {"alembic_version"}
        return tuple(sorted(others or self.names))


def of_file(place: Path) -> Tables:
    """Look at an SQLite file without touching it; one that is no database raises its error."""
    with closing(_opened(place)) as lying:
        listed = lying.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = _names(row[0] for row in listed)
        try:
            row = lying.execute(REVISION).fetchone() if "alembic_version" in names else None
        except sqlite3.OperationalError:  # a table of that name with other columns
            row = None
    return Tables(names=names, revision=row and str(row[0]))


def of_server(connection: Connection) -> Tables:
    """Look at a database over a connection of its own; it is of no use afterwards."""
    names = _names(inspect(connection).get_table_names())
    row = None
    if "alembic_version" in names:
        try:
            row = connection.execute(text(REVISION)).first()
        except DBAPIError:  # a table of that name with other columns
            row = None
    return Tables(names=names, revision=None if row is None else str(row[0]))


def flaw(place: Path) -> str:
    """Return what SQLite finds wrong with a file that nobody has open; "" for a whole one."""
    try:
        with closing(_opened(place)) as lying:
            found = lying.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == ("ok",) else str(found[0])


def _opened(place: Path) -> sqlite3.Connection:
    """Open for reading alone: no journal is made beside it, and its mode stays as it is."""
    beside = place.with_name(f"{place.name}-wal")
    rest = "&immutable=1" if not beside.exists() else ""
    return sqlite3.connect(f"file:{quote(str(place.absolute()))}?mode=ro{rest}", uri=True)


def _names(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in listed if not name.startswith("sqlite_"))
