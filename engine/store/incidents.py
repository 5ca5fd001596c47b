"""Failures of the program itself: noted for the administrator, never shown to the person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert

from engine.store.tables import incidents


def note(
    tx: Connection,
    incident: str,
    *,
    at: datetime,
    actor: str,
    what: str,
    trace: str,
    case_id: UUID | None = None,
) -> None:
    """Keep what happened under the number the person was given."""
    tx.execute(
        insert(incidents).values(
            incident=incident, at=at, case_id=case_id, actor=actor, what=what[:80], trace=trace
        )
    )
