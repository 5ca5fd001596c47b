"""Chance as commands: fixed rounds, promises, two people; who tries twice stands in the history."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from engine.commands import CompleteTask, SettleService, SupplyFacts, TransferTask
from engine.errors import FormInvalid, Refusal, TaskNotOpen
from engine.service import RecordedRefusal
from engine.store.tables import settings
from tests.engine import chains
from tests.engine.office import Office, payloads

THROWS = "3 1 4 1 5 2 6 5 3 5 4 2 1 3 2 3 4 6 2 6 4 3 3 4 3 2 1 5 6 6 2 1 3 4 5"
OTHER = "6" + THROWS[1:]
DICE: dict[str, Any] = {"beacon_kind": "现场摇号", "beacon_round": "三月抽签会，三楼会议室"}
LOTTERY: dict[str, Any] = {
    "beacon_kind": "公开彩票开奖",
    "beacon_round": "双色球2026031期、大乐透2026031期、双色球2026032期、大乐透2026032期",
    "beacon_from": "2026-03-22",
    "beacon_until": "2026-03-31",
}
DRAWN = """ssq:2026031=01,02,03,04,05,06+07
大乐透 2026031期=35 01 02 03 04 12 11
07 08 09 10 11 12 16
01,02,03,04,05+01,02"""


def _task(office: Office, **strategy: Any) -> UUID:
    task = chains.task(office, chains.approved_plan(office))
    office.do(task, "strategy", **strategy)
    return task


def _attempts(office: Office, case: UUID) -> list[dict[str, Any]]:
    return payloads(office.records(case), "attempt-refused")


def _manifest(office: Office, task: UUID) -> dict[str, Any]:
    case = office.case(task)
    return dict(json.loads(office.engine.shelf.fetch(case.fields["manifest_hash"])))


# ---------------------------------------------------------------- a second try is history


@pytest.mark.parametrize(
    ("element", "login", "said", "why"),
    [
        ("verify", "cy-justice-reviewer1", {"beacon_value_again": "1"}, "随机值只有一个"),
        ("record", "cy-samr-handler1", {"beacon_value": "1"}, "随机值只有一个"),
        ("strategy", "cy-samr-handler1", {}, "只能补抽"),
        ("withdraw", "cy-samr-head", {"withdrawal_reason": "重来"}, "已经抽取"),
    ],
)
def test_after_the_draw_nobody_gets_a_second_try(
    sqlite_office: Office, element: str, login: str, said: dict[str, Any], why: str
) -> None:
    task = chains.drawn_task(sqlite_office)
    before = sqlite_office.case(task).fields["draw_digest"]
    with pytest.raises(RecordedRefusal, match=why):
        sqlite_office.do(task, element, by=login, **said)
    (attempt,) = _attempts(sqlite_office, task)
    assert (attempt["element"], attempt["code"]) == (element, "redraw")
    assert sqlite_office.case(task).fields["draw_digest"] == before
    assert sqlite_office.kinds(task).count("beacon-recorded") == 1
    assert sqlite_office.audit(task).is_clean


def test_no_second_manifest_while_one_is_live_and_none_is_withdrawn_after_its_cut_off(
    sqlite_office: Office,
) -> None:
    task = _task(sqlite_office, **DICE)
    chains.until(sqlite_office, task, "record")
    with pytest.raises(RecordedRefusal, match="同一任务只能有一份有效清单"):
        sqlite_office.do(task, "strategy", by="cy-samr-handler1")
    with pytest.raises(RecordedRefusal, match="截止时间已过"):
        sqlite_office.do(task, "withdraw", by="cy-samr-head", withdrawal_reason="换一份")
    assert [kept["state"] for kept in sqlite_office.case(task).fields["docket"]] == ["committed"]
    assert len(_attempts(sqlite_office, task)) == 2


def test_whoever_never_held_the_task_is_only_turned_away(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    with pytest.raises(TaskNotOpen):
        sqlite_office.do(task, "verify", by="cy-fire-handler1", beacon_value_again="1")
    assert not _attempts(sqlite_office, task)


def test_what_the_draw_has_written_is_nobodys_to_supply(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    swap = SupplyFacts(
        case_id=task,
        actor=sqlite_office.person("cy-samr-handler1"),
        element="objects",
        fields={"draw": "0" * 64, "drawn_count": 1},
    )
    with pytest.raises(RecordedRefusal, match="draw、drawn_count"):
        sqlite_office.engine.handle(swap)
    assert _attempts(sqlite_office, task)[0]["code"] == "drawn-fixed"


def test_nobody_but_the_system_hands_in_the_result_of_a_draw(sqlite_office: Office) -> None:
    task = _task(sqlite_office, **DICE)
    chains.until(sqlite_office, task, "record")
    forged = SettleService(
        case_id=task,
        actor=sqlite_office.person("cy-samr-handler1"),
        element="objects",
        key="",
        work="0" * 64,
        result={"draw": "0" * 64},
    )
    with pytest.raises(RecordedRefusal, match="只能由系统"):
        sqlite_office.engine.handle(forged)


def test_a_drawn_subject_is_not_swapped_for_another(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    visit = sqlite_office.children(task, "inspection")[0]
    chains.until(sqlite_office, visit, "joint_visit")
    with pytest.raises(RecordedRefusal, match="subject_id"):
        sqlite_office.engine.handle(_with(sqlite_office, visit, subject_id="91220104MA0000000X"))
    assert _attempts(sqlite_office, visit)[0]["data"]["subject_id"] == "91220104MA0000000X"


def _with(office: Office, visit: UUID, **more: Any) -> Any:
    case = office.case(visit)
    slot = ("joint_visit", "")
    data = {**office.answer(case, slot), **more}
    actor = office.holder(case, slot)
    return CompleteTask(case_id=visit, actor=actor, element="joint_visit", data=data)


def test_a_drawn_officer_hands_a_visit_to_nobody_outside_the_team(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    visit = sqlite_office.children(task, "inspection")[0]
    chains.until(sqlite_office, visit, "joint_visit")
    case = sqlite_office.case(visit)
    swap = TransferTask(
        case_id=visit,
        actor=sqlite_office.holder(case, ("joint_visit", "")),
        element="joint_visit",
        to=sqlite_office.person("cy-samr-handler1"),
        reason="有事",
    )
    with pytest.raises(RecordedRefusal, match="不在抽中的检查组内"):
        sqlite_office.engine.handle(swap)
    assert _attempts(sqlite_office, visit)[0]["code"] == "officer-swapped"


# ---------------------------------------------------------------- rounds in fixed order


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({**DICE, "beacon_throws": 34}, "随机性不足"),
        ({**LOTTERY, "beacon_round": "双色球2026031期"}, "随机性不足"),
        ({**LOTTERY, "beacon_round": "福彩三月的几期"}, "不是彩票期号"),
        ({**LOTTERY, "beacon_round": " ".join(["ssq:2026071"] * 4)}, "一期只算一个值"),
        ({**LOTTERY, "beacon_round": f"{LOTTERY['beacon_round']} ssq:2026020"}, "已经知道"),
        (
            {**LOTTERY, "beacon_round": f"{LOTTERY['beacon_round']} ssq:2026200"},
            "没有「ssq:2026200」",
        ),
        ({**DICE, "beacon_instrument": "摇号机"}, "号码个数和次数"),
        ({**DICE, "beacon_time": "9点"}, "摇号时刻"),
        (
            {
                **DICE,
                "beacon_until": "2026-04-10",
                "beacon_fallbacks": [
                    {
                        "fallback_kind": "现场摇号",
                        "fallback_round": "补摇",
                        "fallback_from": "2026-04-10",
                        "fallback_until": "2026-04-20",
                    }
                ],
            },
            "后备随机源的时间须在前一随机源截止之后",
        ),
    ],
)
def test_a_strategy_whose_chance_is_guessable_or_out_of_order_is_refused(
    sqlite_office: Office, said: dict[str, Any], why: str
) -> None:
    with pytest.raises(FormInvalid, match=why):
        _task(sqlite_office, **said)


def test_a_ball_machine_may_stand_for_dice(sqlite_office: Office) -> None:
    balls = {"beacon_instrument": "摇号机", "beacon_faces": 36, "beacon_throws": 18}
    task = _task(sqlite_office, **DICE, **balls)
    chains.until(sqlite_office, task, "record")
    thrown = " ".join(str(number) for number in range(1, 19))
    sqlite_office.do(task, "record", beacon_value=thrown)
    sqlite_office.do(task, "verify", beacon_value_again=thrown.replace(" ", "、"))
    assert sqlite_office.case(task).fields["beacon_values"][0].startswith("balls:")


def test_several_public_draws_are_the_value_as_published(sqlite_office: Office) -> None:
    task = _task(sqlite_office, **LOTTERY)
    chains.until(sqlite_office, task, "record")
    with pytest.raises(Refusal, match="该轮次定于"):
        sqlite_office.do(task, "record", beacon_value=DRAWN)
    sqlite_office.on("2026-03-23")
    with pytest.raises(FormInvalid, match="应有 4 期结果"):
        sqlite_office.do(task, "record", beacon_value=DRAWN.splitlines()[0])
    said = DRAWN.replace("大乐透 2026031期", "dlt:2026031")
    sqlite_office.do(task, "record", beacon_value=said)
    sqlite_office.do(task, "verify", beacon_value_again=said)
    values = sqlite_office.case(task).fields["beacon_values"]
    assert values[0] == "ssq:2026031=01,02,03,04,05,06+07"
    assert values[3] == "dlt:2026032=01,02,03,04,05+01,02"
    assert "draw_digest" in sqlite_office.case(task).fields


def _with_fallback(office: Office) -> UUID:
    fallback = {
        "fallback_kind": "公开彩票开奖",
        "fallback_round": "ssq:2026051 dlt:2026051 ssq:2026052 dlt:2026052",
        "fallback_from": "2026-04-02",
        "fallback_until": "2026-05-31",
    }
    task = _task(office, **DICE, beacon_until="2026-03-31", beacon_fallbacks=[fallback])
    chains.until(office, task, "record")
    return task


def test_a_fallback_counts_only_after_the_first_has_fallen_with_a_reason_and_two_people(
    sqlite_office: Office,
) -> None:
    task = _with_fallback(sqlite_office)
    fallen: dict[str, Any] = {"beacon_stalled": ["摇号器具损坏，会议没有举行"]}
    said = "\n".join(["01 02 03 04 05 06 07", "01 02 03 04 05 06 07"] * 2)
    with pytest.raises(Refusal, match="仍有效"):
        sqlite_office.do(task, "record", beacon_value=said, **fallen)
    sqlite_office.on("2026-04-03")
    with pytest.raises(FormInvalid):
        sqlite_office.do(task, "record", beacon_value=said)  # the first round, of dice
    sqlite_office.do(task, "record", beacon_value=said, **fallen)
    with pytest.raises(FormInvalid, match="由两人确认"):
        sqlite_office.do(task, "verify", beacon_value_again=said)
    sqlite_office.do(task, "verify", beacon_value_again=said, beacon_stalled_confirmed=True)
    recorded = sqlite_office.case(task).fields["beacon"]
    assert (recorded["round"], recorded["stalled"]) == (1, fallen["beacon_stalled"])
    assert sqlite_office.audit(task).is_clean


def test_a_round_whose_value_was_entered_is_corrected_and_never_called_fallen(
    sqlite_office: Office,
) -> None:
    """Else a value that does not please was mistyped, and then its round has not taken place."""
    task = _with_fallback(sqlite_office)
    sqlite_office.do(task, "record", beacon_value=OTHER)
    wrong = {"beacon_decision": "首录有误", "beacon_correction_reason": "第一次点数看错"}
    sqlite_office.do(task, "verify", beacon_value_again=THROWS, **wrong)
    sqlite_office.on("2026-05-20")
    said = "\n".join(["01 02 03 04 05 06 07", "01 02 03 04 05 06 07"] * 2)
    fallen: dict[str, Any] = {"beacon_stalled": ["摇号器具损坏，会议没有举行"]}
    with pytest.raises(RecordedRefusal, match="只能更正同一轮的值"):
        sqlite_office.do(task, "record", beacon_value=said, **fallen)
    assert _attempts(sqlite_office, task)[0]["code"] == "redraw"
    sqlite_office.do(task, "record", beacon_value=THROWS)
    sqlite_office.do(task, "verify", beacon_value_again=THROWS)
    recorded = sqlite_office.case(task).fields["beacon"]
    assert (recorded["round"], len(recorded["earlier"])) == (0, 1)
    assert sqlite_office.audit(task).is_clean


def test_the_demo_source_brings_a_task_in_earnest_back_to_its_strategy(
    sqlite_office: Office,
) -> None:
    task = _task(sqlite_office)
    with sqlite_office.engine.store.write() as connection:
        connection.execute(delete(settings))
    while not sqlite_office.case(task).fields.get("manifest_problem"):
        element, key = next(iter(sqlite_office.open_tasks(task)))
        sqlite_office.do(task, element, key=key)
    assert "演示随机源" in sqlite_office.case(task).fields["manifest_problem"]
    assert ("strategy", "") in sqlite_office.open_tasks(task)
    assert "docket" not in sqlite_office.case(task).fields


# ---------------------------------------------------------------- two people, one value


def test_on_site_the_witnesses_are_named_and_stand_on_the_minutes(sqlite_office: Office) -> None:
    task = _task(sqlite_office, **DICE)
    chains.until(sqlite_office, task, "record")
    with pytest.raises(FormInvalid, match="见证人"):
        sqlite_office.do(task, "record", beacon_value=THROWS, beacon_witnesses=[])
    sqlite_office.do(task, "record", beacon_value=THROWS, beacon_witnesses=["公证处 李见证"])
    sqlite_office.do(task, "verify", beacon_value_again=THROWS)
    fields = sqlite_office.case(task).fields
    minutes = sqlite_office.engine.shelf.fetch(fields["draw_record_document"]).decode()
    for told in (
        "公证处 李见证",
        fields["manifest_hash"],
        fields["beacon_values"][0],
        fields["beacon_rounds"][0],
        "见证人：____",
    ):
        assert told in minutes


def test_a_mistyped_value_is_corrected_by_two_people_and_both_values_stay(
    sqlite_office: Office,
) -> None:
    task = _task(sqlite_office, **DICE)
    chains.until(sqlite_office, task, "record")
    sqlite_office.do(task, "record", beacon_value=OTHER)
    with pytest.raises(Refusal, match="不一致"):
        sqlite_office.do(task, "verify", beacon_value_again=THROWS)
    wrong = {"beacon_decision": "首录有误", "beacon_correction_reason": "第一次点数看错"}
    with pytest.raises(FormInvalid, match="没有需要更正的"):
        sqlite_office.do(task, "verify", beacon_value_again=OTHER, **wrong)
    sqlite_office.do(task, "verify", beacon_value_again=THROWS, **wrong)
    assert "draw" not in sqlite_office.case(task).fields
    sqlite_office.do(task, "record", beacon_value=THROWS)
    sqlite_office.do(task, "verify", beacon_value_again=THROWS)
    recorded = sqlite_office.case(task).fields["beacon"]
    assert recorded["values"][0].endswith(THROWS.replace(" ", ""))
    assert recorded["earlier"][0]["values"][0].endswith(OTHER.replace(" ", ""))
    assert "draw_digest" in sqlite_office.case(task).fields
    assert sqlite_office.audit(task).is_clean


# ---------------------------------------------------------------- the manifest's life


def test_within_the_objection_window_a_manifest_is_withdrawn_and_stays_public(
    sqlite_office: Office,
) -> None:
    task = _task(sqlite_office, **DICE, objection_until="2026-03-20")
    chains.until(sqlite_office, task, "withdraw")
    first = sqlite_office.case(task).fields["manifest_hash"]
    sqlite_office.do(task, "withdraw", withdrawal_reason="名录漏了一批")
    assert ("strategy", "") in sqlite_office.open_tasks(task)
    sqlite_office.do(task, "strategy", **DICE, objection_until="2026-03-01")
    chains.until(sqlite_office, task, "record")
    docket = sqlite_office.case(task).fields["docket"]
    assert [(kept["seq"], kept["state"]) for kept in docket] == [
        (1, "superseded"),
        (2, "committed"),
    ]
    assert _manifest(sqlite_office, task)["supersedes"] == first
    told = [row["body"] for row in sqlite_office.publications(kind="manifest")]
    assert [row["manifest_state"] for row in told] == ["已登记", "已被替代", "已登记"]
    assert sqlite_office.audit(task).is_clean


def test_an_objection_window_that_a_second_strategy_leaves_out_no_longer_counts(
    sqlite_office: Office,
) -> None:
    task = _task(sqlite_office, **DICE, objection_until="2026-03-20")
    chains.until(sqlite_office, task, "withdraw")
    sqlite_office.do(task, "withdraw", withdrawal_reason="不设异议期")
    case, slot = sqlite_office.case(task), ("strategy", "")
    said = sqlite_office.answer(case, slot, **PROMISED)
    del said["objection_until"]  # the promises are opened while the old window would still be open
    actor = sqlite_office.holder(case, slot)
    sqlite_office.engine.handle(
        CompleteTask(case_id=task, actor=actor, element="strategy", data=said)
    )
    sqlite_office.settle()
    chains.until(sqlite_office, task, "reveal")
    manifest = _manifest(sqlite_office, task)
    assert manifest["cutoff"] < "2026-03-03"
    assert manifest["reveal_by"] == "2026-03-16T01:30:00Z"
    assert sqlite_office.audit(task).is_clean


def test_after_the_objection_window_the_draw_goes_on_by_itself(sqlite_office: Office) -> None:
    task = _task(sqlite_office, **DICE, objection_until="2026-03-20")
    chains.until(sqlite_office, task, "withdraw")
    assert ("record", "") not in sqlite_office.open_tasks(task)
    sqlite_office.on("2026-03-21")
    assert list(sqlite_office.open_tasks(task)) == [("record", "")]


# ---------------------------------------------------------------- promises and reveals


PROMISED: dict[str, Any] = {
    **DICE,
    "reveal_parties": ["notary", "association"],
    "reveal_on": "2026-03-16",
    "reveal_time": "09:30",
    "beacon_from": "2026-03-16",
    "beacon_time": "10:00",
}


def _promised(office: Office) -> UUID:
    task = _task(office, **PROMISED)
    chains.until(office, task, "reveal")
    return task


def test_values_are_promised_before_the_manifest_and_revealed_before_the_value(
    sqlite_office: Office,
) -> None:
    task = _promised(sqlite_office)
    parties = [each["party"] for each in _manifest(sqlite_office, task)["reveal_commits"]]
    assert parties == ["notary", "association"]
    with pytest.raises(FormInvalid, match="与承诺摘要不符"):
        sqlite_office.do(task, "reveal", key="notary", reveal_value="0" * 64)
    sqlite_office.do(task, "reveal", key="notary")
    with pytest.raises(TaskNotOpen):
        sqlite_office.do(task, "record", by="cy-samr-handler1", beacon_value=THROWS)
    sqlite_office.do(task, "reveal", key="association")
    with pytest.raises(Refusal, match="该轮次定于"):
        sqlite_office.do(task, "record", beacon_value=THROWS)
    sqlite_office.on("2026-03-16", "10:30")
    _throw(sqlite_office, task)
    assert [each["party"] for each in sqlite_office.case(task).fields["reveals"]] == parties
    assert sqlite_office.case(task).fields["dropped_parties"] == []


def test_who_does_not_reveal_in_time_is_dropped_before_the_value_is_known(
    sqlite_office: Office,
) -> None:
    task = _promised(sqlite_office)
    sqlite_office.do(task, "reveal", key="notary")
    sqlite_office.hand.moment = sqlite_office.hand.moment.replace(day=16, hour=9, minute=40)
    with pytest.raises(Refusal, match="公开期限已过"):
        sqlite_office.engine.handle(_late(sqlite_office, task))
    sqlite_office.on("2026-03-16", "10:30")
    (silent,) = payloads(sqlite_office.records(task), "silence-recorded")
    assert silent["departments"] == ["association"]
    kinds = sqlite_office.kinds(task)
    assert "beacon-recorded" not in kinds
    _throw(sqlite_office, task)
    fields = sqlite_office.case(task).fields
    assert fields["dropped_parties"] == ["association"]
    drawn = json.loads(sqlite_office.engine.shelf.fetch(fields["draw"]))
    assert drawn["dropped"] == ["association"]
    assert sqlite_office.audit(task).is_clean


def _late(office: Office, task: UUID) -> Any:
    case, slot = office.case(task), ("reveal", "association")
    data = office.answer(case, slot)
    actor = office.holder(case, slot)
    return CompleteTask(case_id=task, actor=actor, element="reveal", key=slot[1], data=data)


def _throw(office: Office, task: UUID) -> None:
    office.do(task, "record", beacon_value=THROWS)
    office.do(task, "verify", beacon_value_again=THROWS)
