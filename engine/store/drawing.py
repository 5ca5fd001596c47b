"""A draw made inside PostgreSQL: the frozen file goes in as it is, the survivors come out.

The rows are shared among several sessions that load and hash at the same time: loading is half of
the work, and one COPY has one process only. The parts are merged exactly, because the winners of
a whole are among the winners of its parts (bottom-k sketches; Cohen & Kaplan 2007).
The tables live in transactions that are always rolled back, so a crash leaves nothing and nobody
else ever sees them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from engine.draw import execution, sampling, sql
from engine.draw.manifest import Manifest
from engine.draw.sampling import Selection, ThresholdMissed
from engine.store.database import Store

Progress = Callable[[int], None]  # told how many percent are done
Found = list[tuple[str, bytes]]  # a stratum and its surviving ids, joined by line feeds

SESSIONS = 2  # as many as PostgreSQL itself lends to one query (max_parallel_workers_per_gather)
LOADED = 60  # percent: loading takes longer than hashing
CHUNK = 1 << 20


def can(store: Store, manifest: Manifest) -> bool:
    """Return whether this database can make the draw; SM3 and SQLite are drawn in Python."""
    return not store.is_sqlite and manifest.alg == "sha256"


def select(
    store: Store, content: bytes, manifest: Manifest, key: str, *, name: str, progress: Progress
) -> Selection:
    """Return the winners of a frame file; `name` tells two draws of one moment apart."""
    with loaded(store, content, name=name, progress=progress) as rows:
        able, pooled = execution.places_for(manifest), manifest.pooled
        try:
            return rows.drawn(key, manifest.places, able, pooled=pooled)
        except ThresholdMissed:
            return rows.drawn(key, manifest.places, able, pooled=pooled, everything=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The eligible rows of a frame, each session with a table of its own."""

    sessions: tuple[tuple[Connection, sql.Source], ...]
    pool: ThreadPoolExecutor

    def drawn(
        self,
        key: str,
        places: Mapping[str, int],
        eligible: Mapping[str, int],
        *,
        pooled: Mapping[str, str] | None = None,
        everything: bool = False,
    ) -> Selection:
        """Hash in all sessions at once and cut exactly; raises ThresholdMissed."""

        def found(session: tuple[Connection, sql.Source]) -> Found:
            connection, source = session
            asked = sql.survivors(
                "postgresql",
                source,
                key,
                places,
                eligible,
                pooled=pooled,
                everything=everything,
            )
            return _survivors(connection, asked)

        parts = self.pool.map(found, self.sessions)
        return sampling.from_units(key, (each for part in parts for each in part), places)


@contextmanager
def loaded(store: Store, content: bytes, *, name: str, progress: Progress) -> Iterator[Rows]:
    """Hold the eligible rows of a frame file in the database for as long as the block lasts."""
    told = _Told(whole=len(content), progress=progress)
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(SESSIONS))

        def enter(number: int, part: memoryview) -> tuple[Connection, sql.Source]:
            relation = f"draw_{name}_{number}"
            _load(connections[number], relation, part, told.more)
            return connections[number], sql.Source(
                relation=relation, eligible="TRUE", is_bytes=True
            )

        parts = _shares(content, SESSIONS)
        connections = [stack.enter_context(_fleeting(store)) for _ in parts]
        yield Rows(sessions=tuple(pool.map(enter, range(len(parts)), parts)), pool=pool)


@contextmanager
def _fleeting(store: Store) -> Iterator[Connection]:
    """Open a transaction that leaves nothing."""
    with store.engine.connect() as connection, connection.begin() as transaction:
        for setting in sql.SESSION:
            connection.execute(text(setting))
        yield connection
        transaction.rollback()


def _shares(content: bytes, count: int) -> list[memoryview]:
    """Cut a file into about equal parts between its lines; a small file makes fewer, never none."""
    view, cuts = memoryview(content), [0]
    for number in range(1, count):
        cuts.append(max(cuts[-1], content.find(b"\n", len(content) * number // count) + 1))
    ends = [*cuts[1:], len(content)]
    return [view[a:b] for a, b in zip(cuts, ends, strict=True) if b > a] or [view]


@dataclass(slots=True, kw_only=True)
class _Told:
    """How much is loaded, over all sessions."""

    whole: int
    progress: Progress
    done: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def more(self, size: int) -> None:
        with self.turn:
            self.done += size
            self.progress(LOADED * self.done // self.whole)


def _load(
    connection: Connection, relation: str, part: memoryview, more: Callable[[int], None]
) -> None:
    """Make a session's table from lines of a frame file.

    They are COPY's own text format: their charset has no backslash, tab or stray bar. FREEZE
    spares every scan the question whether a row is visible; it needs this same transaction.
    """
    connection.execute(text(sql.table(relation)))
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(sql.copy(relation)) as copy:
        for start in range(0, len(part), CHUNK):
            piece = part[start : start + CHUNK]
            copy.write(piece)
            more(len(piece))


def _survivors(connection: Connection, statement: sql.Statement) -> Found:
    """Run a statement of the threshold plan; ids travel as bytes, not as text."""
    asked = text(statement.text).compile(dialect=connection.dialect)
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        found: Found = cursor.execute(str(asked), dict(statement.parameters)).fetchall()
    return found
