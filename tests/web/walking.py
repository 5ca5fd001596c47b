"""People who walk through the product, each at a browser of their own: they sign in, follow links,
fill in forms.

What somebody writes into a form comes from `Office.answer`; everything else they find on the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from playwright.sync_api import Browser, Page, ViewportSize, expect

from engine.store import people, readings
from tests.conftest import SCREENSHOTS
from tests.engine.office import Office
from tests.toolchain.chromium import watch
from tests.web.conftest import shipped_shelves
from tests.web.handwriting import unfold, write
from web.app import create_app
from web.limits import limiter

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
ANYBODY = ""  # whoever reads the public pages, without signing in


@dataclass(kw_only=True)
class Walk:
    """The people of one office before one served application, and who of them acts now."""

    browser: Browser
    address: str
    office: Office
    name: str  # of the folder under var/screenshots
    problems: list[str] = field(default_factory=list)  # what went wrong on any page
    pages: dict[str, Page] = field(default_factory=dict)  # by login
    steps: Iterator[int] = field(default_factory=lambda: count(1))
    who: str = ANYBODY
    size: ViewportSize = field(default_factory=lambda: DESK)

    # ------------------------------------------------------------ people

    @property
    def page(self) -> Page:
        """Return what stands before whoever acts now."""
        if self.who not in self.pages:
            profile = self.browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
            watch(profile, self.problems)
            page = self.pages[self.who] = profile.new_page()
            page.set_default_timeout(10_000)
            page.set_viewport_size(self.size)
        return self.pages[self.who]

    def turn_to(self, login: str) -> Page:
        """Turn to somebody's browser; what they left open there is still open."""
        self.who = login
        self.page.set_viewport_size(self.size)
        return self.page

    def hold(self, size: ViewportSize) -> None:
        """Take a phone into the hand, or sit down at a desk; it holds for everybody from now on."""
        self.size = size
        self.page.set_viewport_size(size)

    def sign_in(self, login: str) -> None:
        """Turn to somebody at the list of their tasks; the first time they sign in."""
        is_new = login not in self.pages
        self.turn_to(login)
        if not is_new:
            self.page.get_by_role("navigation").get_by_role("link", name="我的任务").click()
            return
        self.page.goto(f"{self.address}/login")
        button = self.page.locator(f'button[name=login][value="{login}"]')
        unfold(button)
        button.click()
        expect(self.page).to_have_url(f"{self.address}/tasks")

    def go_public(self) -> None:
        """Turn to the public pages, as anybody may."""
        self.turn_to(ANYBODY)
        self.page.goto(f"{self.address}/public")

    def login_of(self, person: str) -> str:
        with self.office.engine.store.read() as tx:
            found = people.by_id(tx, person, at=self.office.engine.now())
        assert found is not None
        return found.login

    # ------------------------------------------------------------ cases

    def open_plan(self, login: str, process: str, title: str) -> UUID:
        """Open a case from the list of plans; returns which one it became."""
        self.sign_in(login)
        self.page.get_by_role("navigation").get_by_role("link", name="计划", exact=True).click()
        self.page.get_by_role("link", name="立案", exact=True).click()
        self.page.get_by_label(process, exact=True).check()
        return self.opened(title)

    def open_task(self, login: str, plan: UUID, title: str) -> UUID:
        """Open a task from the page of its plan, which fills in what is known."""
        self.sign_in(login)
        self.page.get_by_role("navigation").get_by_role("link", name="计划", exact=True).click()
        number = self.office.case(plan).number
        self.page.locator(f'a[href="/cases/{number}"]').first.click()
        self.snap("plan")
        self.page.get_by_role("link", name="从此计划生成任务").click()
        expect(self.page.get_by_label("抽查任务", exact=True)).to_be_checked()
        expect(self.page.get_by_label("所属案件编号")).to_have_value(number)
        return self.opened(title)

    def opened(self, title: str) -> UUID:
        self.page.get_by_label("标题").fill(title)
        self.snap("open")
        self.page.get_by_role("button", name="立案", exact=True).click()
        said = self.page.locator("[role=status].note").inner_text()
        number = re.search(r"[A-Z0-9]+(-[A-Z0-9]+)+", said)
        assert number is not None, said
        self.rest()
        return self.case_id(number[0])

    def case_id(self, number: str) -> UUID:
        with self.office.engine.store.read() as tx:
            row = readings.case_by_number(tx, number)
        assert row is not None
        return row.case_id

    def rest(self) -> None:
        """Let the background work, and ten minutes go by."""
        self.office.settle()
        self.office.hand.moment += timedelta(minutes=10)

    def snap(self, what: str) -> None:
        """Keep a picture of the page."""
        self.fit()
        path = SCREENSHOTS / self.name / f"{next(self.steps):02d}-{what}.png"
        self.page.screenshot(path=path, full_page=True)

    def fit(self) -> None:
        """Refuse a page that stays wider than the screen: nobody scrolls sideways."""
        width = self.size["width"]
        expect(self.page.locator("html")).to_have_js_property("scrollWidth", width)

    # ------------------------------------------------------------ tasks

    def do(self, case_id: UUID, element: str, *, key: str = "", **wishes: Any) -> str:
        """Do a task as somebody whose it is; returns their login."""
        login = self.begin(case_id, element, key=key, **wishes)
        self.hand_in()
        return login

    def begin(self, case_id: UUID, element: str, *, key: str = "", **wishes: Any) -> str:
        """Open a task from the inbox of somebody whose it is, and fill its form in."""
        case, slot = self.office.case(case_id), (element, key)
        login = self.login_of(self.office.holder(case, slot))
        self.sign_in(login)
        self.pick(case_id, element, key)
        self.fill(self.office.answer(case, slot, **wishes))
        self.snap(f"{element}-{key}" if key else element)
        return login

    def pick(self, case_id: UUID, element: str, key: str = "") -> None:
        """Open a task from the list on the page."""
        path = f"{element}@{key}" if key else element
        number = self.office.case(case_id).number
        self.page.locator(f'a.title[href="/tasks/{number}/{path}"]').click()

    def fill(self, answers: Mapping[str, Any]) -> None:
        for name, value in answers.items():
            write(self.page, name, value)

    def hand_in(self) -> None:
        """Submit; where the form wants it, look at the answers once more and confirm."""
        self.submit()
        expect(self.page.locator("[role=status].note")).to_contain_text("已办理")
        self.rest()

    def submit(self) -> None:
        """Press the button, and once more below the answers where the form wants that."""
        self.fit()
        with self.page.expect_navigation():
            self.page.locator("button.button[name=_do][value=submit]").click()
        confirm = self.page.get_by_role("button", name="确认提交")
        if confirm.is_visible():
            self.fit()
            with self.page.expect_navigation():
                confirm.click()


@contextmanager
def walking(
    browser: Browser,
    serve: Callable[[WSGIApplication], str],
    office: Office,
    folder: Path,
    name: str,
) -> Iterator[Walk]:
    """Serve an office to people with browsers; none of their pages may have had a problem."""
    office.engine.var = folder  # where the evidence of draws is written
    app = create_app(
        office.engine,
        secret_key="k" * 32,
        var=folder,
        demo=True,
        shelves=shipped_shelves(),
        wall=office.hand,
    )
    with app.app_context():  # the counters are the process's, and everybody here has one address
        limiter.reset()
    walk = Walk(browser=browser, address=serve(app), office=office, name=name)
    yield walk
    for page in walk.pages.values():
        page.context.close()
    assert walk.problems == [], walk.problems
