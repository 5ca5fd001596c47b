"""Registries in the database: temporal, searchable, streamed; the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError

from engine.registry import records
from engine.registry.diff import diff
from engine.registry.filters import Filters
from engine.registry.lists import ListKind, RegistryList
from engine.registry.types import Inspector, Item, RegistryKind, RiskTier, Row, Subject, Validity
from engine.store import registry, registry_batches, registry_lists
from engine.store.database import Store
from engine.store.tables import metadata
from tests.registry.samples import batch, rows_of

CY = "chaoyang"
SUBJECTS = RegistryKind.SUBJECTS
KINDS = list(RegistryKind)


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    store = Store(store_url)
    metadata.create_all(store.engine)
    with store.write() as connection:
        yield connection
    store.dispose()


def put(conn: Connection, kind: RegistryKind, rows: list[Row], number: int = 1) -> None:
    registry_batches.apply_batch(conn, batch(number, kind), diff([], rows))


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_in_comes_out_in_id_order(conn: Connection, kind: RegistryKind) -> None:
    rows = rows_of(kind)
    put(conn, kind, list(reversed(rows)))
    assert list(registry.current(conn, CY, kind)) == rows
    assert registry.find(conn, CY, kind, rows[3].row_id) == rows[3]
    assert registry.find(conn, CY, kind, "NOBODY") is None
    assert list(registry.current(conn, "panjin", kind)) == []


def test_a_past_registry_can_be_shown_again(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    put(conn, SUBJECTS, rows)
    first = rows[0]
    assert isinstance(first, Subject)
    changed = replace(first, risk_tier=RiskTier.D, name="改名后")
    new = [changed, *rows[2:]]
    step = diff(rows, new, removals={rows[1].row_id: "迁出"})
    done = registry_batches.apply_batch(conn, batch(2), step)
    assert (done.added, done.removed, done.changed, done.rows) == (0, 1, 1, len(rows) - 1)
    assert list(registry.current(conn, CY, SUBJECTS)) == new
    assert list(registry.as_of(conn, CY, SUBJECTS, 1)) == rows
    assert list(registry.as_of(conn, CY, SUBJECTS, 2)) == new
    assert list(registry.as_of(conn, CY, SUBJECTS, 0)) == []
    stands = registry.history(conn, CY, SUBJECTS, first.row_id)
    assert [(stand.from_batch, stand.to_batch, stand.row) for stand in stands] == [
        (1, 2, first),
        (2, None, changed),
    ]
    (gone,) = registry.history(conn, CY, SUBJECTS, rows[1].row_id)
    assert (gone.to_batch, gone.reason) == (2, "迁出")


def test_the_root_of_a_batch_is_the_root_of_what_is_stored(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    done = registry_batches.apply_batch(conn, batch(), diff([], rows))
    stored = list(registry.as_of(conn, CY, SUBJECTS, 1))
    assert done.root == records.root(stored)
    assert registry.batches(conn, CY) == (done,)
    assert done.facts()["root"] == done.root


def test_a_stream_in_id_order_gives_the_same_batch_as_a_difference(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    streamed = registry_batches.load(conn, batch(), iter(rows))
    assert streamed.root == records.root(rows)
    assert (streamed.rows, streamed.added) == (len(rows), len(rows))
    assert list(registry.current(conn, CY, SUBJECTS)) == rows


def test_a_stream_out_of_order_is_refused(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    with pytest.raises(registry_batches.OutOfOrder, match=rows[0].row_id):
        registry_batches.load(conn, batch(), iter([rows[1], rows[0]]))


def test_batches_are_numbered_over_all_registries_of_a_jurisdiction(conn: Connection) -> None:
    assert registry_batches.next_batch(conn, CY) == 1
    put(conn, SUBJECTS, rows_of(SUBJECTS), 1)
    put(conn, RegistryKind.ITEMS, rows_of(RegistryKind.ITEMS), 2)
    assert registry_batches.next_batch(conn, CY) == 3
    assert registry_batches.next_batch(conn, "panjin") == 1
    assert [found.number for found in registry.batches(conn, CY)] == [2, 1]
    assert [found.number for found in registry.batches(conn, CY, SUBJECTS)] == [1]


def test_two_imports_under_one_number_cannot_both_count(conn: Connection) -> None:
    put(conn, SUBJECTS, rows_of(SUBJECTS), 1)
    with pytest.raises(IntegrityError), conn.begin_nested():
        put(conn, RegistryKind.ITEMS, rows_of(RegistryKind.ITEMS), 1)


def test_pages_follow_each_other_without_gap_or_repeat(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    put(conn, SUBJECTS, rows)
    found: list[Row] = []
    after: str | None = ""
    while after is not None:
        page = registry.page(conn, CY, SUBJECTS, after=after, limit=7)
        found += page.rows
        after = page.after
    assert found == rows


def test_a_page_is_one_statement(conn: Connection) -> None:
    put(conn, SUBJECTS, rows_of(SUBJECTS))
    seen: list[str] = []
    event.listen(conn, "before_cursor_execute", lambda *words: seen.append(words[2]))
    registry.page(conn, CY, SUBJECTS, filters=Filters(text="饭店"), limit=5)
    assert len(seen) == 1


FILTERS = [
    Filters(),
    Filters(tiers=("A", "B")),
    Filters(industries=("餐饮服务", "食品销售"), statuses=("存续",)),
    Filters(regulators=("fire", "customs")),
    Filters(key_grounds=("列入经营异常名录", "信用风险程度较高")),
    Filters(labels=("%",)),
    Filters(text="店"),
    Filters(text="91220104"),
    Filters(text="100%_"),
    Filters(text="９１ ２２０１０４"),
    Filters(text="\u3000"),
    Filters(text="饭 店"),
    Filters(departments=("samr",)),
    Filters(items=("CY-SAMR-01",)),
    Filters(item_classes=("重点",), fields=("消防安全",)),
    Filters(kinds=("企业",), districts=("220104",), credit_levels=("高",), categories=("营利",)),
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_and_the_pure_filter_agree(conn: Connection, kind: RegistryKind) -> None:
    rows = rows_of(kind, count=200)
    put(conn, kind, rows)
    for filters in FILTERS:
        expected = [row for row in rows if filters.admits(row)]
        assert list(registry.select_rows(conn, CY, kind, filters=filters)) == expected
        assert registry.count(conn, CY, kind, filters=filters) == len(expected)
        assert Filters.read(filters.record()) == filters


def test_a_code_is_found_in_full_width_lower_case_and_with_blanks(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    put(conn, SUBJECTS, rows)
    wide = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
    for row in rows[:5]:
        code = row.row_id
        for typed in (f"{code[:6]} {code[6:]}", code.translate(wide), f"\u3000{code.lower()}\t"):
            found = registry.page(conn, CY, SUBJECTS, filters=Filters(text=typed)).rows
            assert found == (row,), typed
            assert Filters(text=typed).admits(row)


def test_many_ids_are_found_at_once(conn: Connection) -> None:
    rows = rows_of(SUBJECTS, count=700)
    put(conn, SUBJECTS, rows)
    wanted = [row.row_id for row in rows]
    assert registry.find_many(conn, CY, SUBJECTS, [*wanted, "X"]) == dict(
        zip(wanted, rows, strict=True)
    )
    assert registry.missing_subjects(conn, CY, [wanted[0], "X"]) == ["X"]


def test_a_tally_counts_every_row_once(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    put(conn, SUBJECTS, rows)
    tally = registry.tally(conn, CY, SUBJECTS, "risk_tier")
    assert sum(tally.values()) == len(rows)
    assert tally["A"] == sum(isinstance(row, Subject) and row.risk_tier == "A" for row in rows)


def test_a_subject_finds_its_carriers(conn: Connection) -> None:
    kind = RegistryKind.CARRIERS
    rows = rows_of(kind)
    put(conn, kind, rows)
    owner = rows[0].subjects[0]  # type: ignore[union-attr]  # carriers all
    mine = {row.row_id: row for row in rows if owner in row.subjects}  # type: ignore[union-attr]
    assert registry.carriers_of(conn, CY, owner) == mine
    step = diff(rows, rows, removals=dict.fromkeys(mine, "拆除"))
    registry_batches.apply_batch(conn, batch(2, kind), step)
    assert registry.carriers_of(conn, CY, owner) == {}


def test_personal_fields_can_be_erased_and_the_root_still_verifies(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    done = registry_batches.apply_batch(conn, batch(), diff([], rows))
    erased = registry_batches.erase_personal(conn, CY, SUBJECTS, [rows[0].row_id])
    assert erased == 1
    blank = registry.find(conn, CY, SUBJECTS, rows[0].row_id)
    assert isinstance(blank, Subject)
    assert (blank.legal_person, blank.phone) == ("", "")
    assert records.root(registry.current(conn, CY, SUBJECTS)) == done.root
    assert registry_batches.erase_personal(conn, CY, RegistryKind.ITEMS, ["x"]) == 0


def test_an_inspector_who_left_stays_in_the_history(conn: Connection) -> None:
    kind = RegistryKind.INSPECTORS
    rows = rows_of(kind)
    put(conn, kind, rows)
    first = rows[0]
    assert isinstance(first, Inspector)
    left = replace(first, status=Validity.INVALID, login=None)
    registry_batches.apply_batch(conn, batch(2, kind), diff(rows, [left, *rows[1:]]))
    assert registry.find(conn, CY, kind, first.row_id) == left
    assert registry.find(conn, CY, kind, first.row_id, batch=1) == first


def test_a_list_is_a_stored_filter_with_a_past(conn: Connection) -> None:
    put(conn, SUBJECTS, rows_of(SUBJECTS))
    listed = RegistryList(
        code="ZY-1",
        name="餐饮服务检查对象名录库",
        kind=ListKind.SPECIAL,
        department="samr",
        filters=Filters(industries=("餐饮服务",)),
        item_code="CY-SAMR-03",
    )
    registry_lists.put_list(conn, CY, 1, listed)
    wider = replace(listed, filters=Filters(industries=("餐饮服务", "食品销售")))
    registry_lists.put_list(conn, CY, 2, wider)
    assert registry_lists.find_list(conn, CY, "ZY-1") == wider
    assert registry_lists.find_list(conn, CY, "ZY-1", batch=1) == listed
    assert registry_lists.find_list(conn, CY, "ZY-2") is None
    assert registry_lists.lists(conn, CY, kind=ListKind.SPECIAL, department="samr") == (wider,)
    assert registry_lists.lists(conn, CY, item_code="CY-SAMR-03") == (wider,)
    assert registry_lists.lists(conn, CY, kind=ListKind.JOINT) == ()


def test_items_are_items(conn: Connection) -> None:
    put(conn, RegistryKind.ITEMS, rows_of(RegistryKind.ITEMS))
    found = registry.select_rows(
        conn, CY, RegistryKind.ITEMS, filters=Filters(departments=("fire",))
    )
    assert all(isinstance(row, Item) and row.department == "fire" for row in found)
