"""Somebody altered a stored event: every page says so in a sentence, and the auditor sees where."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import update

from engine.commands import AddComment
from engine.errors import HistoryDamaged
from engine.store import eventstore
from engine.store.tables import cases, events
from tests.engine import forgery
from tests.web.conftest import House

SENTENCE = "存储的记录已受损或被改动"


def altered(house: House, change: Callable[[bytes], bytes], seq: int = 2) -> str:
    """Open a case and change one stored body behind the product's back; returns its number."""
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="受损案件")
    number = house.office.case(case_id).number
    body = house.office.records(case_id)[seq - 1].body
    _write(house, case_id, seq, body=change(body))
    return number


def _write(house: House, case_id: UUID, seq: int, **values: bytes) -> None:
    with house.office.engine.store.write() as tx:
        forgery.unlock(tx)
        place = (events.c.case_id == case_id) & (events.c.seq == seq)
        tx.execute(update(events).where(place).values(**values))


def renamed(body: bytes) -> bytes:
    return body.replace(b"task-offered", b"task-altered", 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (renamed, "被改动的是正文"),
        (lambda body: body[:40], "个字节起不能读作事件"),
        (lambda body: b"\xff" + body[1:], "第 1 个字节起不是文字"),
        (lambda body: body.replace(b'":', b'": ', 1), "个字节不合规范写法"),
        (lambda _body: b"[]", "被改动的是正文"),
    ],
)
def test_an_auditor_sees_which_event_and_byte_does_not_fit(
    house: House, change: Callable[[bytes], bytes], told: str
) -> None:
    number = altered(house, change)
    visitor = house.visitor("cy-justice-auditor")
    for answer in (visitor.get(f"/audit/{number}"), visitor.post(f"/audit/{number}")):
        assert answer.status_code == 200
        assert "第 2 号事件" in answer.text
        assert told in answer.text
    assert "不符" in visitor.page(f"/audit/{number}?step=2")


@pytest.mark.parametrize("page", ["", "/events.json", "/steps/1"])
def test_a_damaged_case_is_not_shown_as_if_nothing_had_happened(house: House, page: str) -> None:
    number = altered(house, renamed)
    answer = house.visitor("cy-samr-handler1").get(f"/cases/{number}{page}")
    assert answer.status_code == 409
    assert SENTENCE in answer.text
    assert f"/audit/{number}" in answer.text


def test_nobody_is_asked_to_go_on_with_a_damaged_case(house: House) -> None:
    number = altered(house, renamed)
    answer = house.visitor("cy-samr-handler1").get(f"/tasks/{number}/draft")
    assert (answer.status_code, SENTENCE in answer.text) == (409, True)


def test_nothing_is_recorded_behind_a_damaged_event(house: House) -> None:
    """The page is told by its history; an act by the last event, which every command reads."""
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="受损末号")
    number, last = house.office.case(case_id).number, len(house.office.records(case_id))
    body = house.office.records(case_id)[-1].body
    _write(house, case_id, last, body=body.replace(b"task-offered", b"task-altered", 1))
    answer = house.visitor("cy-samr-handler1").post(f"/tasks/{number}/draft/claim")
    assert (answer.status_code, SENTENCE in answer.text) == (409, True)
    with pytest.raises(HistoryDamaged, match=SENTENCE):
        house.office.engine.handle(
            AddComment(case_id=case_id, actor=house.office.person("cy-samr-handler1"), text="照常")
        )
    with house.office.engine.store.read() as tx:
        assert len(eventstore.stored(tx, case_id)) == last


def test_a_damaged_last_event_and_a_lost_one_are_said_too(house: House) -> None:
    visitor = house.visitor("cy-justice-auditor")
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="截断案件")
    number, last = house.office.case(case_id).number, len(house.office.records(case_id))
    _write(house, case_id, last, body=b"{}")
    assert SENTENCE in visitor.page(f"/cases/{number}", status=409)
    with house.office.engine.store.write() as tx:
        forgery.unlock(tx)
        tx.execute(events.delete().where(events.c.case_id == case_id, events.c.seq == last))
    assert SENTENCE in visitor.page(f"/cases/{number}", status=409)
    assert "事件缺失" in visitor.page(f"/audit/{number}")


def test_a_changed_hash_is_told_from_a_changed_body(house: House) -> None:
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="哈希案件")
    number = house.office.case(case_id).number
    _write(house, case_id, 1, hash=b"\x00" * 32)
    assert "被改动的是哈希" in house.visitor("cy-justice-auditor").page(f"/audit/{number}")


def test_a_program_is_told_as_well(house: House) -> None:
    number = altered(house, renamed)
    client = house.visitor("cy-justice-auditor")
    events_of = client.get(f"/api/v1/cases/{number}/events")
    assert events_of.status_code == 409
    assert events_of.get_json()["problems"][0]["code"] == "history-damaged"
    audited = client.get(f"/api/v1/cases/{number}/audit").get_json()
    assert audited["clean"] is False
    assert audited["discrepancies"][0]["seq"] == 2


def test_a_case_without_any_event_left_still_answers(house: House) -> None:
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="空案件")
    number = house.office.case(case_id).number
    with house.office.engine.store.write() as tx:
        forgery.unlock(tx)
        tx.execute(events.delete().where(events.c.case_id == case_id))
        tx.execute(update(cases).where(cases.c.case_id == case_id).values(state=None))
    visitor = house.visitor("cy-justice-auditor")
    assert "事件缺失" in visitor.page(f"/audit/{number}")
    assert SENTENCE in visitor.page(f"/cases/{number}", status=409)
