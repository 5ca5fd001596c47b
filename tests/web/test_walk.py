"""One plan from its draft to the public result, by clicks and keys of everybody it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from engine import joint
from engine.demo.answers import Scene
from tests.engine.chains import ITEMS, PLAN
from tests.engine.office import Office
from tests.web.walking import DESK, PHONE, Walk, walking

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

pytestmark = pytest.mark.browser

HANDLER = "cy-samr-handler1"
AUDITOR = "cy-justice-auditor"
TITLE = "2026年度餐饮服务部门联合抽查"
LINE: dict[str, Any] = {
    "task_name": TITLE,
    "items": ITEMS["chaoyang"],
    "item_class": "一般",
    "ratio": "5%",
    "task_start": "2026-03-02",
    "task_end": "2026-11-30",
    "joint": True,
    "participants": ["fire", "health"],
}


@pytest.fixture
def walk(
    browser: Browser,
    serve: Callable[[WSGIApplication], str],
    sqlite_office: Office,
    tmp_path: Path,
) -> Iterator[Walk]:
    """An office of its own behind a real server: its clock runs on while people walk."""
    with walking(browser, serve, sqlite_office, tmp_path, "walk") as begun:
        yield begun


def test_a_plan_is_walked_from_its_draft_to_the_public_result(walk: Walk) -> None:
    plan = plan_is_made(walk)
    task = task_is_drawn(walk, plan)
    inspection = business_in_order(walk.office, task)
    business_is_inspected(walk, inspection)
    for case_id in (task, inspection):
        auditor_computes_again(walk, case_id)
    anybody_reads_the_board(walk, plan, task, inspection)


def plan_is_made(walk: Walk) -> UUID:
    plan = walk.open_plan(HANDLER, "部门联合抽查计划", f"{TITLE}计划")
    did = [
        walk.do(plan, "draft", **PLAN, items=ITEMS["chaoyang"]),
        walk.do(plan, "sign_off"),
        walk.do(plan, "countersign", key="fire"),
        walk.do(plan, "countersign", key="health"),
        walk.do(plan, "coordinate"),
        walk.do(plan, "submit"),
        walk.do(plan, "review"),
        walk.do(plan, "receipt"),
    ]
    assert len(set(did)) == 6
    assert walk.office.case(plan).is_closed
    return plan


def task_is_drawn(walk: Walk, plan: UUID) -> UUID:
    task = walk.open_task(HANDLER, plan, TITLE)
    assert walk.office.case(task).fields["plan_case"] == walk.office.case(plan).number
    walk.do(task, "choose", **LINE)
    walk.do(task, "strategy")
    walk.do(task, "approve")
    walk.do(task, "pools", key="fire")
    walk.do(task, "pools", key="health")
    first = random_value(walk, task, "record", "beacon_value")
    second = random_value(walk, task, "verify", "beacon_value_again")
    assert first != second
    walk.do(task, "receipt")
    walk.page.goto(f"{walk.address}/cases/{walk.office.case(task).number}")
    walk.snap("task-drawn")
    return task


def random_value(walk: Walk, task: UUID, element: str, name: str) -> str:
    """Enter what the round has thrown; a demonstration's page says it."""
    login = walk.begin(task, element)
    said = walk.page.locator("#demo-value code").inner_text()
    expect(walk.page.locator(f"[name={name}]")).to_have_value(said)
    walk.hand_in()
    return login


def business_in_order(office: Office, task: UUID) -> UUID:
    """Return an inspection that will find nothing; which subjects are drawn differs by run."""
    cases = [office.case(case_id) for case_id in office.children(task, "inspection")]
    scenes = (Scene(case=case, element="joint_visit", key="", today=office.today) for case in cases)
    return next(scene.case.case_id for scene in scenes if not scene.has_problem)


def business_is_inspected(walk: Walk, inspection: UUID) -> None:
    walk.do(inspection, "serve_notice")
    visit(walk, inspection)
    for department in ("samr", "fire", "health"):
        walk.do(inspection, "checklists", key=department)
    again: dict[str, Any] = {"returned_departments": ["fire"], "return_reason": "照片不清"}
    walk.do(inspection, "review_lists", lists_decision="退回补正", **again)
    list_is_written_again(walk, inspection, "fire")
    walk.do(inspection, "review_lists", lists_decision="确认")
    for element in ("record", "upload", "conclude", "serve", "receipt"):
        walk.do(inspection, element)
    assert walk.office.case(inspection).is_closed


def list_is_written_again(walk: Walk, inspection: UUID, department: str) -> None:
    """What was written stands in the form again, with the reason beside it; on a phone."""
    case, slot = walk.office.case(inspection), ("checklists", department)
    walk.page.goto(f"{walk.address}/cases/{case.number}")
    expect(walk.page.locator("#checklists")).to_contain_text("退回补正")
    walk.snap("checklists")
    walk.sign_in(walk.login_of(walk.office.holder(case, slot)))
    walk.hold(PHONE)
    walk.page.goto(f"{walk.address}/tasks/{case.number}/checklists@{department}")
    expect(walk.page.locator("main")).to_contain_text("照片不清")
    said = walk.page.locator('[name="item_results.0.codes"]:checked')
    expect(said).to_have_value("未发现问题")
    assert walk.page.locator('[name$=".item"]').count() == len(joint.items_of(case, department))
    walk.begin(inspection, "checklists", key=department)
    walk.hand_in()
    walk.hold(DESK)


def visit(walk: Walk, inspection: UUID) -> None:
    """The leader registers the visit where it is made: on a phone."""
    walk.hold(PHONE)
    walk.do(inspection, "joint_visit")
    walk.hold(DESK)


def auditor_computes_again(walk: Walk, case_id: UUID) -> None:
    number = walk.office.case(case_id).number
    walk.sign_in(AUDITOR)
    walk.page.get_by_role("navigation").get_by_role("link", name="审计").click()
    walk.page.locator(f'a.title[href="/audit/{number}"]').click()
    walk.page.get_by_role("button", name="重新计算").click()
    expect(walk.page.locator("[role=status].note")).to_contain_text("一致")
    walk.snap(f"audit-{number[8:10]}")


def anybody_reads_the_board(walk: Walk, plan: UUID, task: UUID, inspection: UUID) -> None:
    walk.go_public()
    walk.snap("public")
    for case_id, kind in ((plan, "plan"), (task, "task"), (inspection, "result")):
        walk.page.get_by_role("link", name="公示栏目").click()
        walk.page.get_by_label("种类").select_option(kind)
        walk.page.get_by_role("button", name="筛选").click()
        number = walk.office.case(case_id).number
        walk.page.get_by_role("row").filter(has_text=number).get_by_role("link").click()
        expect(walk.page.get_by_role("main")).to_contain_text(number)
        walk.snap(f"public-{kind}")
    subject = walk.office.case(inspection).fields["subject_name"]
    expect(walk.page.get_by_role("main")).to_contain_text(str(subject))
