"""联合抽取: tasks that share a random value, and what becomes of the one that is not ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from pytest_bdd import given, then, when

from tests.engine import chains
from tests.steps.desk import Desk
from tests.steps.draws import artefact

THROWS = "3 1 4 1 5 2 6 5 3 5 4 2 1 3 2 3 4 6 2 6 4 3 3 4 3 2 1 5 6 6 2 1 3 4 5"
AHEAD = timedelta(days=14)  # of the strategies: time enough for every manifest


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """Two members in time, the first of which enters the value, and one that is late."""

    first: UUID
    second: UUID
    late: UUID
    day: str


@given("三项约定联合抽取的任务，其中一项没有登记清单", target_fixture="campaign")
def three_tasks(desk: Desk) -> Campaign:
    """Take two of three up to their manifests; the third stays where its strategy begins."""
    plan = chains.approved_plan(desk.office, desk.jurisdiction)
    first, second, late = (chains.task(desk.office, plan, desk.jurisdiction) for _ in range(3))
    numbers = [desk.office.case(task).number for task in (first, second, late)]
    day = (desk.office.today + AHEAD).isoformat()
    for task in (first, second):
        _committed(desk, task, numbers, day)
    desk.take(first)
    return Campaign(first=first, second=second, late=late, day=day)


@when("到了约定的摇号时刻，第一项任务录入并复核随机值")
def thrown(desk: Desk, campaign: Campaign) -> None:
    assert list(desk.office.open_tasks(campaign.first)) == [("withdraw", "")], "no value yet"
    desk.office.on(campaign.day, "10:30")
    assert not desk.office.open_tasks(campaign.second), "one value serves both"
    desk.office.do(campaign.first, "record", beacon_value=THROWS)
    desk.office.do(campaign.first, "verify", beacon_value_again=THROWS)


@then("登记了清单的两项共用一个密钥，各有名单")
def shared(desk: Desk, campaign: Campaign) -> None:
    one, other = (desk.office.case(task).fields for task in (campaign.first, campaign.second))
    assert one["beacon"] == other["beacon"]
    assert one["draw_key"] == other["draw_key"]
    assert one["campaign_manifests"] == sorted([one["manifest_hash"], other["manifest_hash"]])
    assert artefact(desk, one["draw"])["winners"]
    assert artefact(desk, other["draw"])["winners"]


@then("公示写明没有赶上的任务")
def left_out(desk: Desk, campaign: Campaign) -> None:
    late = desk.office.case(campaign.late).number
    members = (campaign.first, campaign.second)
    rows = desk.office.publications(kind="task")
    told = {row["case_id"]: row["body"] for row in rows}
    assert all(told[task]["campaign_left_out"] == [late] for task in members)


def _committed(desk: Desk, task: UUID, numbers: list[str], day: str) -> None:
    said: dict[str, Any] = {
        "beacon_kind": "现场摇号",
        "beacon_round": "春季联合抽签会",
        "beacon_from": day,
        "beacon_time": "10:00",
        "draw_campaign": "春季联合抽查",
        "draw_campaign_tasks": numbers,
    }
    desk.office.do(task, "strategy", **said)
    while not desk.office.case(task).fields.get("manifest_committed"):
        element, key = next(iter(desk.office.open_tasks(task)))
        desk.office.do(task, element, key=key)
