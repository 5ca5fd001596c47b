"""Parts of a diagram on planes of their own: drawn, found and compared like everything else."""

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import ROOT, Answer, Site, as_json
from tests.browser.site import page as site_page
from tests.browser.test_diagrams import Board, content
from tests.conftest import Shoot
from tests.workflows.drawings import planes

pytestmark = pytest.mark.browser

TASK = ROOT / "workflows/common/inspection_task.bpmn"
Serve = Callable[[Site], str]
PROBLEM = {
    "file": "x.bpmn",
    "line": 1,
    "element": "strategy",
    "code": "name-unbound",
    "message": "找不到表单",
    "hint": "",
    "severity": "error",
}


class Faulty(Board):
    """A server that finds fault with an element inside a part."""

    def check(self, _: bytes) -> Answer:
        return as_json({"problems": [PROBLEM]})


def shape(page: Page, element: str) -> Locator:
    return page.locator(f".djs-element[data-element-id={element}]").first


def drag(page: Page, element: str, right: int, down: int) -> None:
    box = shape(page, element).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=4)
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()


def enter(page: Page, box: str) -> None:
    page.locator(f"[data-container-id={box}] .bjs-drilldown").click()


def lane_of(xml: bytes, element: str) -> str:
    lanes = ET.fromstring(xml).iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}lane")
    (found,) = (lane for lane in lanes if element in [held.text for held in lane])
    return found.get("id", "")


def test_a_part_opens_on_its_plane_and_the_crumbs_lead_back(
    page: Page, serve: Serve, screenshot: Shoot
) -> None:
    page.set_viewport_size({"width": 1360, "height": 900})
    Board(TASK).open(page, serve)
    screenshot("modeler-boxes")
    expect(shape(page, "strategy")).to_be_hidden()
    enter(page, "strategic")
    expect(shape(page, "strategy")).to_be_visible()
    screenshot("modeler-plane")
    expect(page.locator(".bjs-breadcrumbs")).to_have_text("抽查任务抽查策略")
    page.locator(".bjs-breadcrumbs").get_by_role("link", name="抽查任务").click()
    enter(page, "chance")
    screenshot("modeler-plane-chance")


def test_a_task_moved_inside_a_part_keeps_its_role_and_takes_that_of_the_lane_it_enters(
    page: Page, serve: Serve
) -> None:
    board = Board(TASK)
    page.set_viewport_size({"width": 1360, "height": 900})
    board.open(page, serve)
    enter(page, "strategic")
    drag(page, "strategy", 0, 8)
    assert content(board.submitted(page)) == content(TASK.read_bytes())
    before = lane_of(board.received[-1], "strategy")
    drag(page, "approve", 250, -175)  # into the lane above, beside what stands there
    assert lane_of(board.submitted(page), "approve") == before


def test_a_problem_inside_a_part_marks_its_box_and_leads_to_its_plane(
    page: Page, serve: Serve
) -> None:
    Faulty(TASK).open(page, serve)
    expect(page.locator("[data-container-id=strategic] .modeler-mark-error")).to_be_visible()
    page.get_by_role("button", name="找不到表单").click()
    expect(shape(page, "strategy")).to_have_class(re.compile("selected"))
    expect(page.locator("[data-container-id=strategy] .modeler-mark-error")).to_be_visible()


def test_a_difference_inside_a_part_marks_its_box_and_leads_to_its_plane(
    page: Page, serve: Serve, screenshot: Shoot
) -> None:
    changed = TASK.read_bytes().replace("录入随机值".encode(), "录入摇出的值".encode(), 1)
    new = Answer(body=changed, kind="application/xml")
    two = (
        '<main class="wrap"><div class="diff" data-old="/workflows/common/inspection_task.bpmn"'
        ' data-new="/new.bpmn"></div></main>'
    )
    pages = {"/": site_page(two, "replay-viewer.js", "replay-viewer.css")}
    page.goto(serve(Site(pages=pages, handlers={"/new.bpmn": lambda _: new})))
    page.wait_for_selector(".diff[data-ready]")
    boxes = page.locator("[data-container-id=chance] .diff-badge")
    expect(boxes).to_have_count(2)
    expect(boxes.first).to_have_text("内有差别")
    page.get_by_role("button", name="录入摇出的值").click()
    expect(page.locator(".djs-element.selected[data-element-id=record]")).to_have_count(2)
    screenshot("diff-plane")


def test_an_open_part_becomes_a_box_and_loses_nothing(page: Page, serve: Serve) -> None:
    path = ROOT / "workflows/common/supervision.bpmn"
    board = Board(path)
    board.open(page, serve)
    page.evaluate("document.querySelector('.modeler').board.select('pending')")
    page.locator(".djs-context-pad [data-action=replace]").click()
    page.locator(".djs-popup [data-id=replace-with-collapsed-subprocess]").click()
    expect(shape(page, "pending_done")).to_be_hidden()
    xml = board.submitted(page)
    assert content(xml) == content(path.read_bytes())
    assert set(planes(xml)) == {"supervision_collaboration", "pending"}
    enter(page, "pending")
    expect(shape(page, "pending_done")).to_be_visible()
    page.locator(".djs-minimap .toggle").click()
    expect(page.locator(".djs-minimap svg")).to_be_visible()
