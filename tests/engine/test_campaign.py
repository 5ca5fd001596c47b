"""进一次门、查多项事: tasks of a declared campaign share one value and one key."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from engine.errors import FormInvalid
from tests.engine import chains
from tests.engine.office import Office, payloads
from tests.engine.test_chance import DICE, THROWS

NAME = "春季联合抽查"


def _two(office: Office) -> tuple[UUID, UUID]:
    plan = chains.approved_plan(office)
    return chains.task(office, plan), chains.task(office, plan)


def _said(office: Office, *tasks: UUID, **more: Any) -> dict[str, Any]:
    numbers = [office.case(task).number for task in tasks]
    return {**DICE, "draw_campaign": NAME, "draw_campaign_tasks": numbers, **more}


def _committed(office: Office, task: UUID, **strategy: Any) -> None:
    """Take a task up to its manifest, whatever waits after it."""
    office.do(task, "strategy", **strategy)
    while not office.case(task).fields.get("manifest_committed"):
        element, key = next(iter(office.open_tasks(task)))
        office.do(task, element, key=key)


def _drawn(office: Office, task: UUID) -> dict[str, Any]:
    place = office.case(task).fields["draw"]
    return dict(json.loads(office.engine.shelf.fetch(place)))


def test_the_draw_waits_for_every_manifest_and_then_one_value_serves_all(
    office: Office,
) -> None:
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, first, **said)
    assert not office.open_tasks(first)
    assert "尚未登记" in payloads(office.records(first), "comment-added")[-1]["text"]
    _committed(office, second, **said)
    assert not office.open_tasks(second)
    office.do(first, "record", beacon_value=THROWS)
    office.do(first, "verify", beacon_value_again=THROWS)
    one, other = _drawn(office, first), _drawn(office, second)
    assert one["key"] == other["key"]
    assert one["manifest"] != other["manifest"]
    manifests = office.case(second).fields["campaign_manifests"]
    assert manifests == sorted([one["manifest"], other["manifest"]])
    assert office.case(second).fields["beacon"] == office.case(first).fields["beacon"]
    assert all(office.audit(task).is_clean for task in (first, second))


def test_the_same_businesses_surface_in_every_list(sqlite_office: Office) -> None:
    """The lists are of the same items here, so positive coordination gives the same winners."""
    office = sqlite_office
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, first, **said)
    _committed(office, second, **said)
    office.do(first, "record", beacon_value=THROWS)
    office.do(first, "verify", beacon_value_again=THROWS)
    lists = [
        {line.rpartition("|")[2] for line in _drawn(office, t)["winners"]} for t in (first, second)
    ]
    assert lists[0] & lists[1]


def test_a_campaign_names_its_own_task_and_another(sqlite_office: Office) -> None:
    first, second = _two(sqlite_office)
    with pytest.raises(FormInvalid, match="包括本任务"):
        sqlite_office.do(first, "strategy", **_said(sqlite_office, second))
    with pytest.raises(FormInvalid, match="包括本任务"):
        sqlite_office.do(first, "strategy", **_said(sqlite_office, first))


def test_members_that_do_not_agree_on_chance_wait_and_are_told_why(sqlite_office: Office) -> None:
    office = sqlite_office
    first, second = _two(office)
    _committed(office, first, **_said(office, first, second))
    more = {"beacon_throws": 40}
    _committed(office, second, **_said(office, first, second, **more))
    assert not office.open_tasks(first)
    told = payloads(office.records(second), "comment-added")[-1]["text"]
    assert "随机源与其他任务不同" in told
