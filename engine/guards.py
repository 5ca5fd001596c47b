"""Who may do a task, and what stands at its door: permission, four eyes, form, rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine import clock
from engine.case import COUNT, Case, Offer, Slot
from engine.commands import Actor, Command, CompleteTask
from engine.errors import (
    FormInvalid,
    FourEyesViolation,
    NotYourTask,
    ReasonRequired,
    Refusal,
    RuleBroken,
    TaskIsClaimed,
    TaskNotOpen,
)
from engine.events import (
    BeaconRecorded,
    Fields,
    RuleAssessed,
    Seat,
    TaskAnswered,
    TaskCompleted,
)
from engine.forms import Form
from engine.settle import assess, assessed
from engine.succession import CONCERNED
from engine.version import Version
from rules.assessment import Assessment
from rules.errors import FactError

NO_SEAT = Seat()

# 违反时 <action> in a rule: this one makes the attempt itself part of the history
RECORDED_ATTEMPT = "记录违规尝试"

# the words of the enum 部门角色 in the common vocabulary
PARTY_WORDS = {"lead": "发起部门", "participants": "参与部门", "coordinator": "协调部门"}
OTHER_PARTY = "其他部门"


class NotTheirTask(Refusal):
    code = "not-their-task"
    zh = "「{person}」不担任「{role}」，不能接办「{task}」。"
    en = "“{person}” does not hold the role “{role}” and cannot take over “{task}”."


class FactsNeeded(Refusal):
    code = "facts-needed"
    zh = "规则「{rule}」还缺少事实：{missing}。请补充后再提交；已填内容仍保留。"
    en = "The rule “{rule}” still lacks facts: {missing}. What you entered is kept."


class Grave(Exception):
    """A refusal with legal weight: `decide` records the attempt instead of forgetting it."""

    def __init__(self, refusal: Refusal, rule: str | None = None) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.rule = rule


# ---------------------------------------------------------------- who


def open_offer(case: Case, slot: Slot, *, turn: int | None = None) -> Offer:
    """Return the offer in `slot`; a closed or stale one is refused with who finished it."""
    offer = case.offers.get(slot)
    if offer is not None and turn in (None, offer.turn):
        return offer
    done = case.done.get(f"{slot[0]}/{slot[1]}") or case.done.get(slot[0])
    by, by_en = "", ""
    if done is not None:
        when = done.at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
        by = f"，已由{done.by}于{when}办理"
        by_en = f"; {done.by} did it at {when}"
    name = offer.name if offer else case.instance.definition.label(slot[0])
    raise TaskNotOpen(task=name, by=by, by_en=by_en)


def seat_of(offer: Offer, actor: Actor) -> Seat | None:
    """Return the seat that lets `actor` act on `offer`; None when there is none."""
    for seat in actor.seats:
        if f"{seat.department}/{seat.position}" in offer.seats:
            return seat
    for name in actor.names:
        if f"person:{name}" in offer.seats:
            return actor.seats[0] if actor.seats else NO_SEAT
    return None


def permitted(case: Case, slot: Slot, *, actor: Actor) -> Seat:
    """Return in what capacity `actor` acts on the open task; refuse who may not."""
    offer = case.offers[slot]
    holder = case.claims.get(slot)
    seat = seat_of(offer, actor)
    if seat is None:
        raise NotYourTask(task=offer.name, role=offer.lane)
    if holder is not None and holder != actor.person:
        raise TaskIsClaimed(task=offer.name, holder=holder)
    return seat


def is_personal(offer: Offer) -> bool:
    """Return whether a task is offered to named people, as a drawn team is."""
    return bool(offer.seats) and all(seat.startswith("person:") for seat in offer.seats)


def holds_lane(case: Case, element: str, actor: Actor, version: Version) -> bool:
    """Return whether `actor` holds a seat of an element's lane, be its task open or not."""
    seats = version.law.organisation.bind(version.node(element).lane or "", case.parties)
    bound = {(seat.department, seat.position) for seat in seats}
    return any((seat.department, seat.position) in bound for seat in actor.seats)


def standing(case: Case, command: Command, actor: Actor) -> Seat:
    """Return in what capacity someone tried what is refused: of the task, of a party, or at all."""
    slot = (getattr(command, "element", ""), getattr(command, "key", ""))
    offer = case.offers.get(slot)
    held = seat_of(offer, actor) if offer else None
    parties = {name for ids in case.parties.values() for name in ids}
    own = next((seat for seat in actor.seats if seat.department in parties), None)
    return held or own or (actor.seats[0] if actor.seats else NO_SEAT)


def check_four_eyes(case: Case, slot: Slot, form: Form, *, actor: Actor) -> None:
    """Refuse whoever already acted in a step the form keeps apart from this one."""
    offer = case.offers[slot]
    for field in form.not_by:
        if case.fields.get(field) == actor.person:
            person = actor.name or actor.person
            raise FourEyesViolation(person=person, task=offer.name, role=offer.lane)


