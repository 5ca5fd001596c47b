"""Special and joint registries in the database: the name and the filter, by batch like any row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.history import canonical
from engine.registry.filters import Filters
from engine.registry.lists import ListKind, RegistryList
from engine.store.registry_select import standing
from engine.store.tables.registry import frame_counts, registry_lists


def lists(
    conn: Connection,
    jurisdiction: str,
    *,
    kind: ListKind | None = None,
    department: str = "",
    item_code: str = "",
    batch: int | None = None,
) -> tuple[RegistryList, ...]:
    """Return the lists of today or at `batch`, by code."""
    table = registry_lists
    wanted = select(table).where(standing(table, jurisdiction, batch)).order_by(table.c.code)
    if kind:
        wanted = wanted.where(table.c.kind == kind.value)
    if department:
        wanted = wanted.where(table.c.department == department)
    if item_code:
        wanted = wanted.where(table.c.item_code == item_code)
    return tuple(_list(dict(line)) for line in conn.execute(wanted).mappings())


def find_list(
    conn: Connection, jurisdiction: str, code: str, batch: int | None = None
) -> RegistryList | None:
    """Return one list, today or at `batch`."""
    table = registry_lists
    wanted = select(table).where(standing(table, jurisdiction, batch), table.c.code == code)
    line = conn.execute(wanted).mappings().first()
    return _list(dict(line)) if line else None


def put_list(conn: Connection, jurisdiction: str, batch: int, listed: RegistryList) -> None:
    """Set a list as of `batch`; its former reading stays readable at earlier batches."""
    table = registry_lists
    former = (table.c.jurisdiction == jurisdiction, table.c.code == listed.code)
    conn.execute(
        update(table)
        .where(*former, table.c.to_batch.is_(None), table.c.from_batch < batch)
        .values(to_batch=batch)
    )
    values = {
        "jurisdiction": jurisdiction,
        "code": listed.code,
        "from_batch": batch,
        "name": listed.name,
        "kind": listed.kind.value,
        "department": listed.department,
        "item_code": listed.item_code,
        "filters": canonical(listed.filters.record()),
    }
    conn.execute(insert(table), values)


def put_counts(
    conn: Connection, jurisdiction: str, *, snapshot: str, name: str, counts: Mapping[str, int]
) -> None:
    """Freeze a counter under the name of a snapshot; units that count 0 need not be named."""
    rows = [
        {
            "jurisdiction": jurisdiction,
            "snapshot": snapshot,
            "name": name,
            "unit_id": unit_id,
            "value": value,
        }
        for unit_id, value in counts.items()
        if value
    ]
    if rows:
        conn.execute(insert(frame_counts), rows)


def _list(line: Mapping[str, Any]) -> RegistryList:
    return RegistryList(
        code=line["code"],
        name=line["name"],
        kind=ListKind(line["kind"]),
        department=line["department"],
        filters=Filters.read(json.loads(line["filters"])),
        item_code=line["item_code"],
    )
