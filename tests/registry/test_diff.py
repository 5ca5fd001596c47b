"""A new list changes a registry only in the open: nothing is added, lost or altered unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.diff import Diff, FieldChange, diff
from engine.registry.types import RegistryKind, RiskTier, Row, Subject
from tests.registry.samples import rows_of

ROWS = [row for row in rows_of(RegistryKind.SUBJECTS, count=40) if isinstance(row, Subject)]


def moved(row: Subject) -> Subject:
    return replace(row, risk_tier=RiskTier.D, address="迁至新址")


def test_the_same_list_changes_nothing() -> None:
    step = diff(ROWS, reversed(ROWS))
    assert step.is_empty
    assert len(step.unchanged) == len(ROWS)
    assert not step.is_applicable


def test_a_change_shows_each_field_before_and_after() -> None:
    before = replace(ROWS[0], risk_tier=RiskTier.A, address="旧址")
    step = diff([before], [moved(before)])
    (change,) = step.changed
    assert change.fields == (
        FieldChange(field="address", before="旧址", after="迁至新址"),
        FieldChange(field="risk_tier", before=RiskTier.A, after=RiskTier.D),
    )
    assert step.is_applicable


def test_a_row_left_out_without_reason_is_a_problem_and_stays() -> None:
    step = diff(ROWS[:3], [*ROWS[:2], ROWS[9]])
    assert step.dropped == (ROWS[2],)
    assert step.removed == ()
    (problem,) = step.problems
    assert problem.code == "silent-drop"
    assert problem.value == ROWS[2].subject_id
    assert ROWS[2] in list(step.after())
    assert not step.is_applicable


def test_a_row_leaves_with_its_reason() -> None:
    step = diff(ROWS[:3], ROWS[:2], removals={ROWS[2].subject_id: "注销"})
    assert [(gone.row, gone.reason) for gone in step.removed] == [(ROWS[2], "注销")]
    assert step.is_applicable
    assert ROWS[2] not in list(step.after())


def test_a_reason_counts_also_when_the_file_still_names_the_row() -> None:
    step = diff(ROWS[:1], ROWS[:1], removals={ROWS[0].subject_id: "迁出"})
    assert [gone.row for gone in step.removed] == [ROWS[0]]
    assert step.added == ()


@pytest.mark.parametrize(
    ("row_id", "reason", "code"),
    [
        ("unknown", "注销", "unknown-removal"),
        ("", " ", "no-reason"),
        ("", "长" * 201, "long-reason"),
    ],
)
def test_a_removal_needs_a_row_and_a_short_reason(row_id: str, reason: str, code: str) -> None:
    step = diff(ROWS[:1], ROWS[:1], removals={row_id or ROWS[0].subject_id: reason})
    assert [problem.code for problem in step.problems] == [code]


def test_a_row_that_leaves_before_it_came_is_not_added() -> None:
    step = diff([], ROWS[:1], removals={ROWS[0].subject_id: "注销"})
    assert step.added == ()
    assert [problem.code for problem in step.problems] == ["unknown-removal"]


def test_a_supplement_does_not_miss_what_it_does_not_name() -> None:
    step = diff(ROWS[:5], [ROWS[7]], is_complete=False)
    assert step.dropped == ()
    assert step.counts() == {
        "added": 1,
        "removed": 0,
        "changed": 0,
        "unchanged": 5,
        "dropped": 0,
        "rows": 6,
    }


SUBSETS = st.lists(st.sampled_from(ROWS), unique=True)


@given(SUBSETS, SUBSETS, st.booleans())
def test_every_row_falls_on_exactly_one_pile(
    current: list[Row], new: list[Row], is_complete: bool
) -> None:
    step = diff(current, new, is_complete=is_complete)
    before = {row.row_id for row in current}
    after = {row.row_id for row in step.after()}
    assert after == before | {row.row_id for row in new}
    assert step.counts()["rows"] == len(after)
    assert {row.row_id for row in step.added} == after - before


@given(SUBSETS, SUBSETS)
def test_applying_a_difference_and_comparing_again_leaves_nothing(
    current: list[Subject], new: list[Subject]
) -> None:
    wanted = [moved(row) for row in new]
    gone = {row.subject_id: "注销" for row in current if row not in new}
    first = diff(current, wanted, removals=gone)
    assert {row.row_id: row for row in first.after()} == {row.row_id: row for row in wanted}
    assert diff(first.after(), wanted).is_empty
    assert first.root() == diff([], wanted).root()


@given(SUBSETS, SUBSETS)
def test_the_way_back_swaps_the_piles(current: list[Row], new: list[Row]) -> None:
    def reasons(rows: list[Row], other: list[Row]) -> dict[str, str]:
        return {row.row_id: "迁出" for row in rows if row not in other}

    there = diff(current, new, removals=reasons(current, new))
    back = diff(new, current, removals=reasons(new, current))
    assert {row.row_id for row in there.added} == {gone.row.row_id for gone in back.removed}


def test_an_empty_difference_has_the_root_of_no_rows() -> None:
    assert Diff().root() == diff([], []).root()
