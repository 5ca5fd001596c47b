"""Short ways to the interesting moments of the chains, for tests that start in the middle."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update

from engine.registry.types import Inspector, InspectorClass, RegistryKind
from engine.store import registry
from engine.store.tables.registry import registry_inspectors
from tests.engine.office import Office

ITEMS = {"chaoyang": ["CY-SAMR-01", "CY-SAMR-02"], "panjin": ["PJ-SAMR-01", "PJ-SAMR-02"]}
PREFIX = {"chaoyang": "cy", "panjin": "pj"}

PLAN: dict[str, Any] = {
    "plan_name": "2026年度餐饮服务部门联合抽查计划",
    "plan_year": 2026,
    "domain": "餐饮服务",
    "item_class": "一般",
    "ratio": "5%",
    "base_count": 100,
    "window_start": "2026-03-01",
    "window_end": "2026-11-30",
    "participants": ["fire", "health"],
}


def drafted_plan(office: Office, jurisdiction: str = "chaoyang", **changes: Any) -> UUID:
    """Return a joint plan whose draft is written."""
    case_id = office.open(
        "joint_plan",
        by=f"{PREFIX[jurisdiction]}-samr-handler1",
        lead="samr",
        jurisdiction=jurisdiction,
        title="2026年度餐饮服务部门联合抽查计划",
    )
    office.do(case_id, "draft", **{**PLAN, "items": ITEMS[jurisdiction], **changes})
    return case_id


def finish(office: Office, case_id: UUID, **wishes: Any) -> None:
    """Do whatever is open until the case is closed; optional wishes by element."""
    for _ in range(200):
        case = office.case(case_id)
        waiting = [slot for slot, offer in case.offers.items() if not offer.missing]
        if case.is_closed or not waiting:
            return
        element, key = waiting[0]
        office.do(case_id, element, key=key, **wishes.get(element, {}))
    message = f"the case does not end: {office.open_tasks(case_id)}"
    raise AssertionError(message)


def approved_plan(office: Office, jurisdiction: str = "chaoyang", **changes: Any) -> UUID:
    """Return a joint plan that went through its whole chain."""
    case_id = drafted_plan(office, jurisdiction, **changes)
    finish(office, case_id)
    return case_id


def task(office: Office, plan: UUID, jurisdiction: str = "chaoyang", **changes: Any) -> UUID:
    """Return an inspection task of a plan whose line is chosen and whose strategy comes next."""
    case_id = office.open(
        "inspection_task",
        by=f"{PREFIX[jurisdiction]}-samr-handler1",
        lead="samr",
        jurisdiction=jurisdiction,
        title="2026年度餐饮服务部门联合抽查",
        parent=plan,
        participants=("fire", "health"),
    )
    line: dict[str, Any] = {
        "task_name": "2026年度餐饮服务部门联合抽查",
        "plan_year": 2026,
        "items": ITEMS[jurisdiction],
        "item_class": "一般",
        "ratio": "5%",
        "task_start": "2026-03-02",
        "task_end": "2026-11-30",
        "joint": True,
        "participants": ["fire", "health"],
    }
    office.do(case_id, "choose", **{**line, **changes})
    return case_id


def drawn_task(office: Office, jurisdiction: str = "chaoyang", **changes: Any) -> UUID:
    """Return a task whose subjects and inspectors are drawn and whose inspections are open."""
    case_id = task(office, approved_plan(office, jurisdiction), jurisdiction, **changes)
    for _ in range(40):
        case = office.case(case_id)
        waiting = [slot for slot, offer in case.offers.items() if not offer.missing]
        if "inspections_opened_on" in case.fields or not waiting:
            return case_id
        element, key = waiting[0]
        office.do(case_id, element, key=key)
    raise AssertionError(
        office.open_tasks(case_id), office.case(case_id).fields.get("manifest_problem")
    )


def until(office: Office, case_id: UUID, element: str, **wishes: dict[str, Any]) -> None:
    """Do whatever waits, as the wishes by element say, until `element` is open."""
    for _ in range(40):
        case = office.case(case_id)
        waiting = [slot for slot, offer in case.offers.items() if not offer.missing]
        if any(slot[0] == element for slot in waiting):
            return
        assert waiting, f"nothing waits before {element}"
        first, key = waiting[0]
        office.do(case_id, first, key=key, **wishes.get(first, {}))
    raise AssertionError(
        office.open_tasks(case_id), office.case(case_id).fields.get("manifest_problem")
    )


def uncertified(office: Office, department: str) -> str:
    with office.engine.store.read() as connection:
        for row in registry.current(connection, "chaoyang", RegistryKind.INSPECTORS):
            assert isinstance(row, Inspector)
            mine = row.department == department and row.status.value == "有效"
            if mine and row.inspector_class is InspectorClass.ROUTINE and not row.certificate_no:
                return row.inspector_id
    raise AssertionError(department)


def stuck_task(office: Office) -> UUID:
    """Return a task of which no fire officer holds a certificate: no team can be formed."""
    case_id = task(office, approved_plan(office))
    fire = registry_inspectors.c.department == "fire"
    with office.engine.store.write() as connection:
        connection.execute(update(registry_inspectors).where(fire).values(certificate_no=""))
    until(office, case_id, "assign")
    return case_id
