"""May work be handed over in a case, and does it concern the case at all? Pure."""

from __future__ import annotations

from typing import assert_never

from engine import succession
from engine.case import Case
from engine.commands import Actor, HandOverWork, ReplacePerson
from engine.errors import FormInvalid, Refusal
from engine.events import PersonReplaced, Seat, WorkHandedOver
from engine.version import Version

KEEPER = "流程管理员"  # the role of every jurisdiction that keeps the organisation


class NotTheKeeper(Refusal):
    code = "not-your-case"
    zh = "机构和人员交接、节假日发布由「{role}」办理，您当前的岗位不能办理。"
    en = "Hand-overs and calendars are made by the role “{role}”, which you do not hold."


class NothingToHandOver(Refusal):
    code = "nothing-to-hand-over"
    zh = "案件「{number}」没有涉及{former}的工作，无须交接。"
    en = "Nothing in case “{number}” concerns {former}; there is nothing to hand over."


class UnknownDepartment(Refusal):
    code = "unknown-department"
    zh = "本辖区没有部门「{department}」。"
    en = "This jurisdiction has no department “{department}”."


class OwnSuccessor(Refusal):
    field = "successor"
    code = "own-successor"
    zh = "接替人不能是离岗的人自己，请另选一人，或者不填接替人、把任务退回待办。"
    en = "Nobody succeeds themselves: choose another, or name nobody and free the tasks."


def accepted(
    case: Case, command: HandOverWork | ReplacePerson, *, actor: Actor, version: Version
) -> WorkHandedOver | PersonReplaced:
    """Return the event of a hand-over, or raise the Refusal that turns it down."""
    seat = keeper(case, actor, version)
    match command:
        case HandOverWork(former=former, successor=successor, basis=basis):
            _known(successor, version)
            if former == successor or not concerns_department(case, former, version):
                raise NothingToHandOver(number=case.number, former=former)
            if not basis.strip():
                raise FormInvalid((("依据", "尚未填写"),))
            return WorkHandedOver(former=former, successor=successor, basis=basis, seat=seat)
        case ReplacePerson(leaver=leaver, leaver_inspector=inspector):
            if command.successor == leaver:
                raise OwnSuccessor
            if not concerns_person(case, leaver, inspector):
                raise NothingToHandOver(number=case.number, former=leaver)
            if not command.reason.strip():
                raise FormInvalid((("理由", "尚未填写"),))
            if not command.successor and is_in_team(case, leaver, inspector):
                raise FormInvalid((("接替人", "检查组成员离岗须有人接替"),))
            return PersonReplaced(
                leaver=leaver,
                leaver_inspector=inspector,
                successor=command.successor,
                successor_inspector=command.successor_inspector,
                reason=command.reason,
                seat=seat,
            )
        case _:
            assert_never(command)


def concerns_department(case: Case, department: str, version: Version) -> bool:
    """Return whether a department acts in a case, or will by a lane that names it."""
    if any(department in ids for ids in case.parties.values()):
        return True
    lanes = {node.lane for node in version.definition.nodes.values() if node.lane}
    organisation = version.law.organisation
    return any(
        seat.department == department
        for lane in lanes
        for seat in organisation.bind(lane, case.parties)
    )


def concerns_person(case: Case, person: str, inspector: str) -> bool:
    """Return whether somebody holds a task of a case or belongs to its team."""
    return person in case.claims.values() or is_in_team(case, person, inspector)


def is_in_team(case: Case, person: str, inspector: str) -> bool:
    """Return whether a case names somebody to act as a person, as a drawn team does.

    Whom a case of 追责 is about is named too, but answers in person wherever they work now."""
    names = {name for name in (person, inspector) if name}
    return any(names.intersection(ids) for ids in succession.acting(case.parties).values())


def keeper(case: Case, actor: Actor, version: Version) -> Seat:
    """Return the seat of whoever keeps organisation and calendar; others are refused."""
    if actor.is_system:
        return Seat()
    for bound in version.law.organisation.bind(KEEPER, case.parties):
        for seat in actor.seats:
            if (bound.department, bound.position) == (seat.department, seat.position):
                return seat
    raise NotTheKeeper(role=KEEPER)


def _known(department: str, version: Version) -> None:
    if department not in version.law.organisation.departments:
        raise UnknownDepartment(department=department)
