"""Counters of a rate limit that several processes share."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.tables import hits


def count(tx: Connection, key: str, *, window: timedelta, amount: int, at: datetime) -> int:
    """Add to the running window of a key and return its total; a window that ran out is new.

    One statement, so that two processes that count at once both count.
    """
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    over = hits.c.expires_at <= at
    statement = insert(hits).values(limit_key=key, amount=amount, expires_at=at + window)
    return int(
        tx.execute(
            statement.on_conflict_do_update(
                index_elements=[hits.c.limit_key],
                set_={
                    "amount": case((over, amount), else_=hits.c.amount + amount),
                    "expires_at": case((over, at + window), else_=hits.c.expires_at),
                },
            ).returning(hits.c.amount)
        ).scalar_one()
    )


def reading(tx: Connection, key: str, *, at: datetime) -> tuple[int, datetime]:
    """Return the total of a key's window and when it ends; nothing counted ends now."""
    row = tx.execute(
        select(hits.c.amount, hits.c.expires_at).where(
            hits.c.limit_key == key, hits.c.expires_at > at
        )
    ).first()
    return (0, at) if row is None else (int(row.amount), row.expires_at)


def forget(tx: Connection, key: str | None = None) -> None:
    """Clear one key, or every key."""
    tx.execute(delete(hits) if key is None else delete(hits).where(hits.c.limit_key == key))
