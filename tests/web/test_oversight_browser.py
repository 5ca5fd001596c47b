"""The oversight pages in a real browser: on a desk, on a phone, in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.conftest import Shoot
from tests.engine import chains
from tests.web.conftest import House, open_house
from tests.web.test_browser import DESK, PHONE, UNMARKED, sign_in
from tests.web.test_oversight import AUDITOR, TABS, late_inspection

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def late_house(
    furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, str]]:
    """A year's end: a task whose days are over, and a result published too late."""
    for house in open_house(furnished_sqlite, tmp_path_factory.mktemp("late")):
        chains.drawn_task(house.office)
        _, number = late_inspection(house.office)
        house.office.on("2026-12-01")
        yield house, number


@pytest.fixture
def address(
    late_house: tuple[House, str], serve: Callable[[WSGIApplication], str]
) -> tuple[str, str]:
    house, number = late_house
    return serve(house.app), number


@pytest.mark.parametrize(("name", "size"), [("desk", DESK), ("phone", PHONE)])
def test_every_table_can_be_read(
    page: Page, address: tuple[str, str], screenshot: Shoot, name: str, size: ViewportSize
) -> None:
    page.set_viewport_size(size)
    sign_in(page, address[0], AUDITOR)
    for path in (*TABS, f"/oversight/finding/L09/{address[1]}?department=samr"):
        page.goto(f"{address[0]}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        shown = path.split("?")[0].strip("/").replace("/", "-")
        screenshot(f"{shown}-{name}")


def test_in_english_all_chinese_is_marked(page: Page, address: tuple[str, str]) -> None:
    sign_in(page, address[0], AUDITOR)
    page.locator("button[name=language][value=en]").click()
    for path in (*TABS, f"/oversight/finding/L09/{address[1]}?department=samr"):
        page.goto(f"{address[0]}{path}")
        assert page.evaluate(UNMARKED) == [], path
