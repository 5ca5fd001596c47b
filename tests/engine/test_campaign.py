"""进一次门、查多项事: tasks of a declared campaign share one value and one key."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from engine import clock
from engine.draw import verify
from engine.errors import FormInvalid
from engine.events import Fields
from tests.engine import chains
from tests.engine.office import Office, payloads
from tests.engine.test_chance import DICE, THROWS

NAME = "春季联合抽查"
MOMENT = datetime(2026, 3, 16, 10, tzinfo=clock.SHANGHAI)
MEETING = {"beacon_from": "2026-03-16", "beacon_time": "10:00"}


def _two(office: Office) -> tuple[UUID, UUID]:
    plan = chains.approved_plan(office)
    return chains.task(office, plan), chains.task(office, plan)


def _said(office: Office, *tasks: UUID, **more: Any) -> dict[str, Any]:
    numbers = [office.case(task).number for task in tasks]
    return {**DICE, **MEETING, "draw_campaign": NAME, "draw_campaign_tasks": numbers, **more}


def _committed(office: Office, task: UUID, **strategy: Any) -> None:
    """Take a task up to its manifest, whatever waits after it."""
    office.do(task, "strategy", **strategy)
    while not _is_live(office.case(task).fields):
        element, key = next(iter(office.open_tasks(task)))
        office.do(task, element, key=key)


def _is_live(fields: Fields) -> bool:
    return bool(fields.get("manifest_committed")) and not fields.get("manifest_withdrawn")


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
    _thrown(office, first)
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
    _thrown(office, first)
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


def test_a_campaign_fixes_its_day_for_all(sqlite_office: Office) -> None:
    first, second = _two(sqlite_office)
    said = _said(sqlite_office, first, second)
    with pytest.raises(FormInvalid, match="摇号日期"):
        sqlite_office.do(first, "strategy", **{**said, "beacon_from": "2026-03-01"})
    with pytest.raises(FormInvalid, match="清单截止以后"):
        sqlite_office.do(first, "strategy", **said, objection_until="2026-03-20")


def test_members_that_do_not_agree_on_chance_are_told_and_draw_apart_when_the_time_comes(
    office: Office,
) -> None:
    first, second = _two(office)
    _committed(office, first, **_said(office, first, second))
    more = {"beacon_throws": 40}
    _committed(office, second, **_said(office, first, second, **more))
    assert not office.open_tasks(first)
    told = payloads(office.records(second), "comment-added")[-1]["text"]
    assert "随机源、摇号时刻与其他任务不同" in told
    office.on("2026-03-16", "10:30")
    assert ("record", "") in office.open_tasks(first)
    assert ("record", "") in office.open_tasks(second), "each is the first of its own group"
    _thrown(office, first)
    assert "draw" not in office.case(second).fields, "another round, another value"
    office.do(second, "record", beacon_value=f"{THROWS} 1 2 3 4 5")
    office.do(second, "verify", beacon_value_again=f"{THROWS} 1 2 3 4 5")
    one, other = office.case(first).fields, office.case(second).fields
    assert one["campaign_left_out"] == [office.case(second).number]
    assert _drawn(office, first)["key"] != _drawn(office, second)["key"]
    assert one["campaign_manifests"] == [one["manifest_hash"]]
    assert other["campaign_manifests"] == [other["manifest_hash"]]
    assert all(office.audit(task).is_clean for task in (first, second))


def test_who_is_not_committed_by_the_moment_of_the_value_is_not_waited_for(
    office: Office, tmp_path: Path
) -> None:
    office.engine.var = tmp_path
    first, second, third = (*_two(office), _another(office))
    said = _said(office, first, second, third)
    _committed(office, first, **said)
    _committed(office, second, **said)
    assert not office.open_tasks(first)
    office.on("2026-03-16", "10:30")
    assert list(office.open_tasks(first)) == [("record", "")]
    assert not office.open_tasks(second), "the value of the first is theirs as well"
    _thrown(office, first)
    late = office.case(third).number
    for task in (first, second):
        fields = office.case(task).fields
        assert fields["campaign_left_out"] == [late]
        assert "draw_digest" in fields
        chains.until(office, task, "receipt")
        (row,) = [r for r in office.publications(kind="task") if r["case_id"] == task]
        assert row["body"]["campaign_left_out"] == [late]
        folder = tmp_path / "evidence" / office.case(task).number
        assert verify.main([str(folder / "evidence.json")]) == 0
        assert office.audit(task).is_clean
    assert _drawn(office, first)["key"] == _drawn(office, second)["key"]


def test_after_that_moment_nobody_joins_any_more(sqlite_office: Office) -> None:
    office = sqlite_office
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, first, **said)
    office.do(second, "strategy", **said)
    office.on("2026-03-16", "10:30")
    _thrown(office, first)
    while not office.case(second).fields.get("manifest_problem"):
        element, key = next(iter(office.open_tasks(second)))
        office.do(second, element, key=key)
    assert "来不及登记截止" in office.case(second).fields["manifest_problem"]
    assert ("strategy", "") in office.open_tasks(second)
    with pytest.raises(FormInvalid, match="摇号日期"):
        office.do(second, "strategy", **said)
    assert office.audit(second).is_clean


def test_no_value_is_entered_while_one_of_them_may_still_withdraw(sqlite_office: Office) -> None:
    office = sqlite_office
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, first, **said)
    _committed(office, second, **said, objection_until="2026-03-10")
    assert not office.open_tasks(first)
    assert list(office.open_tasks(second)) == [("withdraw", "")]
    office.do(second, "withdraw", withdrawal_reason="名录漏了一批")
    assert not office.open_tasks(first)
    _committed(office, second, **said, objection_until="2026-03-11")
    office.on("2026-03-12")
    assert list(office.open_tasks(first)) == [("record", "")]
    office.on("2026-03-16", "10:30")
    _thrown(office, first)
    assert _drawn(office, first)["key"] == _drawn(office, second)["key"]
    assert all(office.audit(task).is_clean for task in (first, second))


def test_a_scheduler_that_slept_changes_nothing(sqlite_office: Office) -> None:
    """The moment of the round and the end of an objection window are seen in one tick."""
    office = sqlite_office
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, first, **said)
    _committed(office, second, **said, objection_until="2026-03-10")
    office.on("2026-03-16", "10:30")
    _thrown(office, first)
    assert office.case(first).fields["campaign_left_out"] == []
    assert _drawn(office, first)["key"] == _drawn(office, second)["key"]
    assert all(office.audit(task).is_clean for task in (first, second))


def _another(office: Office) -> UUID:
    return chains.task(office, chains.approved_plan(office))


def _thrown(office: Office, task: UUID) -> None:
    if office.hand.moment < MOMENT:
        office.on("2026-03-16", "10:30")
    office.do(task, "record", beacon_value=THROWS)
    office.do(task, "verify", beacon_value_again=THROWS)