# ---------------------------------------------------------------- what


def check_form(form: Form, data: Fields, *, today: date) -> None:
    mistakes = form.mistakes(data, today=today)
    if mistakes:
        raise FormInvalid(mistakes)


def door_facts(case: Case, data: Fields, seat: Seat) -> dict[str, object]:
    """Return the facts of a submission: its fields, and who submits them in what role."""
    party = next((name for name, ids in case.parties.items() if seat.department in ids), "none")
    counts = {
        name.removeprefix(COUNT): said for name, said in data.items() if name.startswith(COUNT)
    }
    return {
        **{f"case.{name}": value for name, value in data.items()},
        **{f"count.{name}": value for name, value in counts.items()},
        "actor.department": seat.department,
        "actor.position": seat.position,
        "actor.party": PARTY_WORDS.get(party, OTHER_PARTY),
    }


def rules_at(form: Form, case: Case, version: Version) -> tuple[str, ...]:
    """Return the rules that stand at a form's door in this city: of those it names, the pack's."""
    law = case.law(version)
    return tuple(rule for rule in form.guards if law.has_rule(rule))


def check_rules(
    case: Case,
    form: Form,
    command: CompleteTask,
    signed: Fields,
    *,
    seat: Seat,
    now: datetime,
    version: Version,
) -> None:
    """Assess the rules at the door; 违反 blocks, 偏离 wants a reason, 待查 wants facts."""
    extra = door_facts(case, {**command.data, **signed}, seat)
    for rule in rules_at(form, case, version):
        found = _at_door(case, version, rule, now, extra)
        match found.verdict.value:
            case "违反" | "冲突":
                refusal = RuleBroken(rule=rule, message=found.message or "", quote=_quotes(found))
                if found.action == RECORDED_ATTEMPT:
                    raise Grave(refusal, rule)
                raise refusal
            case "偏离":
                _require_reason(form, command, found)
            case "待查":
                raise FactsNeeded(rule=rule, missing="、".join(found.missing))


def _at_door(
    case: Case, version: Version, rule: str, now: datetime, extra: dict[str, object]
) -> Assessment:
    """Assess a rule over what was just written; what is no fact of its kind is a mistake in it."""
    try:
        return assess(case, version, rule, now, extra)
    except FactError as error:
        raise FormInvalid(((error.term, f"「{error.value}」须写成 {error.expected}"),)) from error


def _require_reason(form: Form, command: CompleteTask, found: Assessment) -> None:
    field = form.reason_field
    if field and str(command.data.get(field, "")).strip():
        return
    title = form.schema.get("properties", {}).get(field, {}).get("title", field or "理由")
    raise ReasonRequired(
        rule=found.rule, message=found.message or "", field=title, quote=_quotes(found)
    )


def _quotes(found: Assessment) -> str:
    """Return the clauses a rule rests on, as a person would cite them."""
    return "".join(
        f"〔{cite.document} {cite.clause}〕“{cite.quote or '无原文，待法制核对'}”"
        for cite in found.citations
    )


def assessments(
    case: Case,
    accepted: TaskCompleted | BeaconRecorded | TaskAnswered,
    *,
    at: datetime,
    version: Version,
) -> tuple[RuleAssessed, ...]:
    """Return what the rules at the door said, as consequences an audit derives again."""
    form = version.form_of(accepted.element)
    if form is None:
        return ()
    extra = door_facts(case, {**accepted.data, **accepted.stamps}, accepted.seat)
    return tuple(
        assessed(
            assess(case, version, rule, at, extra),
            element=accepted.element,
            key=accepted.key,
            guard=True,
            facts={},
        )
        for rule in rules_at(form, case, version)
    )


def stamps(
    form: Form, case: Case, command: CompleteTask, *, actor: Actor, seat: Seat, now: datetime
) -> dict[str, Any]:
    """Return who, when and for which department, in the fields the form names, and what it asked
    the registry for."""
    named = case.parties.get(CONCERNED, ())
    concerned = {*named, *bound_parties(form, command.data).get(CONCERNED, ())}
    values: Mapping[str, Any] = {
        "person": actor.person,
        "department": seat.department,
        "date": clock.legal_day(now).isoformat(),
        "instant": clock.text(now),
        # 回避: whether the person who acts is the one the case is about (CY 四（二）1)
        "concerned": bool(concerned & set(actor.names)),
        **command.found,
    }
    return {field: values[what] for field, what in form.stamps.items() if what in values}


def bound_parties(form: Form, data: Fields) -> dict[str, tuple[str, ...]]:
    """Return the parties a form binds: one department, or a list of them."""
    bound: dict[str, tuple[str, ...]] = {}
    for field, party in form.parties.items():
        value = data.get(field)
        if value:
            bound[party] = (value,) if isinstance(value, str) else tuple(value)
    return bound
