"""Does the database answer."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.store.tables import settings


def ask(tx: Connection) -> None:
    """Read one row of a small table; raises when the database or its tables are not there."""
    tx.execute(select(settings.c.name).limit(1)).first()
