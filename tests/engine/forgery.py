"""A forger who knows the format: changes a history and hashes the whole chain again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.history import GENESIS, Record, Stored, canonical


def stored(records: Sequence[Record]) -> list[Stored]:
    return [(record.body, record.hash) for record in records]


def envelopes(records: Sequence[Record]) -> list[dict[str, Any]]:
    return [json.loads(record.body) for record in records]


def resealed(written: Sequence[dict[str, Any]]) -> list[Stored]:
    """Number and chain envelopes anew, as if nothing had happened."""
    head, chain = GENESIS, list[Stored]()
    for seq, envelope in enumerate(written, start=1):
        body = canonical({**envelope, "seq": seq, "prev": head.hex()})
        head = hashlib.sha256(head + body).digest()
        chain.append((body, head))
    return chain


def forged(
    records: Sequence[Record], seq: int, change: Callable[[dict[str, Any]], None]
) -> list[Stored]:
    """Change one event and seal the chain again."""
    written = envelopes(records)
    change(written[seq - 1])
    return resealed(written)


def unlock(connection: Connection) -> None:
    """Take the triggers off the events, as whoever owns the database could."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER USER")
        return
    listed = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
    for trigger in connection.exec_driver_sql(listed).scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
