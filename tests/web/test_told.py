"""The history of a case says what was done under the name of the task."""

from __future__ import annotations

from tests.engine import chains
from tests.web.conftest import House


def test_a_departments_list_is_no_opinion_but_its_task(house: House) -> None:
    task = chains.drawn_task(house.office)
    (visit, *_) = house.office.children(task, "inspection")
    chains.until(house.office, visit, "checklists")
    house.office.do(visit, "checklists", key="fire")
    number = house.office.case(visit).number
    page = house.visitor("cy-samr-handler1").page(f"/cases/{number}")
    assert "区消防救援大队办理「填写部门检查表」" in page
    assert "提交意见" not in page
