"""A batch is read before anybody has to wait, and written once, even where others come between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import imports, publisher, scheduler
from engine.errors import ProductError
from engine.registry import parse as reading
from engine.registry.export import csv_file
from engine.registry.types import RegistryKind, Row
from engine.store import outbox, registry, registry_batches, shelf
from engine.store.tables import incidents
from tests.engine.office import Office
from tests.engine.test_concurrency import at_once


def batch(
    office: Office,
    kind: RegistryKind,
    change: Callable[[list[Any]], list[Any]],
    *,
    is_complete: bool = True,
) -> UUID:
    """Open a batch that changes a registry; it is not written yet."""
    with office.engine.store.read() as connection:
        rows: list[Row] = sorted(
            registry.current(connection, "chaoyang", kind), key=lambda row: row.row_id
        )
        found = imports.preview(
            connection,
            "chaoyang",
            office.engine.shelf.get(_version(office)).law.organisation,
            kind.value,
            csv_file(kind, change(rows)),
            f"{kind.value}.csv",
            is_complete=is_complete,
        )
    return imports.apply(office.engine, found, case_id=office.hand.new_id()).case_id


def _version(office: Office) -> str:
    with office.engine.store.read() as connection:
        return shelf.in_force(connection, "chaoyang", imports.PROCESS, at=office.engine.now())


def renamed(rows: list[Any]) -> list[Any]:
    return [replace(rows[0], name="改了名字的"), *rows[1:]]


def names(office: Office, kind: RegistryKind) -> list[str]:
    with office.engine.store.read() as connection:
        return [row.name for row in registry.current(connection, "chaoyang", kind)]


def test_batches_of_two_registries_are_both_written(office: Office) -> None:
    for kind in (RegistryKind.SUBJECTS, RegistryKind.ITEMS):
        batch(office, kind, renamed)
    office.settle()
    assert "改了名字的" in names(office, RegistryKind.SUBJECTS)
    assert "改了名字的" in names(office, RegistryKind.ITEMS)


def test_a_supplement_shown_against_the_old_rows_is_not_written(sqlite_office: Office) -> None:
    sqlite_office.tolerant = True
    batch(sqlite_office, RegistryKind.ITEMS, renamed)
    sqlite_office.hand.moment += timedelta(seconds=1)
    batch(
        sqlite_office,
        RegistryKind.ITEMS,
        lambda rows: [replace(rows[1], name="补充改的")],
        is_complete=False,
    )
    for _ in range(4):
        scheduler.round_of(sqlite_office.engine)
    found = names(sqlite_office, RegistryKind.ITEMS)
    assert "改了名字的" in found
    assert "补充改的" not in found
    with sqlite_office.engine.store.read() as connection:
        noted = connection.execute(select(incidents.c.trace)).scalars().all()
        waiting = outbox.waiting(connection, limit=9)
    assert sum("RegistryMoved" in trace for trace in noted) == 1
    assert waiting == (), "what can never be written is not tried again"


def shown(office: Office, name: str) -> imports.Preview:
    """Return the difference of a supplement that gives the first items another name."""
    with office.engine.store.read() as connection:
        found = registry.current(connection, "chaoyang", RegistryKind.ITEMS)
        rows = [replace(row, name=name) for row in sorted(found, key=lambda row: row.row_id)[:5]]
        return imports.preview(
            connection,
            "chaoyang",
            office.engine.shelf.get(_version(office)).law.organisation,
            "items",
            csv_file(RegistryKind.ITEMS, rows),
            f"{name}.csv",
            is_complete=False,
        )


def test_a_difference_shown_before_another_batch_opens_no_case(office: Office) -> None:
    late = shown(office, "后来的")
    batch(office, RegistryKind.SUBJECTS, renamed)
    office.settle()
    with office.engine.store.read() as connection:
        registry_batches.refuse_moved(connection, "chaoyang", RegistryKind.ITEMS, late.before)
    first = imports.apply(office.engine, shown(office, "先到的"), case_id=office.hand.new_id())
    office.settle()
    with pytest.raises(registry_batches.RegistryMoved, match="请重新查看差异"):
        imports.apply(office.engine, late, case_id=office.hand.new_id())
    assert names(office, RegistryKind.ITEMS).count("先到的") == 5
    assert office.audit(first.case_id).is_clean


def test_a_registry_is_busy_while_a_batch_of_it_waits_and_has_not_failed(
    sqlite_office: Office,
) -> None:
    store = sqlite_office.engine.store
    case_id = batch(sqlite_office, RegistryKind.ITEMS, renamed)
    with store.read() as connection:
        imports.refuse_while_writing(connection, "chaoyang", RegistryKind.SUBJECTS)
        imports.refuse_while_writing(connection, "panjin", RegistryKind.ITEMS)
        with pytest.raises(imports.RegistryBusy, match="正在写入这个名录"):
            imports.refuse_while_writing(connection, "chaoyang", RegistryKind.ITEMS)
        (message,) = outbox.waiting(connection, limit=9, sender=case_id)
    with store.write() as connection:
        outbox.note_attempt(connection, message)
        imports.refuse_while_writing(connection, "chaoyang", RegistryKind.ITEMS)


def test_of_four_supplements_for_the_same_rows_at_once_one_counts(office: Office) -> None:
    office.tolerant = True
    seen = [shown(office, f"同时{number}") for number in range(4)]
    cases = [
        imports.apply(office.engine, each, case_id=office.hand.new_id()).case_id for each in seen
    ]
    told = at_once([partial(_delivered, office, case_id) for case_id in cases])
    assert sorted(told) == ["", *["registry-moved"] * 3]
    found = [name for name in names(office, RegistryKind.ITEMS) if name.startswith("同时")]
    assert found == [f"同时{told.index('')}"] * 5


def _delivered(office: Office, case_id: UUID) -> str:
    try:
        publisher.deliver_of(office.engine, case_id)
    except ProductError as error:
        return error.code
    return ""


def test_somebody_else_writes_while_a_file_is_read(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = batch(sqlite_office, RegistryKind.ITEMS, renamed)
    wrote = threading.Event()

    def other() -> None:
        with sqlite_office.engine.store.write():
            wrote.set()

    def watched(*given: Any, **more: Any) -> reading.Parsed:
        writer = threading.Thread(target=other)
        writer.start()
        writer.join(timeout=10)
        return reading.parse(*given, **more)

    monkeypatch.setattr(imports, "parse", watched)
    with sqlite_office.engine.store.read() as connection:
        (message,) = outbox.waiting(connection, limit=9, sender=case_id)
    scheduler.drain(sqlite_office.engine)
    assert message.kind == "apply-batch"
    assert wrote.is_set()
    assert "改了名字的" in names(sqlite_office, RegistryKind.ITEMS)


def test_another_batch_between_reading_and_writing_is_seen(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_office.tolerant = True
    batch(sqlite_office, RegistryKind.ITEMS, renamed)
    with sqlite_office.engine.store.read() as connection:
        (first,) = outbox.waiting(connection, limit=9)
    batch(sqlite_office, RegistryKind.SUBJECTS, renamed)
    compared, came = imports.compare, list[imports.Preview]()

    def between(*given: Any, **more: Any) -> imports.Preview:
        found = compared(*given, **more)
        if not came:
            came.append(found)
            publisher.deliver_all(sqlite_office.engine)
        return found

    monkeypatch.setattr(imports, "compare", between)
    publisher.deliver(sqlite_office.engine, first)
    assert "改了名字的" in names(sqlite_office, RegistryKind.ITEMS)
    assert "改了名字的" in names(sqlite_office, RegistryKind.SUBJECTS)
