"""The few marks a database carries: whether it is a demonstration, and the time it plays at."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from engine import clock, edge
from engine.store.database import Store
from engine.store.prepared import Asked
from engine.store.tables import settings

DEMO_NOW = "demo_now"
YEARS = "calendar"  # years of holidays published since the shipped versions


def put(connection: Connection, name: str, value: str) -> None:
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        made.insert(settings)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


_MARK = Asked(select(settings.c.value).where(settings.c.name == bindparam("mark")))


def get(connection: Connection, name: str) -> str | None:
    found = _MARK.first(connection, mark=name)
    return None if found is None else found[0]


def demo_now(connection: Connection) -> datetime | None:
    """Return the instant a demonstration plays at; None for a database in earnest."""
    written = get(connection, DEMO_NOW)
    return None if written is None else clock.instant(written)


def years_of(jurisdiction: str) -> str:
    """Return the mark under which a jurisdiction's published years stand."""
    return f"{YEARS}:{jurisdiction}"


def published_years(connection: Connection, jurisdiction: str) -> dict[str, str]:
    """Return the calendar files that count for a jurisdiction's new cases: path → address."""
    written = get(connection, years_of(jurisdiction))
    found: dict[str, str] = json.loads(written) if written else {}
    return found


def publish_years(connection: Connection, jurisdiction: str, places: Mapping[str, str]) -> None:
    """Let more published years count for a jurisdiction's new cases."""
    known = published_years(connection, jurisdiction)
    written = json.dumps({**known, **places}, sort_keys=True)
    put(connection, years_of(jurisdiction), written)


class StoredClock:
    """The clock of a store: the wall, or the recorded instant of a demonstration.

    Another process may move a demonstration's clock, so it is read again every few seconds.
    """

    FRESH_SECONDS = 2.0

    def __init__(self, store: Store) -> None:
        self._store = store
        self._demo = self._stored()
        self._read_at = time.monotonic()

    @property
    def is_demo(self) -> bool:
        return self._demo is not None

    def __call__(self) -> datetime:
        if self._demo is None:
            return edge.wall_clock()
        if time.monotonic() - self._read_at > self.FRESH_SECONDS:
            self._demo = self._stored() or self._demo
            self._read_at = time.monotonic()
        return self._demo

    def set(self, moment: datetime) -> None:
        """Move a demonstration's clock; a database in earnest has no such hand."""
        assert self._demo is not None, "only a demonstration's clock can be set"
        self._demo = moment
        self._read_at = time.monotonic()
        with self._store.write() as connection:
            put(connection, DEMO_NOW, clock.text(moment))

    def _stored(self) -> datetime | None:
        with self._store.read() as connection:
            return demo_now(connection)
