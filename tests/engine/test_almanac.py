"""The year keeps itself: cases open when they fall due, once, and nobody is late unwarned."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from engine import almanac, clock, scheduler
from engine.case import Case
from engine.store import agenda, readings
from engine.store.agenda import Entry
from tests.engine.office import Office
from tests.engine.tally import tally


def lines(office: Office, code: str, jurisdiction: str = "chaoyang") -> dict[str, Entry]:
    """Return the agenda's lines of one obligation by department."""
    with office.engine.store.read() as connection:
        found = agenda.of_jurisdiction(connection, jurisdiction, office.today.year)
    return {each.department: each for each in found if each.obligation == code}


def cases(office: Office, process: str) -> list[Case]:
    with office.engine.store.read() as connection:
        rows = readings.every_case(connection)
    return [office.case(row.case_id) for row in rows if row.process == process]


@pytest.fixture
def begun(office: Office) -> Office:
    """An office whose background began on 2 March 2026."""
    almanac.begin(office.engine)
    office.settle()
    return office


def test_a_plan_opens_for_every_department_with_items_before_it_is_due(begun: Office) -> None:
    plans = [each for each in cases(begun, "annual_plan") if each.jurisdiction == "chaoyang"]
    assert {each.parties["department"] for each in plans} >= {("samr",), ("fire",), ("health",)}
    assert all(each.fields["plan_year"] == 2026 for each in plans)
    assert begun.audit(plans[0].case_id).is_clean


def test_what_was_due_before_the_product_was_there_is_not_owed_to_it(begun: Office) -> None:
    assert lines(begun, "joint-plan") == {}  # due on 1 March, and this is the second


def test_another_round_and_another_worker_open_nothing_twice(begun: Office) -> None:
    before = len(cases(begun, "annual_plan"))
    almanac.begin(begun.engine)
    begun.restarted().on("2026-03-04")
    assert len(cases(begun, "annual_plan")) == before


def test_a_plan_that_a_department_opened_itself_is_the_one(office: Office) -> None:
    own = office.open("annual_plan", by="cy-samr-handler1", lead="samr", title="2026年度计划")
    almanac.begin(office.engine)
    office.settle()
    assert lines(office, "annual-plan")["samr"].case_id == own


def test_the_head_is_reminded_before_the_last_day(begun: Office) -> None:
    begun.on("2026-03-16", "23:50")
    assert cases(begun, "supervision") == []
    begun.on("2026-03-17", "00:10")
    line = lines(begun, "annual-plan")["samr"]
    assert line.supervision is not None
    reminder = begun.case(line.supervision)
    assert reminder.offers["respond", ""].seats == ("samr/head",)
    assert reminder.fields["obligation_due_on"] == "2026-04-01"
    assert reminder.parent == str(line.case_id)


def submitted(office: Office, case_id: UUID) -> None:
    """Bring a plan to the desk of the reviewer."""
    for element in ("draft", "sign_off", "submit"):
        wishes: dict[str, Any] = {"window_end": "2026-11-30"} if element == "draft" else {}
        if element == "draft":
            wishes |= {"plan_year": 2026, "item_class": "一般", "ratio": "5%"}
        office.do(case_id, element, **wishes)


def test_what_is_submitted_in_time_ends_the_reminder_without_a_miss(begun: Office) -> None:
    begun.on("2026-03-20")
    line = lines(begun, "annual-plan")["samr"]
    assert line.case_id
    assert line.supervision
    submitted(begun, line.case_id)
    begun.on("2026-04-02", "08:00")
    assert lines(begun, "annual-plan")["samr"].stage == agenda.DONE
    reminder = begun.case(line.supervision)
    assert reminder.fields["obligation_settled_on"] == "2026-03-20"
    assert reminder.missed == ()
    begun.do(line.supervision, "respond")
    assert begun.case(line.supervision).is_closed
    assert begun.audit(line.supervision).is_clean


def test_what_is_late_is_recorded_as_late_and_explained(begun: Office) -> None:
    begun.on("2026-04-03")
    line = lines(begun, "annual-plan")["samr"]
    assert line.case_id
    assert line.supervision
    assert line.stage == agenda.LATE
    assert begun.case(line.supervision).missed == (("overdue", ""),)
    submitted(begun, line.case_id)
    begun.on("2026-04-05")
    begun.do(line.supervision, "respond")
    begun.do(line.supervision, "explain")
    assert begun.case(line.supervision).is_closed
    assert begun.audit(line.supervision).is_clean


def test_a_worker_that_was_down_catches_up(begun: Office) -> None:
    """Nothing ran from 2 March to 10 April: the reminder comes late, the miss is exact."""
    line = lines(begun, "annual-plan")["samr"]
    assert line.case_id
    submitted(begun, line.case_id)  # on 2 March
    begun.on("2026-04-10")
    found = lines(begun, "annual-plan")
    assert found["samr"].settled_on == "2026-03-02"
    assert found["samr"].supervision is None
    late = found["fire"]
    assert late.stage == agenda.LATE
    assert late.supervision is not None
    assert begun.case(late.supervision).missed == (("overdue", ""),)


def test_a_quarter_asks_only_those_whose_inspectors_changed(begun: Office) -> None:
    begun.on("2026-03-05")
    filings = cases(begun, "inspector_filing")
    assert filings, "every department's registry was new in this quarter"
    assert {each.fields["quarter_end"] for each in filings} == {"2026-03-31"}
    assert all(each.fields["count_inspector_changes"] > 0 for each in filings)
    begun.on("2026-06-05")
    assert len(cases(begun, "inspector_filing")) == len(filings)  # nothing changed since


def test_unfinished_tasks_are_reminded_of_before_the_end_of_november(begun: Office) -> None:
    begun.open("inspection_task", by="cy-samr-handler1", lead="samr")
    begun.on("2026-11-02")
    line = lines(begun, "task-completion")["samr"]
    assert line.case_id is None
    assert line.supervision is not None
    assert begun.case(line.supervision).fields["obligation_due_on"] == "2026-11-30"


def test_the_next_year_plans_itself(begun: Office) -> None:
    begun.on("2027-01-20")
    found = lines(begun, "joint-plan")
    assert found["samr"].period == "2027"
    plans = [each for each in cases(begun, "joint_plan") if each.fields["plan_year"] == 2027]
    assert {each.jurisdiction for each in plans} == {"chaoyang"}


def test_an_idle_tick_is_one_statement_however_many_cases_are_open(begun: Office) -> None:
    few = len(cases(begun, "annual_plan"))
    assert few > 10
    with tally(begun.engine.store) as counted:
        assert scheduler.tick(begun.engine) == 0
    assert counted.count == 1, str(counted)
    begun.on("2026-03-25")  # and with as many reminders
    with tally(begun.engine.store) as counted:
        assert scheduler.tick(begun.engine) == 0
    assert counted.count == 1, str(counted)


def test_the_days_come_from_the_pack(begun: Office) -> None:
    line = lines(begun, "annual-plan")[""]
    assert line.due_at == clock.end_of_day(begun.today.replace(month=4, day=1))
