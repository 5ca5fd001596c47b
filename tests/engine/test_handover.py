"""A merged department and a leaving person hand over; every case says so, and audits clean."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from engine import almanac, departures, handover
from engine.case import Case
from engine.commands import SYSTEM, ClaimTask, HandOverWork, OpenCase, ReplacePerson
from engine.errors import OffRegistry
from engine.handovers import NotTheKeeper, OwnSuccessor
from engine.registry.filters import Filters
from engine.registry.types import Inspector, RegistryKind
from engine.store import people, readings, registry
from engine.store.people import Person
from engine.store.successions import Succession
from tests.engine.office import Office

BASIS = "区委编委〔2026〕5号"
PLAN: dict[str, Any] = {
    "plan_year": 2026,
    "ratio": "5%",
    "item_class": "一般",
    "window_end": "2026-11-30",
}


def merger(office: Office, **more: Any) -> Succession:
    asked: dict[str, Any] = {"former": "fire", "successor": "emergency", "basis": BASIS, **more}
    return handover.wanted(office.engine, "chaoyang", **asked)


def known(office: Office, login: str) -> Person:
    with office.engine.store.read() as connection:
        found = people.by_login(connection, login, at=office.engine.now())
    assert found is not None
    return found


def row_of(office: Office, case: Case) -> readings.CaseRow:
    with office.engine.store.read() as connection:
        row = readings.case_by_id(connection, case.case_id)
    assert row is not None
    return row


def test_the_preview_names_cases_people_and_rows_and_changes_nothing(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-fire-handler1", lead="fire")
    found = handover.preview(office.engine, merger(office))
    mine = next(each for each in found.cases if each.case_id == case_id)
    assert mine.tasks == ("编制年度抽查计划",)
    assert any(position == "head" for _, _, position in found.staff)
    assert found.rows
    assert found.rows[RegistryKind.INSPECTORS] > 0
    assert office.case(case_id).parties["lead"] == ("fire",)


def test_a_merged_department_hands_over_its_open_tasks(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-fire-handler1", lead="fire")
    handover.apply(office.engine, merger(office))
    office.settle()
    case = office.case(case_id)
    assert case.offers["draft", ""].seats == ("emergency/handler",)
    assert case.fields["lead_department"] == "emergency"
    assert row_of(office, case).lead == "emergency"
    assert "work-handed-over" in office.kinds(case_id)
    assert office.audit(case_id).is_clean
    office.do(case_id, "draft", by="cy-emergency-handler1", **PLAN)
    assert office.audit(case_id).is_clean


def test_its_people_keep_their_positions_in_the_successor(office: Office) -> None:
    handover.apply(office.engine, merger(office))
    handler = known(office, "cy-fire-handler1")
    assert handler.has("handler", "emergency")
    assert not handler.has("handler", "fire")


def test_its_registry_rows_come_over_in_a_batch_that_names_the_document(office: Office) -> None:
    handover.apply(office.engine, merger(office))
    office.settle()
    with office.engine.store.read() as connection:
        left = registry.count(
            connection,
            "chaoyang",
            RegistryKind.INSPECTORS,
            filters=Filters(departments=("fire",)),
        )
        latest = registry.batches(connection, "chaoyang", RegistryKind.INSPECTORS, limit=1)
    assert left == 0
    assert BASIS in latest[0].source
    assert latest[0].case_id


def test_a_role_that_the_law_gives_a_department_goes_to_its_successor(office: Office) -> None:
    """司法局 reviews every plan; once merged, its successor does, in running and in new cases."""
    running = office.open("annual_plan", by="cy-samr-handler1", lead="samr")
    handover.apply(office.engine, merger(office, former="justice", successor="office"))
    office.settle()
    new = office.open("annual_plan", by="cy-samr-handler1", lead="samr")
    for case_id in (running, new):
        office.do(case_id, "draft", **PLAN)
        office.do(case_id, "sign_off")
        office.do(case_id, "submit")
        assert office.case(case_id).offers["review", ""].seats == ("office/reviewer",)
        assert office.audit(case_id).is_clean


def test_a_countersignature_is_asked_of_the_successor_and_nobody_is_called_silent(
    office: Office,
) -> None:
    case_id = office.open("joint_plan", by="cy-samr-handler1", lead="samr")
    office.do(case_id, "draft", participants=["fire", "health"], ratio="5%", plan_year=2026)
    for element in ("sign_off",):
        if (element, "") in office.open_tasks(case_id):
            office.do(case_id, element)
    asked = [slot for slot in office.open_tasks(case_id) if slot[1] == "fire"]
    assert asked
    handover.apply(office.engine, merger(office))
    office.settle()
    slots = office.open_tasks(case_id)
    assert (asked[0][0], "emergency") in slots
    assert asked[0] not in slots
    assert "silence-recorded" not in office.kinds(case_id)
    assert office.audit(case_id).is_clean


def test_a_merger_of_a_later_day_happens_on_that_day(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-fire-handler1", lead="fire")
    handover.apply(office.engine, merger(office, effective_on=date(2026, 3, 10)))
    office.on("2026-03-09")
    assert office.case(case_id).parties["lead"] == ("fire",)
    office.on("2026-03-10", "00:30")
    assert office.case(case_id).parties["lead"] == ("emergency",)


def test_twice_is_once(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-fire-handler1", lead="fire")
    handover.apply(office.engine, merger(office))
    office.settle()
    handover.apply(office.engine, merger(office))
    office.settle()
    assert office.kinds(case_id).count("work-handed-over") == 1


def test_only_the_keeper_of_the_organisation_hands_over(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-fire-handler1", lead="fire")
    command = HandOverWork(
        case_id=case_id,
        actor=office.person("cy-fire-handler1"),
        former="fire",
        successor="emergency",
        basis=BASIS,
    )
    with pytest.raises(NotTheKeeper):
        office.engine.handle(command)


# ---------------------------------------------------------------- people


def test_a_held_task_of_somebody_who_left_goes_back_to_the_desk(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-samr-handler1", lead="samr")
    office.engine.handle(
        ClaimTask(case_id=case_id, actor=office.person("cy-samr-handler1"), element="draft")
    )
    leaver = known(office, "cy-samr-handler1")
    assert [each.case_id for each in departures.of_person(office.engine, leaver).cases] == [case_id]
    departures.replace_person(office.engine, leaver, None, reason="调离", closes_account=True)
    assert office.case(case_id).claims == {}
    assert office.audit(case_id).is_clean
    assert known(office, "cy-samr-handler1").disabled
    office.do(case_id, "draft", by="cy-samr-handler2", **PLAN)


def colleague(office: Office, leaver: Person) -> Person:
    """Return a certified inspector of the leaver's department, in service."""
    with office.engine.store.read() as connection:
        rows = registry.select_rows(
            connection,
            "chaoyang",
            RegistryKind.INSPECTORS,
            Filters(departments=(leaver.departments[0],)),
        )
        for row in list(rows):
            assert isinstance(row, Inspector)
            if (
                row.inspector_id != leaver.inspector_id
                and row.status.value == "有效"
                and row.is_certified(office.today)
                and row.login
            ):
                return known(office, row.login)
    raise AssertionError("the synthetic registry has colleagues")


