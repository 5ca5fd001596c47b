"""A draw made inside PostgreSQL: the frozen file goes in as it is, the survivors come out.

The table lives in a transaction that is always rolled back, so a crash leaves nothing and nobody
else ever sees it. It is unlogged, not temporary: parallel workers cannot read temporary tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from engine.draw import execution, sampling, sql
from engine.draw.manifest import Manifest
from engine.draw.sampling import Selection, ThresholdMissed
from engine.store.database import Store

Progress = Callable[[int], None]  # told how many percent are done

LOADED = 60  # percent: loading takes longer than hashing
CHUNK = 1 << 20


def can(store: Store, manifest: Manifest) -> bool:
    """Return whether this database can make the draw; SM3 and SQLite are drawn in Python."""
    return not store.is_sqlite and manifest.alg == "sha256"


def select(
    store: Store, content: bytes, manifest: Manifest, key: str, *, name: str, progress: Progress
) -> Selection:
    """Return the winners of a frame file; `name` tells two draws of one moment apart."""
    eligible = execution.places_for(manifest)
    source = sql.Source(relation=f"draw_{name}", eligible="TRUE", is_bytes=True)
    with store.engine.connect() as connection, connection.begin() as transaction:
        load(connection, source.relation, content, progress)
        for setting in sql.PARALLEL:
            connection.execute(text(setting))
        try:
            found = _drawn(connection, source, manifest, key, eligible, everything=False)
        except ThresholdMissed:
            found = _drawn(connection, source, manifest, key, eligible, everything=True)
        transaction.rollback()
    return found


def load(connection: Connection, relation: str, content: bytes, progress: Progress) -> None:
    """Make the table of the eligible rows from the bytes of a frame file.

    The file is COPY's own text format: its charset has no backslash, tab or stray bar. FREEZE
    spares every scan the question whether a row is visible; it needs this same transaction.
    """
    connection.execute(text(sql.table(relation)))
    cursor: Any = connection.connection.cursor()
    view = memoryview(content)
    with cursor, cursor.copy(sql.copy(relation)) as copy:
        for start in range(0, len(view), CHUNK):
            copy.write(view[start : start + CHUNK])
            progress(LOADED * start // len(view))


def survivors(connection: Connection, statement: sql.Statement) -> list[tuple[str, bytes]]:
    """Run a statement of the threshold plan; ids travel as bytes, not as text."""
    asked = text(statement.text).compile(dialect=connection.dialect)
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        found: list[tuple[str, bytes]] = cursor.execute(
            str(asked), dict(statement.parameters)
        ).fetchall()
    return found


def _drawn(
    connection: Connection,
    source: sql.Source,
    manifest: Manifest,
    key: str,
    eligible: dict[str, int],
    *,
    everything: bool,
) -> Selection:
    statement = sql.survivors(
        "postgresql",
        source,
        key,
        manifest.places,
        eligible,
        pooled=manifest.pooled,
        everything=everything,
    )
    return sampling.from_units(key, survivors(connection, statement), manifest.places)
