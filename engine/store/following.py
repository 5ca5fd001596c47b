"""How far a case has come, in one cheap look: for whoever follows it live."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, case, func, select

from engine.store.tables import cases, work, worklist


def place_of(connection: Connection, case_id: UUID) -> str:
    """Return a text that changes with every event, claimed task and note of progress of a case."""
    seq = select(cases.c.seq).where(cases.c.case_id == case_id).scalar_subquery()
    done = case(
        (work.c.finished_at.is_not(None), 102),
        (work.c.started_at.is_not(None), work.c.progress + 1),
        else_=0,
    )
    worked = select(func.coalesce(func.sum(done), 0)).where(work.c.case_id == case_id)
    held = select(func.count(worklist.c.holder)).where(worklist.c.case_id == case_id)
    found = connection.execute(select(seq, worked.scalar_subquery(), held.scalar_subquery())).one()
    return "-".join(str(part) for part in found)
