"""Connections to SQLite and PostgreSQL with the durability the record needs.

SQLite: one serving process, a first-come-first-served lock around BEGIN IMMEDIATE, WAL,
synchronous=FULL, busy_timeout 30 s for a command line beside it. PostgreSQL: row locks.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

from engine.store import prepared

__all__ = ["Connection", "FairLock", "Store"]  # callers name the connection by its home


_LOOK = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


class FairLock:
    """A lock that wakes its waiters in the order they came; a plain lock starves some of them."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._queue.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False


class Store:
    """The database behind the product; `write` is one transaction, `read` a consistent look."""

    def __init__(self, url: str, *, synchronous: str = "FULL", pool: int = 20) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn = FairLock()
        self._writer: Connection | None = None  # SQLite has one at a time: kept from turn to turn
        if self.is_sqlite:
            self._make_folder()
        self.engine: Engine = create_engine(
            self._driver_url(), pool_size=pool, max_overflow=pool, pool_pre_ping=not self.is_sqlite
        )
        if self.is_sqlite:
            self._prepare_sqlite(synchronous)

    def _driver_url(self) -> str:
        url = self.url
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    def _make_folder(self) -> None:
        if self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)

    @property
    def is_missing(self) -> bool:
        """Tell whether the file of an SQLite database is not there; opening it would make one."""
        place = self.url.database
        return (
            self.is_sqlite
            and place is not None
            and place != ":memory:"
            and not Path(place).exists()
        )

    def _prepare_sqlite(self, synchronous: str) -> None:
        @event.listens_for(self.engine, "connect")
        def _open(connection: object, _record: ConnectionPoolEntry) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
            cursor = connection.cursor()  # type: ignore[attr-defined]
            for pragma in (
                "journal_mode=WAL",
                f"synchronous={synchronous}",
                "busy_timeout=30000",
                "foreign_keys=ON",
                "temp_store=MEMORY",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Run one transaction that may write; commits at the end, rolls back on any error."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._turn:
            connection = self._writer = self._writer or self.engine.connect()
            with connection.begin():
                prepared.say(connection, "BEGIN IMMEDIATE")
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Look at one consistent state; nothing can be written through it."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execute(_LOOK)
            try:
                yield connection
            finally:
                connection.rollback()

    def dispose(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.engine.dispose()
