"""A task that nobody can do stands where those who keep the people see it, until somebody can."""

from __future__ import annotations

from uuid import UUID

from engine.commands import SYSTEM, ClaimTask, OpenCase
from engine.store import accounts, actors, people, unassigned, worklists
from engine.store.unassigned import Unassigned
from tests.engine.office import Office

CITY = "chaoyang"


def nobodys(office: Office) -> tuple[Unassigned, ...]:
    with office.engine.store.read() as connection:
        found = unassigned.listed(connection, CITY, at=office.engine.now())
        assert len(found) == unassigned.count(connection, CITY, at=office.engine.now())
    return found


def offered_to(office: Office, login: str) -> list[UUID]:
    with office.engine.store.read() as connection:
        who = actors.actor(connection, office.person(login), at=office.engine.now())
        return [each.case_id for each in worklists.worklist_page(connection, who, CITY)]


def without_heads(office: Office, department: str) -> None:
    """End the position of every head of a department."""
    now = office.engine.now()
    with office.engine.store.write() as connection:
        for each in people.everyone(connection, CITY, at=now):
            if each.has("head", department):
                people.withdraw(connection, each.id, department=department, position="head", at=now)


def waiting_for_the_head(office: Office) -> UUID:
    case_id = office.open("annual_plan", by="cy-tax-handler1", lead="tax")
    office.do(case_id, "draft", plan_year=2026, ratio="5%", window_end="2026-11-30")
    return case_id


def test_a_task_somebody_can_do_is_not_listed(office: Office) -> None:
    waiting_for_the_head(office)
    assert nobodys(office) == ()


def test_a_task_of_an_empty_seat_is_listed_with_who_is_missing(office: Office) -> None:
    case_id = waiting_for_the_head(office)
    without_heads(office, "tax")
    (found,) = nobodys(office)
    assert (found.case_id, found.task) == (case_id, "审签年度抽查计划")
    assert found.positions == (("tax", "head"),)
    assert found.role == "承办部门负责人"


def test_whoever_gets_the_position_has_the_task_at_once(office: Office) -> None:
    case_id = waiting_for_the_head(office)
    without_heads(office, "tax")
    now = office.engine.now()
    someone = office.person("cy-tax-steward")
    with office.engine.store.write() as connection:
        people.grant(connection, someone, department="tax", position="head", since=now)
    assert nobodys(office) == ()
    assert case_id in offered_to(office, "cy-tax-steward")
    office.do(case_id, "sign_off", by="cy-tax-steward")


def test_a_task_held_by_somebody_whose_account_is_closed_is_listed(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-tax-handler1", lead="tax")
    holder = office.person("cy-tax-handler1")
    office.engine.handle(ClaimTask(case_id=case_id, actor=holder, element="draft"))
    assert nobodys(office) == ()
    with office.engine.store.write() as connection:
        accounts.disable(connection, holder, at=office.engine.now())
    (found,) = nobodys(office)
    assert (found.case_id, found.left) == (case_id, "cy-tax-handler1")


def test_a_task_of_no_seat_at_all_is_listed_too(office: Office) -> None:
    """A visit whose team was never named: nobody is bound, and the task still has to be seen."""
    command = OpenCase(
        case_id=office.hand.new_id(),
        actor=SYSTEM,
        process="inspection",
        jurisdiction=CITY,
        title="没有检查组的检查",
        parties={"lead": ("samr",), "department": ("samr",)},
        fields={"subject_id": "x", "subject_name": "某店", "items": ["CY-SAMR-01"]},
    )
    office.engine.handle(command)
    office.settle()
    found = [each for each in nobodys(office) if each.case_id == command.case_id]
    assert found
    assert found[0].seats == ()
    assert office.audit(command.case_id).is_clean
