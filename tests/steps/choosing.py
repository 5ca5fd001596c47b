"""谁能被抽、谁去检查: replacements, recusals, carriers, and what else is left to chance."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from pytest_bdd import step, then, when
from sqlalchemy import update

from engine.commands import CompleteTask
from engine.registry.types import Carrier, RegistryKind
from engine.store import disqualifications, registry
from engine.store.tables.registry import registry_inspectors
from tests.steps.desk import Desk
from tests.steps.draws import artefact, manifest
from tests.steps.frames import drawn_everyone, flagged, frozen_rows
from tests.steps.opening import opened_below
from tests.steps.phrases import phrase
from web import replacements


def winners(desk: Desk, case_id: UUID) -> list[str]:
    drawn = artefact(desk, desk.office.case(case_id).fields["draw"])
    return [line.rpartition("|")[2] for line in drawn["winners"]]


def visits(desk: Desk, task: UUID) -> dict[str, UUID]:
    children = desk.office.children(task, "inspection")
    return {desk.office.case(child).fields["unit_id"]: child for child in children}


# ---------------------------------------------------------------- 替补


def requested(desk: Desk, **said: Any) -> None:
    """Lay a replacement of the task at hand on the desk, its request handed in."""
    desk.parents.append(desk.case_id)
    opened_below(desk, "替补抽取")
    desk.office.do(desk.case_id, "request", **said)


@step(phrase("抽中的一户因{cause}落空，申请替补抽取"))
def one_lost(desk: Desk, cause: str) -> None:
    lost = winners(desk, desk.case_id)[:1]
    requested(desk, replacement_kind="检查对象", replacement_cause=cause, lost_units=lost)


@step(phrase("就事项「{item}」全覆盖下达的任务里，一户因{cause}落空，申请替补抽取"))
def one_lost_of_everybody(desk: Desk, item: str, cause: str) -> None:
    drawn_everyone(desk, desk.case_id, item, "登记公示渠道回执")
    desk.do("登记公示渠道回执")
    one_lost(desk, cause)


@then(phrase("本案记明无可替补，任务和公开的替补数都写明{count:d}户"))
def nobody_left(desk: Desk, count: int) -> None:
    assert desk.case.fields["replacement_exhausted"]
    assert "没有可以替补的" in desk.case.fields["replacement_problem"]
    assert "draw" not in desk.happened("service-settled")[-1]["result"]
    with desk.office.engine.store.read() as connection:
        told = disqualifications.of_task(connection, desk.parents[-1])
        public = replacements.counted(connection, desk.parents[-1])
    assert sum(len(each.units) for each in told if each.is_exhausted) == count
    assert sum(public.vacant.values()) == count
    assert public.lost == 0


@when(phrase("试图以「{cause}」为由替补抽中的一户"))
def tried_to_replace(desk: Desk, cause: str) -> None:
    lost = winners(desk, desk.case_id)[:1]
    opened_below(desk, "替补抽取")
    slot = desk.slot("申请替补抽取")
    said = {"replacement_kind": "检查对象", "replacement_cause": cause, "lost_units": lost}
    data = desk.office.answer(desk.case, slot, **said)
    person = desk.office.holder(desk.case, slot)
    desk.command(CompleteTask(case_id=desk.case_id, actor=person, element=slot[0], data=data))


@step(phrase("一个检查组的一名人员因{cause}不能参加，申请替补抽取"))
def one_officer(desk: Desk, cause: str) -> None:
    unit, visit = next(iter(visits(desk, desk.case_id).items()))
    requested(
        desk,
        replacement_kind="检查人员",
        replacement_cause=cause,
        lost_units=[unit],
        replaced_officer=desk.office.case(visit).parties["team"][-1],
    )


@then("替补的一户出自同一份冻结名录，不在原名单里，另开了检查")
def replaced(desk: Desk) -> None:
    task = desk.office.case(desk.parents[-1])
    (new,) = winners(desk, desk.case_id)
    assert new not in winners(desk, desk.parents[-1])
    assert desk.case.fields["frame"]["list_root"] == task.fields["frame"]["list_root"]
    assert new in visits(desk, desk.parents[-1])


@then("替补清单另有编号，写明所补的清单、落空的户和原因，用的是新的随机值")
def fresh_round(desk: Desk) -> None:
    first = artefact(desk, desk.office.case(desk.parents[-1]).fields["manifest_hash"])
    this = manifest(desk)
    assert this["seq"] == first["seq"] + 1
    assert this["replaces"]["manifest"]
    assert this["replaces"]["lost"][0]["reason"] == desk.case.fields["replacement_cause"]
    assert this["beacon_rule"][0]["name"] != first["beacon_rule"][0]["name"]


@then("原来的抽取结果没有改动")
def first_stays(desk: Desk) -> None:
    task = desk.office.case(desk.parents[-1])
    matched = artefact(desk, task.fields["matching"])
    assert len(matched["pairs"]) == task.fields["drawn_count"]
    drawn = [
        record
        for record in desk.office.records(desk.parents[-1])
        if record.kind == "beacon-recorded"
    ]
    assert len(drawn) == 1


@then("检查组换上抽中的人，原来的配对仍看得见")
def officer_replaced(desk: Desk) -> None:
    fields = desk.case.fields
    (successor,) = winners(desk, desk.case_id)
    visit = visits(desk, desk.parents[-1])[fields["lost_units"][0]]
    team = desk.office.case(visit).parties["team"]
    assert successor in team
    assert fields["replaced_officer"] not in team
    matched = artefact(desk, desk.office.case(desk.parents[-1]).fields["matching"])
    first = {member for each in matched["teams"] for member in each["members"]}
    assert fields["replaced_officer"] in first


# ---------------------------------------------------------------- 指派


@when("试图不经随机匹配直接指派检查人员")
def assigned_at_will(desk: Desk) -> None:
    slot = ("assign", "")
    person = desk.person("市监局", "经办人")
    data = {"assigned_staff": [row[0] for row in frozen_rows(desk, "pool")][:2]}
    desk.command(CompleteTask(case_id=desk.case_id, actor=person, element=slot[0], data=data))


# ---------------------------------------------------------------- 回避


@step(phrase("检查人员{officer}申报与一户抽查对象有近亲属关系"))
def declared(desk: Desk, officer: str) -> None:
    with desk.office.engine.store.read() as connection:
        rows = registry.current(connection, desk.jurisdiction, RegistryKind.SUBJECTS)
        subject = next(
            row.row_id for row in rows if {"samr", "fire"} <= set(getattr(row, "regulators", ()))
        )
    by = officer.lower().replace("-00", "-")
    handled = desk.office.open(
        "recusal", by=by, lead="samr", jurisdiction=desk.jurisdiction, title="回避申报（场景）"
    )
    desk.office.do(
        handled,
        "declare",
        by=by,
        recused_inspector=officer,
        recused_unit=subject,
        recusal_relation="近亲属",
    )
    desk.take(handled)


@then("申报的对象和关系不在历史里")
def nothing_told(desk: Desk) -> None:
    said = b"".join(record.body for record in desk.office.records(desk.case_id)).decode()
    assert "近亲属" not in said
    assert json.loads(desk.office.records(desk.case_id)[0].body)


@then(phrase("冻结的回避名单有{officer}，抽取清单只写加盐的哈希"))
def avoided(desk: Desk, officer: str) -> None:
    listed = artefact(desk, desk.case.fields["recusals"])
    assert [pair[1] for pair in listed["pairs"]] == [officer]
    stated = manifest(desk)
    assert len(stated["assignment"]["recusals"]) == 64
    assert officer not in json.dumps(stated)


# ---------------------------------------------------------------- 名录


@step(phrase("{inspector}没有录入本次任务的事项"))
def not_entered(desk: Desk, inspector: str) -> None:
    with desk.office.engine.store.write() as connection:
        connection.execute(
            update(registry_inspectors)
            .where(registry_inspectors.c.inspector_id == inspector)
            .values(items=())
        )


@then(phrase("抽取清单的单位是行为载体，检查案件写明载体和所属对象"))
def carriers(desk: Desk) -> None:
    assert manifest(desk)["unit"] == "carrier"
    cases = [desk.office.case(child) for child in desk.children("检查")]
    assert cases
    with desk.office.engine.store.read() as connection:
        rows = registry.find_many(
            connection,
            desk.jurisdiction,
            RegistryKind.CARRIERS,
            [case.fields["unit_id"] for case in cases],
        )
    for case in cases:
        row = rows[case.fields["unit_id"]]
        assert isinstance(row, Carrier)
        assert case.fields["subject_id"] in row.subjects
        assert row.name in case.title


@then(phrase("范围以外的对象留在名录里，标明「{code}」"))
def out_of_range(desk: Desk, code: str) -> None:
    outside = [codes for codes in flagged(desk, "frame").values() if code in codes]
    assert outside
    fields = desk.case.fields
    assert fields["frame_eligible"] <= fields["frame_total"] - len(outside)


@then("各户的检查时间经抽签确定")
def times(desk: Desk) -> None:
    found = [desk.office.case(child).fields["random_time"] for child in desk.children("检查")]
    assert len(set(found)) > 1
    assert set(found) <= set(manifest(desk)["options"][0]["options"])


@then("每个理由都写明依据的条款")
def grounds(desk: Desk) -> None:
    stated = desk.case.fields["exclusion_grounds"]
    assert stated
    for entry in stated:
        assert entry["units"] > 0
        assert entry["clauses"] or entry["readings"], entry


@then("历史记下违规尝试")
def attempt_kept(desk: Desk) -> None:
    assert desk.office.kinds(desk.case_id)[-1] == "attempt-refused"
