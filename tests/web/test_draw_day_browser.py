"""Draw day in a real browser: the wall follows by itself, fits the projector and the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Shoot
from tests.engine import chains
from tests.web.conftest import House
from tests.web.test_draw_day import until

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

PROJECTOR = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}


@pytest.mark.browser
def test_the_wall_follows_the_draw_by_itself(
    house: House,
    page: Page,
    serve: Callable[[WSGIApplication], str],
    screenshot: Shoot,
) -> None:
    office = house.office
    case_id = chains.task(office, chains.approved_plan(office))
    until(house, case_id, "record")
    number = office.case(case_id).number
    house.visitor("cy-samr-handler1").post(f"/draw-day/{number}/audience", {"public": "yes"})
    page.set_viewport_size(PROJECTOR)  # type: ignore[arg-type]  # a plain dict is one
    page.goto(f"{serve(house.app)}/public/draw-day/{number}")
    entries = page.locator(".entry")
    expect(entries.nth(0)).to_contain_text("等待录入")
    screenshot("draw-day-value", full_page=False)
    office.do(case_id, "record")
    expect(entries.nth(0)).to_contain_text("已录入，两人一致后显示")  # nobody reloads anything
    expect(entries.nth(1)).to_contain_text("等待录入")
    until(house, case_id, "verify")
    office.do(case_id, "verify")
    drawn = int(office.case(case_id).fields["drawn_count"])
    expect(page.locator(".winners li")).to_have_count(drawn)
    screenshot("draw-day-drawn", full_page=False)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # the same
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    screenshot("draw-day-phone")
