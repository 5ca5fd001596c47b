"""People who walk through the product in one browser: they sign in, follow links, fill in forms.

What somebody writes into a form comes from `Office.answer`; everything else they find on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Locator, Page, ViewportSize, expect

from engine.store import people, readings
from tests.conftest import Shoot
from tests.engine.office import Office
from web.forms.schema import written
from web.limits import limiter

DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)


@dataclass(kw_only=True)
class Walk:
    """One browser that many people use in turn, and the office behind it."""

    page: Page
    app: Flask
    address: str
    office: Office
    shoot: Shoot
    steps: Iterator[int]
    who: str | None = None

    @classmethod
    def begun(cls, page: Page, app: Flask, address: str, office: Office, shoot: Shoot) -> Walk:
        page.set_viewport_size(DESK)
        page.set_default_timeout(10_000)
        return cls(page=page, app=app, address=address, office=office, shoot=shoot, steps=count(1))

    # ------------------------------------------------------------ people

    def sign_in(self, login: str) -> None:
        """Leave as whoever is there, and sign in with the demonstration's button."""
        if self.who == login:
            self.page.get_by_role("navigation").get_by_role("link", name="我的任务").click()
            return
        self.sign_out()
        button = self.page.locator(f'button[name=login][value="{login}"]')
        _unfold(button)
        button.click()
        expect(self.page).to_have_url(f"{self.address}/tasks")
        self.who = login

    def sign_out(self) -> None:
        if self.who is None:
            self.page.goto(f"{self.address}/login")
        else:
            self.page.get_by_role("button", name="退出").click()
        self.who = None
        # In an office everybody has an address of their own; here they all share one.
        with self.app.app_context():
            limiter.reset()

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
        self.shoot(f"walk-{next(self.steps):02d}-{what}")

    # ------------------------------------------------------------ tasks

    def do(self, case_id: UUID, element: str, *, key: str = "", **wishes: Any) -> str:
        """Do a task as somebody whose it is; returns their login."""
        login = self.begin(case_id, element, key=key, **wishes)
        self.hand_in(element)
        return login

    def begin(self, case_id: UUID, element: str, *, key: str = "", **wishes: Any) -> str:
        """Open a task from the inbox of somebody whose it is, and fill its form in."""
        case, slot = self.office.case(case_id), (element, key)
        login = self.login_of(self.office.holder(case, slot))
        self.sign_in(login)
        path = f"{element}@{key}" if key else element
        self.page.locator(f'a.title[href="/tasks/{case.number}/{path}"]').click()
        for name, value in self.office.answer(case, slot, **wishes).items():
            self.write(name, value)
        self.snap(path.replace("@", "-"))
        return login

    def hand_in(self, element: str) -> None:
        """Submit; where the form wants it, look at the answers once more and confirm."""
        submit = self.page.locator("button.button[name=_do][value=submit]")
        checks = submit.inner_text() == "核对并提交"
        submit.click()
        if checks:
            expect(self.page.get_by_role("heading", level=1)).to_contain_text("提交前核对")
            self.snap(f"{element}-check")
            self.page.get_by_role("button", name="确认提交").click()
        expect(self.page.locator("[role=status].note")).to_contain_text("已办理")
        self.rest()

    def write(self, name: str, value: Any) -> None:
        """Type, choose or tick one answer; the rows of a table are written one by one."""
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                for column, each in row.items():
                    self.write(f"{name}.{number}.{column}", each)
            return
        inputs = self.page.locator(f'[name="{name}"]')
        match inputs.first.evaluate("it => it.type"):
            case "hidden":
                return
            case "checkbox" | "radio" as kind:
                _tick(inputs, {written(each) for each in _each(value)}, only_on=kind == "radio")
            case "select-one":
                _unfold(inputs)
                inputs.select_option(written(value))
            case _:
                _unfold(inputs)
                is_share = inputs.get_attribute("inputmode") == "decimal"
                text = "\n".join(written(each) for each in _each(value))
                inputs.fill(text.removesuffix("%") if is_share else text)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _tick(boxes: Locator, chosen: set[str], *, only_on: bool) -> None:
    """Leave exactly the chosen boxes ticked; a button of a group is only ever pressed."""
    for box in boxes.all():
        wanted = box.get_attribute("value") in chosen
        if box.is_checked() != wanted and (wanted or not only_on):
            _unfold(box)
            box.set_checked(wanted)


def _unfold(target: Locator) -> None:
    """Open every fold around something, outermost first, as a reader would."""
    for fold in target.locator("xpath=ancestor::details").all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
