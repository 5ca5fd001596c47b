"""抽取: the order freeze → random value → draw → match, and what anybody can check afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pytest_bdd import given, step, then
from sqlalchemy import delete

from engine.draw import evidence
from engine.draw.kept import CHINESE, State
from engine.store.tables import sealed
from tests.steps import words
from tests.steps.desk import Desk
from tests.steps.phrases import phrase


@given("抽取证据写到本机文件夹")
def evidence_folder(desk: Desk, tmp_path: Path) -> None:
    desk.office.engine.var = tmp_path


def artefact(desk: Desk, address: str) -> Any:
    return json.loads(desk.office.engine.shelf.fetch(address))


def manifest(desk: Desk) -> Any:
    return artefact(desk, desk.case.fields["manifest_hash"])


@then("名录已冻结，抽取清单已生成，随机值尚未产生")
def frozen_before_chance(desk: Desk) -> None:
    fields = desk.case.fields
    assert fields["frame"]["list_root"]
    assert fields["manifest_hash"]
    assert "beacon_value" not in fields
    assert desk.happened("frame-frozen")


@then("先冻结名录，后录入随机值，再抽对象，最后配人员")
def order(desk: Desk) -> None:
    seen = [_moment(record) for record in desk.office.records(desk.case_id)]
    wanted = ["frame.freeze", "draw.manifest", "beacon-recorded", "draw.objects", "draw.inspectors"]
    assert [name for name in seen if name in wanted] == wanted


def _moment(record: Any) -> str:
    payload = json.loads(record.body)["payload"]
    if record.kind == "frame-frozen":
        return "frame.freeze"
    if record.kind == "service-settled":
        return f"draw.{payload['element']}"
    if record.kind == "service-completed":
        return str(payload["name"])
    return str(record.kind)


@then("两次录入的是两个人")
def two_people(desk: Desk) -> None:
    fields = desk.case.fields
    assert fields["beacon_entered_by"] != fields["beacon_verified_by"]


@then(phrase("名录{total:d}户中按比例抽取"))
def frame_total(desk: Desk, total: int) -> None:
    assert desk.case.fields["frame_total"] == total


@then(phrase("抽取户数不少于名录的{low:d}%，不多于{high:d}%"))
def within(desk: Desk, low: int, high: int) -> None:
    fields = desk.case.fields
    total, drawn = fields["frame_total"], fields["drawn_count"]
    assert total * low <= drawn * 100 <= total * high, (total, drawn)


@then("每个检查组至少两名持证人员，恰有一名组长")
def teams(desk: Desk) -> None:
    for inspection in desk.children("检查"):
        case = desk.office.case(inspection)
        assert len(case.parties["leader"]) == 1
        assert set(case.parties["leader"]) <= set(case.parties["team"])
        assert len(case.parties["team"]) >= 2


@then("任何人用标准库脚本核对证据都得到同样的名单")
def anyone_can_verify(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "evidence" / desk.case.number
    found = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), str(folder / "evidence.json")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert found.returncode == 0, found.stdout + found.stderr


@then("删去证据名单中的一户，核对就不通过")
def forgery_is_found(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "evidence" / desk.case.number
    listed = folder / evidence.LIST_NAME
    lines = listed.read_bytes().splitlines(keepends=True)
    listed.write_bytes(b"".join(lines[1:]))
    found = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), str(folder / "evidence.json")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert found.returncode == 1, found.stdout + found.stderr


@then(phrase("抽取清单写明随机源为「{source}」"))
def names_its_source(desk: Desk, source: str) -> None:
    kind = {"演示": "demo", "现场摇号": "dice", "公开彩票开奖": "lottery"}[source]
    assert kind in json.dumps(manifest(desk)["beacon_rule"])


@then("名录没有冻结")
def not_frozen(desk: Desk) -> None:
    assert not desk.happened("frame-frozen")


@then("还没有抽取")
def not_drawn(desk: Desk) -> None:
    assert "draw" not in desk.case.fields
    assert not desk.happened("beacon-recorded")


@then("随机值只记录了一次")
def one_beacon(desk: Desk) -> None:
    assert len(desk.happened("beacon-recorded")) == 1


@then("可抽的对象全部抽中")
def everyone_drawn(desk: Desk) -> None:
    fields = desk.case.fields
    assert fields["drawn_count"] == fields["frame_eligible"] > 0


@then("人员是随机匹配的")
def staff_by_chance(desk: Desk) -> None:
    assert desk.case.fields["staff_method"] == "随机匹配"
    matched = artefact(desk, desk.case.fields["matching"])
    assert len(matched["pairs"]) == desk.case.fields["drawn_count"]


@then(phrase("每个检查组都有{departments}的人员"))
def every_department_has_a_member(desk: Desk, departments: str) -> None:
    wanted = set(words.departments(departments))
    teams = [desk.office.case(child).parties["team"] for child in desk.children("检查")]
    assert teams
    for team in teams:
        assert {person.split("-")[1].lower() for person in team} >= wanted


@then("还没有外放的抽取证据")
def no_evidence_yet(desk: Desk, tmp_path: Path) -> None:
    assert desk.office.engine.var == tmp_path
    assert not (tmp_path / "evidence" / desk.case.number).exists()


@then(phrase("各号抽取清单依次为{states}"))
def manifests_stand(desk: Desk, states: str) -> None:
    found = [CHINESE[State(kept["state"])] for kept in desk.case.fields["docket"]]
    assert found == words.listed(states)
    assert [kept["seq"] for kept in desk.case.fields["docket"]] == list(range(1, len(found) + 1))


@then(phrase("用的是第{place:d}个随机源，记明「{reason}」"))
def fell_back(desk: Desk, place: int, reason: str) -> None:
    recorded = desk.case.fields["beacon"]
    assert recorded["round"] == place - 1
    assert recorded["stalled"] == [reason]


@then(phrase("随机值是更正后的，更正前的「{value}」仍在"))
def corrected(desk: Desk, value: str) -> None:
    recorded = desk.case.fields["beacon"]
    earlier = [text for entry in recorded["earlier"] for text in entry["values"]]
    assert [text.rpartition("=")[2] for text in earlier] == [value]
    assert recorded["values"] != earlier


@then(phrase("参与抽取的承诺值有{parties}的，没有{silent}的"))
def revealed(desk: Desk, parties: str, silent: str) -> None:
    fields = desk.case.fields
    assert [each["party"] for each in fields["reveals"]] == list(words.departments(parties))
    assert fields["dropped_parties"] == list(words.departments(silent))


@then("历史里没有任何密值，也没有密钥和门槛")
def nothing_told(desk: Desk) -> None:
    fields = desk.case.fields
    assert "draw_key" not in fields
    assert "thresholds" not in fields
    assert not fields["reveals"]
    for entry in fields["seal_answers"]:
        assert set(entry["seal_secret"]) == {"sealed"}


@then("密值已经启封，证据里有各方的密值")
def opened(desk: Desk) -> None:
    fields = desk.case.fields
    parties = [each["party"] for each in fields["reveals"]]
    assert parties == list(desk.case.parties["sealers"])
    assert fields["draw_key"]
    assert fields["seal_opened_on"]


@step("公证处的密值遗失")
def secret_lost(desk: Desk) -> None:
    mine = sealed.c.case_id == desk.case_id
    with desk.office.engine.store.write() as connection:
        connection.execute(delete(sealed).where(mine, sealed.c.party == "notary"))


@then("抽取作废，违规记录在案")
def void(desk: Desk) -> None:
    fields = desk.case.fields
    assert fields["draw_void"] is True
    assert fields["violation"]
    assert fields["docket"][-1]["state"] == State.VOID.value
