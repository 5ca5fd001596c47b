"""Two versions of a diagram: what was added, removed, changed, with both values."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.browser.site import page as site_page
from tests.conftest import Shoot

pytestmark = pytest.mark.browser

DIFF = site_page(
    '<main class="wrap"><div class="diff" data-old="/samples/plan-v1.bpmn"'
    ' data-new="/samples/plan-v2.bpmn"></div></main>',
    "replay-viewer.js",
    "replay-viewer.css",
)


@pytest.fixture
def diff(page: Page, serve: Callable[[Site], str]) -> Page:
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(serve(Site(pages={"/": DIFF}, handlers={})))
    page.wait_for_selector(".diff[data-ready]")
    return page


def test_every_difference_is_listed_with_the_value_before_and_after(
    diff: Page, screenshot: Shoot
) -> None:
    screenshot("diff")
    lines = diff.locator(".diff-list > li")
    listed = {text.split("\n")[0].strip() for text in lines.all_inner_texts()}
    assert listed == {
        "修改 用户任务「拟定年度联合抽查计划」",
        "修改 用户任务「司法局审核」",
        "修改 结束「已登记」",
        "修改 连线「审核期限已到 → 登记逾期」",
        "新增 服务任务「登记逾期」",
        "新增 连线「登记逾期 → 已登记」",
        "删除 用户任务「督促审核」",
        "删除 连线「督促审核 → 已督促」",
    }


def test_choosing_a_line_shows_the_element_in_both_halves(diff: Page) -> None:
    diff.get_by_role("button", name="司法局审核").click()
    chosen = diff.locator(".djs-element.selected[data-element-id=review]")
    expect(chosen).to_have_count(2)
    for half in chosen.all():
        expect(half.locator(".djs-outline")).to_be_visible()
    line = diff.locator(".diff-list > li", has_text="司法局审核")
    expect(line.locator("del")).to_have_text("form:plan-review")
    expect(line.locator("ins")).to_have_text("form:plan-review-2")
