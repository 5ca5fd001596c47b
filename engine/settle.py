"""What follows from what happened: the next consequence of a case, until none is left.

Deterministic and pure: the engine and the audit run the same function on the same inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine import clock, deadlines, history
from engine.bindings import BINDINGS, Binding, Kind, Settling
from engine.case import Case, Slot
from engine.events import (
    AnswersClosed,
    CaseClosed,
    ConsequenceEvent,
    FactsMissing,
    RuleAssessed,
    ServiceCompleted,
    SilenceRecorded,
    TaskOffered,
    TaskWithdrawn,
    WorkRequested,
)
from engine.process.instance import Pending
from engine.version import Version
from rules.assessment import Assessment

UNDETERMINED = "待查"
ENDED = "ended"


Step = tuple[ConsequenceEvent, tuple[bytes, ...]]  # a consequence, and the files it made


def next_step(case: Case, version: Version, at: datetime) -> Step | None:
    """Return the first thing that follows from the case as it stands; None when it rests."""
    if case.is_closed:
        return None
    slots = _open_slots(case, version)
    for found in (
        _withdrawals(case, version, slots),
        _answers(case, version),
        _pending(case, version, at),
        deadlines.awaited(case, version, at),
        _offers(case, version, slots),
    ):
        for step in found:
            return step if isinstance(step, tuple) else (step, ())
    if case.instance.completed:
        return CaseClosed(outcome=ENDED, messages=_farewell(case)), ()
    return None


def _farewell(case: Case) -> tuple[dict[str, str], ...]:
    if case.parent is None:
        return ()
    return ({"kind": "child-closed", "parent": case.parent, "process": case.process},)


# ---------------------------------------------------------------- tasks of people


Slots = Mapping[Slot, tuple[str, ...]]


def _open_slots(case: Case, version: Version) -> Slots:
    """Return every slot a person can act on, with the seats bound to it."""
    organisation = version.law.organisation
    slots: dict[Slot, tuple[str, ...]] = {}
    for task in case.instance.open_tasks:
        node = version.node(task.element)
        seats = organisation.bind(node.lane or "", case.parties)
        if not node.each:
            slots[task.element, task.key] = tuple(_seat(seat) for seat in seats)
            continue
        answered = case.answers.get(task.element, ())
        for department in case.parties.get(node.each, ()):
            if department not in answered:
                slots[task.element, department] = tuple(
                    _seat(seat) for seat in seats if seat.department == department
                )
    return slots


def _seat(seat: object) -> str:
    person = getattr(seat, "person", None)
    if person:
        return f"person:{person}"
    return f"{getattr(seat, 'department', '')}/{getattr(seat, 'position', '')}"


def _waiting_for_facts(case: Case) -> set[Slot]:
    return {
        (pending.element, pending.key)
        for pending in case.instance.pending
        if case.offers.get((pending.element, pending.key)) is not None
    }


def _withdrawals(case: Case, version: Version, slots: Slots) -> Iterator[ConsequenceEvent]:
    if not case.offers:
        return
    live = slots.keys() | _waiting_for_facts(case)
    gone = [slot for slot in case.offers if slot not in live]
    open_elements = {task.element for task in case.instance.open_tasks}
    for element in dict.fromkeys(slot[0] for slot in gone):
        node = version.node(element)
        if node.each and element not in open_elements:
            silent = tuple(key for name, key in gone if name == element)
            # they leave one by one afterwards: who has left already is named with them all
            if not set(silent) <= set(case.fields.get(f"{element}_silent", ())):
                yield SilenceRecorded(element=element, departments=silent)
    for element, key in gone:
        yield TaskWithdrawn(element=element, key=key)


def _answers(case: Case, version: Version) -> Iterator[ConsequenceEvent]:
    for task in case.instance.open_tasks:
        party = version.node(task.element).each
        if party and set(case.parties.get(party, ())) <= set(case.answers.get(task.element, ())):
            yield AnswersClosed(element=task.element)


def _offers(case: Case, version: Version, slots: Slots) -> Iterator[ConsequenceEvent]:
    for (element, key), seats in slots.items():
        if (element, key) in case.offers:
            continue
        node = version.node(element)
        siblings = any(slot[0] == element for slot in case.offers)
        turn = case.turns.get(element, 0) + (0 if siblings and node.each else 1)
        yield TaskOffered(
            element=element, key=key, turn=turn, name=node.name, lane=node.lane or "", seats=seats
        )


# ---------------------------------------------------------------- names that wait for a result


def _pending(case: Case, version: Version, at: datetime) -> Iterator[ConsequenceEvent | Step]:
    for pending in case.instance.pending:
        found = _settle(case, version, pending, at)
        if found is not None:
            yield found


def _settle(
    case: Case, version: Version, pending: Pending, at: datetime
) -> ConsequenceEvent | Step | None:
    if pending.kind == "gateway":
        return _ask(case, version, pending, pending.missing)
    if pending.kind == "rule":
        return _assess(case, version, pending, at)
    settling = Settling(case=case, version=version, element=pending.element, at=at)
    binding = BINDINGS[pending.name]
    if binding.kind is Kind.PURE:
        return _complete(settling, pending, binding)
    return _request(settling, pending, binding)


def _complete(settling: Settling, pending: Pending, binding: Binding) -> Step:
    assert binding.settle is not None
    outcome = binding.settle(settling)
    completed = ServiceCompleted(
        element=pending.element,
        key=pending.key,
        name=pending.name,
        result=outcome.result,
        messages=outcome.messages,
        artefacts=tuple(history.address(content) for content in outcome.artefacts),
    )
    return completed, outcome.artefacts


def _request(settling: Settling, pending: Pending, binding: Binding) -> WorkRequested | None:
    slot = (pending.element, pending.key)
    if slot in settling.case.works:
        return None
    assert binding.inputs is not None
    inputs = binding.inputs(settling)
    named = {"name": pending.name, "inputs": inputs}
    return WorkRequested(
        element=pending.element,
        key=pending.key,
        name=pending.name,
        work=history.address(history.canonical(named)),
        inputs=inputs,
    )


def _assess(
    case: Case, version: Version, pending: Pending, at: datetime
) -> ConsequenceEvent | None:
    found = assess(case, version, pending.name, at)
    if found.verdict.value == UNDETERMINED:
        return _ask(case, version, pending, found.missing)
    return assessed(found, element=pending.element, key=pending.key, guard=False, facts={})


def assess(
    case: Case, version: Version, rule: str, at: datetime, extra: dict[str, object] | None = None
) -> Assessment:
    """Assess one rule of the pinned pack over the case's recorded facts at `at`."""
    law = case.law(version)
    return law.assess(rule, case.facts(version, extra), on=clock.legal_day(at), now=at)


