"""直接指派: only when no team can be formed, and only registered people."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import FormInvalid
from engine.service import RecordedRefusal
from tests.engine import chains
from tests.engine.office import Office
from tests.engine.test_replacement import GONE, request, visited, winners


def test_naming_too_few_is_no_door_to_direct_assignment(sqlite_office: Office) -> None:
    """A department whose registry has enough cannot make chance impossible by whom it names."""
    office = sqlite_office
    task = chains.task(office, chains.approved_plan(office))
    alone: dict[str, Any] = {
        "staff_scope": "仅所列人员",
        "staff": [chains.uncertified(office, "fire")],
    }
    chains.until(office, task, "pools")
    while "undecided_text" not in office.case(task).fields:
        element, key = next(iter(office.open_tasks(task)))
        office.do(task, element, key=key, **(alone if (element, key) == ("pools", "fire") else {}))
    fields = office.case(task).fields
    assert "不得因此直接指派" in fields["undecided_text"]
    assert "符合条件的只有 0 人，一个检查组需要 1 人" in fields["undecided_text"]
    assert fields["eligibility_decided"] is False
    assert ("strategy", "") in office.open_tasks(task)
    assert "frame" not in fields
    chains.until(office, task, "record")  # with everybody's staff the draw goes on
    assert office.audit(task).is_clean


def test_nobody_outside_the_registry_is_assigned_and_the_attempt_is_history(
    sqlite_office: Office,
) -> None:
    task = chains.stuck_task(sqlite_office)
    pool = sqlite_office.engine.shelf.fetch(sqlite_office.case(task).fields["pool"]["file"])
    listed = [line.split("|") for line in pool.decode().splitlines()]
    people = [unit for unit, _, _, codes in listed if not codes][:2]
    unable = next(unit for unit, department, _, _ in listed if department == "fire")
    with pytest.raises(FormInvalid, match="也不得指派"):
        sqlite_office.do(task, "assign", assigned_staff=[people[0], unable])
    with pytest.raises(RecordedRefusal, match="名录"):
        sqlite_office.do(task, "assign", assigned_staff=[people[0], "CY-NOBODY-999"])
    assert sqlite_office.kinds(task)[-1] == "attempt-refused"
    sqlite_office.do(task, "assign", assigned_staff=people)
    sqlite_office.do(task, "approve_assignment", assignment_approved=True)
    for _ in range(20):
        if "inspections_opened_on" in sqlite_office.case(task).fields:
            break
        element, key = next(iter(sqlite_office.open_tasks(task)))
        sqlite_office.do(task, element, key=key)
    inspections = sqlite_office.children(task, "inspection")
    assert inspections
    assert sqlite_office.case(inspections[0]).parties["leader"] == (people[0],)
    assert sqlite_office.audit(task).is_clean


def test_a_subject_that_replaces_another_is_assigned_too_where_no_team_can_be_formed(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    task = chains.stuck_task(office)
    pool = office.engine.shelf.fetch(office.case(task).fields["pool"]["file"]).decode()
    people = [unit for unit, _, _, codes in map(_cells, pool.splitlines()) if not codes][:2]
    office.do(task, "assign", assigned_staff=people)
    office.do(task, "approve_assignment", assignment_approved=True)
    chains.until(office, task, "receipt")
    office.do(task, "receipt")
    replacement = request(office, task, lost_units=winners(office, task)[:1], **GONE)
    chains.until(office, replacement, "assign")
    office.do(replacement, "assign", assigned_staff=people)
    office.do(replacement, "approve_assignment", assignment_approved=True)
    chains.finish(office, replacement)
    (new,) = winners(office, replacement)
    assert set(office.case(visited(office, task)[new]).parties["team"]) == set(people)
    assert office.audit(replacement).is_clean


def _cells(line: str) -> list[str]:
    return line.split("|")
