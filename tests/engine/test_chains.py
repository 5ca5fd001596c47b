"""The chain of each city from draft to referral, on both databases, against commands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from engine.commands import CompleteTask
from engine.errors import (
    FourEyesViolation,
    NotYourCase,
    NotYourTask,
    TaskNotOpen,
)
from engine.service import RecordedRefusal
from tests.engine import chains
from tests.engine.office import Office, payloads


@pytest.mark.parametrize("jurisdiction", ["chaoyang", "panjin"])
def test_a_year_of_one_plan_ends_with_every_case_closed_and_clean(
    office: Office, jurisdiction: str
) -> None:
    task = chains.drawn_task(office, jurisdiction)
    inspections = office.children(task, "inspection")
    assert inspections, "the draw opened no inspection"
    for inspection in inspections:
        chains.finish(office, inspection)
    chains.finish(office, task)
    assert office.case(task).is_closed
    assert all(found.is_clean for found in office.audit_all())
    published = {record["kind"] for record in office.publications(jurisdiction=jurisdiction)}
    assert {"plan", "task", "result"} <= published


def test_a_plan_outside_the_ratio_needs_a_reason_and_an_approval(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office, ratio="25%")
    seen: set[str] = set()
    for _ in range(20):
        case = sqlite_office.case(plan)
        waiting = [slot for slot, offer in case.offers.items() if not offer.missing]
        if case.is_closed or not waiting:
            break
        element, key = waiting[0]
        seen.add(element)
        sqlite_office.do(plan, element, key=key)
    assert {"explain", "approve_deviation"} <= seen
    assert sqlite_office.case(plan).is_closed


def test_silence_in_a_countersign_is_recorded_and_blocks_nothing(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    sqlite_office.do(plan, "sign_off")
    sqlite_office.do(plan, "countersign", key="fire")
    waiting = sqlite_office.open_tasks(plan)
    assert ("countersign", "health") in waiting
    sqlite_office.on("2026-03-20")
    records = sqlite_office.records(plan)
    assert payloads(records, "silence-recorded") == [
        {"element": "countersign", "departments": ["health"]}
    ]
    assert ("countersign", "health") not in sqlite_office.open_tasks(plan)


def test_the_reviewer_sends_a_plan_back_and_it_comes_round_again(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    for _ in range(30):
        case = sqlite_office.case(plan)
        waiting = [slot for slot, offer in case.offers.items() if not offer.missing]
        element, key = waiting[0]
        if element == "review" and case.offers["review", ""].turn == 1:
            sqlite_office.do(plan, "review", review_decision="退回修改", review_opinion="窗口过长")
            continue
        if element == "review":
            break
        sqlite_office.do(plan, element, key=key)
    assert sqlite_office.case(plan).offers["review", ""].turn == 2
    assert sqlite_office.audit(plan).is_clean


def test_a_drafter_cannot_sign_off_their_own_plan(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    drafter = sqlite_office.case(plan).fields["drafted_by"]
    with sqlite_office.engine.store.write() as connection:
        from engine.store import people

        people.grant(
            connection,
            drafter,
            department="samr",
            position="head",
            since=sqlite_office.hand.moment,
        )
    with pytest.raises(FourEyesViolation):
        sqlite_office.engine.handle(
            _complete(sqlite_office, plan, "sign_off", drafter, sign_off_decision="同意")
        )


def test_another_department_may_neither_open_nor_do_the_work(sqlite_office: Office) -> None:
    with pytest.raises(NotYourCase):
        sqlite_office.open("joint_plan", by="cy-fire-handler1", lead="samr")
    plan = chains.drafted_plan(sqlite_office)
    with pytest.raises(NotYourTask):
        sqlite_office.do(plan, "sign_off", by="cy-fire-head")


def test_a_second_submit_says_who_did_it_and_when(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    with pytest.raises(TaskNotOpen, match="已由"):
        sqlite_office.do(plan, "draft")
    assert sqlite_office.kinds(plan).count("task-completed") == 1


def test_a_participants_strategy_is_refused_and_the_attempt_is_history(
    sqlite_office: Office,
) -> None:
    plan = chains.approved_plan(sqlite_office)
    task = chains.task(sqlite_office, plan)
    participant = sqlite_office.person("cy-fire-handler1")
    with sqlite_office.engine.store.write() as connection:
        from engine.store import people

        people.grant(
            connection,
            participant,
            department="samr",
            position="handler",
            since=sqlite_office.hand.moment,
        )
    data = sqlite_office.answer(sqlite_office.case(task), ("strategy", ""))
    before = sqlite_office.case(task).offers
    with pytest.raises((RecordedRefusal, NotYourTask)):
        sqlite_office.engine.handle(
            _complete(
                sqlite_office, task, "strategy", sqlite_office.person("cy-fire-handler2"), **data
            )
        )
    assert sqlite_office.case(task).offers == before


def test_publication_stops_its_clock_at_the_receipt_not_at_our_own_page(
    sqlite_office: Office,
) -> None:
    plan = chains.drafted_plan(sqlite_office)
    for _ in range(20):
        if ("receipt", "") in sqlite_office.open_tasks(plan):
            break
        element, key = next(iter(sqlite_office.open_tasks(plan)))
        sqlite_office.do(plan, element, key=key)
    assert sqlite_office.publications(kind="plan"), "our own page shows the plan at once"
    waiting = {element for element, _ in sqlite_office.case(plan).deadlines}
    assert waiting, "the clock still runs"
    sqlite_office.do(plan, "receipt")
    assert sqlite_office.case(plan).deadlines == {}


def _complete(
    office: Office, case_id: UUID, element: str, person: str, **data: Any
) -> CompleteTask:
    return CompleteTask(case_id=case_id, actor=person, element=element, data=data)
