"""The publication and record clocks of both cities, on the calendar as the State Council set it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rules.pack import Law
from rules.verdict import Verdict

VECTORS = [
    ("2020-04-27", 10, "2020-05-13"),
    ("2020-09-25", 10, "2020-10-15"),
    ("2020-06-24", 7, "2020-07-06"),
    ("2021-02-05", 10, "2021-02-24"),
    ("2021-09-15", 7, "2021-09-26"),
    ("2021-09-30", 7, "2021-10-15"),
    ("2026-02-13", 10, "2026-03-05"),
    ("2026-09-24", 7, "2026-10-12"),
]


@pytest.mark.parametrize(("start", "count", "last"), VECTORS)
def test_working_days_follow_the_make_up_days(
    chaoyang: Law, start: str, count: int, last: str
) -> None:
    found = chaoyang.calendar.add_working_days(date.fromisoformat(start), count)
    assert found == date.fromisoformat(last)


def test_the_calendar_ends_with_the_last_published_year(law: Law) -> None:
    assert law.calendar.years == tuple(range(2020, 2027))
    assert law.calendar.is_working_day(date(2027, 1, 4)) is None


def test_the_extended_spring_festival_of_2020_is_in_the_calendar(law: Law) -> None:
    assert law.calendar.is_working_day(date(2020, 1, 31)) is False
    assert law.calendar.is_working_day(date(2020, 2, 3)) is True


@pytest.mark.parametrize(
    ("rule", "field", "start", "last"),
    [
        ("计划公示期限", "approved_on", "2020-04-27", "2020-05-13"),
        ("任务公示期限", "task_approved_on", "2026-02-13", "2026-03-05"),
        ("名单公示期限", "objects_drawn_on", "2020-09-25", "2020-10-15"),
        ("结果公示期限", "result_formed_on", "2021-02-05", "2021-02-24"),
        ("处理决定公示期限", "decision_on", "2020-06-24", "2020-07-06"),
    ],
)
def test_panjin_publishes_within_the_days_of_clause_12(
    panjin: Law, rule: str, field: str, start: str, last: str
) -> None:
    record = {f"case.{field}": start, "case.decision_kind": "行政处罚"}
    due = panjin.due(rule, panjin.facts(record), on=date.fromisoformat(start))
    assert due.last_day == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ("计划公示期限", "approved_on"),
        ("任务公示期限", "task_approved_on"),
        ("名单公示期限", "objects_drawn_on"),
        ("结果公示期限", "result_formed_on"),
    ],
)
def test_chaoyang_publishes_within_its_local_default_of_five_working_days(
    chaoyang: Law, rule: str, field: str
) -> None:
    due = chaoyang.due(rule, chaoyang.facts({f"case.{field}": "2026-11-02"}), on=date(2026, 11, 2))
    assert due.last_day == date(2026, 11, 9)
    readings = " ".join(reading.text for reading in chaoyang.rule(rule).interpretations)
    assert "本地默认" in readings


def test_the_last_day_is_in_time_until_midnight_in_shanghai(panjin: Law) -> None:
    facts = panjin.facts({"case.result_formed_on": "2021-02-05"})
    due = panjin.due("结果公示期限", facts, on=date(2021, 2, 5))
    assert due.due_at == datetime(2021, 2, 24, 16, tzinfo=UTC)


def test_chaoyang_records_on_the_day_and_uploads_within_seven_working_days_for_cause(
    chaoyang: Law,
) -> None:
    record = {"case.ended_on": "2026-09-24"}
    on = date(2026, 9, 24)
    assert chaoyang.due("检查登记期限", chaoyang.facts(record), on=on).last_day == on
    assert chaoyang.due("结果上传期限", chaoyang.facts(record), on=on).last_day == on
    special = record | {"case.special_case": True, "case.special_reason_given": True}
    due = chaoyang.due("结果上传期限", chaoyang.facts(special), on=on)
    assert due.last_day == date(2026, 10, 12)


def test_a_special_case_without_a_reason_extends_nothing(chaoyang: Law) -> None:
    record = {
        "case.ended_on": "2026-09-24",
        "case.special_case": True,
        "case.special_reason_given": False,
    }
    due = chaoyang.due("结果上传期限", chaoyang.facts(record), on=date(2026, 9, 24))
    assert due.last_day == date(2026, 9, 24)


@pytest.mark.parametrize("rule", ["计划公示期限", "名单公示期限"])
def test_a_deadline_that_needs_an_unpublished_year_has_no_date(law: Law, rule: str) -> None:
    facts = law.facts({"case.approved_on": "2026-12-28", "case.objects_drawn_on": "2026-12-28"})
    due = law.due(rule, facts, on=date(2026, 12, 28))
    assert (due.last_day, due.due_at) == (None, None)
    assert any("2027" in missing for missing in due.missing)
    assert due.provisional is not None


def test_a_verdict_that_needs_an_unpublished_year_is_open(law: Law) -> None:
    record = {"case.approved_on": "2026-12-28", "case.plan_published_on": "2027-01-20"}
    answer = law.assess("计划公示期限", law.facts(record), on=date(2027, 1, 20))
    assert answer.verdict is Verdict.UNDETERMINED


def test_publishing_the_year_closes_the_question(panjin: Law) -> None:
    year = {"base/calendar/2027.csv": b"date,kind\n2027-01-01,holiday\n"}
    later = panjin.with_calendar(year)
    facts = later.facts({"case.approved_on": "2026-12-25"})
    assert later.due("计划公示期限", facts, on=date(2026, 12, 25)).last_day == date(2027, 1, 11)


def test_yearly_dates_take_their_year_from_the_plan(chaoyang: Law) -> None:
    facts = chaoyang.facts({"case.plan_year": 2026, "case.window_end": "2027-01-15"})
    answer = chaoyang.assess("计划截止日", facts, on=date(2026, 3, 1))
    assert answer.verdict is Verdict.BREACH


SERVICE_CLOCKS = {
    "审签期限": "drafted_on",
    "会签期限": "countersign_sent_on",
    "审核期限": "submitted_on",
    "人员库添加期限": "staff_requested_on",
    "提前告知期限": "visit_planned_on",
    "检查登记期限": "ended_on",
    "结果反馈期限": "ended_on",
    "结果上传期限": "ended_on",
    "结论期限": "ended_on",
    "告知书送达期限": "result_formed_on",
    "归档期限": "result_formed_on",
    "替补申请期限": "step_opened_on",
    "责令审签期限": "order_drafted_on",
    "整改复查期限": "rectify_by",
    "立案审查期限": "case_lead_on",
    "移送期限": "transfer_lead_on",
    "移送回执期限": "transferred_on",
}


@pytest.mark.parametrize(("rule", "field"), sorted(SERVICE_CLOCKS.items()))
def test_every_clock_of_the_common_processes_gives_a_day_from_its_event_alone(
    law: Law, rule: str, field: str
) -> None:
    due = law.due(rule, law.facts({f"case.{field}": "2026-11-03"}), on=date(2026, 11, 3))
    assert due.last_day is not None
    assert due.missing == ()
