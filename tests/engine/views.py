"""What follows from the histories and stands in tables of its own: lost or rebuilt, it is equal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from engine.store.tables import outbox, timers, work, worklist

VIEWS = {
    worklist: tuple(worklist.c),
    timers: tuple(timers.c),
    # what delivery and work mark later is no part of what the history says
    outbox: (outbox.c.case_id, outbox.c.seq, outbox.c.part, outbox.c.kind, outbox.c.body),
    work: (work.c.address, work.c.case_id, work.c.element, work.c.key, work.c.name, work.c.inputs),
}


def views(connection: Connection) -> dict[str, set[Any]]:
    return {
        table.name: {tuple(row) for row in connection.execute(select(*columns))}
        for table, columns in VIEWS.items()
    }
