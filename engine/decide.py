"""May this happen, and what follows? Pure: the same case, command, actor and instant decide alike.

`decide` has a command accepted as one input event; `follow` adds its consequences. The audit runs
`follow` alone, on the recorded inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine import guards, state
from engine.accept import accept
from engine.case import Case, Slot
from engine.commands import Actor, Command
from engine.errors import ProductError
from engine.events import (
    AnyEvent,
    BeaconRecorded,
    DeadlineMissed,
    InputEvent,
    TaskAnswered,
    TaskCompleted,
    TimerFired,
)
from engine.evolve import evolve
from engine.settle import next_step
from engine.version import Version

BUDGET = 500  # events one command may cause; more is a runaway diagram


class RunawayCase(ProductError):
    code = "runaway"
    zh = "案件「{number}」一步引出的后续超过 {budget} 项，已停止并全部撤回。"
    en = "One step of case “{number}” caused more than {budget} events; it was rolled back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The case after a command, what happened, and the files its documents are kept in."""

    case: Case
    events: tuple[AnyEvent, ...]
    artefacts: tuple[bytes, ...] = ()


def decide(
    case: Case, command: Command, *, actor: Actor, now: datetime, version: Version
) -> Decision:
    """Return what `command` makes happen, or raise the Refusal that says why nothing does."""
    accepted = accept(case, command, actor=actor, now=now, version=version)
    return follow(case, accepted, case_id=case.case_id, at=now, actor=actor.person, version=version)


def follow(
    case: Case | None,
    accepted: InputEvent,
    *,
    case_id: UUID,
    at: datetime,
    actor: str,
    version: Version,
) -> Decision:
    """Fold one input and everything that follows from it."""
    case = case and state.in_order(case)
    immediate = _immediate(case, accepted, at=at, version=version)
    events: list[AnyEvent] = [accepted]
    artefacts: list[bytes] = []
    after = evolve(case, accepted, case_id=case_id, at=at, actor=actor, version=version)
    for event in immediate:
        after = evolve(after, event, case_id=case_id, at=at, actor=actor, version=version)
        events.append(event)
    while (step := next_step(after, version, at)) is not None:
        event, made = step
        events.append(event)
        artefacts.extend(made)
        after = evolve(after, event, case_id=case_id, at=at, actor=actor, version=version)
        if len(events) > BUDGET:
            raise RunawayCase(number=after.number, budget=BUDGET)
    return Decision(case=after, events=tuple(events), artefacts=tuple(artefacts))


def _immediate(
    case: Case | None, accepted: InputEvent, *, at: datetime, version: Version
) -> tuple[AnyEvent, ...]:
    """Return what the input shows by itself: guards at its door, deadlines it came too late for."""
    if case is None:
        return ()
    if isinstance(accepted, TimerFired):
        return _missed(case, (accepted.element, accepted.key), accepted.due_at)
    if not isinstance(accepted, TaskCompleted | BeaconRecorded | TaskAnswered):
        return ()
    late = tuple(
        event
        for (element, key), deadline in case.deadlines.items()
        if element in version.clocks_over(accepted.element)
        and deadline.due_at is not None
        and at >= deadline.due_at
        for event in _missed(case, (element, key), deadline.due_at)
    )
    return (*guards.assessments(case, accepted, at=at, version=version), *late)


def _missed(case: Case, slot: Slot, due_at: datetime) -> tuple[DeadlineMissed, ...]:
    """Return the miss of a legal clock; reminders with a literal duration are no deadlines."""
    deadline = case.deadlines.get(slot)
    if deadline is None or slot in case.missed or not deadline.rule.startswith("rule:"):
        return ()
    rule = deadline.rule.removeprefix("rule:")
    return (DeadlineMissed(element=slot[0], key=slot[1], rule=rule, due_at=due_at),)
