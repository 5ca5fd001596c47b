"""One stored case, audited with everything the database keeps about it."""

from __future__ import annotations

from dataclasses import replace

from engine.audit import Audit, Discrepancy, audit_stored
from engine.service import Engine
from engine.store import eventstore
from engine.store.readings import CaseRow


def audit_case(engine: Engine, row: CaseRow) -> Audit:
    """Audit one stored case with the version it pinned; events missing at its end count too."""
    with engine.store.read() as connection:
        stored = eventstore.stored(connection, row.case_id)
        copies = tuple(eventstore.copies(connection, row.case_id))
    found = audit_stored(stored, engine.shelf.get(row.version), copies)
    lost = _lost(row.seq, len(stored))
    return replace(found, number=row.number, discrepancies=(*found.discrepancies, *lost))


def _lost(expected: int, kept: int) -> tuple[Discrepancy, ...]:
    """Name the first event that is gone: a chain cut off at its end still hashes."""
    if kept >= expected:
        return ()
    reason = f"案件应有 {expected} 个事件，只存有 {kept} 个"
    return (Discrepancy(seq=kept + 1, code="lost", recorded="—", recomputed=reason),)
