"""One command becomes exactly one input event, or a Refusal that says why nothing happens."""

from __future__ import annotations

from datetime import datetime

from engine import attempts, chances, clock, guards, handovers
from engine.bindings import BINDINGS
from engine.case import Case, Offer
from engine.checks import CHECKS
from engine.commands import (
    Actor,
    AddComment,
    ClaimTask,
    Command,
    CompleteTask,
    DeliverMessage,
    FireTimer,
    HandOverWork,
    LookAtSealed,
    RecomputeDeadline,
    ReleaseTask,
    ReplacePerson,
    SettleService,
    SupplyFacts,
    TransferTask,
)
from engine.draw.refusals import StillSealed
from engine.errors import (
    AlreadyReceived,
    CaseIsClosed,
    FormInvalid,
    NotWaiting,
    OfficerSwapped,
    OnlyTheSystem,
    OtherJurisdiction,
    Refusal,
    StaleTimer,
    TaskNotOpen,
)
from engine.events import (
    BeaconRecorded,
    CommentAdded,
    DeadlineRecomputed,
    FactsSupplied,
    FrameFrozen,
    InputEvent,
    MessageReceived,
    ServiceSettled,
    TaskAnswered,
    TaskClaimed,
    TaskCompleted,
    TaskReleased,
    TaskTransferred,
    TimerFired,
)
from engine.forms import Form
from engine.version import Version


def accept(
    case: Case, command: Command, *, actor: Actor, now: datetime, version: Version
) -> InputEvent:
    """Return the one input event of a command, or raise the Refusal that turns it down.

    A grave refusal is no exception but an event: that somebody tried is part of the history."""
    try:
        return _accept(case, command, actor=actor, now=now, version=version)
    except guards.Grave as grave:
        return attempts.recorded(case, command, grave.refusal, actor, rule=grave.rule)
    except Refusal as refusal:
        if not refusal.grave:
            raise
        return attempts.recorded(case, command, refusal, actor)


def _accept(
    case: Case, command: Command, *, actor: Actor, now: datetime, version: Version
) -> InputEvent:
    _require_resident(case, actor)
    if isinstance(command, AddComment):
        seat = actor.seats[0] if actor.seats else guards.NO_SEAT
        return CommentAdded(text=command.text, seat=seat)
    if case.is_closed:
        raise CaseIsClosed(number=case.number)
    _require_lawful(case, command, actor)
    match command:
        case CompleteTask():
            return _complete(case, command, actor=actor, now=now, version=version)
        case ClaimTask() | ReleaseTask() | TransferTask() | SupplyFacts():
            return _hold(case, command, actor=actor)
        case FireTimer():
            return _fire(case, command, now=now)
        case SettleService():
            return _settle(case, command, now=now, version=version)
        case DeliverMessage():
            return _deliver(case, command)
        case HandOverWork() | ReplacePerson():
            return handovers.accepted(case, command, actor=actor, version=version)
        case RecomputeDeadline():
            handovers.keeper(case, actor, version)
            return DeadlineRecomputed(
                calendar_before=case.law(version).calendar.version,
                calendar_after=version.law_with(command.calendar).calendar.version,
                calendar=command.calendar,
            )
        case _:
            raise TypeError(command.name)


def _require_resident(case: Case, actor: Actor) -> None:
    """Refuse people of another jurisdiction: their seats carry the same names as those here."""
    if not actor.is_system and actor.jurisdiction != case.jurisdiction:
        raise OtherJurisdiction(person=actor.name or actor.person)


def _require_lawful(case: Case, command: Command, actor: Actor) -> None:
    """Refuse what nobody may do: speak for the system, look at what is sealed."""
    if isinstance(command, FireTimer | SettleService | DeliverMessage) and not actor.is_system:
        raise OnlyTheSystem(step=command.name)
    if isinstance(command, LookAtSealed) and chances.is_sealed(case):
        raise StillSealed


