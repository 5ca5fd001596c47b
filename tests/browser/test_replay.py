"""The replay of a case: diagram, list and slider tell the same story, to every reader."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import SAMPLES, Site, as_json
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
    expect(shape(replay, "draft").locator(".djs-outline")).to_be_visible()
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


INSIDE = """item => {
  const [row, list] = [item, item.parentElement].map(each => each.getBoundingClientRect());
  return row.top >= list.top && row.bottom <= list.bottom;
}"""


@pytest.mark.parametrize("step", ["", "#seq-2", "#seq-30"])
def test_the_list_of_a_long_case_shows_the_step_it_opens_at(
    page: Page, serve: Callable[[Site], str], step: str
) -> None:
    events = json.loads((SAMPLES / "events.json").read_text("utf-8"))["events"]
    long = [{**events[seq % 6], "seq": seq} for seq in range(1, 59)]
    below = "<p>上文</p>" * 30  # the replay stands far down its page
    site = Site(
        pages={
            "/": REPLAY.replace("/samples/events.json", "/long").replace("<h1>", f"{below}<h1>")
        },
        handlers={"/long": lambda _: as_json({"events": long})},
    )
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(f"{serve(site)}/{step}")
    page.wait_for_selector(".replay[data-ready]")
    assert page.locator(".replay-current").evaluate(INSIDE)


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


@pytest.fixture
def task(page: Page, serve: Callable[[Site], str]) -> Page:
    """A task at the draw: its diagram has parts with planes of their own."""
    page.set_viewport_size({"width": 1280, "height": 860})
    large = REPLAY.replace("/samples/plan-v1.bpmn", "/workflows/common/inspection_task.bpmn")
    page.goto(
        serve(Site(pages={"/": large.replace("events.json", "task-events.json")}, handlers={}))
    )
    page.wait_for_selector(".replay[data-ready]")
    return page


def test_it_opens_on_the_plane_where_somebody_is_at_work(task: Page, screenshot: Shoot) -> None:
    screenshot("replay-plane")
    expect(shape(task, "record")).to_be_visible()
    expect(shape(task, "record")).to_have_class(re.compile("replay-active"))
    expect(task.locator(".bjs-breadcrumbs")).to_have_text("抽查任务摇号与抽取")
    expect(shape(task, "choose")).to_be_hidden()


def test_a_large_plane_is_shown_in_letters_that_can_be_read(task: Page) -> None:
    letters = shape(task, "record").locator("text").first.bounding_box()
    assert letters
    assert letters["height"] >= 0.75 * 12  # pixels of one line or more


def test_the_crumbs_lead_back_to_where_the_part_is_one_box(task: Page, screenshot: Shoot) -> None:
    task.locator(".bjs-breadcrumbs").get_by_role("link", name="抽查任务").click()
    expect(shape(task, "chance")).to_have_class(re.compile("replay-active"))
    expect(shape(task, "strategic")).to_have_class(re.compile("replay-done"))
    expect(shape(task, "chance").locator("xpath=..")).to_be_visible()
    expect(shape(task, "record")).to_be_hidden()
    screenshot("replay-boxes")
    task.get_by_role("button", name="全图").click()
    shape(task, "strategic").click()
    expect(shape(task, "strategy")).to_be_visible()
    screenshot("replay-plane-strategy")


def test_the_steps_lead_from_plane_to_plane(task: Page) -> None:
    task.get_by_role("button", name="选定计划事项").click()
    expect(shape(task, "choose")).to_be_visible()
    expect(shape(task, "strategic")).to_have_class(re.compile("replay-active"))
    task.get_by_role("button", name="下一步").click()
    expect(shape(task, "strategy")).to_have_class(re.compile("replay-done.*selected"))
    expect(task.locator("[data-container-id=strategy]")).to_have_text("✓ ×2")
    assert task.url.endswith("#seq-3")


def test_the_whole_stays_on_the_first_plane_until_the_steps_are_followed_again(
    task: Page, screenshot: Shoot
) -> None:
    task.get_by_role("button", name="全图").click()
    expect(shape(task, "chance")).to_have_class(re.compile("replay-active"))
    screenshot("replay-whole")
    task.get_by_role("button", name="编制抽取策略").click()
    expect(shape(task, "strategic")).to_have_class(re.compile("replay-active.*selected"))
    expect(shape(task, "strategy")).to_be_hidden()
    task.get_by_role("button", name="跟随步骤").click()
    expect(shape(task, "strategy")).to_be_visible()


def test_the_planes_can_be_used_on_a_phone(task: Page, screenshot: Shoot) -> None:
    task.set_viewport_size({"width": 390, "height": 844})
    screenshot("replay-plane-phone")
    crumb = task.locator(".bjs-breadcrumbs").get_by_role("link", name="抽查任务")
    box = crumb.bounding_box()
    assert box
    assert box["height"] >= 44
    crumb.click()
    expect(shape(task, "chance")).to_be_visible()
    screenshot("replay-boxes-phone")
    shape(task, "chance").click()
    expect(shape(task, "record")).to_be_visible()
    assert task.evaluate("document.documentElement.scrollWidth") <= 390
