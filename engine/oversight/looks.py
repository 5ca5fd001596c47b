"""One look for each kind of sign: which recorded events of a case show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine import clock
from engine.oversight.evidence import Evidence, Scene
from engine.oversight.seen import Seen, Told
from rules.language.condition import Condition
from rules.supervision import Sign

AMENDMENT = "plan_amendment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A sign with its condition read once, and the fields that the condition asks for."""

    sign: Sign
    condition: Condition | None
    fields: tuple[str, ...]


def _last_day(due_at: str) -> str:
    """Return the last day of a clock: the one before the first instant that is too late."""
    return clock.legal_day(clock.instant(due_at) - timedelta(microseconds=1)).isoformat()


def _evidence(
    sign: Sign, case: Seen, event: Told, *, department: str = "", **facts: str
) -> Evidence:
    return Evidence(
        case_id=case.head.case_id,
        number=case.number,
        title=case.head.title,
        process=case.head.process,
        seq=event.seq,
        hash=event.hash,
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        department=department or case.department,
        sign=sign.kind,
        facts={"says": sign.says, **facts},
    )


def _missed(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """A legal clock ran out: recorded by the clock itself, or by whoever came too late."""
    del at
    for event in case.of_kind("deadline-missed"):
        rule = event.payload["rule"]
        if rule in asked.sign.rules:
            last = _last_day(event.payload["due_at"])
            yield _evidence(asked.sign, case, event, rule=rule, due=last)


def _refused(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """Somebody tried what the law forbids; the attempt is history although nothing happened."""
    del at
    for event in case.of_kind("attempt-refused"):
        said = event.payload
        if said["rule"] in asked.sign.rules or said["code"] in asked.sign.codes:
            where = (said.get("seat") or {}).get("department") or ""
            yield _evidence(asked.sign, case, event, department=where, sentence=said["sentence"])


def _silent(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """A department bound to answer did not; one piece of evidence for each of them."""
    names = at.law.organisation.departments
    for event in case.of_kind("silence-recorded"):
        if asked.sign.elements and event.payload["element"] not in asked.sign.elements:
            continue
        for code in event.payload["departments"]:
            name = names[code].name if code in names else code
            yield _evidence(asked.sign, case, event, department=code, departments=name)


def _verdict(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """A rule said so at the door of a task or in the diagram; its last word counts."""
    del at
    last = {event.payload["rule"]: event for event in case.of_kind("rule-assessed")}
    for rule in asked.sign.rules:
        event = last.get(rule)
        if event is not None and event.payload["verdict"] in asked.sign.verdicts:
            yield _evidence(asked.sign, case, event, rule=rule, verdict=event.payload["verdict"])


def _fact(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """The case's own record meets the condition; shown by the event that said so last."""
    del at
    yield _evidence(asked.sign, case, _said_last(asked, case))


def _said_last(asked: Question, case: Seen) -> Told:
    said = [case.said_at[name] for name in asked.fields if name in case.said_at]
    return max(said, key=lambda event: event.seq, default=case.events[0])


def _childless(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """What the condition says called for a case of its own; its clock ran out, and none is open."""
    event = _said_last(asked, case)
    below = at.children.get(_id(case), ())
    if any(child.head.process == asked.sign.child for child in below):
        return
    started = {asked.sign.starts: clock.legal_day(event.at).isoformat(), **asked.sign.given}
    record = {f"case.{name}": value for name, value in started.items() if name}
    if _is_over(asked, record, event, at):
        yield _evidence(asked.sign, case, event)


def _pending(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """A clock of the case ran out, and the step it is about was never taken."""
    first = case.events[0]
    if asked.sign.lacks in case.said_at or not _is_over(asked, case.record(at.now), first, at):
        return
    yield _evidence(asked.sign, case, first)


def _is_over(asked: Question, record: Mapping[str, Any], event: Told, at: Scene) -> bool:
    """Tell whether every clock a sign names has run out, counted from what the record says."""
    facts = at.law.facts(record)
    due = [
        at.law.due(rule, facts, on=clock.legal_day(event.at)).due_at for rule in asked.sign.rules
    ]
    return all(moment is not None and at.now >= moment for moment in due)


def _undrawn(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """A plan in force ran out, and some of its items were never drawn (CY 三（六）).

    An approved amendment holds in the plan's place (三（四）3 报区司法局审核后实施), and a draw
    under either is a draw of the plan."""
    if not case.fields.get("plan_approved"):
        return
    amended = sorted(_amendments(case, at), key=lambda each: each.said_at["plan_approved"].at)
    fields = {**case.fields, **(amended[-1].fields if amended else {})}
    until = str(fields.get("window_end") or "")
    if not until or at.today.isoformat() <= until:
        return
    below = [task for plan in (case, *amended) for task in at.children.get(_id(plan), ())]
    tasks = [task for task in below if task.fields.get("draw") or _found_nobody(task)]
    drawn = {item for task in tasks for item in task.fields.get("items", ())}
    left = [item for item in fields.get("items", ()) if item not in drawn]
    if left:
        event = case.said_at.get("plan_approved", case.events[-1])
        yield _evidence(asked.sign, case, event, until=until, items="、".join(left))


def _found_nobody(task: Seen) -> bool:
    """Tell whether a task ended, as its head decided and the board shows, with nobody to draw."""
    return "empty_task_published_here_on" in task.fields


def _amendments(plan: Seen, at: Scene) -> list[Seen]:
    """Return the approved amendments of a plan, below it or naming it, and those of amendments.

    What an amendment names is typed: two that name each other are looked at once."""
    known, waiting = {_id(plan)}, [plan]
    for each in waiting:
        for case in at.cases:
            is_of = case.head.parent == _id(each) or case.fields.get("amended_plan") == each.number
            if case.head.process == AMENDMENT and is_of and _id(case) not in known:
                known.add(_id(case))
                waiting.append(case)
    return [each for each in waiting[1:] if each.fields.get("plan_approved")]


def _unlisted(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """The registry that an import brought uses or regulates what no item in force covers."""
    names = at.law.organisation.departments
    event = case.said_at.get("applied_on", case.events[0])
    for each in at.unlisted:
        if each.case_id == _id(case):
            name = names[each.department].name if each.department in names else each.department
            found = each.name or f"{name}监管{each.number}户，清单没有一项"
            yield _evidence(asked.sign, case, event, department=each.department, found=found)


def _repeated(asked: Question, case: Seen, at: Scene) -> Iterator[Evidence]:
    """The same business was inspected for the same item before, in the same year (CY 三（七）1)."""
    mine = set(case.fields.get("items", ()))
    visited = case.said_at.get("started_on")
    if visited is None or not case.head.subject_id:
        return
    for other in _visits_of(case.head.subject_id, at):
        earlier = other.said_at["started_on"]
        same = sorted(mine & set(other.fields.get("items", ())))
        before = (earlier.at, other.number) < (visited.at, case.number)
        if same and before and other.department == case.department:
            yield _evidence(asked.sign, case, visited, earlier=other.number, items="、".join(same))
            return


def _visits_of(subject_id: str, at: Scene) -> Sequence[Seen]:
    return [
        case
        for case in at.cases
        if case.head.subject_id == subject_id
        and case.head.process == "inspection"
        and "started_on" in case.said_at
    ]


def _id(case: Seen) -> str:
    return case.head.case_id


LOOKS: Mapping[str, Callable[[Question, Seen, Scene], Iterator[Evidence]]] = {
    "missed": _missed,
    "refused": _refused,
    "silent": _silent,
    "verdict": _verdict,
    "fact": _fact,
    "childless": _childless,
    "pending": _pending,
    "undrawn": _undrawn,
    "unlisted": _unlisted,
    "repeated": _repeated,
}
