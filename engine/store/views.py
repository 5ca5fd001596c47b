"""The rows that follow from a case's history, as they stand: to see what a rebuilding mends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from engine.store.tables import outbox, publications, timers, work, worklist

VIEWS = (worklist, timers, outbox, work, publications)


def standing(connection: Connection, case_id: UUID) -> dict[str, frozenset[tuple[Any, ...]]]:
    """Return the rows of every view of a case, by the name of the view."""
    return {
        table.name: frozenset(
            tuple(row)
            for row in connection.execute(select(table).where(table.c.case_id == case_id))
        )
        for table in VIEWS
    }
