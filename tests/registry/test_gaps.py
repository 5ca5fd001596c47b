"""What nobody looks at and what nobody can do is listed, by number and by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from engine.config import PACKS
from engine.registry.diff import diff
from engine.registry.types import Inspector, Item, RegistryKind, Row, Subject
from engine.store import registry_batches, registry_gaps, registry_pools, schema
from engine.store.database import Connection, Store
from engine.store.registry_gaps import Bounds, Gap, GapKind
from rules import pack
from tests.registry.samples import batch, rows_of

CY = "chaoyang"
DAY = date(2026, 6, 15)
ALL = Bounds(since=date(2024, 6, 15), officers=2)


def put(conn: Connection, kind: RegistryKind, rows: list[Row], number: int) -> None:
    registry_batches.apply_batch(conn, batch(number, kind), diff([], rows))


def gaps(conn: Connection, bounds: Bounds = ALL) -> dict[GapKind, Gap]:
    return {gap.kind: gap for gap in registry_gaps.report(conn, CY, on=DAY, bounds=bounds)}


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    store = Store(store_url)
    schema.upgrade(store)
    with store.write() as connection:
        yield connection
    store.dispose()


@pytest.fixture
def filled(conn: Connection) -> Connection:
    subjects = [row for row in rows_of(RegistryKind.SUBJECTS) if isinstance(row, Subject)]
    first, *rest = subjects
    put(conn, RegistryKind.SUBJECTS, [replace(first, regulators=()), *rest], 1)
    put(conn, RegistryKind.ITEMS, rows_of(RegistryKind.ITEMS), 2)
    put(conn, RegistryKind.INSPECTORS, rows_of(RegistryKind.INSPECTORS), 3)
    return conn


def test_a_subject_without_a_regulator_is_named(filled: Connection) -> None:
    found = gaps(filled)[GapKind.NO_REGULATOR]
    assert found.total >= 1
    assert found.rows[0].name


def test_subjects_that_were_never_drawn_are_counted(filled: Connection) -> None:
    found = gaps(filled)[GapKind.NEVER_DRAWN]
    assert found.total >= len(found.rows) > 0
    assert GapKind.NEVER_DRAWN not in gaps(filled, Bounds(since=None, officers=2))


def test_an_item_without_enough_certified_inspectors_is_named(filled: Connection) -> None:
    everybody = gaps(filled, Bounds(since=None, officers=1_000))[GapKind.NO_INSPECTORS]
    assert everybody.total == len(rows_of(RegistryKind.ITEMS))
    assert everybody.rows[0].number > 0


def test_an_item_without_a_link_to_the_implementation_list_is_named(filled: Connection) -> None:
    assert gaps(filled)[GapKind.NO_LINK].total == 0


def test_a_department_that_regulates_and_lists_nothing_is_named(filled: Connection) -> None:
    assert gaps(filled)[GapKind.NO_ITEM].total == 0
    first = next(row for row in rows_of(RegistryKind.SUBJECTS) if isinstance(row, Subject))
    stranger = replace(first, subject_id="91220104MA0NOLIST1", uscc=None, regulators=("office",))
    put(filled, RegistryKind.SUBJECTS, [stranger], 4)
    found = gaps(filled)[GapKind.NO_ITEM]
    assert [(row.department, row.number) for row in found.rows] == [("office", 1)]


def test_an_item_that_only_an_inspector_knows_is_named(filled: Connection) -> None:
    assert gaps(filled)[GapKind.UNLISTED].total == 0
    known = next(row for row in rows_of(RegistryKind.INSPECTORS) if isinstance(row, Inspector))
    other = replace(known, inspector_id="CY-NEW-1", certificate_no="", items=("CY-NOWHERE-01",))
    put(filled, RegistryKind.INSPECTORS, [other], 4)
    found = gaps(filled)[GapKind.UNLISTED]
    assert [(row.row_id, row.department) for row in found.rows] == [
        ("CY-NOWHERE-01", known.department)
    ]


def test_the_bounds_come_from_the_pack() -> None:
    law = pack.read(PACKS, CY)
    assert registry_gaps.bounds(law, DAY) == ALL
    assert registry_gaps.bounds(law, date(2028, 2, 29)).since == date(2026, 2, 28)


def test_the_pool_of_an_item_says_who_is_entered_for_it(filled: Connection) -> None:
    items = [row.item_code for row in rows_of(RegistryKind.ITEMS) if isinstance(row, Item)][:3]
    found = registry_pools.items_of_inspectors(filled, CY, items)
    rows = {
        row.inspector_id: row
        for row in rows_of(RegistryKind.INSPECTORS)
        if isinstance(row, Inspector)
    }
    assert found
    assert all(own == set(items) & set(rows[person].items) for person, own in found.items())
    assert registry_pools.items_of_inspectors(filled, CY, []) == {}


def test_only_people_in_service_are_in_a_pool_and_the_certified_are_counted_apart(
    filled: Connection,
) -> None:
    for pool in registry_pools.pools(filled, CY, on=DAY).values():
        assert set(pool.certified) <= set(pool.inspectors)
        assert sum(pool.by_class.values()) == len(pool.inspectors)
