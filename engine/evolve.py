"""How an event changes a case. `evolve` never checks and never looks outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar, assert_never, cast
from uuid import UUID

from engine.case import Case, Deadline, Done, Offer, Slot, changed
from engine.events import (
    AnswersClosed,
    AnyEvent,
    AttemptRefused,
    BeaconRecorded,
    CaseClosed,
    CaseOpened,
    CommentAdded,
    Consequence,
    ConsequenceEvent,
    DeadlineMissed,
    DeadlineRecomputed,
    DeadlineSet,
    FactsMissing,
    FactsSupplied,
    Fields,
    FrameFrozen,
    InputEvent,
    MessageReceived,
    PersonReplaced,
    RuleAssessed,
    ServiceCompleted,
    ServiceSettled,
    SilenceRecorded,
    TaskAnswered,
    TaskClaimed,
    TaskCompleted,
    TaskOffered,
    TaskReleased,
    TaskTransferred,
    TaskWithdrawn,
    TimerFired,
    WorkHandedOver,
    WorkRequested,
)
from engine.process.instance import Instance
from engine.successors import after_replacement, after_succession
from engine.version import Version
from rules.facts import Facts


class _Later(Mapping[str, object]):
    """The facts after a consequence, read when a gateway asks for one: most moves ask for none.

    What came in from outside was read when it came; the product's own words need no such look."""

    __slots__ = ("_case", "_found", "_version")

    def __init__(self, case: Case, version: Version) -> None:
        self._case = case
        self._version = version
        self._found: Facts | None = None

    def _facts(self) -> Facts:
        if self._found is None:
            self._found = self._case.facts(self._version)
        return self._found

    def __getitem__(self, path: str) -> object:
        return self._facts()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts())

    def __len__(self) -> int:
        return len(self._facts())


def evolve(
    case: Case | None,
    event: AnyEvent,
    *,
    case_id: UUID,
    at: datetime,
    actor: str,
    version: Version,
) -> Case:
    """Return the case after one event; a valid history never fails here."""
    if isinstance(event, CaseOpened):
        return _opened(event, case_id=case_id, at=at, version=version)
    assert case is not None, "a history begins with case-opened"
    if case.at != at:
        case = changed(case, at=at)
    if isinstance(event, Consequence):
        return _consequence(case, event, at=at, version=version)
    return _input(case, event, at=at, actor=actor, version=version)


def _opened(event: CaseOpened, *, case_id: UUID, at: datetime, version: Version) -> Case:
    case = Case(
        case_id=case_id,
        number=event.number,
        process=event.process,
        jurisdiction=event.jurisdiction,
        version=event.version,
        title=event.title,
        parent=event.parent,
        opened_at=at,
        at=at,
        parties=event.parties,
        fields=event.fields,
        inherited=event.inherited,
        instance=cast(Instance, None),
        verdicts={},
        offers={},
        claims={},
        answers={},
        turns={},
        works={},
        deadlines={},
        missed=(),
        done={},
        calendar=event.calendar,
    )
    instance = Instance.start(
        version.definition, case_id=str(case_id), at=at, facts=case.facts(version)
    )
    return changed(case, instance=instance)


def _input(case: Case, event: InputEvent, *, at: datetime, actor: str, version: Version) -> Case:
    match event:
        case TaskCompleted() | BeaconRecorded():
            return _completed(case, event, at=at, actor=actor, version=version)
        case TaskAnswered(element=element, key=department, data=data, stamps=stamps):
            answers = (*case.answers.get(element, ()), department)
            field = f"{element}_answers"
            said = [
                *case.fields.get(field, ()),
                {"department": department, "by": actor, **stamps, **data},
            ]
            case = _without_offer(case, (element, department))
            return changed(
                case,
                answers={**case.answers, element: answers},
                fields={**case.fields, **stamps, field: said},
                done={**case.done, f"{element}/{department}": Done(by=actor, at=at)},
            )
        case TaskClaimed(element=element, key=key):
            return changed(case, claims={**case.claims, (element, key): actor})
        case TaskReleased(element=element, key=key):
            return changed(case, claims=_drop(case.claims, (element, key)))
        case TaskTransferred(element=element, key=key, to=to):
            return changed(case, claims={**case.claims, (element, key): to})
        case FactsSupplied(element=element, key=key, fields=fields):
            case = changed(case, fields={**case.fields, **fields})
            case = _without_offer(case, (element, key))
            case.instance.reconsider(at=at, facts=case.facts(version))
            return _synchronised(case)
        case TimerFired(element=element, key=key):
            case = changed(case, deadlines=_drop(case.deadlines, (element, key)))
            case.instance.fire(element, key, at=at, facts=case.facts(version))
            return _synchronised(case)
        case FrameFrozen() | ServiceSettled():
            element, key, result = event.element, event.key, event.result
            return _settled(case, element, key, result, Case.facts, at=at, version=version)
        case MessageReceived(name=name, fields=fields, delivery=delivery):
            heard = (f"{name}|{delivery}",) if delivery else ()
            case = changed(
                case, fields={**case.fields, **fields}, received=(*case.received, *heard)
            )
            case.instance.deliver(name, at=at, facts=case.facts(version))
            return _synchronised(case)
        case DeadlineRecomputed(calendar=calendar):
            return changed(case, calendar=calendar)
        case WorkHandedOver(former=former, successor=successor):
            return after_succession(case, former, successor, version)
        case PersonReplaced():
            return after_replacement(case, event)
        case CommentAdded() | AttemptRefused() | CaseOpened():
            return case
        case _:
            assert_never(event)


