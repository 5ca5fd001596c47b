"""A version as it was drawn: diagram above, table of its steps below, one choice for both."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.browser.site import page as site_page
from tests.conftest import Shoot

pytestmark = pytest.mark.browser

ROW = (
    '<tr data-element="{0}"><td class="lead"><span data-step>{1}</span></td><td>{2}</td>'
    "<td><code>form:{0}</code></td></tr>"
)
VERSION = site_page(
    '<main class="wrap"><h1>部门联合抽查计划</h1>'
    '<div class="drawn" data-diagram="/samples/plan-v1.bpmn"><p id="fallback">请下载</p></div>'
    "<table><caption>环节</caption><tbody>"
    + ROW.format("draft", "编制计划", "经办人")
    + ROW.format("review", "审核计划", "司法局")
    + "</tbody></table></main>",
    "replay-viewer.js",
    "replay-viewer.css",
)


@pytest.fixture
def version(page: Page, serve: Callable[[Site], str]) -> Page:
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(serve(Site(pages={"/": VERSION}, handlers={})))
    page.wait_for_selector(".drawn[data-ready]")
    return page


def shape(page: Page, element: str) -> Locator:
    return page.locator(f".djs-element[data-element-id={element}]")


def row(page: Page, element: str) -> Locator:
    return page.locator(f"tr[data-element={element}]")


def test_the_diagram_stands_in_place_of_the_sentence(version: Page, screenshot: Shoot) -> None:
    screenshot("drawn")
    expect(version.locator("#fallback")).to_be_hidden()
    expect(shape(version, "draft")).to_be_visible()
    expect(version.locator(".drawn-now")).to_have_text("在图上或表中选一个环节")


def test_a_step_chosen_in_the_table_by_keyboard_is_outlined(version: Page) -> None:
    version.get_by_role("button", name="审核计划").press("Enter")
    expect(shape(version, "review").locator(".djs-outline")).to_be_visible()
    expect(row(version, "review")).to_have_class("drawn-chosen")
    expect(version.locator(".drawn-now")).to_have_text("审核计划　司法局　form:review")


def test_an_element_chosen_on_the_diagram_is_named_and_found_in_the_table(version: Page) -> None:
    version.get_by_role("button", name="审核计划").click()
    shape(version, "draft").click()
    expect(row(version, "draft")).to_have_class("drawn-chosen")
    expect(row(version, "review")).not_to_have_class(re.compile("drawn-chosen"))
    expect(shape(version, "review").locator(".djs-outline")).to_be_hidden()


def test_an_element_without_a_row_is_named_alone(version: Page) -> None:
    shape(version, "approve").click()
    expect(version.locator(".drawn-now")).to_have_text("部门负责人审批")
    expect(version.locator("tr.drawn-chosen")).to_have_count(0)


def test_the_page_fits_a_phone(version: Page) -> None:
    version.set_viewport_size({"width": 390, "height": 844})
    assert version.evaluate("document.documentElement.scrollWidth") == 390
