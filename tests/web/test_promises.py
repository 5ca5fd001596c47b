"""承诺与公开 in the browser: the value is made and kept by the party, the server has its hash."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.draw.reveals import Reveal
from engine.store.tables import drafts, events
from tests.conftest import Shoot
from tests.engine import chains
from tests.engine.test_chance import PROMISED
from tests.engine.test_sealed import SURPRISE
from tests.web.conftest import House
from tests.web.walking import DESK, PHONE

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

NOTARY, ASSOCIATION = "cy-notary-handler1", "cy-association-handler1"
DICE = "31624 15263 66142 53124 11623 45216 35264"


def _promising(house: House) -> UUID:
    office = house.office
    day = office.today.toordinal()
    on = office.today.fromordinal(day + 14).isoformat()
    task = chains.task(office, chains.approved_plan(office))
    office.do(task, "strategy", **{**PROMISED, "reveal_on": on, "beacon_from": on})
    chains.until(office, task, "promise")
    return task


def _address(house: House, task: UUID, step: str, party: str = "notary") -> str:
    return f"/tasks/{house.office.case(task).number}/{step}@{party}"


# ---------------------------------------------------------------- what the page says


def test_the_page_says_how_to_keep_the_value_until_when_and_what_follows(house: House) -> None:
    task = _promising(house)
    page = house.visitor(NOTARY).page(_address(house, task, "promise"))
    for told in ("本系统没有副本", "提交期限", "公开", "随后的随机源", "ssj draw promise"):
        assert told in page
    assert house.visitor(NOTARY).english().page(_address(house, task, "promise")).count("hash")


def test_nobody_promises_or_reveals_for_another_party(house: House) -> None:
    task = _promising(house)
    assert house.visitor(NOTARY).get(
        _address(house, task, "promise", "association")
    ).status_code in (
        403,
        404,
    )


def test_a_reveal_that_does_not_fit_is_refused_by_the_server_and_kept_nowhere(
    house: House,
) -> None:
    task = _promising(house)
    office = house.office
    chains.until(office, task, "reveal")
    place = _address(house, task, "reveal")
    visitor = house.visitor(NOTARY)
    page = visitor.get(place).text
    (promised,) = (
        said["promise_commit"]
        for said in office.case(task).fields["promise_answers"]
        if said["department"] == "notary"
    )
    assert promised in page
    assert office.case(task).fields["manifest_hash"] in page
    assert 'value="draft"' not in page, "a value not yet revealed is not left on the server"
    wrong = {"reveal_salt": "ab" * 32, "reveal_value": "cd" * 32}
    answer = visitor.post(place, wrong)
    assert answer.status_code == 422
    assert "与承诺摘要不符" in answer.text
    visitor.post(place, {**wrong, "_do": "draft"})
    with office.engine.store.read() as tx:
        kept = tx.execute(select(drafts).where(drafts.c.case_id == task)).all()
        assert not any("cd" * 32 in str(tuple(each)) for each in kept)


def test_the_published_manifest_shows_what_each_party_promised(house: House) -> None:
    task = _promising(house)
    office = house.office
    chains.until(office, task, "reveal")
    (row,) = [r for r in office.publications(kind="manifest") if r["case_id"] == task]
    page = house.visitor().page(f"/public/records/{task}/{row['seq']}/{row['part']}")
    for said in office.case(task).fields["promise_answers"]:
        assert said["promise_commit"] in page


# ---------------------------------------------------------------- a real browser


def _enter(page: Page, at: str, login: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{at}/login")
    button = page.locator(f'button[name=login][value="{login}"]')
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    button.click()
    expect(page).to_have_url(f"{at}/tasks")


def _narrow(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.browser
def test_a_party_promises_on_a_phone_and_reveals_from_the_file_it_kept(
    house: House,
    page: Page,
    serve: Callable[[WSGIApplication], str],
    screenshot: Shoot,
    tmp_path: Path,
) -> None:
    office, at = house.office, serve(house.app)
    task = _promising(house)
    number = office.case(task).number
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.set_viewport_size(PHONE)
    _enter(page, at, NOTARY)
    page.goto(f"{at}{_address(house, task, 'promise')}")
    page.get_by_role("button", name="在本机生成").click()
    page.get_by_role("button", name="提交", exact=True).last.click()
    expect(page.locator("[data-alarm]")).to_contain_text("还没有保存随机数")
    screenshot("promise-phone")
    _narrow(page)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载保存文件").click()
    kept = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(kept)
    mine = json.loads(kept.read_text())
    assert (mine["number"], mine["party"]) == (number, "notary")
    made = Reveal(party="notary", salt=mine["salt"], value=mine["value"])
    assert made.commit.commit == mine["commit"], "the browser computes what Python computes"
    page.get_by_role("button", name="提交", exact=True).last.click()
    expect(page).to_have_url(re.compile(r"/cases/.+/steps/"))
    said = office.case(task).fields.get("promise_answers") or []
    assert not said or said[0]["promise_commit"] == mine["commit"]
    assert not any(mine["value"] in body or mine["salt"] in body for body in sent)
    with office.engine.store.read() as tx:
        bodies = tx.execute(select(events.c.body).where(events.c.case_id == task)).scalars().all()
    assert any(mine["commit"].encode() in body for body in bodies)
    assert not any(mine["value"].encode() in body for body in bodies)

    office.settle()
    chains.until(office, task, "reveal")
    _enter(page, at, NOTARY)
    page.goto(f"{at}{_address(house, task, 'reveal')}")
    verdict = page.locator("[data-verdict]")
    page.get_by_label("值", exact=True).fill("ab" * 32)
    page.get_by_label("盐", exact=True).fill(mine["salt"])
    expect(verdict).to_contain_text("不相符")
    page.locator("[data-file]").set_input_files(kept)
    expect(verdict).to_contain_text("相符：这正是您承诺的随机数")
    screenshot("reveal-phone")
    _narrow(page)
    page.set_viewport_size(DESK)
    screenshot("reveal-desk")
    page.get_by_role("button", name="提交", exact=True).last.click()
    expect(page).to_have_url(re.compile(r"/cases/.+/steps/"))
    (opened,) = [
        json.loads(body)["payload"]["data"]
        for body in _bodies(house, task)
        if b'"reveal_value"' in body
    ]
    assert opened["reveal_value"] == mine["value"]


def _bodies(house: House, task: UUID) -> list[bytes]:
    with house.office.engine.store.read() as tx:
        found = select(events.c.body).where(
            events.c.case_id == task, events.c.kind == "task-answered"
        )
        return list(tx.execute(found).scalars())


@pytest.mark.browser
def test_own_dice_count_only_when_they_are_enough(
    house: House,
    page: Page,
    serve: Callable[[WSGIApplication], str],
    screenshot: Shoot,
) -> None:
    task, at = _promising(house), serve(house.app)
    _enter(page, at, ASSOCIATION)
    page.goto(f"{at}{_address(house, task, 'promise', 'association')}")
    page.get_by_text("自己掷骰子或者录入").click()
    own, use = page.get_by_label("您自己的随机数"), page.get_by_role("button", name="用这个随机数")
    for weak in ("20261122", "我们单位的承诺", "1" * 200, DICE[:30]):
        own.fill(weak)
        expect(page.locator("[data-strength]")).to_contain_text("还不够 90 比特")
        expect(use).to_be_disabled()
    own.fill(DICE)
    expect(page.locator("[data-strength]")).to_contain_text("约 90 比特，够了")
    use.click()
    screenshot("promise-desk")
    shown = page.locator("[data-value]").inner_text()
    assert shown == _sha(DICE.replace(" ", ""))
    salt = page.locator("[data-salt]").inner_text()
    expect(page.locator("[name=promise_commit]")).to_have_value(
        Reveal(party="association", salt=salt, value=shown).commit.commit
    )


@pytest.mark.browser
def test_a_secret_is_made_in_the_browser_of_its_party(
    house: House, page: Page, serve: Callable[[WSGIApplication], str]
) -> None:
    office, at = house.office, serve(house.app)
    task = chains.task(office, chains.approved_plan(office), **SURPRISE)
    chains.until(office, task, "seal")
    _enter(page, at, NOTARY)
    page.goto(f"{at}{_address(house, task, 'seal')}")
    page.get_by_role("button", name="在本机生成").click()
    expect(page.locator("[name=seal_secret]")).to_have_value(re.compile("[0-9a-f]{64}"))
    page.get_by_role("button", name="提交", exact=True).last.click()
    expect(page).to_have_url(re.compile(r"/cases/.+/steps/"))


def _sha(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()
