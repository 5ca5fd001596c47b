"""Long forms stay short: items in groups with a filter, rows in cards that fold, headings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.engine import chains
from tests.engine.crowd import inspection
from tests.web.conftest import House
from tests.web.test_browser import DESK, HANDLER, PHONE, sign_in
from web.forms import schema

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

pytestmark = pytest.mark.browser

INSPECTOR = "cy-samr-1"


@pytest.fixture
def draft(house: House) -> str:
    case_id = house.office.open("joint_plan", by=HANDLER, lead="samr", title="长表单")
    return f"/tasks/{house.office.case(case_id).number}/draft"


@pytest.fixture
def visit(house: House) -> str:
    case_id = inspection(house.office)
    house.office.settle()
    while "visit" not in {element for element, _key in house.office.open_tasks(case_id)}:
        element, key = next(iter(house.office.open_tasks(case_id)))
        house.office.do(case_id, element, key=key)
    return f"/tasks/{house.office.case(case_id).number}/visit"


def test_items_stand_in_groups_that_are_counted_and_filtered(
    page: Page, house: House, serve: Callable[[WSGIApplication], str], draft: str
) -> None:
    address = serve(house.app)
    page.set_viewport_size(DESK)
    sign_in(page, address)
    page.goto(address + draft)
    picker = page.locator("[data-pick]")
    groups = picker.locator("details")
    assert groups.count() > 5
    expect(groups.first).to_have_attribute("open", "")
    expect(groups.nth(1)).not_to_have_attribute("open", "")
    page.locator('input[name=items][value="CY-SAMR-02"]').check()
    expect(picker.locator("output")).to_have_text("已选 1 项")
    expect(groups.first.locator("summary .tag")).to_have_text("已选 1 项")
    picker.get_by_role("searchbox").fill("消防")
    expect(groups.locator("visible=true").first).to_contain_text("消防")
    expect(page.locator('input[name=items][value="CY-SAMR-02"]')).to_be_hidden()
    picker.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(address + draft)
    picker.get_by_role("searchbox").fill("没有这样的事项")
    expect(picker).to_contain_text("没有符合的事项")
    picker.get_by_role("searchbox").fill("")
    expect(page.locator('input[name=items][value="CY-SAMR-02"]')).to_be_checked()


def test_a_plan_is_drafted_without_scripts(house: House, draft: str) -> None:
    visitor = house.visitor(HANDLER)
    page = visitor.get(draft).text
    assert page.count("<summary><span") > 5
    assert "已选 0 项" in page
    saved = visitor.post(draft, {"_do": "draft", "items": ["CY-SAMR-02", "CY-FIRE-01"]})
    assert saved.status_code == 303
    again = visitor.get(draft).text
    assert "已选 2 项" in again
    assert again.count("<details open><summary><span") == 2
    assert '<h2 class="section">' in again


def test_a_visit_is_short_on_a_phone_and_its_buttons_stay_in_sight(
    page: Page, house: House, serve: Callable[[WSGIApplication], str], visit: str
) -> None:
    address = serve(house.app)
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/login")
    page.locator("details", has=page.locator(f"button[value={INSPECTOR}]")).last.click()
    page.locator(f"button[value={INSPECTOR}]").click()
    expect(page).to_have_url(f"{address}/tasks")
    page.goto(address + visit)
    cards = page.locator("[data-card]")
    assert cards.count() == 2
    expect(cards.first).to_have_attribute("open", "")
    expect(cards.nth(1)).not_to_have_attribute("open", "")
    cards.first.get_by_label("未发现问题").check()
    expect(cards.first.locator("[data-card-state]")).to_have_text("未发现问题")
    expect(page.get_by_role("button", name="保存草稿")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("[role=status].note")).to_contain_text("草稿已保存")
    expect(cards.first).not_to_have_attribute("open", "")
    expect(cards.first.locator("summary")).to_contain_text("未发现问题")
    expect(cards.nth(1)).to_have_attribute("open", "")


def test_a_card_with_a_mistake_is_open(house: House, visit: str) -> None:
    visitor = house.visitor(INSPECTOR)
    answer = visitor.post(
        visit,
        {
            "item_results.rows": "2",
            "item_results.0.item": "CY-SAMR-01",
            "item_results.0.codes": "未发现问题",
            "item_results.1.codes": "未发现问题",
        },
    )
    assert answer.status_code == 422
    first, second = answer.text.split("data-card")[1::2]
    assert not first.startswith(" open")
    assert second.startswith(" open")


def test_what_may_be_opened_stands_under_headings_in_the_order_of_the_work(house: House) -> None:
    page = house.visitor(HANDLER).page("/cases/new")
    places = [page.index(words) for words in ("计划和任务", "部门联合抽查计划", "清单、名录和细则")]
    assert places == sorted(places)


def test_groups_keep_the_order_of_their_first_option() -> None:
    options = [
        schema.Option(value=value, title=value, group=group)
        for value, group in (("1", "乙"), ("2", "甲"), ("3", "乙"))
    ]
    found = [
        (group, [each.value for each in members]) for group, members in schema.grouped(options)
    ]
    assert found == [("乙", ["1", "3"]), ("甲", ["2"])]


def test_a_plan_that_was_drafted_shows_its_page(house: House) -> None:
    plan = chains.drafted_plan(house.office)
    page = house.visitor(HANDLER).page(f"/cases/{house.office.case(plan).number}")
    assert "2026年度餐饮服务部门联合抽查计划" in page