def _consequence(case: Case, event: ConsequenceEvent, *, at: datetime, version: Version) -> Case:
    match event:
        case TaskOffered(element=element, key=key, turn=turn):
            offer = Offer(turn=turn, name=event.name, lane=event.lane, seats=event.seats, at=at)
            return changed(
                case,
                fields=_drop(case.fields, f"{element}_silent"),  # of an earlier turn
                offers={**case.offers, (element, key): offer},
                turns={**case.turns, element: turn},
            )
        case FactsMissing(element=element, key=key):
            offer = Offer(
                turn=1,
                name="补充待查事实",
                lane=event.lane,
                seats=event.seats,
                at=at,
                missing=event.missing,
            )
            return changed(case, offers={**case.offers, (element, key): offer})
        case TaskWithdrawn(element=element, key=key):
            return _without_offer(case, (element, key))
        case RuleAssessed(element=element, key=key, rule=rule, verdict=verdict, guard=guard):
            case = changed(case, verdicts={**case.verdicts, rule: verdict})
            if guard or verdict == "待查":
                return case
            return _settled(case, element, key, {}, _Later, at=at, version=version)
        case ServiceCompleted(element=element, key=key, result=result):
            return _settled(case, element, key, result, _Later, at=at, version=version)
        case WorkRequested(element=element, key=key, work=work):
            return changed(case, works={**case.works, (element, key): work})
        case DeadlineSet(element=element, key=key):
            deadline = Deadline(
                rule=event.rule,
                due_at=event.due_at,
                missing=event.missing,
                provisional=event.provisional,
                calendar=event.calendar,
            )
            case.instance.set_due(element, key, event.due_at)
            return changed(case, deadlines={**case.deadlines, (element, key): deadline})
        case DeadlineMissed(element=element, key=key):
            return changed(case, missed=(*case.missed, (element, key)))
        case SilenceRecorded(element=element, departments=departments):
            field = f"{element}_silent"
            return changed(case, fields={**case.fields, field: list(departments)})
        case AnswersClosed(element=element):
            case.instance.complete(element, "", at=at, facts=case.facts(version))
            return _synchronised(changed(case, answers=_drop(case.answers, element)))
        case CaseClosed(outcome=outcome):
            return changed(case, outcome=outcome)
        case _:
            assert_never(event)


def _completed(
    case: Case, event: TaskCompleted | BeaconRecorded, *, at: datetime, actor: str, version: Version
) -> Case:
    case = _without_earlier_answers(case, event, version)
    case = changed(
        _without_offer(case, (event.element, event.key)),
        fields={**case.fields, **event.data, **event.stamps},
        parties={**case.parties, **event.parties},
        done={**case.done, event.element: Done(by=actor, at=at)},
    )
    case.instance.complete(event.element, event.key, at=at, facts=case.facts(version))
    return _synchronised(case)


def _without_earlier_answers(
    case: Case, event: TaskCompleted | BeaconRecorded, version: Version
) -> Case:
    """A form done again replaces what it said before: what is left out now was taken back."""
    form = version.form_of(event.element) if event.element in case.done else None
    if form is None:
        return case
    gone = {name for name in form.schema.get("properties", ()) if name not in event.data}
    loosened = {party for field, party in form.parties.items() if field in gone}
    return changed(
        case,
        fields={name: value for name, value in case.fields.items() if name not in gone},
        parties={name: ids for name, ids in case.parties.items() if name not in loosened},
    )


def _settled(
    case: Case,
    element: str,
    key: str,
    result: Fields,
    facts: Callable[[Case, Version], Mapping[str, object]],
    *,
    at: datetime,
    version: Version,
) -> Case:
    case = changed(
        case,
        fields={**case.fields, **result},
        works=_drop(case.works, (element, key)),
    )
    case = _without_offer(case, (element, key))
    case.instance.settle(element, key, at=at, facts=facts(case, version))
    return _synchronised(case)


def _synchronised(case: Case) -> Case:
    """Forget deadlines whose timers no longer wait: their activity ended, or began anew.

    A task that is sent back to itself has a new clock at the old place, without a day as yet."""
    if not case.deadlines:
        return case
    waiting = {(timer.element, timer.key): timer.due_at for timer in case.instance.timers}
    kept = {
        slot: deadline
        for slot, deadline in case.deadlines.items()
        if slot in waiting and waiting[slot] == deadline.due_at
    }
    return case if len(kept) == len(case.deadlines) else changed(case, deadlines=kept)


def _without_offer(case: Case, slot: Slot) -> Case:
    if slot not in case.offers:
        return case
    return changed(case, offers=_drop(case.offers, slot), claims=_drop(case.claims, slot))


K = TypeVar("K")
V = TypeVar("V")


def _drop(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    return {name: value for name, value in mapping.items() if name != key}