def assessed(
    found: Assessment, *, element: str, key: str, guard: bool, facts: dict[str, object]
) -> RuleAssessed:
    return RuleAssessed(
        element=element,
        key=key,
        rule=found.rule,
        verdict=found.verdict.value,
        guard=guard,
        missing=found.missing,
        citations=tuple(
            f"{cite.document} {cite.clause} {cite.quote or '无原文，待法制核对'}"
            for cite in found.citations
        ),
        facts=facts,
        message=found.message,
    )


def _ask(
    case: Case, version: Version, pending: Pending, missing: tuple[str, ...]
) -> FactsMissing | None:
    """Open a 待查 task for the facts that decide; the same question is asked once."""
    offer = case.offers.get((pending.element, pending.key))
    if offer is not None and offer.missing == missing:
        return None
    lane = version.node(pending.element).lane or ""
    seats = version.law.organisation.bind(lane, case.parties) if lane else ()
    return FactsMissing(
        element=pending.element,
        key=pending.key,
        missing=missing,
        lane=lane,
        seats=tuple(_seat(seat) for seat in seats) or _first_seats(case),
    )


def _first_seats(case: Case) -> tuple[str, ...]:
    """Return who answers when the diagram names nobody: those who lead the case."""
    return tuple(f"{department}/handler" for department in case.parties.get("lead", ()))
