"""Stored cases, audited with everything the database keeps about them; each by itself.

Whatever cannot be read is told of the case it belongs to, and the next one is audited all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from engine.audit import Audit, Discrepancy, audit, told, unsealed
from engine.auditing import beside, whole
from engine.auditing.files import Files
from engine.errors import FileMissing, ProductError
from engine.events import CaseOpened
from engine.history import Record
from engine.service import Engine
from engine.store import asis, eventstore
from engine.store.database import Connection
from engine.store.readings import CaseRow
from engine.version import Version
from rules.errors import RulesError

# what bytes that are not what they were can raise where they are read
UNREADABLE = (ProductError, RulesError, LookupError, ValueError, TypeError, AttributeError)


def audit_case(engine: Engine, row: CaseRow) -> Audit:
    """Audit one stored case with the version it pinned and with what stands beside its events."""
    return audit_id(engine, row.case_id, row.number, Files())


def audit_number(engine: Engine, number: str) -> Audit | None:
    """Audit the case of a number, whatever else its row says; None where there is none."""
    with engine.store.read() as connection:
        row = asis.case_by_number(connection, number)
    if row is None:
        return None
    return audit_id(engine, row["case_id"], number, Files())


def audit_every(engine: Engine) -> Iterator[Audit]:
    """Audit every case, then what lies there without one; last, the database as a whole."""
    files = Files()
    with engine.store.read() as connection:
        listed = asis.every_case(connection)
        strays = asis.without_a_case(connection)
    for case_id, number in [*listed, *((stray, "") for stray in strays)]:
        yield audit_id(engine, case_id, number, files)
    with engine.store.read() as connection:
        yield Audit(number="", events=0, discrepancies=tuple(whole.wrong(connection, files)))


def audit_id(engine: Engine, case_id: object, number: str, files: Files) -> Audit:
    """Audit what lies under an id; damage that stops it is told of this case alone."""
    if not isinstance(case_id, UUID):
        return Audit(number=number, events=0, discrepancies=(_no_id(case_id),))
    try:
        with engine.store.read() as connection:
            return _audit(engine, connection, case_id, number, files)
    except UNREADABLE as error:
        damage = _stopped("cases", error)
        return Audit(number=number, events=0, discrepancies=(damage,))


def _audit(
    engine: Engine, connection: Connection, case_id: UUID, number: str, files: Files
) -> Audit:
    row = asis.case_row(connection, case_id)
    stored = eventstore.stored(connection, case_id)
    copies = tuple(asis.copies(connection, case_id))
    lost = _lost(0 if row is None else row["seq"], len(stored))
    records = unsealed(stored)
    if isinstance(records, Audit):
        found = replace(records, discrepancies=(*records.discrepancies, *lost))
        return replace(found, number=number or records.number)
    version, unusable = _version(engine, connection, _pinned(records, row))
    found = audit(records, version, [copy[:5] for copy in copies])
    around = [
        *unusable,
        *lost,
        *beside.row_wrong(row, found, is_lost=bool(lost)),
        *beside.leaves_wrong(copies, eventstore.leaf_hashes(connection, case_id)),
        *beside.board_wrong(connection, case_id, records),
        *files.wrong(connection, case_id, found),
    ]
    return replace(
        found,
        number=number or found.number or str(case_id),
        discrepancies=(*found.discrepancies, *around),
        replayed=None,
    )


def _pinned(records: Sequence[Record], row: asis.Kept | None) -> str:
    """Return the version that the first event names; its copy in the row is compared with it."""
    opened = records[0].event if records else None
    if isinstance(opened, CaseOpened):
        return opened.version
    return "" if row is None else str(row["version"])


def _version(
    engine: Engine, connection: Connection, digest: str
) -> tuple[Version | None, list[Discrepancy]]:
    """Return the version of a hash, or which of its files keeps it from running."""
    if not digest:  # no event names one, which is told already
        return None, []
    try:
        return engine.shelf.get(digest), []
    except FileMissing as error:
        address = str(error.facts["address"])
        paths = asis.manifest(connection, digest).items()
        path = next((path for path, kept in paths if kept == address), "")
        return None, [_stopped(f"版本 {digest[:16]} 的文件 {path}", error)]
    except UNREADABLE as error:
        return None, [_stopped(f"版本 {digest[:16]}", error)]


def _stopped(place: str, error: Exception) -> Discrepancy:
    is_missing = type(error) is FileMissing
    return Discrepancy(
        seq=0,
        code="missing" if is_missing else "damaged",
        recorded="（无）" if is_missing else "不能解读",
        recomputed=told(error),
        place=place,
    )


def _no_id(case_id: object) -> Discrepancy:
    return Discrepancy(
        seq=0, code="row", recorded=str(case_id), recomputed="案件标识", place="cases.case_id"
    )


def _lost(expected: object, kept: int) -> tuple[Discrepancy, ...]:
    """Name the first event that is gone: a chain cut off at its end still hashes."""
    if not isinstance(expected, int) or kept >= expected:
        return ()
    reason = f"案件应有 {expected} 个事件，只存有 {kept} 个"
    return (Discrepancy(seq=kept + 1, code="lost", recorded="—", recomputed=reason),)
