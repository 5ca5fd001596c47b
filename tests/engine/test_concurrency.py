"""Sixteen people at once: everything happens once, losers are told, no database error shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar
from uuid import UUID

from sqlalchemy import update

from engine import publisher, scheduler
from engine.case import Case, Slot
from engine.commands import SYSTEM, Command, CompleteTask, OpenCase
from engine.errors import CaseExists, ProductError, TaskNotOpen
from engine.service import Handled
from engine.store import people
from engine.store.tables import outbox
from tests.benchmarks.approval import ON, SCHEMA
from tests.engine import chains, drawn
from tests.engine.crowd import INSPECTED, PARTIES, inspection
from tests.engine.office import Office
from tests.process import drawing

T = TypeVar("T")
PEOPLE = 16
DEPARTMENTS = (
    "fire",
    "ecology",
    "emergency",
    "health",
    "housing",
    "hrss",
    "transport",
    "agriculture",
    "commerce",
    "culture",
    "tax",
    "statistics",
    "education",
    "drc",
)

SIXTEENFOLD = drawing.document(
    drawing.lanes(["begin", "u", "finished"], "发起部门经办人")
    + drawing.start("begin")
    + drawing.user("u").replace("/>", f">{drawing.multi(str(PEOPLE))}</userTask>")
    + drawing.end("finished")
    + drawing.chain("begin", "u", "finished"),
    process="sixteenfold",
)


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """Run every work in a thread of its own, all let go at the same moment."""
    gate = Barrier(len(works), timeout=60)

    def started(work: Callable[[], T]) -> T:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as people:
        return list(people.map(started, works, timeout=120))


def handling(office: Office, commands: Sequence[Command]) -> list[Handled | ProductError]:
    """Hand in all commands at once; a domain refusal is an answer, anything else fails the test."""

    def handed(command: Command) -> Handled | ProductError:
        try:
            return office.engine.handle(command)
        except ProductError as refusal:
            return refusal

    return at_once([partial(handed, command) for command in commands])


def completion(office: Office, case_id: UUID, element: str, key: str = "") -> CompleteTask:
    case = office.case(case_id)
    slot = (element, key)
    return CompleteTask(
        case_id=case_id,
        actor=office.holder(case, slot),
        element=element,
        key=key,
        data=office.answer(case, slot),
        turn=case.offers[slot].turn,
    )


def done(outcomes: Sequence[Handled | ProductError]) -> int:
    return sum(isinstance(outcome, Handled) for outcome in outcomes)


def test_sixteen_inspections_of_one_task_move_at_once(office: Office) -> None:
    plan = chains.drafted_plan(office)
    cases = [inspection(office, parent=plan) for _ in range(PEOPLE)]
    outcomes = handling(office, [completion(office, case, "serve_notice") for case in cases])
    assert done(outcomes) == PEOPLE, outcomes
    for case in cases:
        assert office.kinds(case).count("task-completed") == 1
        assert office.audit(case).is_clean


def test_every_department_countersigns_one_plan_at_once(office: Office) -> None:
    plan = chains.drafted_plan(office, participants=list(DEPARTMENTS))
    office.do(plan, "sign_off")
    twice = DEPARTMENTS[:2]
    answers = [completion(office, plan, "countersign", key) for key in (*DEPARTMENTS, *twice)]
    outcomes = handling(office, answers)
    assert done(outcomes) == len(DEPARTMENTS), outcomes
    losers = [found for found in outcomes if not isinstance(found, Handled)]
    assert [type(loser) for loser in losers] == [TaskNotOpen] * len(twice)
    said = office.case(plan).fields["countersign_answers"]
    answered = Counter(answer["department"] for answer in said)
    assert answered == Counter(DEPARTMENTS)
    assert office.kinds(plan).count("answers-closed") == 1
    assert office.audit(plan).is_clean


def handlers(office: Office) -> list[str]:
    """Enter sixteen handlers of one department."""
    now = office.hand.moment
    with office.engine.store.write() as tx:
        for number in range(PEOPLE):
            person = f"crowd-{number:02d}"
            people.add(
                tx, person=person, login=person, name=person, jurisdiction="chaoyang", at=now
            )
            people.grant(tx, person, department="samr", position="handler", since=now)
    return [f"crowd-{number:02d}" for number in range(PEOPLE)]


def shared_task(office: Office) -> UUID:
    """Open a case of one task that waits sixteen times."""
    return drawn.opened(office, "sixteenfold", SIXTEENFOLD, forms={"f": SCHEMA}, parties=PARTIES)


def pressed(case: Case, slot: Slot, actor: str) -> CompleteTask:
    return CompleteTask(
        case_id=case.case_id,
        actor=actor,
        element=slot[0],
        key=slot[1],
        data={"sign_off_decision": ON},
        turn=case.offers[slot].turn,
    )


def test_sixteen_people_do_sixteen_tasks_of_one_case_at_once(office: Office) -> None:
    crowd, case_id = handlers(office), shared_task(office)
    case = office.case(case_id)
    slots = sorted(case.offers)
    assert len(slots) == PEOPLE
    each = [pressed(case, slot, actor) for slot, actor in zip(slots, crowd, strict=True)]
    outcomes = handling(office, each)
    assert done(outcomes) == PEOPLE, outcomes
    completed = [r for r in office.records(case_id) if r.kind == "task-completed"]
    assert sorted(record.actor for record in completed) == crowd
    assert office.case(case_id).is_closed
    assert office.audit(case_id).is_clean


def test_one_task_pressed_by_sixteen_people_is_done_once_and_the_others_are_told_by_whom(
    office: Office,
) -> None:
    crowd, case_id = handlers(office), shared_task(office)
    case = office.case(case_id)
    slot, *others = sorted(case.offers)
    outcomes = handling(office, [pressed(case, slot, actor) for actor in crowd])
    losers = [found for found in outcomes if not isinstance(found, Handled)]
    assert [type(loser) for loser in losers] == [TaskNotOpen] * (PEOPLE - 1)
    (record,) = (r for r in office.records(case_id) if r.kind == "task-completed")
    assert all(record.actor in str(loser) for loser in losers)
    assert sorted(office.case(case_id).offers) == others
    assert office.audit(case_id).is_clean


def test_a_case_opened_sixteen_times_is_opened_once(office: Office) -> None:
    command = OpenCase(
        case_id=office.hand.new_id(),
        actor=SYSTEM,
        process="inspection",
        jurisdiction="chaoyang",
        title="同一件",
        parties=PARTIES,
        fields=INSPECTED,
    )
    outcomes = handling(office, [command] * PEOPLE)
    losers = [found for found in outcomes if not isinstance(found, Handled)]
    assert [type(loser) for loser in losers] == [CaseExists] * (PEOPLE - 1)
    assert office.audit(command.case_id).is_clean


def test_numbers_taken_at_once_have_no_gap_and_no_double(office: Office) -> None:
    opened = at_once([lambda: inspection(office) for _ in range(PEOPLE)])
    numbers = sorted(int(office.case(case_id).number.rsplit("-", 1)[1]) for case_id in opened)
    assert numbers == list(range(numbers[0], numbers[0] + PEOPLE))


def test_two_schedulers_fire_a_timer_once(office: Office) -> None:
    plan = chains.drafted_plan(office)
    office.do(plan, "sign_off")
    deadlines = office.case(plan).deadlines.values()
    office.hand.moment = max(deadline.due_at for deadline in deadlines if deadline.due_at)
    due = sum(deadline.due_at is not None for deadline in deadlines)
    at_once([lambda: scheduler.tick(office.engine) for _ in range(4)])
    assert 1 <= office.kinds(plan).count("timer-fired") <= due
    fired = [record.event for record in office.records(plan) if record.kind == "timer-fired"]
    assert len(fired) == len(set(map(repr, fired)))
    assert office.audit(plan).is_clean


def test_two_publishers_open_each_child_once(office: Office) -> None:
    task = chains.drawn_task(office)
    opened = office.children(task, "inspection")
    with office.engine.store.write() as connection:
        connection.execute(update(outbox).values(delivered_at=None, progress=0))
    at_once([lambda: publisher.deliver_all(office.engine) for _ in range(3)])
    assert office.children(task, "inspection") == opened
    assert all(found.is_clean for found in office.audit_all())
