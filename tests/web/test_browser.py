"""The pages in a real browser: on a desk, on a phone, without scripts, in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.conftest import Shoot
from tests.web.conftest import House

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

pytestmark = pytest.mark.browser

HANDLER = "cy-samr-handler1"
DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)

# Chinese that is not marked as Chinese, on a page in English.
UNMARKED = """
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const holder = walker.currentNode.parentElement.closest('[lang]');
    if (/[\\u4e00-\\u9fff]/.test(text) && !holder.lang.startsWith('zh')) found.push(text);
  }
  return found;
}
"""
SMALL = """
() => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, a.button')]
  .filter((each) => each.offsetParent && !each.matches('.hidden, [type=checkbox], [type=radio]'))
  .filter((each) => each.getBoundingClientRect().height < 43.5)
  .map((each) => each.outerHTML.slice(0, 120))
"""


@pytest.fixture
def address(house: House, serve: Callable[[WSGIApplication], str]) -> str:
    return serve(house.app)


@pytest.fixture
def plan(house: House) -> str:
    case_id = house.office.open("joint_plan", by=HANDLER, lead="samr", title="浏览器里的计划")
    return house.office.case(case_id).number


def sign_in(page: Page, address: str, login: str = HANDLER) -> None:
    page.goto(f"{address}/login")
    page.locator(f'button[name=login][value="{login}"]').click()
    expect(page).to_have_url(f"{address}/tasks")


def fill_in(page: Page) -> None:
    page.get_by_label("计划名称").fill("2026 年度餐饮服务部门联合抽查")
    page.get_by_label("计划年度").fill("2026")
    page.get_by_label("抽查领域").fill("餐饮服务")
    page.get_by_label("登记事项", exact=False).first.check()
    page.get_by_label("一般", exact=True).check()
    page.get_by_label("抽查比例").fill("5")
    page.get_by_label("监管对象户数").fill("200")
    page.locator("#f-window_start").fill("2026-03-16")
    page.locator("#f-window_end").fill("2026-10-30")
    page.get_by_label("区消防救援大队").check()


def test_a_plan_is_drafted_checked_and_handed_in(
    page: Page, address: str, plan: str, screenshot: Shoot
) -> None:
    page.set_viewport_size(DESK)
    sign_in(page, address)
    page.goto(f"{address}/tasks/{plan}/draft")
    fill_in(page)
    page.get_by_label("抽查比例").fill("很多")
    page.get_by_role("button", name="核对并提交").last.click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("有 1 处需要改正")
    screenshot("web/task-mistake")
    summary.get_by_role("link").click()
    expect(page).to_have_url(re.compile("#f-ratio$"))
    page.get_by_label("抽查比例").fill("5")
    page.get_by_role("button", name="核对并提交").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("提交前核对")
    screenshot("web/task-check")
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("status")).to_contain_text("已办理")
    screenshot("web/task-result")


def test_everything_works_without_scripts(browser: Browser, address: str, plan: str) -> None:
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as profile:
        page = profile.new_page()
        sign_in(page, address)
        page.goto(f"{address}/tasks/{plan}/draft")
        fill_in(page)
        page.get_by_role("button", name="核对并提交").last.click()
        page.get_by_role("button", name="确认提交").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("办理结果")
        page.goto(f"{address}/cases/{plan}")
        expect(page.locator("ol.history")).to_contain_text("立案：浏览器里的计划")


def test_a_case_is_played_back_beside_its_diagram(
    page: Page, address: str, plan: str, screenshot: Shoot
) -> None:
    page.set_viewport_size(DESK)
    sign_in(page, address)
    page.goto(f"{address}/cases/{plan}")
    expect(page.locator(".replay-playing")).to_be_visible()
    mark = page.locator(".bjs-powered-by").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    on_top = "([x, y]) => !!document.elementFromPoint(x, y).closest('.bjs-powered-by')"
    assert page.evaluate(on_top, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    screenshot("web/case")


@pytest.mark.parametrize("path", ["/tasks", "/cases", "/registries/items", "/public", "/login"])
def test_a_phone_never_scrolls_sideways(
    page: Page, address: str, plan: str, screenshot: Shoot, path: str
) -> None:
    page.set_viewport_size(PHONE)
    if path != "/login":
        sign_in(page, address)
    page.goto(f"{address}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screenshot(f"web/phone{path.replace('/', '-')}", full_page=path != "/login")


@pytest.mark.parametrize("language", ["中文", "English"])
def test_every_section_can_be_seen_on_a_phone(page: Page, address: str, language: str) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, address, "cy-samr-process-admin1")
    if language == "English":
        page.get_by_role("button", name=language).click()
    page.goto(f"{address}/public")
    links = page.locator(".nav a")
    assert links.count() == 8
    for link in links.all():
        expect(link).to_be_in_viewport(ratio=1)


def test_a_form_fits_a_phone(page: Page, address: str, plan: str, screenshot: Shoot) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, address)
    page.goto(f"{address}/tasks/{plan}/draft")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(SMALL) == []
    screenshot("web/phone-task")


@pytest.mark.parametrize("path", ["/tasks", "/cases", "/cases/new", "/login", "/public", "/audit"])
def test_every_control_is_large_enough_to_hit(page: Page, address: str, path: str) -> None:
    page.set_viewport_size(DESK)
    if path != "/login":
        sign_in(page, address)
    page.goto(f"{address}{path}")
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize(
    "path",
    [
        "/tasks",
        "/tasks/{plan}/draft",
        "/cases",
        "/cases/new",
        "/cases/{plan}",
        "/cases/{plan}/steps/1",
        "/plans",
        "/registries",
        "/studio/rules",
        "/studio/rules/files/chaoyang/计划.md",
        "/audit",
        "/audit/{plan}",
        "/public",
    ],
)
def test_an_english_page_marks_whatever_stays_chinese(
    page: Page, address: str, plan: str, path: str
) -> None:
    sign_in(page, address)
    page.get_by_role("button", name="English").click()
    page.goto(address + path.format(plan=plan))
    if page.locator(".replay").count():
        expect(page.locator(".replay-playing")).to_be_visible()
    assert set(page.evaluate(UNMARKED)) == set()


def test_a_task_in_english(page: Page, address: str, plan: str, screenshot: Shoot) -> None:
    page.set_viewport_size(DESK)
    sign_in(page, address)
    page.get_by_role("button", name="English").click()
    page.goto(f"{address}/tasks/{plan}/draft")
    expect(page.get_by_label("Sampling ratio")).to_be_visible()
    screenshot("web/task-english")


def test_large_type_makes_every_letter_larger(page: Page, address: str) -> None:
    page.goto(f"{address}/public")
    page.get_by_role("button", name="大字").click()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"


def test_a_printed_page_leaves_out_what_only_a_screen_needs(
    page: Page, address: str, plan: str
) -> None:
    sign_in(page, address)
    page.goto(f"{address}/cases/{plan}")
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("nav.nav")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
