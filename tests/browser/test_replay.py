"""The replay of a case: diagram, list and slider tell the same story, to every reader."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.browser.site import page as site_page
from tests.conftest import Shoot

pytestmark = pytest.mark.browser

REPLAY = site_page(
    '<main class="wrap"><h1>案件 CY-2026-LH-0007</h1><div class="replay"'
    ' data-diagram="/samples/plan-v1.bpmn" data-events="/samples/events.json">'
    '<ol id="fallback"><li>立案</li></ol></div></main>',
    "replay-viewer.js",
    "replay-viewer.css",
)


@pytest.fixture
def replay(page: Page, serve: Callable[[Site], str]) -> Page:
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(serve(Site(pages={"/": REPLAY}, handlers={})))
    page.wait_for_selector(".replay[data-ready]")
    return page


def shape(page: Page, element: str) -> Locator:
    return page.locator(f".djs-element[data-element-id={element}]")


def test_it_opens_at_the_present_in_place_of_the_plain_list(
    replay: Page, screenshot: Shoot
) -> None:
    screenshot("replay")
    expect(replay.locator(".replay-now")).to_contain_text("第 6 步，共 6 步")
    expect(shape(replay, "review")).to_have_class(re.compile("replay-active"))
    expect(replay.locator("#fallback")).to_be_hidden()


def test_an_event_chosen_in_the_list_shows_the_state_after_it(replay: Page) -> None:
    replay.get_by_role("button", name="再次提交").click()
    expect(shape(replay, "approve")).to_have_class(re.compile("replay-active"))
    expect(shape(replay, "draft")).to_have_class(re.compile("replay-done.*selected"))
    expect(shape(replay, "review")).not_to_have_class(re.compile("replay-"))
    expect(shape(replay, "f5")).to_have_class(re.compile("replay-path"))
    expect(replay.locator("[data-container-id=draft]")).to_have_text("✓ ×2")
    assert replay.url.endswith("#seq-4")


def test_the_slider_moves_by_keyboard_and_says_where_it_is(replay: Page) -> None:
    slider = replay.get_by_role("slider")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "第 0 步，共 6 步：尚未开始")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute(
        "aria-valuetext", "第 1 步，共 6 步：2026/03/02 09:00　李明　立案　开始"
    )
    expect(replay.locator("[aria-current=step]")).to_contain_text("立案")


def test_an_element_chosen_in_the_diagram_leads_through_its_events(replay: Page) -> None:
    for step in ("第 2 步", "第 4 步", "第 2 步"):
        shape(replay, "draft").click()
        expect(replay.locator(".replay-now")).to_contain_text(step)


def test_an_address_with_a_step_opens_there(replay: Page) -> None:
    replay.goto(f"{replay.url.partition('#')[0]}#seq-2")
    expect(replay.locator(".replay-now")).to_contain_text("第 2 步")


def test_it_fits_a_phone(replay: Page, screenshot: Shoot) -> None:
    replay.set_viewport_size({"width": 390, "height": 844})
    screenshot("replay-phone")
    assert replay.evaluate("document.documentElement.scrollWidth") <= 390
    heights = replay.locator(".replay button:visible").evaluate_all(
        "all => all.map(b => b.offsetHeight)"
    )
    assert min(heights) >= 44


def test_an_unreachable_history_is_said_in_words_and_leaves_the_plain_list(
    page: Page, page_problems: list[str], serve: Callable[[Site], str]
) -> None:
    page.goto(serve(Site(pages={"/": REPLAY.replace("events.json", "none.json")}, handlers={})))
    expect(page.get_by_role("alert")).to_contain_text("服务器没有给出所需内容（404")
    expect(page.locator("#fallback")).to_be_visible()
    page_problems.clear()


def test_a_large_diagram_follows_the_steps_until_the_whole_is_asked_for(
    page: Page, serve: Callable[[Site], str], screenshot: Shoot
) -> None:
    page.set_viewport_size({"width": 1280, "height": 860})
    large = REPLAY.replace("/samples/plan-v1.bpmn", "/workflows/common/inspection_task.bpmn")
    page.goto(
        serve(Site(pages={"/": large.replace("events.json", "task-events.json")}, handlers={}))
    )
    page.wait_for_selector(".replay[data-ready]")
    screenshot("replay-large")
    letters = shape(page, "archive").locator("text").first
    near = letters.bounding_box()
    page.get_by_role("button", name="全图").click()
    far = letters.bounding_box()
    screenshot("replay-large-whole")
    assert near
    assert far
    assert near["height"] > 1.5 * far["height"]
    page.get_by_role("button", name="跟随步骤").click()
    assert letters.bounding_box() == pytest.approx(near, abs=0.5)  # pixels
