"""替补抽取: from the rest of the same list, with a round of its own; the first result stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine.draw import verify
from engine.errors import FormInvalid
from engine.service import RecordedRefusal
from engine.store import disqualifications, outbox
from engine.store.tables.registry import registry_inspectors
from tests.engine import chains
from tests.engine.office import Office
from web import replacements

GONE = {"replacement_kind": "检查对象", "replacement_cause": "注销"}


def request(office: Office, task: UUID, **said: Any) -> UUID:
    """Return a replacement whose request is handed in."""
    case_id = office.open(
        "replacement_draw",
        by="cy-samr-handler1",
        lead="samr",
        title="替补抽取",
        parent=task,
        participants=("fire", "health"),
    )
    office.do(case_id, "request", **said)
    return case_id


def officer_lost(office: Office, task: UUID, visit: UUID) -> tuple[str, UUID]:
    """Hand in that the last of a visit's team must not go; returns who, and the replacement."""
    case = office.case(visit)
    officer = case.parties["team"][-1]
    return officer, request(
        office,
        task,
        replacement_kind="检查人员",
        replacement_cause="人员回避",
        lost_units=[case.fields["unit_id"]],
        replaced_officer=officer,
    )


def winners(office: Office, case_id: UUID) -> list[str]:
    drawn = json.loads(office.engine.shelf.fetch(office.case(case_id).fields["draw"]))
    return [line.rpartition("|")[2] for line in drawn["winners"]]


def visited(office: Office, task: UUID) -> dict[str, UUID]:
    return {
        office.case(child).fields["unit_id"]: child for child in office.children(task, "inspection")
    }


def test_a_lost_subject_is_replaced_by_chance_and_its_first_result_stays(office: Office) -> None:
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    before = office.records(task)
    replacement = request(office, task, lost_units=[drawn[0]], **GONE)
    chains.finish(office, replacement)
    case = office.case(replacement)
    (new,) = winners(office, replacement)
    assert case.is_closed
    assert new not in drawn
    assert set(visited(office, task)) == {*drawn, new}
    assert office.case(visited(office, task)[new]).parties["team"]
    assert office.records(task) == before, "the task and its first draw are not touched"
    assert case.fields["manifest_seq"] == 2
    assert case.fields["frame"]["list_root"] == office.case(task).fields["frame"]["list_root"]
    assert all(audit.is_clean for audit in office.audit_all())


