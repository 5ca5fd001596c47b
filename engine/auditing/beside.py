"""What stands beside the events and follows from them: the row, the leaves, the public board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from engine import history
from engine.audit import Audit, Discrepancy, Replayed, shown
from engine.events import CaseClosed, CaseOpened, ServiceCompleted
from engine.history import Record
from engine.store import asis, projection
from engine.store.database import Connection


def row_wrong(row: asis.Kept | None, found: Audit, *, is_lost: bool) -> Iterator[Discrepancy]:
    """Yield each column of a case's row that says otherwise than its events."""
    replayed = found.replayed
    if replayed is None or not replayed.records:
        return
    true = _of_events(replayed)
    if found.is_clean:
        true |= _of_replay(replayed)
    if row is None:
        yield _row("cases", None, str(true.get("number", "")))
        return
    for name, value in true.items():
        if row[name] != value and not (is_lost and name == "seq"):
            yield _row(f"cases.{name}", row[name], value)


def _row(place: str, kept: object, true: object) -> Discrepancy:
    return Discrepancy(seq=0, code="row", recorded=shown(kept), recomputed=shown(true), place=place)


def _of_events(replayed: Replayed) -> dict[str, object]:
    first, last = replayed.records[0], replayed.records[-1]
    true: dict[str, object] = {
        "seq": last.seq,
        "digest": last.digest,
        "opened_at": first.at,
        "closed_at": projection.closed_at(replayed.records),
    }
    if isinstance(first.event, CaseOpened):
        opened = first.event
        true |= {name: getattr(opened, name) for name in ("number", "process", "title", "version")}
        true["jurisdiction"] = opened.jurisdiction
        true["parent_id"] = UUID(opened.parent) if opened.parent else None
    return true


def _of_replay(replayed: Replayed) -> dict[str, object]:
    """Return what a list shows of a case: its business and items as opened, who leads it now."""
    if replayed.first is None or replayed.last is None:
        return {}
    return {
        "lead": projection.lead(replayed.last),
        "subject_id": replayed.first.fields.get("subject_id"),
        "matter": projection.items_of(replayed.first),
    }


def leaves_wrong(
    copies: Iterable[tuple[int, str, str, object, str, bytes]], leaves: Mapping[int, bytes]
) -> Iterator[Discrepancy]:
    """Yield each event without its leaf, each leaf without its event, each that differ."""
    hashes = {copy[0]: bytes(copy[5]) for copy in copies}
    for seq in sorted(hashes.keys() | leaves.keys()):
        event, leaf = hashes.get(seq), leaves.get(seq)
        if event != leaf:
            yield Discrepancy(
                seq=seq,
                code="row",
                recorded=shown(leaf),
                recomputed=shown(event),
                place=f"leaves.hash（第 {seq} 号事件）",
            )


def board_wrong(
    connection: Connection, case_id: UUID, records: Sequence[Record]
) -> Iterator[Discrepancy]:
    """Yield what the public board shows otherwise than it was told to; what waits is not missed."""
    shown_there = asis.published(connection, case_id)
    delivered = asis.handed_over(connection, case_id)
    told = _told(records)
    for slot in sorted(shown_there.keys() | (told.keys() & delivered)):
        place, row, true = f"第 {slot[0]} 号事件的公示", shown_there.get(slot), told.get(slot)
        if row is None or true is None:
            kept = None if row is None else row["title"]
            wanted = None if true is None else true["title"]
            yield _row(f"publications（{place}）", kept, wanted)
            continue
        for name, value in true.items():
            if row[name] != value:
                yield _row(f"publications.{name}（{place}）", _words(row[name]), _words(value))


def _told(records: Sequence[Record]) -> dict[tuple[int, int], dict[str, Any]]:
    """Return the rows that the events send to the public board, by event and part."""
    opened = records[0].event if records else None
    if not isinstance(opened, CaseOpened):
        return {}
    return {
        (record.seq, part): {
            "kind": message["publication"],
            "jurisdiction": opened.jurisdiction,
            "number": opened.number,
            "title": message["title"],
            "department": message.get("department"),
            "subject_id": message.get("subject_id"),
            "body": history.canonical(message["record"]),
        }
        for record in records
        if isinstance(record.event, ServiceCompleted | CaseClosed)
        for part, message in enumerate(record.event.messages)
        if message["kind"] == "publish"
    }


def _words(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
