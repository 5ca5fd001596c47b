"""What tests of every room may ask for: a real PostgreSQL, a SQLite file, a real browser.

Nothing here skips: a missing server or browser is an error that says what to install, and under
CI=true a skip anywhere counts as a failure.
"""

import os
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.toolchain.chromium import LAUNCH, watch
from tests.toolchain.postgres import PostgresServer, running_server

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

pytest_plugins = ("tests.engine.furnished", "tests.engine.console")

SCREENSHOTS = Path(__file__).parents[1] / "var" / "screenshots"


class Shoot(Protocol):
    def __call__(self, name: str, *, full_page: bool = True) -> Path: ...


# ------------------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server of Debian's PostgreSQL 15 per test process, on a socket in a temporary folder."""
    with running_server(in_memory=True) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'ssj.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


# ------------------------------------------------------------------------- browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one per test process."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**LAUNCH)
        yield chromium
        chromium.close()


@pytest.fixture
def page_problems() -> list[str]:
    """Console errors, exceptions and policy violations of `page`; clear what a test expects."""
    return []


@pytest.fixture
def context(browser: Browser, page_problems: list[str]) -> Iterator[BrowserContext]:
    """A Chinese browser profile whose pages report into `page_problems`."""
    with browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai") as profile:
        watch(profile, page_problems)
        yield profile


@pytest.fixture
def page(context: BrowserContext, page_problems: list[str]) -> Iterator[Page]:
    """A page; the test fails if anything is left in `page_problems` at its end."""
    yield context.new_page()
    assert page_problems == []


@pytest.fixture
def screenshot(page: Page) -> Shoot:
    """Save what `page` shows as var/screenshots/<name>.png."""

    def shoot(name: str, *, full_page: bool = True) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=full_page)
        return path

    return shoot


@pytest.fixture
def serve() -> Iterator[Callable[["WSGIApplication"], str]]:
    """Serve WSGI applications on free ports of this machine until the test ends."""
    from werkzeug.serving import BaseWSGIServer, make_server

    running: list[tuple[BaseWSGIServer, threading.Thread]] = []

    def start(application: "WSGIApplication") -> str:
        server = make_server("127.0.0.1", 0, application, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


# ------------------------------------------------------------------------- no skips


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI skips nothing: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if os.environ.get("CI") == "true" and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI skips nothing: {report.longrepr}"
    return report
