"""The page of tasks that nobody can do: for whoever keeps the people, and whoever coordinates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store import people
from tests.web.conftest import House

KEEPER = "cy-samr-process-admin1"
SEAT = ("statistics", "head")


@pytest.fixture
def empty_chair(house: House) -> Iterator[str]:
    """Return the number of a plan that waits for a head its department does not have."""
    office, (department, position) = house.office, SEAT
    case_id = office.open("annual_plan", by=f"cy-{department}-handler1", lead=department)
    office.do(case_id, "draft", plan_year=2026, ratio="5%", window_end="2026-11-30")
    now = office.engine.now()
    with office.engine.store.write() as tx:
        held = [p for p in people.everyone(tx, "chaoyang", at=now) if p.has(position, department)]
        for each in held:
            people.withdraw(tx, each.id, department=department, position=position, at=now)
    yield office.case(case_id).number
    with office.engine.store.write() as tx:
        for each in held:
            people.grant(tx, each.id, department=department, position=position, since=now)


def test_the_keeper_is_reminded_and_sees_who_is_missing(house: House, empty_chair: str) -> None:
    keeper = house.visitor(KEEPER)
    assert "没有人在岗可办" in keeper.page("/tasks")
    page = keeper.page("/unassigned")
    assert empty_chair in page
    assert "审签年度抽查计划" in page
    assert "统计局" in page
    assert "部门负责人" in page
    assert "授予岗位" in page


def test_the_coordinator_sees_it_and_others_do_not(house: House, empty_chair: str) -> None:
    assert empty_chair in house.visitor("cy-samr-coordinator").page("/unassigned")
    handler = house.visitor("cy-samr-handler1")
    assert handler.get("/unassigned").status_code == 403
    assert "没有人在岗可办" not in handler.page("/tasks")
    assert empty_chair not in house.visitor("pj-samr-process-admin1").page("/unassigned")
