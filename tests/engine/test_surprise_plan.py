"""A plan made for a surprise stays unsaid until its last visit; then it goes out with the list."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from engine import clock, supervise
from engine.errors import RuleBroken
from tests.engine import chains
from tests.engine.office import Office, payloads

SECRET: dict[str, Any] = {"plan_surprise": True, "plan_surprise_ground": "提前公示会使问题食品转移"}
SURPRISE: dict[str, Any] = {
    "surprise": True,
    "surprise_ground": "防止转移问题食品",
    "surprise_ground_given": True,
    "task_kind": "临时任务",
    "task_end": "2026-03-31",
}
WINDOW = {"window_start": "2026-03-02", "window_end": "2026-03-31"}


@pytest.fixture
def office(office: Office, tmp_path: Path) -> Office:
    """An office on either database, with a folder of its own for the key."""
    office.engine.var = tmp_path
    return office


def _plan(office: Office, jurisdiction: str = "chaoyang", **said: Any) -> UUID:
    """Return a temporary plan that went as far as it goes by itself."""
    plan = office.open(
        "ad_hoc_plan",
        by=f"{chains.PREFIX[jurisdiction]}-samr-handler1",
        lead="samr",
        jurisdiction=jurisdiction,
        title="餐饮服务临时抽查",
    )
    line = {
        "plan_name": "餐饮服务临时抽查",
        "plan_year": 2026,
        "items": chains.ITEMS[jurisdiction],
        "item_class": "一般",
        "ratio": "5%",
    }
    office.do(plan, "draft", **{**line, **WINDOW, **said})
    for element in ("sign_off", "submit", "review"):
        if (element, "") in office.open_tasks(plan):
            office.do(plan, element)
    return plan


def _due(office: Office, case_id: UUID, rule: str) -> datetime | None:
    running = office.case(case_id).deadlines.values()
    (due,) = [deadline.due_at for deadline in running if deadline.rule == f"rule:{rule}"]
    return due


def _rules(office: Office, case_id: UUID) -> set[str]:
    return {said["rule"] for said in payloads(office.records(case_id), "deadline-set")}


@pytest.mark.parametrize("jurisdiction", ["chaoyang", "panjin"])
def test_a_plan_made_for_a_surprise_is_approved_and_neither_published_nor_late(
    office: Office, jurisdiction: str
) -> None:
    plan = _plan(office, jurisdiction, **SECRET)
    case = office.case(plan)
    assert case.is_closed
    assert case.fields["plan_approved"] is True
    assert case.fields["plan_withheld"] is True
    assert office.publications() == []
    assert "rule:计划公示期限" not in _rules(office, plan)
    assert office.audit(plan).is_clean


def test_a_plan_that_can_be_published_has_its_clock(office: Office) -> None:
    plan = _plan(office)
    assert [row["number"] for row in office.publications(kind="plan")] == [office.case(plan).number]
    due = _due(office, plan, "计划公示期限")
    assert due == clock.end_of_day(date(2026, 3, 9)), "five working days after the approval"
    office.on("2026-03-10")
    (missed,) = payloads(office.records(plan), "deadline-missed")
    assert missed["rule"] == "计划公示期限"
    assert ("supervise", "") in office.open_tasks(plan)


def test_a_plan_kept_secret_serves_no_ordinary_inspection(office: Office) -> None:
    plan = _plan(office, **SECRET)
    with pytest.raises(RuleBroken, match="只能用于突击检查"):
        chains.task(office, plan, **{**SURPRISE, "surprise": False})


@pytest.mark.parametrize(
    ("jurisdiction", "last", "late"),
    [("chaoyang", date(2026, 3, 27), "2026-03-28"), ("panjin", date(2026, 4, 3), "2026-04-04")],
)
def test_nothing_of_a_surprise_is_late_before_its_last_visit_and_its_clocks_run_from_there(
    office: Office, jurisdiction: str, last: date, late: str
) -> None:
    plan = _plan(office, jurisdiction, **SECRET)
    task = chains.task(office, plan, jurisdiction, plan_case=office.case(plan).number, **SURPRISE)
    while "inspections_opened_on" not in office.case(task).fields:
        element, key = next(iter(office.open_tasks(task)))
        office.do(task, element, key=key)
    office.on("2026-03-20")
    assert office.publications() == []
    for case_id in (plan, task):
        assert "deadline-missed" not in office.kinds(case_id)
    assert supervise.overview(office.engine, jurisdiction).findings == ()
    for visit in office.children(task, "inspection"):
        chains.until(office, visit, "record")
    for rule in ("任务公示期限", "名单公示期限"):
        assert _due(office, task, rule) == clock.end_of_day(last), "from the last visit"
    (told,) = office.publications(kind="task")
    shown = told["body"]
    assert shown["plan_case"] == office.case(plan).number
    assert shown["plan_name"] == "餐饮服务临时抽查"
    assert shown["approved_on"] == "2026-03-02"
    office.on(late)
    missed = {said["rule"] for said in payloads(office.records(task), "deadline-missed")}
    assert {"任务公示期限", "名单公示期限"} <= missed
    assert "deadline-missed" not in office.kinds(plan)
    office.on("2026-04-07")
    seen = {found.branch.code for found in supervise.overview(office.engine, jurisdiction).findings}
    assert not seen & {"L02", "L03", "L04"}, "the plan was drawn and nobody owed it to the public"
    assert all(office.audit(each).is_clean for each in (plan, task))
