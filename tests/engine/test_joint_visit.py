"""进一次门，查多项事: one visit, a list per department, one conclusion, one notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from engine import handover, joint
from engine.commands import CompleteTask
from engine.errors import FormInvalid, NotYourTask, TaskNotOpen
from tests.engine import chains
from tests.engine.crowd import inspection
from tests.engine.office import Office, payloads


def visit(office: Office, jurisdiction: str = "chaoyang") -> UUID:
    """Return a joint visit whose lists are asked for."""
    task = chains.drawn_task(office, jurisdiction)
    (case_id, *_) = office.children(task, "inspection")
    chains.until(office, case_id, "checklists")
    return case_id


def test_every_department_that_sent_somebody_is_asked_for_its_own_list(office: Office) -> None:
    case_id = visit(office)
    case = office.case(case_id)
    assert joint.departments(case) == ("samr", "fire", "health")
    for code in joint.departments(case):
        seats = case.offers["checklists", code].seats
        assert seats == tuple(f"person:{who}" for who in joint.officers(case, code))
        assert seats
    assert office.audit(case_id).is_clean


def test_the_lists_come_together_in_one_conclusion_and_one_notice(office: Office) -> None:
    case_id = visit(office)
    chains.finish(office, case_id)
    case = office.case(case_id)
    assert case.is_closed
    assert {row["department"] for row in case.fields["item_results"]} == {"samr", "fire", "health"}
    assert office.audit(case_id).is_clean


# ---------------------------------------------------------------- who, and which list


def answer(office: Office, case_id: UUID, department: str, **more: Any) -> CompleteTask:
    """Return the command by which a department's officer hands in its list."""
    case, slot = office.case(case_id), (joint.LISTS, department)
    return CompleteTask(
        case_id=case_id,
        actor=office.holder(case, slot),
        element=slot[0],
        key=slot[1],
        data=office.answer(case, slot),
        turn=case.offers[slot].turn,
        **more,
    )


def send_back(office: Office, case_id: UUID, *departments: str) -> None:
    office.do(
        case_id,
        "review_lists",
        lists_decision="退回补正",
        returned_departments=list(departments),
        return_reason="没有取证材料",
    )


def fill_in(office: Office, case_id: UUID) -> None:
    for department in joint.departments(office.case(case_id)):
        office.do(case_id, joint.LISTS, key=department)


def test_an_officer_of_another_department_hands_in_nothing(sqlite_office: Office) -> None:
    office = sqlite_office
    case_id = visit(office)
    of_fire, of_health = (answer(office, case_id, code) for code in ("fire", "health"))
    with pytest.raises(NotYourTask):
        office.engine.handle(replace(of_fire, actor=of_health.actor))
    assert joint.lists(office.case(case_id)) == ()


def test_a_list_is_handed_in_once_a_turn_and_an_old_page_comes_too_late(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    case_id = visit(office)
    first = answer(office, case_id, "fire")
    fill_in(office, case_id)
    with pytest.raises(TaskNotOpen):
        office.engine.handle(first)
    send_back(office, case_id, "fire")
    with pytest.raises(TaskNotOpen):
        office.engine.handle(first)
    assert [slot for slot in office.open_tasks(case_id) if slot[0] == joint.LISTS] == [
        (joint.LISTS, "fire")
    ]
    office.engine.handle(answer(office, case_id, "fire"))
    assert office.audit(case_id).is_clean


def test_sending_back_names_a_department_that_was_there_and_confirming_names_none(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    case_id = visit(office)
    fill_in(office, case_id)
    with pytest.raises(FormInvalid, match="没有派人参加"):
        send_back(office, case_id, "tax")
    with pytest.raises(FormInvalid, match="不选退回的部门"):
        office.do(case_id, "review_lists", lists_decision="确认", returned_departments=["fire"])
    with pytest.raises(FormInvalid):
        office.do(case_id, "review_lists", lists_decision="退回补正", returned_departments=[])


def test_a_merged_department_answers_for_what_the_former_was_to_check(
    sqlite_office: Office,
) -> None:
    """The officer stays the one who was drawn; the list is asked of the successor."""
    office = sqlite_office
    case_id = visit(office)
    before = office.case(case_id)
    asked = handover.wanted(
        office.engine, "chaoyang", former="fire", successor="emergency", basis="编委〔2026〕5号"
    )
    handover.apply(office.engine, asked)
    office.settle()
    case = office.case(case_id)
    assert joint.departments(case) == ("samr", "emergency", "health")
    assert joint.officers(case, "emergency") == joint.officers(before, "fire")
    assert joint.items_of(case, "emergency") == joint.items_of(before, "fire")
    assert case.offers[joint.LISTS, "emergency"].seats == before.offers[joint.LISTS, "fire"].seats
    chains.finish(office, case_id)
    assert office.case(case_id).is_closed
    assert office.audit(case_id).is_clean


def test_merged_into_one_that_goes_as_well_one_list_has_the_items_of_both(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    case_id = visit(office)
    both = {*joint.items_of(office.case(case_id), "fire")}
    both |= {*joint.items_of(office.case(case_id), "health")}
    office.do(case_id, joint.LISTS, key="fire")
    asked = handover.wanted(
        office.engine, "chaoyang", former="fire", successor="health", basis="编委〔2026〕6号"
    )
    handover.apply(office.engine, asked)
    office.settle()
    case = office.case(case_id)
    assert joint.departments(case) == ("samr", "health")
    assert set(joint.items_of(case, "health")) == both
    chains.finish(office, case_id)
    assert office.case(case_id).is_closed
    assert office.audit(case_id).is_clean


def test_the_visit_of_one_department_asks_for_no_list(sqlite_office: Office) -> None:
    office = sqlite_office
    case_id = inspection(office)
    office.settle()
    chains.finish(office, case_id)
    case = office.case(case_id)
    assert case.is_closed
    assert joint.LISTS not in case.turns
    assert "lists_late" not in {said["element"] for said in deadlines(office, case_id)}
    assert case.fields["items_looked_at"] == 2
    assert office.audit(case_id).is_clean


def deadlines(office: Office, case_id: UUID) -> list[dict[str, Any]]:
    return payloads(office.records(case_id), "deadline-set")


# ---------------------------------------------------------------- who checks what


def test_an_item_is_checked_by_its_owner_and_by_the_partners_the_list_names() -> None:
    owners = {"A": ("samr", ("fire",)), "B": ("fire", ()), "C": ("tax", ("health",))}
    found = joint.allot(["A", "B", "C"], owners, ["samr", "fire", "health", "culture"])
    assert {each["department"]: each["items"] for each in found} == {
        "samr": ["A", "C"],  # C's owner does not go: whoever leads answers for it
        "fire": ["A", "B"],
        "health": ["C"],
        "culture": ["A", "B", "C"],  # the list gives it nothing of its own
    }
