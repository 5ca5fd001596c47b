"""A case and how an event changes it. `evolve` never checks and never looks outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar, assert_never, cast
from uuid import UUID

from engine import clock, succession
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
    Parties,
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
from engine.version import Version
from rules.facts import Facts
from rules.pack import Law

LEAD_FIELD = "lead_department"  # what rules read; the parties say who acts
COUNT = "count_"  # a field of this prefix is a count taken at a recorded moment

Slot = tuple[str, str]  # (element, key): the address of a task, a timer or a pending name


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A task that waits for a person; `missing` makes it a 待查 task for unknown facts."""

    turn: int
    name: str
    lane: str
    seats: tuple[str, ...]
    at: datetime
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    rule: str
    due_at: datetime | None
    missing: str | None
    provisional: str | None
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the history of a case says now. `instance` is private to the engine."""

    case_id: UUID
    number: str
    process: str
    jurisdiction: str
    version: str
    title: str
    parent: str | None
    opened_at: datetime
    at: datetime  # of the last event
    parties: Parties
    fields: Fields
    inherited: Fields
    instance: Instance
    verdicts: Mapping[str, str]
    offers: Mapping[Slot, Offer]
    claims: Mapping[Slot, str]
    answers: Mapping[str, tuple[str, ...]]  # 会签 element → departments that answered
    turns: Mapping[str, int]
    works: Mapping[Slot, str]
    deadlines: Mapping[Slot, Deadline]
    missed: tuple[Slot, ...]
    done: Mapping[str, Done]
    calendar: Mapping[str, str]
    received: tuple[str, ...] = ()  # "name|delivery" of every message that counted
    outcome: str | None = None

    @property
    def is_closed(self) -> bool:
        return self.outcome is not None

    def law(self, version: Version) -> Law:
        return version.law_with(self.calendar)

    def record(self) -> dict[str, Any]:
        """Return every fact the case holds by its origin: `case.…`, `verdict.…`, `parent.…`."""
        record: dict[str, Any] = {f"case.{name}": value for name, value in self.fields.items()}
        for rule, verdict in self.verdicts.items():
            record[f"verdict.{rule}"] = verdict
        record |= self.inherited
        for name, value in self.fields.items():
            if name.startswith(COUNT):
                record[f"count.{name.removeprefix(COUNT)}"] = value
        record["case.opened_on"] = clock.legal_day(self.opened_at).isoformat()
        record["clock.today"] = clock.legal_day(self.at).isoformat()
        return record

    def facts(self, version: Version, extra: Fields | None = None) -> Facts:
        return self.law(version).facts(self.record() | dict(extra or {}))

    def attached_deadline(self, slot: Slot, version: Version) -> datetime | None:
        """Return the earliest due instant of the clocks that run over a task."""
        hung = version.clocks_over(slot[0])
        known = [
            deadline.due_at
            for (element, _), deadline in self.deadlines.items()
            if element in hung and deadline.due_at is not None
        ]
        return min(known, default=None)


_FIELDS = tuple(field.name for field in fields(Case))
_READ = attrgetter(*_FIELDS)
_WRITE = {name: getattr(Case, name).__set__ for name in _FIELDS}


def _with(case: Case, **changes: Any) -> Case:
    """Return a copy with changes, as `replace` does at three times the cost: all events make some.

    A name the case does not have is a KeyError."""
    made = object.__new__(Case)
    for write, value in zip(_WRITE.values(), _READ(case), strict=True):
        write(made, value)
    for name, value in changes.items():
        _WRITE[name](made, value)
    return made


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
        case = _with(case, at=at)
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
    return _with(case, instance=instance)


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
            return _with(
                case,
                answers={**case.answers, element: answers},
                fields={**case.fields, **stamps, field: said},
                done={**case.done, f"{element}/{department}": Done(by=actor, at=at)},
            )
        case TaskClaimed(element=element, key=key):
            return _with(case, claims={**case.claims, (element, key): actor})
        case TaskReleased(element=element, key=key):
            return _with(case, claims=_drop(case.claims, (element, key)))
        case TaskTransferred(element=element, key=key, to=to):
            return _with(case, claims={**case.claims, (element, key): to})
        case FactsSupplied(element=element, key=key, fields=fields):
            case = _with(case, fields={**case.fields, **fields})
            case = _without_offer(case, (element, key))
            case.instance.reconsider(at=at, facts=case.facts(version))
            return _synchronised(case)
        case TimerFired(element=element, key=key):
            case = _with(case, deadlines=_drop(case.deadlines, (element, key)))
            case.instance.fire(element, key, at=at, facts=case.facts(version))
            return _synchronised(case)
        case FrameFrozen() | ServiceSettled():
            element, key, result = event.element, event.key, event.result
            return _settled(case, element, key, result, Case.facts, at=at, version=version)
        case MessageReceived(name=name, fields=fields, delivery=delivery):
            heard = (f"{name}|{delivery}",) if delivery else ()
            case = _with(case, fields={**case.fields, **fields}, received=(*case.received, *heard))
            case.instance.deliver(name, at=at, facts=case.facts(version))
            return _synchronised(case)
        case DeadlineRecomputed(calendar=calendar):
            return _with(case, calendar=calendar)
        case WorkHandedOver(former=former, successor=successor):
            return _handed_over(case, former, successor, version)
        case PersonReplaced():
            return _replaced(case, event)
        case CommentAdded() | AttemptRefused() | CaseOpened():
            return case
        case _:
            assert_never(event)


def _consequence(case: Case, event: ConsequenceEvent, *, at: datetime, version: Version) -> Case:
    match event:
        case TaskOffered(element=element, key=key, turn=turn):
            offer = Offer(turn=turn, name=event.name, lane=event.lane, seats=event.seats, at=at)
            return _with(
                case,
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
            return _with(case, offers={**case.offers, (element, key): offer})
        case TaskWithdrawn(element=element, key=key):
            return _without_offer(case, (element, key))
        case RuleAssessed(element=element, key=key, rule=rule, verdict=verdict, guard=guard):
            case = _with(case, verdicts={**case.verdicts, rule: verdict})
            if guard or verdict == "待查":
                return case
            return _settled(case, element, key, {}, _Later, at=at, version=version)
        case ServiceCompleted(element=element, key=key, result=result):
            return _settled(case, element, key, result, _Later, at=at, version=version)
        case WorkRequested(element=element, key=key, work=work):
            return _with(case, works={**case.works, (element, key): work})
        case DeadlineSet(element=element, key=key):
            deadline = Deadline(
                rule=event.rule,
                due_at=event.due_at,
                missing=event.missing,
                provisional=event.provisional,
                calendar=event.calendar,
            )
            case.instance.set_due(element, key, event.due_at)
            return _with(case, deadlines={**case.deadlines, (element, key): deadline})
        case DeadlineMissed(element=element, key=key):
            return _with(case, missed=(*case.missed, (element, key)))
        case SilenceRecorded(element=element, departments=departments):
            field = f"{element}_silent"
            return _with(case, fields={**case.fields, field: list(departments)})
        case AnswersClosed(element=element):
            case.instance.complete(element, "", at=at, facts=case.facts(version))
            return _synchronised(_with(case, answers=_drop(case.answers, element)))
        case CaseClosed(outcome=outcome):
            return _with(case, outcome=outcome)
        case _:
            assert_never(event)


def _completed(
    case: Case, event: TaskCompleted | BeaconRecorded, *, at: datetime, actor: str, version: Version
) -> Case:
    case = _without_earlier_answers(case, event, version)
    case = _with(
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
    return _with(
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
    case = _with(
        case,
        fields={**case.fields, **result},
        works=_drop(case.works, (element, key)),
    )
    case = _without_offer(case, (element, key))
    case.instance.settle(element, key, at=at, facts=facts(case, version))
    return _synchronised(case)


def _handed_over(case: Case, former: str, successor: str, version: Version) -> Case:
    """Put the successor in the place of a department; a held task is free to be taken again."""
    departments = {LEAD_FIELD} | {name for form in version.forms.values() for name in form.parties}
    offers = {
        slot: replace(offer, seats=succession.seats(offer.seats, former, successor))
        for slot, offer in succession.keys(case.offers, former, successor).items()
    }
    kept = {slot: who for slot, who in case.claims.items() if offers.get(slot) == case.offers[slot]}
    answers = {
        element: names
        if successor in case.parties.get(version.node(element).each or "", ())
        else succession.renamed(names, former, successor)
        for element, names in case.answers.items()
    }
    return _with(
        case,
        parties=succession.stand_in(case.parties, former, successor),
        fields={
            name: succession.value(said, former, successor) if name in departments else said
            for name, said in case.fields.items()
        },
        offers=offers,
        claims=kept,
        answers=answers,
    )


def _replaced(case: Case, event: PersonReplaced) -> Case:
    """Put another in a person's place in teams; without one, only their held tasks are freed."""
    claims = {slot: who for slot, who in case.claims.items() if who != event.leaver}
    case = _with(case, claims=claims)
    if not event.successor:
        return case
    taken = (event.leaver_inspector, event.successor_inspector or event.successor)
    for former, successor in ((event.leaver, event.successor), taken):
        if former:
            case = _renamed(case, former, successor)
    return case


def _renamed(case: Case, former: str, successor: str) -> Case:
    acting = succession.acting(case.parties)
    if not any(former in ids for ids in acting.values()):
        return case
    offers = {
        slot: replace(offer, seats=succession.persons(offer.seats, former, successor))
        for slot, offer in case.offers.items()
    }
    return _with(
        case,
        parties={**case.parties, **succession.parties(acting, former, successor)},
        fields={
            name: succession.value(said, former, successor) if name in acting else said
            for name, said in case.fields.items()
        },
        offers=offers,
    )


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
    return case if len(kept) == len(case.deadlines) else _with(case, deadlines=kept)


def _without_offer(case: Case, slot: Slot) -> Case:
    if slot not in case.offers:
        return case
    return _with(case, offers=_drop(case.offers, slot), claims=_drop(case.claims, slot))


K = TypeVar("K")
V = TypeVar("V")


def _drop(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    return {name: value for name, value in mapping.items() if name != key}
