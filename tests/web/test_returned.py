"""A task that came back says why; a form that came too late gives back what was written."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update

from engine.commands import CompleteTask
from engine.store.tables import events
from tests.engine import chains, forgery
from tests.web.conftest import House
from tests.web.visitor import readable

HANDLER, HEAD, FIRE = "cy-samr-handler1", "cy-samr-head", "cy-fire-handler1"
OPINION = "比例请按信用风险等级分开写"


@pytest.fixture
def plan(house: House) -> UUID:
    return chains.drafted_plan(house.office)


def number_of(house: House, plan: UUID) -> str:
    return house.office.case(plan).number


def sent_back(house: House, plan: UUID) -> None:
    house.office.do(plan, "sign_off", sign_off_decision="退回修改", sign_off_opinion=OPINION)


def test_whoever_drafts_again_reads_first_who_sent_it_back_and_why(
    house: House, plan: UUID
) -> None:
    sent_back(house, plan)
    visitor = house.visitor(HANDLER)
    page = visitor.get(f"/tasks/{number_of(house, plan)}/draft").text
    note = page[page.index('id="returned"') :].partition("<form")[0]
    told = readable(note)
    assert "这是第 2 次办理。" in told
    assert "办理「审签部门联合抽查计划」后转回。" in told
    assert f"意见内容 {OPINION}" in told
    assert page.count(OPINION) == 1


def test_a_task_that_comes_again_in_the_ordinary_way_was_not_sent_back(
    house: House, plan: UUID
) -> None:
    sent_back(house, plan)
    house.office.do(plan, "draft")
    page = house.visitor(HEAD).get(f"/tasks/{number_of(house, plan)}/sign_off").text
    assert 'id="returned"' not in page


def test_whoever_judges_a_second_time_begins_without_the_first_judgement(
    house: House, plan: UUID
) -> None:
    sent_back(house, plan)
    house.office.do(plan, "draft")
    page = house.visitor(HEAD).get(f"/tasks/{number_of(house, plan)}/sign_off").text
    assert OPINION not in page
    assert "checked" not in page


def test_each_department_has_a_line_and_what_it_said_before_is_marked(
    house: House, plan: UUID
) -> None:
    office = house.office
    said = {"countersign_opinion": "提出意见", "countersign_text": "避开开学"}
    office.do(plan, "sign_off")
    office.do(plan, "countersign", key="fire", **said)
    chains.until(office, plan, "review")
    office.do(plan, "review", review_decision="退回修改", review_opinion="请修改")
    chains.until(office, plan, "submit", countersign={"countersign_opinion": "确认"})
    page = house.visitor(HANDLER).page(f"/tasks/{number_of(house, plan)}/submit")
    assert "此前：区消防救援大队" in page
    assert "，2026-03-02）提出意见；避开开学" in page
    assert "，2026-03-02）确认" in page


def test_who_was_slower_reads_who_was_quicker_and_gets_back_what_was_written(
    house: House, plan: UUID
) -> None:
    address = f"/tasks/{number_of(house, plan)}/sign_off"
    slower = house.visitor(HEAD)
    written = {"sign_off_decision": "同意", "sign_off_opinion": OPINION}
    house.office.do(plan, "sign_off")
    answer = slower.post(address, written)
    assert answer.status_code == 409
    told = readable(answer.text)
    assert "现在不在待办状态，已由" in told
    assert f"意见内容 {OPINION}" in told
    assert "审签意见 同意" in told


def test_who_checked_the_answers_too_long_gets_them_back_as_well(house: House) -> None:
    plan = house.office.open("joint_plan", by=HANDLER, lead="samr", title="计划")
    number = number_of(house, plan)
    slower = house.visitor(HANDLER)
    slower.post(f"/tasks/{number}/draft", {"plan_name": "我的计划", "_do": "draft"})
    house.office.do(plan, "draft", by="cy-samr-handler2", ratio="5%")
    answer = slower.post(f"/tasks/{number}/draft/check", {"seal": "x"})
    assert answer.status_code == 409
    assert "计划名称 我的计划" in readable(answer.text)


def test_nobody_gets_back_a_step_that_was_never_theirs_to_write(house: House, plan: UUID) -> None:
    answer = house.visitor(FIRE).post(f"/tasks/{number_of(house, plan)}/nowhere", {})
    assert answer.status_code == 409
    assert "您填写的内容" not in answer.text


def test_while_the_clock_stands_still_a_task_still_says_that_it_came_back(
    house: House, plan: UUID
) -> None:
    """The clock of a demonstration stands: its whole morning is one instant."""
    office, moment = house.office, house.office.hand.moment
    office.engine.now = lambda: moment
    number = number_of(house, plan)
    for element, login, wishes in (
        ("sign_off", HEAD, {"sign_off_decision": "退回修改", "sign_off_opinion": OPINION}),
        ("draft", HANDLER, {}),
        ("sign_off", HEAD, {"sign_off_decision": "退回修改", "sign_off_opinion": OPINION}),
    ):
        address = f"/tasks/{number}/{element}"
        told = house.visitor(login).page(address)
        assert ("次办理。" in told) == (element == "draft")
        slot = (element, "")
        command = CompleteTask(
            case_id=plan,
            actor=office.person(login),
            element=element,
            key="",
            data=office.answer(office.case(plan), slot, **wishes),
        )
        office.engine.handle(command)
        office.settle()
    page = house.visitor(HANDLER).page(f"/tasks/{number}/draft")
    assert "这是第 3 次办理。" in page
    assert "办理「审签部门联合抽查计划」后转回。" in page
    assert len({each.at for each in office.records(plan)[-3:]}) == 1


def test_the_list_of_tasks_marks_what_was_sent_back_and_nothing_else(
    house: House, plan: UUID
) -> None:
    mark = "退回，第 2 次办理"
    handler, head = house.visitor(HANDLER), house.visitor(HEAD)
    assert mark not in head.page("/tasks")
    sent_back(house, plan)
    assert mark in handler.page("/tasks")
    house.office.do(plan, "draft")
    assert "审签部门联合抽查计划" in head.page("/tasks")
    assert mark not in head.page("/tasks"), "it comes a second time in the ordinary way"


@pytest.mark.parametrize("upto", [1, 1000])
def test_a_history_that_does_not_fit_keeps_nobody_from_the_list_of_tasks(
    house: House, plan: UUID, upto: int
) -> None:
    sent_back(house, plan)
    with house.office.engine.store.write() as tx:
        forgery.unlock(tx)
        broken = (events.c.case_id == plan) & (events.c.seq <= upto)
        tx.execute(update(events).where(broken).values(body=b"{"))
    assert "编制部门联合抽查计划" in house.visitor(HANDLER).page("/tasks")
