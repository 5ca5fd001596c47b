"""Writing the registries: one batch closes the rows it replaces and adds the new readings.

Nothing is deleted and no reading is overwritten; only personal fields can be erased, by law.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, func, insert, select, text, update

from engine.errors import ProductError
from engine.log.merkle import Accumulator
from engine.registry import records
from engine.registry.batch import Batch
from engine.registry.diff import Diff
from engine.registry.types import Carrier, RegistryKind, Row
from engine.store.registry import latest_batch
from engine.store.registry_select import KEYS, TABLES
from engine.store.tables.registry import registry_batches, registry_carrier_links

T = TypeVar("T")

BULK = 5_000  # rows per executemany


class OutOfOrder(ProductError):
    code = "registry-out-of-order"
    zh = "编号为 {row} 的行重复或未按编号排序，不能流式装入。"
    en = "Row {row} is repeated or out of id order and cannot be streamed in."


class RegistryMoved(ProductError):
    code = "registry-moved"
    zh = (
        "名录在显示差异之后又有变动（看到的是第 {shown} 批之后的名录，现在已到第 {now} 批），"
        "这个文件没有写入；请重新查看差异，确认后再导入。"
    )
    en = (
        "The registry has moved since the difference was shown (then batch {shown}, now {now}); "
        "nothing of this file was written. Look at the difference again, then import."
    )


def wait_for_turn(conn: Connection, jurisdiction: str) -> None:
    """Let one batch of a city end before the next one looks; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        turn = func.pg_advisory_xact_lock(func.hashtext(f"registry|{jurisdiction}"))
        conn.execute(select(turn))


def next_batch(conn: Connection, jurisdiction: str) -> int:
    """Return the number of the next batch; whoever writes it waits for the turn first."""
    return latest_batch(conn, jurisdiction) + 1


def last_change(conn: Connection, jurisdiction: str, kind: RegistryKind) -> int:
    """Return the last batch that changed a row of a registry; 0 before the first one.

    Batches that set the conditions of a list, or changed nothing, leave the rows as they read."""
    table = registry_batches
    number = select(func.max(table.c.batch)).where(
        table.c.jurisdiction == jurisdiction,
        table.c.kind == kind.value,
        table.c.added + table.c.removed + table.c.changed > 0,
    )
    return conn.execute(number).scalar() or 0


def refuse_moved(conn: Connection, jurisdiction: str, kind: RegistryKind, shown: int) -> None:
    """Refuse when a batch has changed the registry since the one that was shown."""
    now = last_change(conn, jurisdiction, kind)
    if now != shown:
        raise RegistryMoved(shown=shown, now=now)


def is_written(conn: Connection, jurisdiction: str, case_id: str) -> bool:
    """Return whether the batch of a case has been written: a message may come twice."""
    found = select(registry_batches.c.batch).where(
        registry_batches.c.jurisdiction == jurisdiction, registry_batches.c.case_id == case_id
    )
    return conn.execute(found.limit(1)).first() is not None


def apply_batch(conn: Connection, batch: Batch, diff: Diff) -> Batch:
    """Make a difference count and return the batch with its root and counts.

    Rows the file silently left out stay as they are; the caller decides whether that may pass."""
    counts = diff.counts()
    complete = replace(
        batch,
        root=diff.root(),
        added=counts["added"],
        removed=counts["removed"],
        changed=counts["changed"],
        rows=counts["rows"],
    )
    record(conn, complete)
    leaving = [(removed.row, removed.reason) for removed in diff.removed]
    replaced = [(change.before, None) for change in diff.changed]
    _close(conn, complete, [*leaving, *replaced])
    _add(conn, complete, [*diff.added, *(change.after for change in diff.changed)])
    return complete


def load(conn: Connection, batch: Batch, rows: Iterable[Row]) -> Batch:
    """Fill an empty registry from a stream in id order and return the batch with its root.

    For the first million rows: nothing is held in memory. Rows out of order are refused."""
    tree = Accumulator()
    source = iter(rows)
    last = b""
    while block := list(islice(source, BULK)):
        for row in block:
            if row.row_id.encode() <= last:
                raise OutOfOrder(row=row.row_id)
            last = row.row_id.encode()
        tree.extend(records.canonical_row(row) for row in block)
        _add(conn, batch, block)
    complete = replace(batch, root=tree.root().hex(), added=tree.size, rows=tree.size)
    record(conn, complete)
    conn.execute(text(f"ANALYZE {TABLES[batch.kind].name}"))  # plans made for an empty table
    return complete


def erase_personal(
    conn: Connection, jurisdiction: str, kind: RegistryKind, row_ids: Sequence[str]
) -> int:
    """Blank the personal fields of every reading of some rows; no root covers them."""
    table = TABLES[kind]
    blank = dict.fromkeys(records.personal_fields(kind), "")
    if not blank:
        return 0
    erased = conn.execute(
        update(table)
        .where(table.c.jurisdiction == jurisdiction, table.c[KEYS[kind]].in_(row_ids))
        .values(blank)
    )
    return erased.rowcount


def record(conn: Connection, batch: Batch) -> None:
    """Enter a batch: what was brought in, by which case, from which source."""
    values = asdict(batch)
    values["batch"] = values.pop("number")
    values["kind"] = batch.kind.value
    conn.execute(insert(registry_batches), values)


def _close(conn: Connection, batch: Batch, rows: Sequence[tuple[Row, str | None]]) -> None:
    table, key = TABLES[batch.kind], KEYS[batch.kind]
    close = (
        update(table)
        .where(
            table.c.jurisdiction == batch.jurisdiction,
            table.c[key] == bindparam("row_id"),
            table.c.to_batch.is_(None),
        )
        .values(to_batch=batch.number, reason=bindparam("why"))
    )
    for some in _chunks(rows):
        conn.execute(close, [{"row_id": row.row_id, "why": why} for row, why in some])
    if batch.kind is RegistryKind.CARRIERS:
        _close_links(conn, batch, [row for row, _ in rows])


def _close_links(conn: Connection, batch: Batch, rows: Sequence[Row]) -> None:
    links = registry_carrier_links
    close = (
        update(links)
        .where(
            links.c.jurisdiction == batch.jurisdiction,
            links.c.carrier_id == bindparam("row_id"),
            links.c.to_batch.is_(None),
        )
        .values(to_batch=batch.number)
    )
    for some in _chunks(rows):
        conn.execute(close, [{"row_id": row.row_id} for row in some])


def _add(conn: Connection, batch: Batch, rows: Sequence[Row]) -> None:
    for some in _chunks(rows):
        _insert(conn, TABLES[batch.kind], _values(batch, some))
        links = list(_links(batch, some))
        if links:
            _insert(conn, registry_carrier_links, links)


def _insert(conn: Connection, table: Table, values: list[dict[str, Any]]) -> None:
    conn.execute(insert(table), values)


def _values(batch: Batch, rows: Sequence[Row]) -> list[dict[str, Any]]:
    names = tuple(records.field_types(batch.kind))
    read = attrgetter(*names)
    origin = {"jurisdiction": batch.jurisdiction, "from_batch": batch.number}
    return [
        origin | {name: _stored(value) for name, value in zip(names, read(row), strict=True)}
        for row in rows
    ]


def _stored(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _links(batch: Batch, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if isinstance(row, Carrier):
            for subject_id in row.subjects:
                yield {
                    "jurisdiction": batch.jurisdiction,
                    "carrier_id": row.carrier_id,
                    "subject_id": subject_id,
                    "from_batch": batch.number,
                }


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), BULK):
        yield rows[start : start + BULK]
