"""Who looked at personal data, and who tried to: noted before anything is shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from engine.store.tables import access_log


def note(tx: Connection, *, person: str, what: str, granted: bool, at: datetime) -> None:
    """Record one look; a refused one is recorded as well."""
    tx.execute(insert(access_log).values(at=at, person=person, what=what, granted=granted))
