"""Oversight in the browser: who may look, what a finding shows, and that only a person begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from engine.commands import SYSTEM, CompleteTask, OpenCase
from engine.errors import Refusal
from tests.engine import chains
from tests.engine.office import Office
from tests.web.conftest import House, open_house, unhurried

TABS = (
    "/oversight",
    "/oversight/refused",
    "/oversight/officers",
    "/oversight/pairs",
    "/oversight/replacements",
)
AUDITOR, HANDLER = "cy-justice-auditor", "cy-samr-handler1"


@pytest.fixture(scope="module")
def late_house(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of this module alone: its clock runs far ahead."""
    yield from open_house(furnished_sqlite, tmp_path_factory.mktemp("oversight"))


@pytest.fixture
def house(late_house: House) -> House:
    return unhurried(late_house)


def late_inspection(office: Office) -> tuple[UUID, str]:
    """Return an inspection whose result is published too late."""
    handled = office.engine.handle(
        OpenCase(
            case_id=office.hand.new_id(),
            actor=SYSTEM,
            process="inspection",
            jurisdiction="chaoyang",
            title="公示逾期的检查",
            parties={
                "lead": ("samr",),
                "department": ("samr",),
                "leader": ("CY-SAMR-001",),
                "team": ("CY-SAMR-001", "CY-SAMR-002"),
            },
            fields={
                "subject_id": "91220104MA0000000X",
                "subject_name": "合成餐饮店",
                "lead_department": "samr",
                "plan_year": office.today.year,
                "items": chains.ITEMS["chaoyang"],
                "item_class": "一般",
                "origin": "随机抽查任务",
                "inspection_mode": "普通检查",
                "from_task": True,
                "draw_recorded": True,
            },
        )
    )
    office.settle()
    for _ in range(20):
        waiting = office.open_tasks(handled.case_id)
        if ("receipt", "") in waiting:
            break
        element, key = next(iter(waiting))
        office.do(handled.case_id, element, key=key)
    office.on((office.today + timedelta(days=20)).isoformat())
    return handled.case_id, handled.number


def test_pairs_that_met_are_shown_with_their_expectation(house: House) -> None:
    chains.drawn_task(house.office)
    shown = house.visitor(AUDITOR).page("/oversight/pairs?once=1")
    assert "平均应相遇" in shown
    assert "没有到提示的程度" in shown


@pytest.mark.parametrize("path", TABS)
def test_auditors_look_in_both_languages_and_others_do_not(house: House, path: str) -> None:
    assert house.visitor(AUDITOR).get(path).status_code == 200
    assert house.visitor(AUDITOR).english().get(path).status_code == 200
    assert house.visitor("cy-office-handler1").get(path).status_code == 200
    assert house.visitor(HANDLER).get(path).status_code == 403
    assert house.visitor().get(path).status_code == 302


def test_a_finding_names_its_events_and_a_person_begins_a_case_from_it(house: House) -> None:
    case_id, number = late_inspection(house.office)
    auditor = house.visitor(AUDITOR)
    listed = auditor.page("/oversight?branch=L09")
    assert number in listed
    address = f"/oversight/finding/L09/{number}?department=samr"
    shown = auditor.page(address)
    records = {record.hash.hex()[:16]: record for record in house.office.records(case_id)}
    missed = [h for h, record in records.items() if record.kind == "deadline-missed"]
    assert any(each in shown for each in missed)
    assert "线索九结果未公示" in shown
    assert "未依法及时公示抽查检查结果的" in shown
    began = auditor.post(address)
    assert began.status_code == 303
    case = auditor.page(began.headers["Location"])
    assert "九 未及时公示结果" in case
    assert "追责案件" in auditor.page(address)
    assert auditor.page("/oversight?branch=L01").count(number) == 0


def test_a_finding_that_no_longer_holds_is_not_there(house: House) -> None:
    answer = house.visitor(AUDITOR).get("/oversight/finding/L09/CY-2026-JC-9999")
    assert answer.status_code == 404


def test_who_may_not_begin_is_refused_by_the_engine_as_well(house: House) -> None:
    _, number = late_inspection(house.office)
    address = f"/oversight/finding/L09/{number}?department=samr"
    assert house.visitor(HANDLER).post(address).status_code == 403


def test_a_refused_attempt_is_on_the_board_with_who_and_why(house: House) -> None:
    plan = chains.drafted_plan(house.office)
    stranger = house.office.person("cy-fire-handler1")
    attempt = CompleteTask(case_id=plan, actor=stranger, element="sign_off", data={})
    with pytest.raises(Refusal):
        house.office.engine.handle(attempt)
    shown = house.visitor(AUDITOR).page("/oversight/refused?department=fire")
    assert "您当前的岗位不能办理" in shown
    assert house.office.case(plan).number in shown
