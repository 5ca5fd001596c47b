"""Sixteen people press the button at the same moment: one has done it, the others are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from engine.store import people
from tests.web.conftest import House, open_house
from tests.web.test_tasks import filled
from tests.web.visitor import Visitor, readable
from web.limits import limiter

CROWD = 16


@pytest.fixture(scope="module")
def house(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for the whole crowd: its sixteen people work there one test after another."""
    yield from open_house(furnished_sqlite, tmp_path_factory.mktemp("crowd"))


@pytest.fixture(scope="module")
def crowd(house: House) -> list[Visitor]:
    """Sixteen handlers of one department, each at a browser of their own."""
    engine = house.office.engine
    logins = [house.newcomer(f"crowd-{number:02d}") for number in range(CROWD)]
    with engine.store.write() as tx:
        for login in logins:
            known = people.by_login(tx, login, at=engine.now())
            assert known is not None
            people.grant(tx, known.id, department="samr", position="handler", since=engine.now())
    with house.app.app_context():
        limiter.reset()
    return [house.visitor(login, f"10.0.0.{place}") for place, login in enumerate(logins)]


def at_once(
    visitors: list[Visitor], press: Callable[[Visitor], TestResponse]
) -> list[TestResponse]:
    gate = Barrier(len(visitors), timeout=60)

    def ready(visitor: Visitor) -> TestResponse:
        visitor.token()
        gate.wait()
        return press(visitor)

    with ThreadPoolExecutor(len(visitors)) as hands:
        return list(hands.map(ready, visitors, timeout=120))


def plan(house: House) -> str:
    opened = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="同时办理")
    return house.office.case(opened).number


def test_one_task_is_handed_in_once_however_many_press(house: House, crowd: list[Visitor]) -> None:
    number = plan(house)
    place = f"/tasks/{number}/draft"
    seals = {}
    for visitor in crowd:
        assert visitor.post(place, filled()).headers["Location"] == f"{place}/check"
        seals[id(visitor)] = visitor.hidden(f"{place}/check")
    answers = at_once(crowd, lambda each: each.post(f"{place}/check", seals[id(each)]))
    assert Counter(answer.status_code for answer in answers) == {303: 1, 409: CROWD - 1}
    told = [readable(answer.text) for answer in answers if answer.status_code == 409]
    assert all("现在不在待办状态，已由新人于" in text for text in told), told[0]
    history = crowd[0].page(f"/cases/{number}")
    assert history.count("办理「编制部门联合抽查计划」") == 2, "in the history and over its fields"


def test_sixteen_people_do_sixteen_things_in_one_case_and_none_is_lost(
    house: House, crowd: list[Visitor]
) -> None:
    number = plan(house)
    places = {id(visitor): place for place, visitor in enumerate(crowd)}

    def remark(visitor: Visitor) -> TestResponse:
        said = {"text": f"第{places[id(visitor)]:02d}人的意见"}
        return visitor.post(f"/cases/{number}/comments", said)

    answers = at_once(crowd, remark)
    assert {answer.status_code for answer in answers} == {303}
    history = crowd[0].page(f"/cases/{number}")
    assert all(f"第{place:02d}人的意见" in history for place in range(CROWD))
    assert "一致" in readable(crowd[0].post(f"/audit/{number}").text)