def visit(office: Office, leaver: Person) -> Case:
    names = (leaver.inspector_id or "",)
    command = OpenCase(
        case_id=office.hand.new_id(),
        actor=SYSTEM,
        process="inspection",
        jurisdiction="chaoyang",
        title="测试检查",
        parties={"lead": ("samr",), "department": ("samr",), "team": names, "leader": names},
        fields={"team": list(names), "subject_id": "x", "subject_name": "某店"},
    )
    office.engine.handle(command)
    office.settle()
    return office.case(command.case_id)


@pytest.fixture
def inspector(office: Office) -> Person:
    with office.engine.store.read() as connection:
        rows = list(
            registry.select_rows(
                connection,
                "chaoyang",
                RegistryKind.INSPECTORS,
                Filters(departments=("samr",)),
            )
        )
    found = next(row for row in rows if isinstance(row, Inspector) and row.login)
    assert isinstance(found, Inspector)
    assert found.login
    return known(office, found.login)


def test_a_member_of_a_team_is_replaced_with_a_reason(office: Office, inspector: Person) -> None:
    case = visit(office, inspector)
    other = colleague(office, inspector)
    departures.replace_person(office.engine, inspector, other, reason="退休")
    after = office.case(case.case_id)
    assert after.parties["team"] == (other.inspector_id,)
    assert after.fields["team"] == [other.inspector_id]
    assert office.audit(case.case_id).is_clean


