"""What rules ask about a registry as a whole: nobody unwatched, nothing gone without a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from engine.registry.diff import diff
from engine.registry.links import linked_subjects, unlinked
from engine.registry.types import Carrier, Inspector, RegistryKind, Row, Subject, Validity
from engine.store import registry, registry_batches, registry_counts
from engine.store.database import Store
from engine.store.tables import metadata
from tests.registry.samples import batch, rows_of

CY = "chaoyang"
SUBJECTS, INSPECTORS = RegistryKind.SUBJECTS, RegistryKind.INSPECTORS


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    store = Store(store_url)
    metadata.create_all(store.engine)
    with store.write() as connection:
        yield connection
    store.dispose()


def apply(conn: Connection, kind: RegistryKind, number: int, new: list[Row], **gone: str) -> None:
    current = list(registry.current(conn, CY, kind))
    registry_batches.apply_batch(conn, batch(number, kind), diff(current, new, removals=gone))


def test_a_subject_without_regulator_is_a_gap_that_is_counted(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    first = rows[0]
    assert isinstance(first, Subject)
    apply(conn, SUBJECTS, 1, [replace(first, regulators=()), *rows[1:]])
    assert registry_counts.subjects_without_regulator(conn, CY) == 1
    assert registry_counts.subjects_without_regulator(conn, "panjin") == 0


def test_a_carrier_whose_subject_left_is_counted(conn: Connection) -> None:
    subjects = rows_of(SUBJECTS)
    carriers = [row for row in rows_of(RegistryKind.CARRIERS) if isinstance(row, Carrier)]
    apply(conn, SUBJECTS, 1, subjects)
    apply(conn, RegistryKind.CARRIERS, 2, list(carriers))
    assert registry_counts.carriers_without_subject(conn, CY) == 0
    owner = carriers[0].subjects[0]
    apply(conn, SUBJECTS, 3, [row for row in subjects if row.row_id != owner], **{owner: "迁出"})
    mine = sum(owner in carrier.subjects for carrier in carriers)
    assert registry_counts.carriers_without_subject(conn, CY) == mine


def test_an_unknown_subject_of_a_carrier_is_named(conn: Connection) -> None:
    carriers = rows_of(RegistryKind.CARRIERS)
    named = linked_subjects(carriers)
    apply(conn, SUBJECTS, 1, [row for row in rows_of(SUBJECTS) if row.row_id != named[0]])
    missing = registry.missing_subjects(conn, CY, named)
    assert missing == named[:1]
    assert {problem.value for problem in unlinked(carriers, missing)} == set(missing)
    assert linked_subjects(rows_of(SUBJECTS)) == []


def test_every_departure_has_its_reason(conn: Connection) -> None:
    rows = rows_of(SUBJECTS)
    first = rows[0]
    assert isinstance(first, Subject)
    apply(conn, SUBJECTS, 1, rows)
    apply(
        conn, SUBJECTS, 2, [replace(first, name="改名"), *rows[1:-1]], **{rows[-1].row_id: "注销"}
    )
    assert registry_counts.departures_without_reason(conn, CY, SUBJECTS) == 0


def test_a_filing_holds_what_changed_since_the_last_one(conn: Connection) -> None:
    rows = rows_of(INSPECTORS)
    first, second, third = rows[:3]
    assert isinstance(first, Inspector)
    invalid = replace(first, status=Validity.INVALID)
    apply(conn, INSPECTORS, 1, rows[1:])
    apply(conn, INSPECTORS, 2, rows)
    apply(conn, INSPECTORS, 3, [invalid, *rows[2:]], **{second.row_id: "调离"})
    apply(conn, INSPECTORS, 4, [invalid, *rows[3:]], **{third.row_id: "退休"})
    delta = registry_counts.changes_since(conn, CY, INSPECTORS, 2)
    assert [change.after for change in delta.changed] == [invalid]
    assert {gone.row.row_id: gone.reason for gone in delta.removed} == {
        second.row_id: "调离",
        third.row_id: "退休",
    }
    assert registry_counts.changes_since(conn, CY, INSPECTORS, 1).added == (invalid,)
    assert registry_counts.changes_since(conn, CY, INSPECTORS, 4).is_empty
