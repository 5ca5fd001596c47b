"""公示栏: what anybody reads in a browser, without signing in."""

from __future__ import annotations

import json
from collections.abc import Iterator

from playwright.sync_api import expect
from pytest_bdd import step, then

from engine.draw.evidence import LIST_NAME
from tests.steps import words
from tests.steps.browsing import Window
from tests.steps.phrases import phrase

NAME = "evidence.json"


@step(phrase("任何人打开公示栏的「{kind}」"))
def board_opened(window: Window, kind: str) -> None:
    walk = window.walk
    walk.go_public()
    walk.page.get_by_label("种类").select_option(words.BOARD[kind])
    walk.page.get_by_role("button", name="筛选").click()
    expect(walk.page).to_have_url(f"{walk.address}/public?kind={words.BOARD[kind]}&place=")


@step("点开本案的公示")
def record_opened(window: Window) -> None:
    row = window.main.get_by_role("row").filter(has_text=window.desk.case.number)
    row.get_by_role("link").click()
    expect(window.main).to_contain_text("公示机关")


@step(phrase("点「{name}」"))
def clicked(window: Window, name: str) -> None:
    window.main.get_by_role("link", name=name).click()


@step("查询抽中的一户")
def winner_asked(window: Window) -> None:
    _asked(window, next(unit for unit, is_drawn in _drawable(window) if is_drawn))


@step("查询没有抽中的一户")
def other_asked(window: Window) -> None:
    _asked(window, next(unit for unit, is_drawn in _drawable(window) if not is_drawn))


def _drawable(window: Window) -> Iterator[tuple[str, bool]]:
    """Yield whoever took part in the draw and whether they were drawn, from the public files."""
    var = window.desk.office.engine.var
    assert var is not None
    folder = var / "evidence" / window.desk.case.number
    drawn = json.loads((folder / NAME).read_text("utf-8"))["result"]["winners"]
    winners = {line.rpartition("|")[2] for line in drawn}
    for line in (folder / LIST_NAME).read_text("utf-8").splitlines():
        unit, _, _, codes = line.split("|")
        if not codes:
            yield unit, unit in winners


def _asked(window: Window, unit: str) -> None:
    window.main.get_by_label("统一社会信用代码或编号").fill(unit)
    window.main.get_by_role("button", name="查询").click()


@then("公示栏没有本案")
def not_on_the_board(window: Window) -> None:
    window.picture()
    expect(window.main).not_to_contain_text(window.desk.case.number)
