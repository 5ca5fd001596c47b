"""A changed diagram on its way through the browser: all its faults at once, then into force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, ViewportSize, expect

from engine import config
from engine.store import people, shelf
from tests.engine.office import Office
from tests.web.handwriting import write
from tests.web.walking import DESK, PHONE, Walk, walking

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

pytestmark = pytest.mark.browser

HANDLER = "cy-samr-handler1"
ADMIN = "cy-samr-process-admin1"
LEGAL = "cy-justice-legal"
AUDITOR = "cy-justice-auditor"
PLAN = "部门联合抽查计划"
FILE = "joint_plan.bpmn"
SMALL_DESK = ViewportSize(width=1366, height=768)
SHIPPED = (config.WORKFLOWS / "chaoyang" / FILE).read_text("utf-8")
OLD, NEW = "编制部门联合抽查计划", "编制并核对联合抽查计划"
SOUND = SHIPPED.replace(f'name="{OLD}"', f'name="{NEW}"')
FAULTS = {  # element → what was right, what somebody made of it
    "draft": ("form:joint-plan-draft", "form:joint-plan-drafft"),
    "lane_5": ('name="司法局审核人"', 'name="司法局审核员"'),
    "sign_gate": ('name="审签结论" default="sign_gate__draft"', 'name="审签结论"'),
    "check_ratio": ("rule:抽查比例审查", "rule:抽查比列审查"),
    "review_gate__publishing": ("审核的结论 为 同意", "审核的结论 为 是的"),
    "publish": ("publication.plan", "publication.plans"),
}
FOUND_AT = (*FAULTS, "sign_gate__draft")  # which is no default any more and has no condition


def faulty() -> str:
    text = SHIPPED
    for right, wrong in FAULTS.values():
        assert right in text
        text = text.replace(right, wrong, 1)
    return text


def line_of(element: str, text: str) -> int:
    """Return the line a person finds an element on."""
    return text[: text.index(f' id="{element}"')].count("\n") + 1


@pytest.fixture
def walk(
    browser: Browser,
    serve: Callable[[WSGIApplication], str],
    sqlite_office: Office,
    tmp_path: Path,
) -> Iterator[Walk]:
    with walking(browser, serve, sqlite_office, tmp_path, "release") as begun:
        yield begun


def test_a_changed_diagram_goes_from_its_faults_into_force(walk: Walk) -> None:
    before = walk.open_plan(HANDLER, PLAN, "发布以前的计划")
    faults_are_listed_before_anything_begins(walk)
    release = release_is_begun(walk)
    upload(walk, release, faulty())
    every_fault_is_listed_and_nothing_is_published(walk, release)
    upload(walk, release, SOUND)
    nobody_signs_their_own(walk, release)
    whoever_signs_sees_what_changes(walk, release)
    walk.do(release, "countersign", legal_decision="同意")
    assert walk.login_of(str(walk.office.case(release).fields["legal_decided_by"])) == LEGAL
    after = walk.open_plan(HANDLER, PLAN, "发布以后的计划")
    versions_are_told_apart(walk, release, before, after)
    for case_id in (before, release, after):
        auditor_computes_again(walk, case_id)


def payload(text: str) -> FilePayload:
    return {"name": FILE, "mimeType": "application/xml", "buffer": text.encode()}


def faults_are_listed_before_anything_begins(walk: Walk) -> None:
    """Whoever only asks gets the list, by either button; and no case."""
    for button in ("开始检查", "检查并发起发布"):
        walk.sign_in(ADMIN)
        walk.page.goto(f"{walk.address}/studio/check")
        walk.page.get_by_label("流程图文件").set_input_files(payload(faulty()))
        walk.page.get_by_role("button", name=button).click()
        faults_stand_in(walk.page.locator("table.problems"))
        walk.problems.clear()  # the browser notes the 422
    walk.snap("check")
    walk.page.goto(f"{walk.address}/studio")
    expect(walk.page.get_by_role("heading", name="发布案件")).to_have_count(0)


def faults_stand_in(table: Locator) -> None:
    """Every fault has its line and its element; that there is one is said in the reader's words."""
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    found = {element.strip(): line.strip() for line, element, _problem, _hint in rows}
    text = faulty()
    assert found == {element: str(line_of(element, text)) for element in FOUND_AT}
    assert all(problem.strip() and hint.strip() for _line, _element, problem, hint in rows)


def release_is_begun(walk: Walk) -> UUID:
    walk.sign_in(ADMIN)
    walk.page.get_by_role("navigation").get_by_role("link", name="流程与规则").click()
    walk.snap("studio")
    walk.page.get_by_role("link", name="发布新版本").click()
    return walk.opened("调整联合计划的编制环节")


def upload(walk: Walk, release: UUID, text: str) -> None:
    case = walk.office.case(release)
    walk.sign_in(ADMIN)
    walk.page.locator(f'a.title[href="/tasks/{case.number}/upload"]').click()
    for name, answer in {
        "release_title": "联合计划第二版",
        "release_reason": "编制时先核对清单",
        "effective_on": walk.office.today.isoformat(),
    }.items():
        write(walk.page, name, answer)
    walk.page.locator('input[type=file][name="release_files"]').set_input_files(payload(text))
    walk.hand_in()


