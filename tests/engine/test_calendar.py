"""A deadline in a year whose holidays are not published, and what happens when they are."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine import bundle, calendars
from engine.handovers import NotTheKeeper
from tests.engine import chains
from tests.engine.office import Office, payloads

YEAR_2027 = b"date,kind\n2027-01-01,holiday\n2027-01-02,holiday\n2027-01-03,holiday\n"


def _waiting_over_new_year(office: Office) -> UUID:
    office.on("2026-12-28")
    plan = chains.drafted_plan(office, window_end="2026-11-30")
    for _ in range(20):
        waiting = office.open_tasks(plan)
        if ("receipt", "") in waiting:
            return plan
        element, key = next(iter(waiting))
        office.do(plan, element, key=key)
    raise AssertionError(office.open_tasks(plan))


def test_an_unpublished_year_gives_no_due_date_and_a_provisional_one_for_display(
    sqlite_office: Office,
) -> None:
    plan = _waiting_over_new_year(sqlite_office)
    unknown = [p for p in payloads(sqlite_office.records(plan), "deadline-set") if not p["due_at"]]
    assert unknown
    assert "2027" in unknown[-1]["missing"]
    assert unknown[-1]["provisional"]


def test_the_published_year_shows_what_would_move_and_then_moves_it_by_command(
    sqlite_office: Office,
) -> None:
    plan = _waiting_over_new_year(sqlite_office)
    years = calendars.read({"2027.csv": YEAR_2027})
    shown = calendars.moves(sqlite_office.engine, years)
    assert [move.before for move in shown if move.case_id == plan] != []
    assert all(move.before is None and move.after is not None for move in shown)
    assert sqlite_office.kinds(plan).count("deadline-recomputed") == 0, "looking changes nothing"
    assert calendars.apply(sqlite_office.engine, years) == shown
    (recorded,) = payloads(sqlite_office.records(plan), "deadline-recomputed")
    assert recorded["calendar_before"] != recorded["calendar_after"]
    assert all(d.due_at is not None for d in sqlite_office.case(plan).deadlines.values())
    assert sqlite_office.audit(plan).is_clean
    assert calendars.moves(sqlite_office.engine, years) == []


def test_whoever_confirms_is_in_the_history_and_may_confirm(sqlite_office: Office) -> None:
    plan = _waiting_over_new_year(sqlite_office)
    years = calendars.read({"2027.csv": YEAR_2027})
    with pytest.raises(NotTheKeeper):
        calendars.apply(sqlite_office.engine, years, by=sqlite_office.person("cy-samr-handler1"))
    keeper = sqlite_office.person("cy-samr-process-admin1")
    calendars.apply(sqlite_office.engine, years, by=keeper, among="chaoyang")
    recorded = next(r for r in sqlite_office.records(plan) if r.kind == "deadline-recomputed")
    assert recorded.actor == keeper


def test_a_case_that_opens_afterwards_knows_the_year_from_the_start(sqlite_office: Office) -> None:
    calendars.apply(sqlite_office.engine, calendars.read({"2027.csv": YEAR_2027}))
    plan = _waiting_over_new_year(sqlite_office)
    assert all(d.due_at is not None for d in sqlite_office.case(plan).deadlines.values())
    assert "deadline-recomputed" not in sqlite_office.kinds(plan)
    assert sqlite_office.audit(plan).is_clean
    pinned = sqlite_office.engine.shelf.get(sqlite_office.version(plan))
    packed = bundle.pack(sqlite_office.records(plan), pinned)
    assert bundle.audit_file(packed).is_clean, "the year travels with the case"


def test_a_clock_that_starts_later_takes_the_year_the_next_day(sqlite_office: Office) -> None:
    """Open before the notice, with no clock yet that reached into the new year."""
    sqlite_office.on("2026-12-20")
    plan = chains.drafted_plan(sqlite_office, window_end="2026-11-30")
    calendars.apply(sqlite_office.engine, calendars.read({"2027.csv": YEAR_2027}))
    sqlite_office.on("2026-12-28")
    for _ in range(20):
        waiting = sqlite_office.open_tasks(plan)
        if ("receipt", "") in waiting:
            break
        element, key = next(iter(waiting))
        sqlite_office.do(plan, element, key=key)
    assert any(d.due_at is None for d in sqlite_office.case(plan).deadlines.values())
    sqlite_office.on("2026-12-29")
    assert all(d.due_at is not None for d in sqlite_office.case(plan).deadlines.values())
    assert sqlite_office.audit(plan).is_clean
