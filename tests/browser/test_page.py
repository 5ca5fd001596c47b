"""Comforts of ordinary pages: nothing typed is lost, nothing sent twice, live pages stay live."""

import json
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.site import SAMPLES, Answer, Site, as_json
from tests.browser.site import page as site_page

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.browser

Serve = Callable[..., str]

FORM = site_page((SAMPLES / "form.html").read_text("utf-8"), "app.js")


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def form(page: Page, serve: Serve, sent: list[str]) -> Page:
    def record(body: bytes) -> Answer:
        sent.append(body.decode())
        time.sleep(0.3)
        return Answer(body=site_page("已记录").encode(), kind="text/html; charset=utf-8")

    handlers = {"/size": lambda _: as_json({}), "/record": record}
    page.goto(serve(Site(pages={"/": FORM}, handlers=handlers)))
    return page


def test_every_open_question_gets_the_answer_and_given_answers_stay(form: Page) -> None:
    form.get_by_role("button", name="全选未发现问题").click()
    chosen = form.locator("#items :checked").evaluate_all("all => all.map(c => c.value)")
    assert chosen == ["未发现问题", "发现问题", "未发现问题"]


def test_large_type_costs_nothing_that_was_typed(form: Page) -> None:
    form.get_by_label("检查意见").fill("记录不全")
    form.get_by_role("button", name="大字").click()
    expect(form.get_by_role("button", name="标准字号")).to_have_attribute("aria-pressed", "true")
    assert form.evaluate("document.documentElement.className") == "large"
    expect(form.get_by_label("检查意见")).to_have_value("记录不全")


def test_leaving_changed_fields_asks_first(form: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    form.on("dialog", stay)
    form.get_by_label("检查意见").fill("记录不全")
    form.evaluate("location.assign('/elsewhere')")
    form.wait_for_timeout(200)
    assert asked == ["beforeunload"]


def test_a_double_click_sends_once_and_sending_does_not_ask(form: Page, sent: list[str]) -> None:
    form.get_by_label("检查意见").fill("记录不全")
    form.get_by_role("button", name="提交").dblclick()
    expect(form.locator("body")).to_have_text("已记录")
    assert len(sent) == 1


class DrawDay:
    """A page that follows a draw: two events on the stream, then its end."""

    def __init__(self) -> None:
        self.fetched = 0
        live = '<section data-stream="/events" data-refresh="/fragment"><p>等待</p></section>'
        self.site = Site(
            pages={"/": site_page(live, "app.js")}, handlers={"/fragment": self.fragment}
        )

    def fragment(self, _: bytes) -> Answer:
        self.fetched += 1
        return Answer(body=f"<p>第 {self.fetched} 次</p>".encode(), kind="text/html; charset=utf-8")

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/events":
            return self.site(environ, start)
        start("200 OK", [("Content-Type", "text/event-stream; charset=utf-8")])
        return self.stream()

    @staticmethod
    def stream() -> Iterable[bytes]:
        yield b"id: 1\ndata: " + json.dumps({"seq": 1}).encode() + b"\n\n"
        time.sleep(0.2)
        yield b"event: end\ndata: {}\n\n"


def test_a_live_page_shows_the_fragment_after_every_event(page: Page, serve: Serve) -> None:
    page.goto(serve(DrawDay()))
    expect(page.locator("section")).to_have_text("第 3 次")  # opened, one event, the end
