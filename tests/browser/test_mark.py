"""The mark of bpmn.io stays visible and uncovered wherever a diagram is shown: their licence."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.site import MODELER, Site, as_json
from tests.browser.site import page as site_page

pytestmark = pytest.mark.browser

REPLAY = (
    '<div class="replay" data-diagram="/samples/plan-v1.bpmn" data-events="/samples/events.json">'
)
DIFF = '<div class="diff" data-old="/samples/plan-v1.bpmn" data-new="/samples/plan-v2.bpmn">'
BOARD = '<div class="modeler" data-diagram="/samples/plan-v1.bpmn" data-check="/check">'
PAGES = {
    "/replay": site_page(f"{REPLAY}</div>", "replay-viewer.js", "replay-viewer.css"),
    "/diff": site_page(f"{DIFF}</div>", "replay-viewer.js", "replay-viewer.css"),
    "/modeler": site_page(f"{BOARD}</div>", "modeler.js", "modeler.css"),
}
# Of nine points over each mark: how many belong to it, and is it opaque and of its full size?
UNCOVERED = """() => [...document.querySelectorAll('.bjs-powered-by')].map(mark => {
  mark.scrollIntoView({ block: 'center' });
  const box = mark.getBoundingClientRect(), style = getComputedStyle(mark);
  const points = [.1, .5, .9].flatMap(x => [.1, .5, .9].map(y => [x, y]));
  const own = points.filter(([x, y]) => mark.contains(
    document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)));
  const wide = box.width >= 53, high = box.height >= 21;
  return { points: own.length, opacity: style.opacity, wide, high };
})"""


@pytest.mark.parametrize(("width", "height"), [(1280, 860), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize(("path", "marks"), [("/replay", 1), ("/diff", 2), ("/modeler", 1)])
def test_the_mark_is_uncovered(
    page: Page, serve: Callable[[Site], str], path: str, marks: int, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    site = Site(
        pages=PAGES, handlers={"/check": lambda _: as_json({"problems": []})}, policy=MODELER
    )
    page.goto(serve(site) + path)
    page.wait_for_selector("[data-ready]")
    whole = {"points": 9, "opacity": "1", "wide": True, "high": True}
    assert page.evaluate(UNCOVERED) == [whole] * marks
