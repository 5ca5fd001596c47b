"""A case as a film: parts of a diagram are active, done and counted like its elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.engine import chains
from tests.web.conftest import House
from tests.web.test_draw_day import until
from web import diagrams


def film(house: House, number: str) -> list[Mapping[str, Any]]:
    visitor = house.visitor("cy-samr-handler1")
    played = visitor.get(f"/cases/{number}/events.json").get_json()["events"]
    return [event["state"] for event in played]


def test_a_part_is_active_while_somebody_works_inside_and_done_when_it_is_left(
    house: House,
) -> None:
    office = house.office
    case_id = chains.task(office, chains.approved_plan(office))
    until(house, case_id, "record")
    pictures = film(house, office.case(case_id).number)
    drafting = next(each for each in pictures if "strategy" in each["active"])
    assert {"strategic"} == {"strategic", "listing", "chance"} & set(drafting["active"])
    assert "strategic_begin" in drafting["done"]
    now = pictures[-1]
    assert {"record", "chance"} <= set(now["active"])
    assert not {"strategic", "listing"} & set(now["active"])
    assert {"strategic", "strategic_end", "listing", "chance_gate", "chance_begin"} <= set(
        now["done"]
    )
    assert now["count"]["strategic"] == 1
    assert {"choose__strategic", "chance_gate__chance"} <= set(now["path"])
    assert "chance_gate__strategic" not in now["path"]  # nobody was sent back
    assert "promise_late__pledging_end" not in now["path"]  # the clock fell away, unfired


def test_what_is_sent_back_inside_a_part_does_not_leave_it(house: House) -> None:
    office = house.office
    case_id = chains.task(office, chains.approved_plan(office))
    until(house, case_id, "approve")
    office.do(case_id, "approve", task_decision="退回修改")
    again = film(house, office.case(case_id).number)[-1]
    assert again["active"][0] == "strategy"
    assert again["count"]["strategic"] == 1  # sent back inside the part, which was never left
    assert again["count"]["strategy"] == 2


def test_a_flow_into_a_part_leads_to_its_start_and_its_ends_lead_on(house: House) -> None:
    source = next(
        each for each in house.shelves["chaoyang"].diagrams.values() if b'id="strategic"' in each
    )
    leads = diagrams.flows(source)
    assert leads["choose"] == [("choose__strategic", "strategic_begin")]
    assert leads["strategic_end"] == [("strategic__joint_gate", "joint_gate")]
    assert leads["visits_end"] == [("carry_out__join", "join")]
    assert leads["join"] == [("join__concluding", "concluding_begin")]
    assert leads["concluding_end"] == [("concluding__conducting_end", "conducting_end")]
    assert leads["conducting_end"] == [("conducting__finished", "finished")]


def test_a_version_lists_its_parts_with_their_help_and_what_lies_in_them(house: House) -> None:
    case_id = chains.task(house.office, chains.approved_plan(house.office))
    version = house.office.case(case_id).version
    address = f"/studio/versions/{version}"
    page = house.visitor("cy-samr-handler1").page(address)
    assert "抽查策略 › 编制抽取策略" in page
    assert "▸ 抽查策略" in page
    markup = house.visitor("cy-samr-handler1").get(address).text
    assert f'data-diagram="{address}/diagram.bpmn"' in markup
    assert '<tr data-element="strategy">' in markup
    assert "发起部门编制抽取策略，负责人审批" in page
