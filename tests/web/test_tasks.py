"""From the list of tasks to the result: nothing typed is lost, nothing is handed in twice."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.datastructures import MultiDict

from engine.store import people
from tests.web.conftest import House
from tests.web.visitor import Visitor, readable
from web.named import named

HANDLER, OTHER_HANDLER, HEAD = "cy-samr-handler1", "cy-samr-handler2", "cy-samr-head"


@pytest.fixture
def plan(house: House) -> str:
    """The number of a fresh joint plan of the market regulator; its draft is the open task."""
    case_id = house.office.open(
        "joint_plan", by=HANDLER, lead="samr", title="2026 年餐饮联合抽查计划"
    )
    return house.office.case(case_id).number


@pytest.fixture
def draft(house: House, plan: str) -> str:
    """The address of the task in which the plan is drafted."""
    page = house.visitor(HANDLER).get(f"/cases/{plan}").text
    found = re.search(rf'href="(/tasks/{plan}/[^"]+)"', page)
    assert found is not None
    return found[1]


def filled(**changes: Any) -> MultiDict[str, Any]:
    answers: dict[str, Any] = {
        "plan_kind": "部门联合计划",
        "plan_name": "2026 年度餐饮服务部门联合抽查",
        "plan_year": "2026",
        "domain": "餐饮服务",
        "items": ["CY-SAMR-01", "CY-SAMR-02"],
        "item_class": "一般",
        "ratio": "5",
        "base_count": "200",
        "window_start": "2026-03-16",
        "window_end": "2026-10-30",
        "participants": ["fire", "health"],
        "participants_allowed": "true",
        "tier_differentiated": "true",
    }
    return MultiDict(answers | changes)


def test_an_open_task_is_in_the_list_of_those_who_may_do_it(house: House, plan: str) -> None:
    assert plan in house.visitor(HANDLER).page(f"/tasks?q={plan}")
    assert plan in house.visitor(OTHER_HANDLER).page(f"/tasks?q={plan}")
    assert plan not in house.visitor("cy-fire-handler1").page("/tasks")


def test_the_list_costs_the_same_few_statements_however_long_it_is(house: House, plan: str) -> None:
    visitor = house.visitor(HANDLER)
    visitor.get("/tasks")
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    engine = house.office.engine.store.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get("/tasks")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) <= 8, statements


def test_somebody_else_cannot_open_the_task(house: House, draft: str) -> None:
    text = house.visitor("cy-fire-handler1").page(draft, 403)
    assert "您当前的岗位不能办理" in text


def test_a_claimed_task_shows_who_holds_it(house: House, draft: str) -> None:
    mine, other = house.visitor(HANDLER), house.visitor(OTHER_HANDLER)
    assert mine.post(f"{draft}/claim").status_code == 303
    assert "我已领取" in mine.page(draft)
    text = other.page(draft)
    assert "领取。需要由您办理的" in text
    assert other.post(f"{draft}/claim").status_code == 409
    assert mine.post(f"{draft}/release", {"reason": "外出"}).status_code == 303
    assert other.post(f"{draft}/claim").status_code == 303


def test_a_task_can_be_handed_to_a_colleague_of_the_same_position(house: House, draft: str) -> None:
    mine = house.visitor(HANDLER)
    mine.post(f"{draft}/claim")
    to = house.office.person(OTHER_HANDLER)
    assert mine.post(f"{draft}/transfer", {"to": to, "reason": "出差"}).status_code == 303
    assert "我已领取" in house.visitor(OTHER_HANDLER).page(draft)
    stranger = house.office.person("cy-fire-handler1")
    answer = house.visitor(OTHER_HANDLER).post(
        f"{draft}/transfer", {"to": stranger, "reason": "试试"}
    )
    assert answer.status_code == 403


def test_mistakes_are_listed_and_every_answer_stays(house: House, draft: str) -> None:
    visitor = house.visitor(HANDLER)
    answer = visitor.post(draft, filled(ratio="许多", window_end="", plan_name="保留我写的名称"))
    assert answer.status_code == 422
    assert "有 2 处需要改正" in answer.text
    assert 'href="#f-ratio"' in answer.text
    assert 'href="#f-window_end"' in answer.text
    assert 'value="保留我写的名称"' in answer.text
    assert 'value="许多"' in answer.text
    assert re.search(r'value="fire"[^>]* checked', answer.text)


def test_a_draft_is_kept_for_its_writer_alone(house: House, draft: str) -> None:
    mine = house.visitor(HANDLER)
    kept = mine.post(draft, {"_do": "draft", "plan_name": "写了一半", "ratio": "不是数"})
    assert kept.status_code == 303
    text = mine.get(draft).text
    assert 'value="写了一半"' in text
    assert 'value="不是数"' in text
    assert "写了一半" not in house.visitor(OTHER_HANDLER).get(draft).text


def handed_in(visitor: Visitor, address: str, answers: MultiDict[str, Any]) -> str:
    """Fill in, check the answers, confirm; return where that leads."""
    checked = visitor.post(address, answers)
    assert checked.status_code == 303, checked.text
    assert checked.headers["Location"] == f"{address}/check"
    page = visitor.get(f"{address}/check").text
    seal = re.search(r'name="seal" value="([0-9a-f]+)"', page)
    turn = re.search(r'name="turn" value="(\d+)"', page)
    assert seal is not None
    assert turn is not None
    done = visitor.post(f"{address}/check", {"seal": seal[1], "turn": turn[1]})
    assert done.status_code == 303, done.text
    return done.headers["Location"]


def test_what_cannot_be_undone_is_shown_once_more_before_it_counts(
    house: House, draft: str
) -> None:
    visitor = house.visitor(HANDLER)
    assert visitor.post(draft, filled()).headers["Location"] == f"{draft}/check"
    text = visitor.page(f"{draft}/check")
    assert "抽查比例 5%" in text
    assert "区消防救援大队" in text
    assert "CY-SAMR-01" in text


def test_handing_in_leads_to_what_followed_from_it(house: House, draft: str, plan: str) -> None:
    visitor = house.visitor(HANDLER)
    result = handed_in(visitor, draft, filled())
    assert result.startswith(f"/cases/{plan}/steps/")
    text = visitor.page(result)
    assert "办理「" in text
    assert "接下来" in text


def test_a_second_hand_in_of_the_same_form_is_refused(house: House, draft: str) -> None:
    visitor = house.visitor(HANDLER)
    handed_in(visitor, draft, filled())
    again = visitor.post(draft, filled())
    assert again.status_code == 409
    told = readable(again.text)
    who = house.office.person(HANDLER)
    assert "「编制部门联合抽查计划」现在不在待办状态，已由" in told, "the task by its name"
    assert who not in told
    assert "查看案件" in told


def test_a_refusal_names_people_and_never_their_ids(house: House, draft: str, plan: str) -> None:
    house.visitor(HANDLER).post(f"{draft}/claim")
    refused = house.visitor(OTHER_HANDLER).post(f"{draft}/claim")
    assert refused.status_code == 409
    told = readable(refused.text)
    with house.office.engine.store.read() as tx:
        me = people.by_login(tx, HANDLER, at=house.office.engine.now())
    assert me is not None
    assert f"已由{me.name}领取" in told
    assert me.id not in told
    with house.app.test_request_context():
        stranger = "01980000-0000-7000-8000-000000000000"
        assert named(f"{me.id}、{stranger}") == f"{me.name}、{stranger}"


def test_answers_changed_after_the_check_are_checked_again(house: House, draft: str) -> None:
    visitor = house.visitor(HANDLER)
    visitor.post(draft, filled())
    seal = re.search(r'name="seal" value="([0-9a-f]+)"', visitor.get(f"{draft}/check").text)
    assert seal is not None
    visitor.post(draft, filled(ratio="6"))
    assert visitor.post(f"{draft}/check", {"seal": seal[1]}).status_code == 409


def test_an_unknown_case_or_task_is_said_to_be_unknown(house: House, plan: str) -> None:
    visitor = house.visitor(HANDLER)
    assert visitor.get("/tasks/CY-2026-LH-9999/draft").status_code == 404
    assert visitor.get(f"/tasks/{plan}/nothing").status_code == 409
    assert visitor.get("/no/such/page").status_code == 404


def test_an_attachment_is_handed_out_only_through_a_case_that_names_it(
    house: House, draft: str, plan: str
) -> None:
    visitor = house.visitor(HANDLER)
    answers = filled()
    answers.add("plan_files", (io.BytesIO(b"scheme"), "../方案.pdf"))
    handed_in(visitor, draft, answers)
    text = visitor.get(f"/cases/{plan}").text
    found = re.search(rf'href="(/cases/{plan}/files/[0-9a-f]+)">方案\.pdf<', text)
    assert found is not None
    with visitor.get(found[1]) as answer:
        assert answer.data == b"scheme"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    other = found[1][:-1] + ("0" if found[1][-1] != "0" else "1")
    assert visitor.get(other).status_code == 404


def test_a_rule_that_forbids_says_so_beside_its_clause_and_keeps_the_answers(
    house: House, draft: str
) -> None:
    visitor = house.visitor(HANDLER)
    visitor.post(draft, filled(participants_allowed=""))
    page = visitor.get(f"{draft}/check").text
    seal = re.search(r'name="seal" value="([0-9a-f]+)"', page)
    assert seal is not None
    refused = visitor.post(f"{draft}/check", {"seal": seal[1]})
    assert refused.status_code == 422
    assert "参与部门在清单范围内" in refused.text
    assert "CY2021" in refused.text
    assert 'value="2026 年度餐饮服务部门联合抽查"' in refused.text