def _complete(
    case: Case, command: CompleteTask, *, actor: Actor, now: datetime, version: Version
) -> InputEvent:
    slot = (command.element, command.key)
    form = version.form_of(command.element) if command.element in version.definition.nodes else None
    attempts.untouched(case, command.data, form)
    try:
        offer = guards.open_offer(case, slot, turn=command.turn)
    except TaskNotOpen:
        again = attempts.second_try(case, command, form, actor=actor, now=now, version=version)
        if again is None:
            raise
        raise again from None
    if offer.missing:
        raise TaskNotOpen(task=offer.name, by="", by_en="")
    seat = guards.permitted(case, slot, actor=actor)
    if form is None:
        return TaskCompleted(
            element=slot[0], key=slot[1], data={}, stamps={}, parties={}, seat=seat
        )
    guards.check_form(form, command.data, today=clock.legal_day(now))
    signed = guards.stamps(form, case, command, actor=actor, seat=seat, now=now)
    guards.check_four_eyes(case, slot, form, actor=actor)
    guards.check_rules(case, form, command, signed, seat=seat, now=now, version=version)
    _check(case, form, command, now=now, version=version)
    if version.node(command.element).each is not None:
        return TaskAnswered(
            element=slot[0], key=slot[1], data=command.data, seat=seat, stamps=signed
        )
    is_value = form.event == BeaconRecorded.kind and chances.is_agreed(command.data)
    kind = BeaconRecorded if is_value else TaskCompleted
    return kind(
        element=slot[0],
        key=slot[1],
        data=command.data,
        stamps=signed,
        parties=guards.bound_parties(form, command.data),
        seat=seat,
    )


def _check(
    case: Case, form: Form, command: CompleteTask, *, now: datetime, version: Version
) -> None:
    """Run the check a form asks for by name, where its schema cannot say what is right."""
    if form.check is None:
        return
    if form.check in chances.CHECKS:
        asked = chances.Asked(case=case, command=command, now=now, version=version)
        chances.CHECKS[form.check](asked)
    else:
        CHECKS[form.check](case, command, version)


def _hold(
    case: Case,
    command: ClaimTask | ReleaseTask | TransferTask | SupplyFacts,
    *,
    actor: Actor,
) -> InputEvent:
    slot = (command.element, command.key)
    if isinstance(command, SupplyFacts):
        attempts.untouched(case, command.fields)
    offer = guards.open_offer(case, slot)
    seat = guards.permitted(case, slot, actor=actor)
    match command:
        case ClaimTask():
            return TaskClaimed(element=slot[0], key=slot[1], seat=seat)
        case ReleaseTask(reason=reason):
            return TaskReleased(element=slot[0], key=slot[1], reason=reason)
        case TransferTask():
            return _transfer(case, command, offer)
        case SupplyFacts(fields=fields):
            if not offer.missing:
                raise TaskNotOpen(task=offer.name, by="", by_en="")
            if not fields:
                raise FormInvalid((("待查事实", "尚未填写"),))
            return FactsSupplied(element=slot[0], key=slot[1], fields=fields, seat=seat)


def _transfer(case: Case, command: TransferTask, offer: Offer) -> TaskTransferred:
    """Hand a task to somebody who holds it as well; a drawn officer has no such substitute."""
    receiver = command.to_actor
    if receiver is not None:
        _require_resident(case, receiver)
    if receiver is None or guards.seat_of(offer, receiver) is None:
        if case.fields.get("from_task") and guards.is_personal(offer):
            raise OfficerSwapped(person=command.to, task=offer.name)
        raise guards.NotTheirTask(task=offer.name, role=offer.lane, person=command.to)
    return TaskTransferred(
        element=command.element, key=command.key, to=command.to, reason=command.reason
    )


def _fire(case: Case, command: FireTimer, *, now: datetime) -> TimerFired:
    deadline = case.deadlines.get((command.element, command.key))
    due = deadline.due_at if deadline else None
    if due is None or due != command.due_at or now < due:
        raise StaleTimer(element=command.element, due_at=command.due_at.isoformat())
    return TimerFired(element=command.element, key=command.key, due_at=due)


def _settle(case: Case, command: SettleService, *, now: datetime, version: Version) -> InputEvent:
    slot = (command.element, command.key)
    if case.works.get(slot) != command.work:
        raise NotWaiting(number=case.number, name=command.element)
    name = version.node(command.element).implementation or ""
    stamps = {field: clock.legal_day(now).isoformat() for field in BINDINGS[name].stamps}
    kind = FrameFrozen if name == "frame.freeze" else ServiceSettled
    return kind(
        element=slot[0], key=slot[1], work=command.work, result={**command.result, **stamps}
    )


def _deliver(case: Case, command: DeliverMessage) -> MessageReceived:
    if command.delivery and f"{command.message}|{command.delivery}" in case.received:
        raise AlreadyReceived(number=case.number, name=command.message)
    waiting = {message.name for message in case.instance.messages}
    if command.message not in waiting:
        raise NotWaiting(number=case.number, name=command.message)
    return MessageReceived(
        name=command.message,
        sender=command.sender,
        fields=command.fields,
        delivery=command.delivery,
    )
