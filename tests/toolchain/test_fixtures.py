"""The ground the other tests stand on: real servers, and a browser whose complaints are heard."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, text

from tests.toolchain.postgres import PostgresServer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = "default-src 'none'; img-src data:; script-src 'self'; style-src 'self'"


def page_of(body: str) -> "WSGIApplication":
    def application(_: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", POLICY),
        ]
        start("200 OK", headers)
        icon = '<link rel="icon" href="data:,">'
        return [f"<!doctype html><html lang=zh-CN><title>页</title>{icon}{body}</html>".encode()]

    return application


def test_a_store_address_opens_an_empty_database_of_each_kind(store_url: str) -> None:
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE 册 (号 INTEGER)"))
        connection.execute(text("INSERT INTO 册 VALUES (1)"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 号 FROM 册")) == 1
    engine.dispose()


def test_the_server_is_postgresql_15_without_a_network(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.conninfo("postgres")) as connection:
        answers = [
            connection.execute(b"SHOW " + name).fetchone()
            for name in (b"server_version", b"listen_addresses")
        ]
    assert [str(row[0])[:2] for row in answers if row] == ["15", ""]


def test_a_quiet_page_reports_nothing(
    page: Page, serve: "Callable[[WSGIApplication], str]"
) -> None:
    page.goto(serve(page_of("<h1>随机抽查</h1>")))
    assert page.inner_text("h1") == "随机抽查"
    assert page.evaluate("navigator.language") == "zh-CN"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p style='color:red'>行内样式</p>", "policy: style-src-attr"),
        ("<script>1</script>", "policy: script-src-elem"),
    ],
)
def test_a_page_that_breaks_its_policy_is_noticed(
    page: Page,
    page_problems: list[str],
    serve: "Callable[[WSGIApplication], str]",
    body: str,
    complaint: str,
) -> None:
    page.goto(serve(page_of(body)))
    page.wait_for_function("true")
    assert any(problem.startswith(complaint) for problem in page_problems), page_problems
    page_problems.clear()


def test_a_screenshot_lands_in_var(page: Page, screenshot: Callable[[str], Path]) -> None:
    page.set_content("<h1>截图</h1>")
    assert screenshot("toolchain").read_bytes().startswith(b"\x89PNG")
