"""名录: what a frozen list holds, who is left out of it and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pytest_bdd import step, then

from engine.registry.types import RegistryKind
from engine.store import registry
from tests.engine import chains
from tests.steps.desk import Desk
from tests.steps.draws import manifest
from tests.steps.phrases import phrase

# one department's own task: its list is not narrowed to what several departments regulate
ALONE: dict[str, Any] = {"joint": False, "participants": []}


def frozen_rows(desk: Desk, what: str) -> list[list[str]]:
    """Return the rows of the frozen list or pool: id | stratum | flags."""
    content = desk.office.engine.shelf.fetch(desk.case.fields[what]["file"])
    return [line.split("|") for line in content.decode().splitlines()]


def flagged(desk: Desk, what: str) -> dict[str, str]:
    return {row[0]: row[-1] for row in frozen_rows(desk, what) if row[-1]}


@then(phrase("冻结的名录含有不可抽的对象，并写明依据的规则「{rule}」"))
def listed_but_not_drawable(desk: Desk, rule: str) -> None:
    assert any(rule in flags for flags in flagged(desk, "frame").values()), flagged(desk, "frame")
    frame = desk.case.fields["frame"]
    assert frame["eligible"] < frame["rows"] == desk.case.fields["frame_total"]


@then(phrase("冻结的人员库把{inspector}列为不可抽，依据规则「{rule}」"))
def pooled_but_not_drawable(desk: Desk, inspector: str, rule: str) -> None:
    assert rule in flagged(desk, "pool").get(inspector, ""), flagged(desk, "pool")


@then("抽中的对象都是存续的")
def drawn_subjects_exist(desk: Desk) -> None:
    drawn = {desk.office.case(child).fields["subject_id"] for child in desk.children("检查")}
    assert drawn
    assert not drawn & set(flagged(desk, "frame"))


@then("检查组成员都是可抽的")
def staff_may_inspect(desk: Desk) -> None:
    teams = [desk.office.case(child).parties["team"] for child in desk.children("检查")]
    assert teams
    assert not {person for team in teams for person in team} & set(flagged(desk, "pool"))


@then(phrase("上次查过的对象这次都不可抽，依据规则「{rule}」"))
def not_again(desk: Desk, rule: str) -> None:
    visits = desk.office.children(desk.parents[-1], "inspection")
    visited = {desk.office.case(child).fields["subject_id"] for child in visits}
    left_out = flagged(desk, "frame")
    assert visited
    assert [subject for subject in visited if rule not in left_out.get(subject, "")] == []


@then("抽取清单按风险等级分了层")
def strata_by_tier(desk: Desk) -> None:
    """The strata of the manifest are those of the frozen list: no tier is left out."""
    frozen = {stratum["s"]: stratum["N"] for stratum in desk.case.fields["frame"]["strata"]}
    assert len(frozen) >= 2
    assert {stratum["s"] for stratum in manifest(desk)["strata"]} == set(frozen)
    assert sum(frozen.values()) == desk.case.fields["frame_total"]


def drawn_everyone(desk: Desk, plan: UUID, item: str, stop: str) -> None:
    """Draw the whole list of one item under a plan, as far as a task of that name."""
    line = {**ALONE, "items": [item], "full_coverage": True, "full_coverage_ground_given": True}
    desk.take(chains.task(desk.office, plan, desk.jurisdiction, **line))
    desk.do("编制抽取策略", [["对象抽取方式", "全覆盖"]])
    desk.until(stop)


@step(phrase("就事项「{item}」全覆盖下达一次检查"))
def everyone_visited(desk: Desk, item: str) -> None:
    plan = desk.case_id
    drawn_everyone(desk, plan, item, "登记公示渠道回执")
    desk.do("登记公示渠道回执")
    assert desk.children("检查")
    desk.take(plan)


@step(phrase("就事项「{item}」编制第三次抽取直到冻结名录"))
def third_time(desk: Desk, item: str) -> None:
    line = {**ALONE, "items": [item]}
    desk.take(chains.task(desk.office, desk.case_id, desk.jurisdiction, **line))
    desk.until("录入随机值")


def rows_of(desk: Desk, units: Iterable[str]) -> dict[str, Any]:
    with desk.office.engine.store.read() as connection:
        return dict(
            registry.find_many(connection, desk.jurisdiction, RegistryKind.SUBJECTS, tuple(units))
        )


@then(phrase("依据规则「{rule}」不可抽的，都是低风险高信用的非重点对象"))
def capped_are_safe(desk: Desk, rule: str) -> None:
    capped = [unit for unit, codes in flagged(desk, "frame").items() if rule in codes]
    assert capped
    for row in rows_of(desk, capped).values():
        is_safe = row.risk_tier.value == "A" or (
            row.risk_tier.value == "低" and row.credit_level.value == "高"
        )
        assert is_safe, row
        assert not row.key_grounds


@then(phrase("名录里的重点检查对象没有一户因「{rule}」不可抽"))
def key_subjects_are_not_capped(desk: Desk, rule: str) -> None:
    left_out = flagged(desk, "frame")
    rows = rows_of(desk, [row[0] for row in frozen_rows(desk, "frame")])
    key = [unit for unit, row in rows.items() if row.key_grounds]
    assert key
    assert [unit for unit in key if rule in left_out.get(unit, "")] == []
