"""Bringing a registry file in: read it, list every bad row, show the difference, then apply it.

All or nothing: one bad row keeps the whole file out, and no subject disappears without a reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from engine import clock, history
from engine.commands import SYSTEM, OpenCase
from engine.errors import ProductError
from engine.registry import records
from engine.registry.assemble import Scope
from engine.registry.batch import Batch
from engine.registry.diff import Diff, diff
from engine.registry.export import csv_file
from engine.registry.filters import Filters
from engine.registry.links import linked_subjects, unlinked
from engine.registry.lists import ListKind, RegistryList
from engine.registry.parse import Parsed, parse
from engine.registry.problems import Problem
from engine.registry.types import RegistryKind, Row
from engine.service import Engine, Handled
from engine.store import eventstore, registry, registry_batches, registry_lists, shelf
from rules.organisation import Organisation

PROCESS = "registry_batch"
LISTS = "lists"  # a batch that sets the conditions of a list, not rows
LISTED = ("basis", "content", "method", "impl_item_code")  # what a list says of an item


class ImportRefused(ProductError):
    code = "import-refused"
    zh = "文件没有导入：还有 {count} 处须改正。"
    en = "The file was not imported: {count} problems remain."


class RegistryMoved(ProductError):
    code = "registry-moved"
    zh = "名录在确认差异之后又有变动（{recorded} ≠ {now}），本批次没有写入，请重新查看差异。"
    en = (
        "The registry changed after the difference was shown ({recorded} ≠ {now}); nothing written."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file would do to a registry, before anything counts."""

    jurisdiction: str
    parsed: Parsed
    diff: Diff
    content: bytes
    is_complete: bool
    removals: Mapping[str, str]
    unlinked: tuple[Problem, ...] = ()  # carriers of subjects that nobody knows

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self.parsed.problems, *self.diff.problems, *self.unlinked)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def preview(
    connection: Connection,
    jurisdiction: str,
    organisation: Organisation,
    kind: str,
    content: bytes,
    filename: str,
    *,
    is_complete: bool = True,
    removals: Mapping[str, str] | None = None,
) -> Preview:
    """Read a file and compare it with the registry as it stands; writes nothing."""
    parsed = parse(kind, content, filename, scope=scope_of(organisation))
    return compare(
        connection,
        jurisdiction,
        parsed,
        content,
        is_complete=is_complete,
        removals=removals,
    )


def compare(
    connection: Connection,
    jurisdiction: str,
    parsed: Parsed,
    content: bytes,
    *,
    is_complete: bool,
    removals: Mapping[str, str] | None = None,
) -> Preview:
    """Compare a file that was read with the registry as it stands."""
    current = registry.current(connection, jurisdiction, parsed.kind)
    named = linked_subjects(parsed.rows)
    missing = frozenset(registry.missing_subjects(connection, jurisdiction, named))
    return Preview(
        jurisdiction=jurisdiction,
        parsed=parsed,
        diff=diff(
            current,
            parsed.rows,
            removals={**parsed.removals, **(removals or {})},
            # what a bad row names is not missing; the file does not count anyway
            is_complete=is_complete and parsed.is_sound,
        ),
        content=content,
        is_complete=is_complete,
        removals=dict(removals or {}),
        unlinked=tuple(unlinked(parsed.rows, missing)),
    )


def scope_of(organisation: Organisation) -> Scope:
    """Return how a jurisdiction's files name departments: by code or by full name."""
    departments = {code: code for code in organisation.departments}
    departments |= {entry.name: code for code, entry in organisation.departments.items()}
    return Scope(district=organisation.code, departments=departments)


def apply(
    engine: Engine,
    found: Preview,
    *,
    case_id: UUID,
    by: str = SYSTEM,
    department: str | None = None,
    source: str = "",
) -> Handled:
    """Open the batch's case; its service task has the rows written, once, from the stored file.

    A person opens it for a department whose data steward they are; the command line for none."""
    if found.errors:
        raise ImportRefused(count=len(found.errors))
    at = engine.now()
    with engine.store.write() as connection:
        (place,) = eventstore.keep(
            connection, (found.content,), media="application/octet-stream", at=at
        )
    counts = found.diff.counts()
    return engine.handle(
        OpenCase(
            case_id=case_id,
            actor=by,
            process=PROCESS,
            jurisdiction=found.jurisdiction,
            title=f"{found.parsed.filename}（{clock.legal_day(at).isoformat()}）",
            parties={"department": (department,)} if department else {},
            fields={
                "registry": found.parsed.kind.value,
                "file": place,
                "filename": found.parsed.filename,
                "root": found.diff.root(),
                "is_complete": found.is_complete,
                "removals": dict(found.removals),
                "source": source or found.parsed.filename,  # nothing comes in without one
                "applied_by": by,
                **{f"{name}_count": number for name, number in counts.items()},
            },
        )
    )


def write(engine: Engine, case_id: UUID, body: Mapping[str, Any]) -> None:
    """Write a recorded batch into the registry; a second delivery finds it written.

    The file is read and compared before anybody else has to wait; only if another batch came
    between is it compared again inside the transaction.
    """
    if body["registry"] == LISTS:
        _write_list(engine, case_id, body)
        return
    jurisdiction = body["jurisdiction"]
    with engine.store.read() as connection:
        if registry_batches.is_written(connection, jurisdiction, str(case_id)):
            return
        digest = shelf.in_force(connection, jurisdiction, PROCESS, at=engine.now())
    content = engine.shelf.fetch(body["file"])
    scope = scope_of(engine.shelf.get(digest).law.organisation)
    parsed = parse(body["registry"], content, body["filename"], scope=scope)
    with engine.store.read() as connection:
        number = registry_batches.next_batch(connection, jurisdiction)
        found = _compared(connection, parsed, content, body)
    with engine.store.write() as connection:
        if registry_batches.is_written(connection, jurisdiction, str(case_id)):
            return
        if (following := registry_batches.next_batch(connection, jurisdiction)) != number:
            number, found = following, _compared(connection, parsed, content, body)
        now = found.diff.root()
        if now != body["root"]:
            raise RegistryMoved(recorded=body["root"][:12], now=now[:12])
        _count(engine, connection, found, case_id, body, number)


def _compared(
    connection: Connection, parsed: Parsed, content: bytes, body: Mapping[str, Any]
) -> Preview:
    return compare(
        connection,
        body["jurisdiction"],
        parsed,
        content,
        is_complete=body["is_complete"],
        removals=body["removals"],
    )


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


def _write_list(engine: Engine, case_id: UUID, body: Mapping[str, Any]) -> None:
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
        _count(engine, connection, found, case_id, named, number)


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


def _count(
    engine: Engine,
    connection: Connection,
    found: Preview,
    case_id: UUID,
    body: Mapping[str, Any],
    number: int,
) -> None:
    """Make a difference count, in the name of the case that is its source."""
    batch = Batch(
        jurisdiction=found.jurisdiction,
        number=number,
        kind=found.parsed.kind,
        file=history.address(found.content),
        filename=body["filename"],
        applied_at=engine.now(),
        applied_by=body["applied_by"],
        case_id=str(case_id),
        source=body["source"],
    )
    registry_batches.apply_batch(connection, batch, found.diff)
