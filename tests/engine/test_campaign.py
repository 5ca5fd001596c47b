"""进一次门、查多项事: tasks of a declared campaign share one value and one key."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from engine import clock
from engine.commands import CompleteTask
from engine.draw import verify
from engine.errors import FormInvalid, Refusal
from engine.events import Fields
from engine.service import RecordedRefusal
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
    assert list(office.open_tasks(first)) == [("withdraw", "")]
    assert "尚未登记" in _told(office, first)
    _committed(office, second, **said)
    assert list(office.open_tasks(second)) == [("withdraw", "")]
    assert all("都已登记" in _told(office, task) for task in (first, second))
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
    assert "随机源、摇号时刻与其他任务不同" in _told(office, second)
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
    assert ("record", "") not in office.open_tasks(first)
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
    assert list(office.open_tasks(second)) == [("withdraw", "")]
    office.do(second, "withdraw", withdrawal_reason="名录漏了一批")
    _committed(office, second, **said, objection_until="2026-03-11")
    office.on("2026-03-12")
    assert not office.open_tasks(second), "its own window is over"
    assert list(office.open_tasks(first)) == [("withdraw", "")]
    office.on("2026-03-16", "10:30")
    assert office.case(second).fields["campaign_withdrawn"] == [], "it came back in time"
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


# ---------------------------------------------------------------- withdrawn by its initiator


def test_until_the_cutoff_the_initiator_withdraws_a_member_and_the_others_go_on(
    office: Office, tmp_path: Path
) -> None:
    """Recorded, told to the others at once, and in what the others publish."""
    office.engine.var = tmp_path
    first, second, third = (*_two(office), _another(office))
    said = _said(office, first, second, third)
    for task in (first, second, third):
        _committed(office, task, **said)
    left = office.case(second)
    office.on("2026-03-10")
    office.do(second, "withdraw", withdrawal_reason="专项整治已另行安排")
    for task in (first, third):
        told = _told(office, task)
        assert f"任务 {left.number} 撤回了清单：专项整治已另行安排" in told
        assert "2026-03-16 10:00" in told
    public = [row["body"] for row in office.publications(kind="manifest")]
    (withdrawn,) = [each for each in public if each["manifest_state"] == "已被替代"]
    assert withdrawn["draw_campaign"] == NAME
    assert withdrawn["withdrawal_reason"] == "专项整治已另行安排"
    assert withdrawn["manifest_hash"] == left.fields["manifest_hash"]
    _thrown(office, first)
    for task in (first, third):
        fields = office.case(task).fields
        assert fields["campaign_left_out"] == [left.number]
        (sentence,) = fields["campaign_withdrawn"]
        assert sentence.startswith(f"任务 {left.number} 于 2026-03-10 ")
        assert "专项整治已另行安排" in sentence
        assert left.fields["manifest_hash"] not in fields["campaign_manifests"]
        chains.until(office, task, "receipt")
        (row,) = [r for r in office.publications(kind="task") if r["case_id"] == task]
        assert row["body"]["campaign_withdrawn"] == [sentence]
        folder = tmp_path / "evidence" / office.case(task).number
        assert verify.main([str(folder / "evidence.json")]) == 0
    assert "draw" not in office.case(second).fields
    assert ("strategy", "") in office.open_tasks(second)
    assert all(office.audit(task).is_clean for task in (first, second, third))


def test_who_left_draws_alone_and_is_of_no_group(sqlite_office: Office) -> None:
    office = sqlite_office
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, first, **said)
    _committed(office, second, **said)
    office.do(second, "withdraw", withdrawal_reason="单独开展")
    _alone(office, second)
    chains.until(office, second, "record")
    office.do(second, "record", beacon_value=THROWS)
    office.do(second, "verify", beacon_value_again=THROWS)
    _thrown(office, first)
    one, other = office.case(first).fields, office.case(second).fields
    assert one["campaign_manifests"] == [one["manifest_hash"]]
    assert one["draw_key"] != other["draw_key"]
    assert other["in_campaign"] is False
    assert [kept["state"] for kept in other["docket"]] == ["superseded", "disclosed"]
    assert all(office.audit(task).is_clean for task in (first, second))


@pytest.mark.parametrize("moment", ["cut-off", "value known"])
def test_after_the_cutoff_nobody_leaves_and_the_attempt_stays_in_the_history(
    sqlite_office: Office, moment: str
) -> None:
    """With the value known it would be choosing among outcomes."""
    office = sqlite_office
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, first, **said)
    _committed(office, second, **said)
    if moment == "cut-off":
        # ten minutes pass before an act: this one is at the cut-off, whose clock has not rung yet
        office.hand.moment = MOMENT - timedelta(minutes=10, seconds=1)
        with pytest.raises(RecordedRefusal, match="截止时间已过"):
            office.do(second, "withdraw", withdrawal_reason="不想查了")
    _thrown(office, first)
    expected = office.case(second).fields["draw_digest"]
    with pytest.raises(RecordedRefusal):
        office.do(second, "withdraw", by="cy-samr-head", withdrawal_reason="不想查了")
    refused = payloads(office.records(second), "attempt-refused")
    assert {(each["code"], each["element"]) for each in refused} == {("redraw", "withdraw")}
    assert refused[-1]["data"]["withdrawal_reason"] == "不想查了"
    assert office.case(second).fields["draw_digest"] == expected
    assert _drawn(office, first)["key"] == _drawn(office, second)["key"]
    assert office.audit(second).is_clean


def test_nobody_but_the_initiator_withdraws_a_member(sqlite_office: Office) -> None:
    office = sqlite_office
    first, second = _two(office)
    said = _said(office, first, second)
    _committed(office, second, **said)
    with pytest.raises(Refusal):
        office.do(second, "withdraw", by="cy-fire-head", withdrawal_reason="不想查了")
    with pytest.raises(Refusal):
        office.do(second, "withdraw", by="cy-samr-handler1", withdrawal_reason="不想查了")
    assert ("withdraw", "") in office.open_tasks(second)


def _alone(office: Office, task: UUID) -> None:
    """Do the strategy again without the campaign: what it leaves out is taken back."""
    case, slot = office.case(task), ("strategy", "")
    said = office.answer(case, slot, **DICE)
    kept = {name: value for name, value in said.items() if not name.startswith("draw_campaign")}
    kept = {name: value for name, value in kept.items() if name not in MEETING}
    actor = office.holder(case, slot)
    office.engine.handle(CompleteTask(case_id=task, actor=actor, element="strategy", data=kept))
    office.settle()


def _told(office: Office, task: UUID) -> str:
    text: str = payloads(office.records(task), "comment-added")[-1]["text"]
    return text


def _another(office: Office) -> UUID:
    return chains.task(office, chains.approved_plan(office))


def _thrown(office: Office, task: UUID) -> None:
    if office.hand.moment < MOMENT:
        office.on("2026-03-16", "10:30")
    office.do(task, "record", beacon_value=THROWS)
    office.do(task, "verify", beacon_value_again=THROWS)
