"""What was typed into a form is not lost by leaving its page: it is kept, or the browser asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.web.conftest import House
from tests.web.test_browser import DESK, HANDLER, sign_in

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Collect every question of the browser; whoever is asked stays."""
    kinds: list[str] = []

    def stay(dialog: Dialog) -> None:
        kinds.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return kinds


@pytest.fixture
def draft(page: Page, house: House, serve: Callable[[WSGIApplication], str]) -> Page:
    """Somebody has typed a name into the form of a plan."""
    address = serve(house.app)
    case_id = house.office.open("joint_plan", by=HANDLER, lead="samr", title="填到一半的计划")
    page.set_viewport_size(DESK)
    sign_in(page, address)
    page.goto(f"{address}/tasks/{house.office.case(case_id).number}/draft")
    page.get_by_label("计划名称").fill("填到一半")
    return page


def leave(page: Page, kind: str, name: str) -> None:
    page.get_by_role("link" if kind == "link" else "button", name=name, exact=True).first.click(
        no_wait_after=True
    )
    page.wait_for_timeout(300)


@pytest.mark.parametrize(
    ("kind", "name"), [("button", "复制上年计划"), ("button", "English"), ("link", "案件")]
)
def test_leaving_a_task_asks_and_whoever_stays_may_still_hand_in(
    draft: Page, asked: list[str], kind: str, name: str
) -> None:
    for _attempt in range(2):  # who stayed once is asked again, not ignored
        leave(draft, kind, name)
    assert asked == ["beforeunload", "beforeunload"]
    expect(draft.get_by_label("计划名称")).to_have_value("填到一半")
    draft.get_by_role("button", name="保存草稿").click()
    expect(draft.get_by_role("status").first).to_contain_text("草稿已保存")
    assert len(asked) == 2


def test_taking_a_task_keeps_what_was_typed(draft: Page, asked: list[str]) -> None:
    draft.get_by_role("button", name="领取", exact=True).click()
    expect(draft.get_by_role("status").first).to_contain_text("已领取")
    expect(draft.get_by_label("计划名称")).to_have_value("填到一半")
    leave(draft, "link", "案件")
    expect(draft.get_by_role("heading", level=1)).to_have_text("案件")
    assert asked == []


def test_a_form_that_came_back_with_mistakes_asks_though_nothing_changed_since(
    draft: Page, asked: list[str]
) -> None:
    draft.get_by_role("button", name="核对并提交").last.click()
    expect(draft.get_by_role("alert")).to_contain_text("需要改正")
    leave(draft, "link", "案件")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    ("path", "label"), [("/cases/new", "标题"), ("/cases/{number}", "添加批注")]
)
def test_other_forms_ask_too(draft: Page, asked: list[str], path: str, label: str) -> None:
    start, number = draft.url.split("/tasks/")
    draft.get_by_role("button", name="保存草稿").click()
    draft.goto(start + path.format(number=number.split("/")[0]))
    draft.get_by_label(label).fill("还没有提交")
    leave(draft, "link", "计划")
    assert asked == ["beforeunload"]