def test_whom_a_case_is_about_answers_in_person_although_they_left(
    office: Office, inspector: Person
) -> None:
    """A successor takes over work, never what somebody else is blamed for."""
    about = accused(office, inspector)
    case = visit(office, inspector)
    departures.replace_person(office.engine, inspector, colleague(office, inspector), reason="退休")
    assert office.case(case.case_id).parties["team"] != case.parties["team"]
    assert office.case(about).parties["person_concerned"] == (inspector.id,)
    assert office.kinds(about).count("person-replaced") == 0
    assert office.audit(about).is_clean


def accused(office: Office, person: Person) -> UUID:
    case_id = office.hand.new_id()
    office.engine.handle(
        OpenCase(
            case_id=case_id,
            actor=SYSTEM,
            process="accountability",
            jurisdiction="chaoyang",
            title="追责",
            parties={"lead": ("office",), "person_concerned": (person.id,)},
        )
    )
    return case_id


def test_nobody_from_outside_the_registry_joins_a_team(office: Office, inspector: Person) -> None:
    visit(office, inspector)
    outsider = known(office, "cy-samr-handler2")
    with pytest.raises(OffRegistry):
        departures.replace_person(office.engine, inspector, outsider, reason="退休")


def test_nobody_is_their_own_successor(office: Office) -> None:
    leaver = known(office, "cy-samr-handler1")
    with pytest.raises(OwnSuccessor, match="不能是离岗的人自己"):
        departures.replace_person(office.engine, leaver, leaver, reason="退休", closes_account=True)
    assert not known(office, "cy-samr-handler1").disabled


def test_a_case_refuses_somebody_as_their_own_successor(office: Office, inspector: Person) -> None:
    case = visit(office, inspector)
    command = ReplacePerson(
        case_id=case.case_id,
        actor=SYSTEM,
        leaver=inspector.id,
        leaver_inspector=inspector.inspector_id or "",
        successor=inspector.id,
        reason="退休",
    )
    with pytest.raises(OwnSuccessor):
        office.engine.handle(command)


def test_a_successor_holds_the_positions_that_the_tasks_ask_for(office: Office) -> None:
    case_id = office.open("annual_plan", by="cy-samr-handler1", lead="samr")
    office.engine.handle(
        ClaimTask(case_id=case_id, actor=office.person("cy-samr-handler1"), element="draft")
    )
    leaver = known(office, "cy-samr-handler1")
    for outsider in ("cy-fire-handler1", "cy-samr-head"):
        with pytest.raises(departures.NotInThatPosition, match=r"区市场监督管理局的经办人"):
            departures.replace_person(
                office.engine, leaver, known(office, outsider), reason="调离", closes_account=True
            )
    assert office.case(case_id).claims
    assert not known(office, "cy-samr-handler1").disabled


def test_a_successor_is_still_here(office: Office) -> None:
    first, second = known(office, "cy-samr-handler1"), known(office, "cy-samr-handler2")
    departures.replace_person(office.engine, second, None, reason="退休", closes_account=True)
    gone = known(office, "cy-samr-handler2")
    with pytest.raises(departures.HasLeft):
        departures.replace_person(office.engine, first, gone, reason="调离")


def test_the_law_reads_from_the_version_in_force(office: Office) -> None:
    assert almanac.law_of(office.engine, "nowhere") is None
