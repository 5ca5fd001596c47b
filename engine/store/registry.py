"""The registries in the database, read as they are or as they were at a batch.

Every function takes a connection; the caller owns the transaction. Large sets are streamed.
Writing is in registry_batches.py, lists in registry_lists.py, frames in registry_frame.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from engine.registry import records
from engine.registry.batch import Batch
from engine.registry.filters import Filters
from engine.registry.types import RegistryKind, Row
from engine.store.registry_select import KEYS, TABLES, conditions, fetch, listing, standing, stream
from engine.store.tables.registry import registry_batches, registry_carrier_links

ASKED = 500  # ids asked for in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows in id order; `after` asks for the next page, None when this is the last."""

    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one row read from one batch until another; `to_batch` None is how it reads now."""

    from_batch: int
    to_batch: int | None
    reason: str | None
    row: Row


def current(conn: Connection, jurisdiction: str, kind: RegistryKind) -> Iterator[Row]:
    """Yield the rows of today in id order."""
    return stream(conn, kind, listing(jurisdiction, kind, None))


def as_of(conn: Connection, jurisdiction: str, kind: RegistryKind, batch: int) -> Iterator[Row]:
    """Yield the rows as they stood once `batch` counted, in id order."""
    return stream(conn, kind, listing(jurisdiction, kind, batch))


def select_rows(
    conn: Connection,
    jurisdiction: str,
    kind: RegistryKind,
    filters: Filters,
    *,
    batch: int | None = None,
) -> Iterator[Row]:
    """Yield the rows that pass `filters`, today or at `batch`, in id order."""
    wanted = listing(jurisdiction, kind, batch).where(*conditions(TABLES[kind], filters))
    return stream(conn, kind, wanted)


def find(
    conn: Connection, jurisdiction: str, kind: RegistryKind, row_id: str, batch: int | None = None
) -> Row | None:
    """Return one row, today or at `batch`; None if it is not in the registry then."""
    wanted = listing(jurisdiction, kind, batch).where(TABLES[kind].c[KEYS[kind]] == row_id)
    return next(iter(fetch(conn, kind, wanted)), None)


def find_many(
    conn: Connection,
    jurisdiction: str,
    kind: RegistryKind,
    row_ids: Sequence[str],
    batch: int | None = None,
) -> dict[str, Row]:
    """Return the rows of many ids; ids that are not in the registry are missing."""
    key = TABLES[kind].c[KEYS[kind]]
    found: dict[str, Row] = {}
    for start in range(0, len(row_ids), ASKED):
        wanted = listing(jurisdiction, kind, batch).where(key.in_(row_ids[start : start + ASKED]))
        found |= {row.row_id: row for row in fetch(conn, kind, wanted)}
    return found


def page(
    conn: Connection,
    jurisdiction: str,
    kind: RegistryKind,
    *,
    filters: Filters | None = None,
    after: str = "",
    limit: int = 50,
    batch: int | None = None,
) -> Page:
    """Return the next rows behind the id `after`: one statement, the same at any depth."""
    table = TABLES[kind]
    wanted = (
        listing(jurisdiction, kind, batch)
        .where(table.c[KEYS[kind]] > after, *conditions(table, filters or Filters()))
        .limit(limit + 1)
    )
    rows = fetch(conn, kind, wanted)
    return Page(rows=rows[:limit], after=rows[limit - 1].row_id if len(rows) > limit else None)


def count(
    conn: Connection,
    jurisdiction: str,
    kind: RegistryKind,
    *,
    filters: Filters | None = None,
    batch: int | None = None,
) -> int:
    """Return how many rows pass `filters`."""
    table = TABLES[kind]
    counted = select(func.count()).where(
        standing(table, jurisdiction, batch), *conditions(table, filters or Filters())
    )
    return conn.execute(counted).scalar_one()


def tally(
    conn: Connection,
    jurisdiction: str,
    kind: RegistryKind,
    column: str,
    *,
    filters: Filters | None = None,
    batch: int | None = None,
) -> dict[str, int]:
    """Return the number of rows per word of one column, such as risk_tier or district."""
    table = TABLES[kind]
    counted = (
        select(table.c[column], func.count())
        .where(standing(table, jurisdiction, batch), *conditions(table, filters or Filters()))
        .group_by(table.c[column])
    )
    return {str(word): number for word, number in conn.execute(counted)}


def history(
    conn: Connection, jurisdiction: str, kind: RegistryKind, row_id: str
) -> tuple[Stand, ...]:
    """Return every reading of one row, the oldest first (一户一档)."""
    table = TABLES[kind]
    found = conn.execute(
        select(table)
        .where(table.c.jurisdiction == jurisdiction, table.c[KEYS[kind]] == row_id)
        .order_by(table.c.from_batch)
    ).mappings()
    return tuple(
        Stand(
            from_batch=line["from_batch"],
            to_batch=line["to_batch"],
            reason=line["reason"],
            row=records.row(kind, dict(line)),
        )
        for line in found
    )


def carriers_of(conn: Connection, jurisdiction: str, subject_id: str) -> dict[str, Row]:
    """Return the carriers linked to a subject today."""
    links = registry_carrier_links
    found = conn.execute(
        select(links.c.carrier_id).where(
            standing(links, jurisdiction, None), links.c.subject_id == subject_id
        )
    ).scalars()
    return find_many(conn, jurisdiction, RegistryKind.CARRIERS, list(found))


def missing_subjects(conn: Connection, jurisdiction: str, subject_ids: Sequence[str]) -> list[str]:
    """Return those ids that are not subjects today: a carrier must hang on a known one (PJ 4)."""
    found = find_many(conn, jurisdiction, RegistryKind.SUBJECTS, subject_ids)
    return [subject_id for subject_id in subject_ids if subject_id not in found]


def latest_batch(conn: Connection, jurisdiction: str) -> int:
    """Return the number of the last batch of a jurisdiction; 0 before the first one."""
    number = select(func.max(registry_batches.c.batch)).where(
        registry_batches.c.jurisdiction == jurisdiction
    )
    return conn.execute(number).scalar() or 0


def batches(
    conn: Connection, jurisdiction: str, kind: RegistryKind | None = None, *, limit: int = 50
) -> tuple[Batch, ...]:
    """Return the last batches, the newest first."""
    table = registry_batches
    listing = select(table).where(table.c.jurisdiction == jurisdiction)
    if kind:
        listing = listing.where(table.c.kind == kind.value)
    found = conn.execute(listing.order_by(table.c.batch.desc()).limit(limit)).mappings()
    return tuple(_batch(line) for line in found)


def _batch(line: Mapping[Any, Any]) -> Batch:
    values = dict(line)
    number, kind = values.pop("batch"), RegistryKind(values.pop("kind"))
    return Batch(number=number, kind=kind, **values)
