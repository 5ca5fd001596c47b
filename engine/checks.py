"""Checks a form asks for by name under `x-check`, where a schema cannot say what is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from engine import joint
from engine.case import Case
from engine.commands import CompleteTask
from engine.draw import witness
from engine.draw.refusals import NoWitness
from engine.errors import FormInvalid, OffRegistry
from engine.version import Version

Check = Callable[[Case, CompleteTask, Version], None]

SENT_BACK = "退回补正"


def staff_registered(case: Case, command: CompleteTask, version: Version) -> None:
    """Refuse a direct assignment of anyone outside the frozen pool; the attempt is history.

    Source: CY 四（二）1 (非库内检查人员), PJ 9; readings A-27, A-29."""
    pool = version.fetch(case.fields["pool"]["file"]).decode().splitlines()
    listed = {line.split("|", 1)[0] for line in pool}
    strangers = sorted(set(command.data["assigned_staff"]) - listed)
    if strangers:
        raise OffRegistry(people="、".join(strangers))


def assignment_witnessed(case: Case, command: CompleteTask, version: Version) -> None:
    """Refuse a direct assignment without a proof that holds, or of anyone who may not be drawn.

    Source: PJ 9 (特殊情况下执法人员无法随机分配的，可直接指派); reading A-29."""
    manifest, result, matched = (
        json.loads(version.fetch(case.fields[name]))
        for name in ("manifest_hash", "draw", "matching")
    )
    if not witness.holds(manifest, result, matched):
        raise NoWitness
    staff_registered(case, command, version)
    _able_only(case, command, version)


def _able_only(case: Case, command: CompleteTask, version: Version) -> None:
    """Refuse whom a rule keeps out of the draw: without chance the same rules hold."""
    pool = version.fetch(case.fields["pool"]["file"]).decode().splitlines()
    left_out = {unit: codes for unit, _, _, codes in (line.split("|") for line in pool) if codes}
    for person in command.data["assigned_staff"]:
        if person in left_out:
            what = f"{person} 依“{left_out[person].replace(',', '、')}”不在可抽范围，也不得指派"
            raise FormInvalid((("指派的检查人员", what),))


def every_item_answered(case: Case, command: CompleteTask, version: Version) -> None:
    """Refuse a visit that leaves an item of its task without a result or a cause (PJ 10)."""
    del version
    _require(case.fields.get("items", ()), command)


def own_items_answered(case: Case, command: CompleteTask, version: Version) -> None:
    """Refuse a department's list that leaves one of its items open, or fills in another's."""
    own = joint.items_of(case, command.key)
    foreign = [row["item"] for row in command.data[joint.LISTED] if row["item"] not in own]
    if foreign:
        name = _name(command.key, version)
        what = f"事项{'、'.join(foreign)}不由{name}检查，不能填在本部门的检查表里"
        raise FormInvalid((("逐项结果", what),))
    _require(own, command)


def lists_reviewed(case: Case, command: CompleteTask, version: Version) -> None:
    """Refuse to send back the list of who was not there, or to confirm lists with gaps."""
    if command.data["lists_decision"] == SENT_BACK:
        there = joint.departments(case)
        absent = [code for code in command.data["returned_departments"] if code not in there]
        if absent:
            names = "、".join(_name(code, version) for code in absent)
            raise FormInvalid((("退回的部门", f"{names}没有派人参加本次检查"),))
        return
    if command.data.get("returned_departments"):
        raise FormInvalid((("退回的部门", "意见是确认的，不选退回的部门"),))
    gaps = [
        f"{_name(code, version)}{'、'.join(items) or '没有检查表'}"
        for code, items in joint.lacking(case)
    ]
    if gaps:
        raise FormInvalid((("检查表意见", f"还不齐，请退回补正：{'；'.join(gaps)}"),))


def _require(items: Iterable[str], command: CompleteTask) -> None:
    lacking = joint.unanswered(items, command.data[joint.LISTED])
    if lacking:
        what = f"事项{'、'.join(lacking)}没有检查结果，也没有写明不能检查的原因"
        raise FormInvalid((("逐项结果", what),))


def _name(code: str, version: Version) -> str:
    known = version.law.organisation.departments.get(code)
    return known.name if known else code


CHECKS: Mapping[str, Check] = {
    "assignment.witnessed": assignment_witnessed,
    "staff.registered": staff_registered,
    "items.answered": every_item_answered,
    "list.answered": own_items_answered,
    "lists.reviewed": lists_reviewed,
}
