"""Every shipped diagram can be edited in the browser: nothing is lost, nothing is added."""

import re
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from engine import catalogue
from engine.process import publish
from tests.browser.site import MODELER, ROOT, Answer, Site, as_json
from tests.browser.site import page as site_page

pytestmark = pytest.mark.browser

SHIPPED = sorted((ROOT / "workflows").rglob("*.bpmn"))
Serve = Callable[[Site], str]
ELEMENTS = "document.querySelector('.modeler').board.ids()"
# Attributes that bpmn-js leaves out because they say the default.
DEFAULTS = {("cancelActivity", "true"), ("isSequential", "false"), ("triggeredByEvent", "false")}


def name(path: Path) -> str:
    return path.relative_to(ROOT / "workflows").with_suffix("").as_posix()


def content(xml: bytes) -> Counter[str]:
    """Return every element outside the picture, with its attributes and text, and how often."""
    found: Counter[str] = Counter()
    for element in ET.fromstring(xml).iter():
        if "/DI" in element.tag or "/DD/" in element.tag:
            continue
        tag = element.tag.rpartition("}")[2]
        kept = sorted(
            item
            for item in element.attrib.items()
            if item not in DEFAULTS and not item[0].startswith(("{", "exporter"))
        )
        # bpmn-js names event definitions that had no identifier.
        if tag.endswith("EventDefinition"):
            kept = [item for item in kept if item[0] != "id"]
        found[f"{tag} {kept} {(element.text or '').strip()}"] += 1
    return found


def uploaded(body: bytes) -> bytes:
    boundary = body.split(b"\r\n", 1)[0].removeprefix(b"--")
    head = b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n\r\n"
    (part,) = message_from_bytes(head + body, policy=policy.HTTP).iter_parts()
    sent = part.get_payload(decode=True)
    assert isinstance(sent, bytes)
    return sent


class Board:
    """The modeler over one shipped diagram, with the checks a publication would run."""

    def __init__(self, path: Path, own: publish.Names | None = None) -> None:
        self.path, self.own, self.received = path, own, list[bytes]()
        source = f'data-diagram="/workflows/{name(path)}.bpmn" data-catalogue="/catalogue"'
        board = f'<div class="modeler" {source} data-check="/check" data-submit="/submit"></div>'
        handlers = {"/check": self.check, "/submit": self.submit, "/catalogue": self.catalogue}
        self.site = Site(
            pages={"/": site_page(board, "modeler.js", "modeler.css")},
            handlers=handlers,
            policy=MODELER,
        )

    def check(self, body: bytes) -> Answer:
        found = publish.check(uploaded(body), self.own, file=self.path.name) if self.own else ()
        return as_json({"problems": [problem.record("zh") for problem in found]})

    def submit(self, body: bytes) -> Answer:
        self.received.append(uploaded(body))
        return as_json({})

    def catalogue(self, _: bytes) -> Answer:
        own = self.own
        return as_json({"forms": sorted(own.forms), "deadlines": sorted(own.rules)} if own else {})

    def open(self, page: Page, serve: Serve) -> None:
        page.goto(serve(self.site))
        page.wait_for_selector(".modeler[data-ready]")

    def submitted(self, page: Page) -> bytes:
        page.get_by_role("button", name="提交草案").click()
        expect(page.locator(".modeler-status")).to_have_text("已提交")
        return self.received[-1]


def test_every_shipped_diagram_survives_the_modeler(page: Page, serve: Serve) -> None:
    """One page for all: each is opened as a file from disk and submitted again."""
    board = Board(SHIPPED[0])
    board.open(page, serve)
    chooser = page.locator(".modeler-file")
    page.on("dialog", lambda dialog: dialog.accept())
    changed = {}
    for path in SHIPPED:
        chooser.set_input_files(path)
        expect(page.locator(".modeler-status")).to_have_text(f"已打开 {path.name}")
        drawn = page.evaluate(ELEMENTS)
        missing = set(re.findall(r"<flowNodeRef>(\w+)</flowNodeRef>", path.read_text())) - set(
            drawn
        )
        before, after = content(path.read_bytes()), content(board.submitted(page))
        if missing or before != after:
            changed[name(path)] = (missing, before - after, after - before)
    assert changed == {}


def test_a_task_and_a_deadline_drawn_here_pass_every_check_of_a_publication(
    page: Page, serve: Serve
) -> None:
    shelf = catalogue.shipped(ROOT / "workflows", ROOT / "rules" / "packs", "chaoyang")
    board = Board(
        ROOT / "workflows/chaoyang/circular.bpmn", catalogue.names(shelf.law, shelf.forms)
    )
    board.open(page, serve)
    expect(page.locator(".modeler-error")).to_have_count(0)
    first = re.search(rb'<userTask id="(\w+)"', board.path.read_bytes())
    assert first
    page.evaluate(
        "id => document.querySelector('.modeler').board.select(id)", first.group(1).decode()
    )
    panel = page.locator(".modeler-panel")
    panel.get_by_role("button", name="期限到了只作记录").click()
    panel.get_by_label("或固定期限").fill("P3D")
    panel.get_by_label("或固定期限").blur()
    xml = board.submitted(page)
    assert b"P3D</" in xml
    found = publish.check(xml, catalogue.names(shelf.law, shelf.forms), file="x.bpmn")
    assert [problem for problem in found if problem.severity == "error"] == []
