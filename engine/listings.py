"""Lists that enter the registries: approved items, and the conditions of special and joint lists.

Each comes in as a batch with its case as the source, like any file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine import history
from engine.commands import SYSTEM, OpenCase
from engine.imports import PROCESS, ImportRefused, make_count, preview
from engine.registry import records
from engine.registry.batch import Batch
from engine.registry.export import csv_file
from engine.registry.filters import Filters
from engine.registry.lists import ListKind, RegistryList
from engine.registry.types import RegistryKind, Row
from engine.service import Engine, Handled
from engine.store import eventstore, registry, registry_batches, registry_lists, shelf

LISTS = "lists"  # a batch that sets the conditions of a list, not rows
LISTED = ("basis", "content", "method", "impl_item_code")  # what a list says of an item


def set_list(
    engine: Engine,
    jurisdiction: str,
    listed: RegistryList,
    *,
    case_id: UUID,
    by: str = SYSTEM,
    source: str = "",
) -> Handled:
    """Open the case that sets a special or a joint registry: its conditions, never its rows."""
    content = history.canonical(
        {
            "code": listed.code,
            "name": listed.name,
            "kind": listed.kind.value,
            "department": listed.department,
            "item_code": listed.item_code,
            "filters": listed.filters.record(),
        }
    )
    with engine.store.write() as connection:
        (place,) = eventstore.keep(
            connection, (content,), media="application/json", at=engine.now()
        )
    return engine.handle(
        OpenCase(
            case_id=case_id,
            actor=by,
            process=PROCESS,
            jurisdiction=jurisdiction,
            title=f"{listed.name}（建库条件）",
            parties={"department": (listed.department,)},
            fields={
                "registry": LISTS,
                "file": place,
                "filename": f"{listed.code}.json",
                "root": place,
                "is_complete": False,
                "removals": {},
                "source": source,
                "applied_by": by,
            },
        )
    )


def write_list(engine: Engine, case_id: UUID, body: Mapping[str, Any]) -> None:
    """Write the conditions of a list, in a batch of the registry it is a part of."""
    said = json.loads(engine.shelf.fetch(body["file"]))
    listed = RegistryList(
        code=said["code"],
        name=said["name"],
        kind=ListKind(said["kind"]),
        department=said["department"],
        filters=Filters.read(said["filters"]),
        item_code=said["item_code"],
    )
    with engine.store.write() as connection:
        jurisdiction = body["jurisdiction"]
        registry_batches.wait_for_turn(connection, jurisdiction)
        if registry_batches.is_written(connection, jurisdiction, str(case_id)):
            return
        number = registry_batches.next_batch(connection, jurisdiction)
        batch = Batch(
            jurisdiction=jurisdiction,
            number=number,
            kind=RegistryKind.SUBJECTS,
            file=body["file"],
            filename=body["filename"],
            root=body["root"],
            applied_at=engine.now(),
            applied_by=body["applied_by"],
            case_id=str(case_id),
            source=body["source"],
        )
        registry_batches.record(connection, batch)
        registry_lists.put_list(connection, jurisdiction, number, listed)


def write_items(engine: Engine, case_id: UUID, body: Mapping[str, Any]) -> None:
    """Write the items of an approved list; what the list does not speak of stays as it reads."""
    with engine.store.write() as connection:
        jurisdiction = body["jurisdiction"]
        registry_batches.wait_for_turn(connection, jurisdiction)
        if registry_batches.is_written(connection, jurisdiction, str(case_id)):
            return
        codes = [entry["item_code"] for entry in body["items"]]
        known = registry.find_many(connection, jurisdiction, RegistryKind.ITEMS, codes)
        rows = [_item(entry, known.get(entry["item_code"]), body) for entry in body["items"]]
        content = csv_file(RegistryKind.ITEMS, rows)
        eventstore.keep(connection, (content,), media="text/csv", at=engine.now())
        digest = shelf.in_force(connection, jurisdiction, PROCESS, at=engine.now())
        found = preview(
            connection,
            jurisdiction,
            engine.shelf.get(digest).law.organisation,
            RegistryKind.ITEMS.value,
            content,
            f"{body['source']}.csv",
            is_complete=False,
        )
        if found.errors:
            raise ImportRefused(count=len(found.errors))
        named = {**body, "filename": f"{body['source']}.csv"}
        number = registry_batches.next_batch(connection, jurisdiction)
        make_count(engine, connection, found, case_id, named, number)


def _item(entry: Mapping[str, Any], known: Row | None, body: Mapping[str, Any]) -> Row:
    """Return an item as the list says, over what the registry says of it besides."""
    origin = entry.get("source")
    said = {
        "item_code": entry["item_code"],
        "name": entry["name"],
        "department": body["department"],
        "item_class": entry["item_class"],
        "status": entry.get("status", "有效"),
        "source": body["source"],
        **{name: entry[name] for name in LISTED if entry.get(name)},
        **({"list_sources": [origin]} if origin else {}),
        **({"full_coverage": entry["full_coverage"]} if "full_coverage" in entry else {}),
    }
    return records.row(RegistryKind.ITEMS, {**(records.record(known) if known else {}), **said})