def test_a_second_replacement_knows_the_first(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    first = request(office, task, lost_units=[drawn[0]], **GONE)
    chains.finish(office, first)
    (new,) = winners(office, first)
    second = request(office, task, lost_units=[new], **GONE)
    chains.finish(office, second)
    (newer,) = winners(office, second)
    assert newer not in {*drawn, new}
    assert office.case(second).fields["manifest_seq"] == 3
    assert office.audit(second).is_clean


def test_while_one_replacement_is_under_way_another_ends_without_a_draw(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    first = request(office, task, lost_units=[drawn[0]], **GONE)
    office.do(first, "approve", replacement_decision="同意")
    second = request(office, task, lost_units=[drawn[1]], **GONE)
    office.do(second, "approve", replacement_decision="同意")
    assert office.case(second).is_closed
    assert "manifest_committed" not in office.case(second).fields
    assert not office.case(first).is_closed


def test_a_request_nobody_has_approved_keeps_no_other_waiting(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    idle = request(office, task, lost_units=[drawn[0]], **GONE)
    second = request(office, task, lost_units=[drawn[1]], **GONE)
    chains.finish(office, second)
    (new,) = winners(office, second)
    chains.finish(office, idle)
    (newer,) = winners(office, idle)
    assert len({*drawn, new, newer}) == len(drawn) + 2, "the later draw knows the earlier one"
    assert [office.case(each).fields["manifest_seq"] for each in (second, idle)] == [2, 3]
    assert all(office.audit(each).is_clean for each in (second, idle))


def test_a_cause_that_somebody_chooses_is_refused_and_the_attempt_is_history(
    sqlite_office: Office,
) -> None:
    task = chains.drawn_task(sqlite_office)
    (lost, *_) = winners(sqlite_office, task)
    said = {"replacement_kind": "检查对象", "replacement_cause": "其他", "lost_units": [lost]}
    with pytest.raises(RecordedRefusal, match="客观原因"):
        request(sqlite_office, task, **said)
    (replacement,) = sqlite_office.children(task, "replacement_draw")
    assert sqlite_office.kinds(replacement)[-1] == "attempt-refused"


def test_whoever_did_not_win_is_not_replaced(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    replacement = request(office, task, lost_units=["91220104XY0000000X"], **GONE)
    office.do(replacement, "approve", replacement_decision="同意")
    assert "不是同一份清单抽中的" in office.case(replacement).fields["replacement_problem"]
    assert ("request", "") in office.open_tasks(replacement)


def test_a_replacement_of_nothing_is_refused(sqlite_office: Office) -> None:
    case_id = sqlite_office.open("replacement_draw", by="cy-samr-handler1", lead="samr")
    with pytest.raises(FormInvalid, match="已经抽取的任务"):
        sqlite_office.do(case_id, "request", lost_units=["A"], **GONE)


def test_only_the_department_that_drew_may_ask_and_the_attempt_is_history(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    case_id = office.open("replacement_draw", by="cy-fire-handler1", lead="fire", parent=task)
    with pytest.raises(RecordedRefusal, match="无权"):
        office.do(case_id, "request", lost_units=winners(office, task)[:1], **GONE)
    assert office.kinds(case_id)[-1] == "attempt-refused"


def test_opened_from_a_page_the_new_visits_still_know_the_participants(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    case_id = office.open("replacement_draw", by="cy-samr-handler1", lead="samr", parent=task)
    office.do(case_id, "request", lost_units=winners(office, task)[:1], **GONE)
    chains.finish(office, case_id)
    (new,) = winners(office, case_id)
    assert office.case(visited(office, task)[new]).parties["participants"] == ("fire", "health")


def test_one_loss_is_one_place(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    (lost, *_) = winners(office, task)
    chains.finish(office, request(office, task, lost_units=[lost], **GONE))
    again = request(office, task, lost_units=[lost], **GONE)
    office.do(again, "approve", replacement_decision="同意")
    assert "已经替补过一次" in office.case(again).fields["replacement_problem"]


def test_the_task_waits_for_the_visits_of_a_replacement(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    (lost, *_) = winners(office, task)
    replacement = request(office, task, lost_units=[lost], **GONE)
    for visit in visited(office, task).values():
        chains.finish(office, visit)
    assert not office.case(task).is_closed, "a replacement is under way"
    chains.finish(office, replacement)
    (new,) = winners(office, replacement)
    assert not office.case(task).is_closed, "its visit is not over"
    chains.finish(office, visited(office, task)[new])
    chains.finish(office, task)
    assert office.case(task).is_closed


def everybody_drawn(office: Office) -> UUID:
    """Return a task that drew the whole list of its item."""
    whole: dict[str, Any] = {
        "full_coverage": True,
        "full_coverage_ground_given": True,
        "items": ["CY-SAMR-01"],
    }
    task = chains.task(office, chains.approved_plan(office), joint=False, participants=[], **whole)
    office.do(task, "strategy", object_method="全覆盖")
    chains.until(office, task, "receipt")
    office.do(task, "receipt")
    return task


def test_where_nobody_is_left_the_replacement_ends_and_everybody_is_told(office: Office) -> None:
    task = everybody_drawn(office)
    drawn = winners(office, task)
    replacement = request(office, task, lost_units=drawn[:1], **GONE)
    office.do(replacement, "approve", replacement_decision="同意")
    case = office.case(replacement)
    assert case.is_closed
    assert case.fields["replacement_exhausted"]
    assert "没有可以替补的" in case.fields["replacement_problem"]
    with office.engine.store.read() as connection:
        assert outbox.bringing(connection, task, "replacement_draw") == 0, "the task goes on"
        (told,) = disqualifications.of_task(connection, task)
        public = replacements.counted(connection, task)
        assert disqualifications.by_officer(connection, "chaoyang", year=2026) == []
    assert (told.is_exhausted, told.is_drawn) == (True, False)
    assert (public.vacant, public.numbers) == ({"注销": 1}, ())
    assert set(visited(office, task)) == set(drawn)
    assert office.audit(replacement).is_clean


def alone(office: Office) -> tuple[UUID, UUID, str]:
    """Return a task with one fire officer fit to go, a visit of theirs, and who it is."""
    task = chains.task(office, chains.approved_plan(office))
    fire = registry_inspectors.c.department == "fire"
    with office.engine.store.write() as connection:
        held = select(registry_inspectors.c.inspector_id).where(
            fire, registry_inspectors.c.certificate_no != ""
        )
        only = min(connection.execute(held).scalars())
        others = update(registry_inspectors).where(fire, registry_inspectors.c.inspector_id != only)
        connection.execute(others.values(certificate_no=""))
    chains.until(office, task, "receipt")
    office.do(task, "receipt")
    visit = next(
        each for each in visited(office, task).values() if only in office.case(each).parties["team"]
    )
    return task, visit, only


def test_a_team_nobody_can_complete_comes_before_the_head(office: Office) -> None:
    task, visit, officer = alone(office)
    replacement = request(
        office,
        task,
        replacement_kind="检查人员",
        replacement_cause="人员回避",
        lost_units=[office.case(visit).fields["unit_id"]],
        replaced_officer=officer,
    )
    office.do(replacement, "approve", replacement_decision="同意")
    case = office.case(replacement)
    assert case.fields["replacement_exhausted"]
    assert not case.is_closed, "the visit has no lawful team: somebody has to decide"
    assert set(case.offers[("unmanned", "")].seats) == {"samr/head"}
    said = {"unmanned_decision": "登记未能检查，补充人员后另立任务", "unmanned_reason": "消防无人"}
    office.do(replacement, "unmanned", **said)
    assert office.case(replacement).is_closed
    assert "manifest_committed" not in office.case(replacement).fields, "nothing is drawn"
    assert office.audit(replacement).is_clean
    assert office.audit(visit).is_clean


def test_a_request_that_is_never_handed_in_is_ended_by_the_head_and_the_task_goes_on(
    office: Office,
) -> None:
    task = chains.drawn_task(office)
    idle = office.open("replacement_draw", by="cy-samr-handler1", lead="samr", parent=task)
    for visit in visited(office, task).values():
        chains.finish(office, visit)
    assert not office.case(task).is_closed, "somebody meant to replace something"
    office.on("2026-03-09")
    assert ("urge", "") not in office.open_tasks(idle), "the last day is still in time"
    office.on("2026-03-10")
    office.do(idle, "urge", request_given_up=True, urging_reason="对象仍在经营，不必替补")
    assert office.case(idle).is_closed
    assert office.open_tasks(idle) == {}
    office.settle()
    chains.finish(office, task)
    assert office.case(task).is_closed
    assert all(audit.is_clean for audit in office.audit_all())


def test_an_urged_request_may_still_be_handed_in_and_the_urging_ends_with_it(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    case_id = office.open("replacement_draw", by="cy-samr-handler1", lead="samr", parent=task)
    office.on("2026-03-10")
    assert ("urge", "") in office.open_tasks(case_id)
    office.do(case_id, "request", lost_units=winners(office, task)[:1], **GONE)
    office.do(case_id, "approve", replacement_decision="同意")
    assert ("urge", "") not in office.open_tasks(case_id)
    chains.finish(office, case_id)
    assert office.case(case_id).is_closed
    assert office.audit(case_id).is_clean


def test_an_officer_with_a_conflict_is_replaced_by_chance(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    visit = next(iter(visited(office, task).values()))
    officer, replacement = officer_lost(office, task, visit)
    chains.finish(office, replacement)
    team = office.case(visit).parties["team"]
    (successor,) = winners(office, replacement)
    assert officer not in team
    assert successor in team
    assert officer.split("-")[1] == successor.split("-")[1], "of the same department"
    matched = json.loads(office.engine.shelf.fetch(office.case(task).fields["matching"]))
    assert officer in {member for each in matched["teams"] for member in each["members"]}
    assert "person-replaced" in office.kinds(visit)
    assert all(audit.is_clean for audit in office.audit_all())


def test_a_citizen_recomputes_a_replacement_of_either_kind(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office = sqlite_office
    office.engine.var = tmp_path
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    for said in (
        {"lost_units": drawn[:2], **GONE},
        {
            "replacement_kind": "检查人员",
            "replacement_cause": "人员离岗",
            "lost_units": drawn[2:3],
            "replaced_officer": office.case(visited(office, task)[drawn[2]]).parties["leader"][0],
        },
    ):
        replacement = request(office, task, **said)
        chains.finish(office, replacement)
        assert office.case(replacement).is_closed
        folder = tmp_path / "evidence" / office.case(replacement).number
        assert verify.main([str(folder / "evidence.json")]) == 0
    leader = office.case(visited(office, task)[drawn[2]]).parties["leader"]
    assert leader == tuple(winners(office, replacement)), "a leader is followed by a leader"
    published = office.publications(kind="task")
    assert any("替补名单" in row["title"] for row in published)


def test_how_often_somebody_had_winners_replaced_is_countable(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    replacement = request(office, task, lost_units=drawn[:2], **GONE)
    chains.finish(office, replacement)
    by = office.case(replacement).fields["replacement_requested_by"]
    with office.engine.store.read() as connection:
        (rate,) = disqualifications.by_officer(connection, "chaoyang", year=2026)
    assert (rate.person, rate.lost, rate.drawn) == (by, 2, len(drawn))
    assert rate.causes == {"注销": 2}