def every_fault_is_listed_and_nothing_is_published(walk: Walk, release: UUID) -> None:
    number = walk.office.case(release).number
    standing = versions_of(walk.office)
    walk.page.goto(f"{walk.address}/tasks/{number}/upload")
    faults_stand_in(walk.page.locator("#problems table"))
    expect(walk.page.locator("#problems")).to_contain_text("尚未发布")
    expect(walk.page.get_by_label(f"已上传：{FILE}")).to_be_checked()
    walk.snap("faults")
    walk.hold(PHONE)
    walk.snap("phone-faults")
    walk.hold(DESK)
    walk.page.goto(f"{walk.address}/cases/{number}")
    faults_stand_in(walk.page.locator("#problems table"))
    in_english(walk, number)
    assert [row.released_by for row in standing] == [None]


def in_english(walk: Walk, number: str) -> None:
    walk.page.get_by_role("button", name="English").click()
    walk.page.goto(f"{walk.address}/tasks/{number}/upload")
    faults_stand_in(walk.page.locator("#problems table"))
    said = walk.page.locator("#problems")
    expect(said).to_contain_text("Nothing was released")
    expect(said).to_contain_text("has no default")
    walk.snap("faults-english")
    walk.page.get_by_role("button", name="中文").click()


def versions_of(office: Office) -> list[shelf.Released]:
    with office.engine.store.read() as tx:
        return [row for row in shelf.released(tx, "chaoyang") if row.process == "joint_plan"]


def nobody_signs_their_own(walk: Walk, release: UUID) -> None:
    """The task is not theirs; and a legal reviewer who uploads meets four eyes."""
    case = walk.office.case(release)
    assert case.fields["release_check_passed"] is True
    address = f"{walk.address}/tasks/{case.number}/countersign"
    walk.sign_in(ADMIN)
    walk.page.goto(address)
    expect(walk.page.get_by_role("main")).to_contain_text("您当前的岗位不能办理")
    with walk.office.engine.store.write() as tx:
        people.grant(
            tx,
            walk.office.person(ADMIN),
            department="justice",
            position="legal",
            since=walk.office.hand.moment,
        )
    walk.page.goto(address)
    walk.page.get_by_label("同意", exact=True).check()
    walk.page.locator("button.button[name=_do][value=submit]").click()
    walk.page.get_by_role("button", name="确认提交").click()
    expect(walk.page.get_by_role("main")).to_contain_text("不能")
    walk.snap("four-eyes")
    walk.problems.clear()  # the browser notes each 403
    assert ("countersign", "") in walk.office.open_tasks(release)
    assert [row.released_by for row in versions_of(walk.office)] == [None]
    with walk.office.engine.store.write() as tx:
        people.withdraw(
            tx,
            walk.office.person(ADMIN),
            department="justice",
            position="legal",
            at=walk.office.hand.moment,
        )


def whoever_signs_sees_what_changes(walk: Walk, release: UUID) -> None:
    """Both drawings with the one step that differs, where it is signed and in the case."""
    number = walk.office.case(release).number
    walk.sign_in(LEGAL)
    for place in (f"cases/{number}", f"tasks/{number}/countersign"):
        walk.page.goto(f"{walk.address}/{place}")
        review = walk.page.locator("#review")
        expect(review.locator(".diff")).to_have_attribute("data-changes", "1")
        expect(review.locator(".diff-list")).to_contain_text(OLD)
        expect(review.locator(".diff-list")).to_contain_text(NEW)
        expect(review.locator(".diff-half svg [data-element-id=draft]")).to_have_count(2)
        for name, size in (("desk", SMALL_DESK), ("phone", PHONE)):
            walk.hold(size)
            walk.snap(f"review-{name}")
        walk.hold(DESK)


def versions_are_told_apart(walk: Walk, release: UUID, before: UUID, after: UUID) -> None:
    """A new case runs on the new version and shows it; an old one is replayed as it was."""
    old, new = walk.office.case(before), walk.office.case(after)
    newest, shipped = versions_of(walk.office)
    assert (newest.released_by, newest.version) == (release, new.version)
    assert (shipped.released_by, shipped.version) == (None, old.version)
    for case, named, other in ((old, OLD, NEW), (new, NEW, OLD)):
        walk.page.goto(f"{walk.address}/cases/{case.number}")
        expect(walk.page.locator(f'a[href="/studio/versions/{case.version}"]')).to_be_visible()
        expect(walk.page.locator(".replay-playing")).to_be_visible()
        drawn = walk.page.locator(".replay svg [data-element-id=draft]").first
        said = "".join(drawn.locator("tspan").all_text_contents())
        assert said == named, said
        assert other not in walk.page.locator("main").inner_text()
        walk.snap(f"case-{'old' if case is old else 'new'}")
    walk.hold(PHONE)
    walk.page.goto(f"{walk.address}/cases/{walk.office.case(release).number}")
    expect(walk.page.locator("#released")).to_contain_text(PLAN)
    walk.snap("phone-released")
    walk.hold(DESK)


def auditor_computes_again(walk: Walk, case_id: UUID) -> None:
    case = walk.office.case(case_id)
    walk.sign_in(AUDITOR)
    walk.page.goto(f"{walk.address}/audit/{case.number}")
    walk.page.get_by_role("button", name="重新计算").click()
    expect(walk.page.locator("[role=status].note")).to_contain_text("一致")
    walk.snap(f"audit-{case.process}")
