"""网页上: people at browsers, before the served application; what a scenario asserts is what they
see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Locator, expect
from pytest_bdd import step, then

from engine.case import Slot
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase
from tests.web.walking import DESK, PHONE, Walk, walking

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

PICTURES = "features"
SCREENS = {"手机": PHONE, "电脑": DESK}


@dataclass(kw_only=True)
class Window:
    """The browser of whoever acts now, with the task that they have open in it."""

    desk: Desk
    walk: Walk
    slot: Slot | None = None
    pictured: str = ""

    @property
    def main(self) -> Locator:
        return self.walk.page.get_by_role("main")

    def login(self, who: str) -> str:
        """Return who is meant: 消防的经办人, 司法局的另一名审核人, 检查组长, 组员, 审计员."""
        desk = self.desk
        if who in ("检查组长", "组员"):
            team = [*desk.case.parties["leader"], *desk.case.parties["team"]]
            (found,) = {desk.holder((f"person:{team[0 if who == '检查组长' else -1]}",))}
        elif who == "审计员":
            found = desk.person("司法局", who)
        else:
            department, _, position = who.partition("的")
            is_another = position.startswith("另一名")
            found = desk.people(department, position.removeprefix("另一名"))[is_another]
        return self.walk.login_of(found)

    def open(self, who: str, task: str) -> None:
        """Open a task from the inbox of somebody who must find it there."""
        self.slot = self.desk.slot(task, self.key(who, task))
        self.walk.sign_in(self.login(who))
        self.walk.pick(self.desk.case_id, *self.slot)

    def key(self, who: str, task: str) -> str | None:
        """Return whose part of a task it is that several departments answer."""
        code = words.DEPARTMENTS.get(who.partition("的")[0], "")
        return code if (self.desk.element(task), code) in self.desk.waiting() else None

    def answers(self, table: words.Table) -> dict[str, Any]:
        assert self.slot is not None, "没有打开任务"
        return words.answers(self.desk.form_at(self.slot[0]), table)

    def fill_in(self, table: words.Table = ()) -> None:
        """Fill the whole form in: what the table leaves out, as somebody plausibly would."""
        wishes = self.answers(table)
        assert self.slot is not None
        self.walk.fill(self.desk.office.answer(self.desk.case, self.slot, **wishes))

    def picture(self) -> None:
        """Keep a picture of a page that an assertion is about; once, however many there are."""
        shown = f"{self.walk.who} {self.walk.page.url} {self.main.inner_text()}"
        if shown != self.pictured:
            self.walk.snap(self.walk.page.get_by_role("heading", level=1).first.inner_text()[:24])
            self.pictured = shown


@pytest.fixture
def window(
    desk: Desk,
    browser: Browser,
    serve: Callable[[WSGIApplication], str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Window]:
    """The office of the scenario, served to whoever opens a browser."""
    name = f"{PICTURES}/{request.node.name.removeprefix('test_')}"
    with walking(browser, serve, desk.office, tmp_path, name) as walk:
        yield Window(desk=desk, walk=walk)


# ---------------------------------------------------------------- 谁、用什么


@step(phrase("换用{screen}"))
def screen(window: Window, screen: str) -> None:
    window.walk.hold(SCREENS[screen])


@step(phrase("网页上，{who}新立计划「{process}」，标题写「{title}」"))
def plan_opened(window: Window, who: str, process: str, title: str) -> None:
    window.desk.take(window.walk.open_plan(window.login(who), process, title))


@step(phrase("网页上，{who}打开「{task}」"))
def opened(window: Window, who: str, task: str) -> None:
    window.open(who, task)


@step(phrase("网页上，{who}打开本案"))
def case_opened(window: Window, who: str) -> None:
    window.walk.sign_in(window.login(who))
    window.walk.page.goto(f"{window.walk.address}/cases/{window.desk.case.number}")


@step(phrase("网页上，{who}照抄地址打开「{task}」"))
def address_copied(window: Window, who: str, task: str) -> None:
    """Go where a colleague's link leads, whoever's task it is."""
    element, _ = window.desk.slot(task)
    walk = window.walk
    walk.sign_in(window.login(who))
    walk.page.goto(f"{walk.address}/tasks/{window.desk.case.number}/{element}")


@step(phrase("网页上，{who}回到先前的页面"))
def returned(window: Window, who: str) -> None:
    """Turn to a page that stands as it was left, whatever has happened since."""
    window.walk.turn_to(window.login(who))


# ---------------------------------------------------------------- 填写、提交


@step("填写：")
def written(window: Window, datatable: words.Table) -> None:
    window.walk.fill(window.answers(datatable))


@step("其余照常填写，并填写：")
def all_written(window: Window, datatable: words.Table) -> None:
    window.fill_in(datatable)


@step("提交")
def submitted(window: Window) -> None:
    window.walk.submit()
    window.walk.rest()


@step("过了截止时间再提交")
def submitted_later(window: Window) -> None:
    window.walk.rest()
    submitted(window)


@step("连按两下提交")
def submitted_twice(window: Window) -> None:
    with window.walk.page.expect_navigation():
        window.walk.page.locator("button.button[name=_do][value=submit]").dblclick()
    window.walk.rest()


@step("后退到已经提交的页面")
def gone_back(window: Window) -> None:
    window.walk.page.go_back()


@step(phrase("网页上，{who}办理「{task}」"))
def done(window: Window, who: str, task: str) -> None:
    done_with(window, who, task, ())


@step(phrase("网页上，{who}办理「{task}」："))
def done_with(window: Window, who: str, task: str, datatable: words.Table) -> None:
    window.open(who, task)
    window.fill_in(datatable)
    window.walk.hand_in()


@step("网页上，审计员重新计算本案")
def recomputed(window: Window) -> None:
    walk = window.walk
    walk.sign_in(window.login("审计员"))
    walk.page.get_by_role("navigation").get_by_role("link", name="审计").click()
    walk.page.locator(f'a.title[href="/audit/{window.desk.case.number}"]').click()
    walk.page.get_by_role("button", name="重新计算").click()


# ---------------------------------------------------------------- 页面


@then(phrase("页面写着「{text:any}」"))
def says(window: Window, text: str) -> None:
    expect(window.main).to_contain_text(text, use_inner_text=True)
    window.picture()


@then(phrase("页面没有写「{text:any}」"))
def does_not_say(window: Window, text: str) -> None:
    window.picture()
    expect(window.main).not_to_contain_text(text, use_inner_text=True)


@then(phrase("「{title}」一栏已经填好「{text:any}」"))
def still_written(window: Window, title: str, text: str) -> None:
    (name,) = window.answers([[title, text]])
    expect(window.walk.page.locator(f'[name="{name}"]')).to_have_value(text)
