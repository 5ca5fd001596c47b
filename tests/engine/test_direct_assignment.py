"""直接指派: only when no team can be formed, and only registered people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from engine.registry.types import Inspector, InspectorClass, RegistryKind
from engine.service import RecordedRefusal
from engine.store import registry
from tests.engine import chains
from tests.engine.office import Office


def _uncertified(office: Office, department: str) -> str:
    with office.engine.store.read() as connection:
        for row in registry.current(connection, "chaoyang", RegistryKind.INSPECTORS):
            assert isinstance(row, Inspector)
            mine = row.department == department and row.status.value == "有效"
            if mine and row.inspector_class is InspectorClass.ROUTINE and not row.certificate_no:
                return row.inspector_id
    raise AssertionError(department)


def _stuck_task(office: Office) -> UUID:
    """Return a task whose only fire officer holds no certificate: no team can be formed."""
    task = chains.task(office, chains.approved_plan(office))
    alone = {"staff_scope": "仅所列人员", "staff": [_uncertified(office, "fire")]}
    for _ in range(30):
        waiting = list(office.open_tasks(task))
        if ("assign", "") in waiting:
            return task
        element, key = waiting[0]
        wishes: dict[str, Any] = alone if (element, key) == ("pools", "fire") else {}
        office.do(task, element, key=key, **wishes)
    raise AssertionError(office.open_tasks(task))


def test_nobody_outside_the_registry_is_assigned_and_the_attempt_is_history(
    sqlite_office: Office,
) -> None:
    task = _stuck_task(sqlite_office)
    pool = sqlite_office.engine.shelf.fetch(sqlite_office.case(task).fields["pool"]["file"])
    people = [line.split("|", 1)[0] for line in pool.decode().splitlines()][:2]
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
