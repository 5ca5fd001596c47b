"""How a department's plan stands to the joint plans of its year, counted at a recorded moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from engine.events import Fields
from engine.registry.types import ItemStatus
from engine.store.tables import cases, events
from engine.store.tables.registry import registry_items

JOINT, AMENDMENT = "joint_plan", "plan_amendment"
SAID = {
    "case-opened": "fields",
    "task-completed": "data",
    "facts-supplied": "fields",
    "service-completed": "result",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPlan:
    """A joint plan as its forms said, with what its approved amendments changed."""

    lead: str
    fields: Fields = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        return self.fields.get("plan_year")

    @property
    def items(self) -> frozenset[str]:
        return frozenset(self.fields.get("items", ()))

    @property
    def is_approved(self) -> bool:
        return bool(self.fields.get("plan_approved"))

    def has_part(self, department: str) -> bool:
        return department == self.lead or department in self.fields.get("participants", ())


def overlapping_items(connection: Connection, jurisdiction: str, plan: Fields) -> int:
    """Return how many items of a plan stand in a joint plan of its year (CY 三（四）3, A-12).

    A draft counts as well: what will be checked jointly is not for the department's own plan."""
    joint = {item for each in _of_year(connection, jurisdiction, plan) for item in each.items}
    return len(joint.intersection(plan.get("items", ())))


def unapproved(connection: Connection, jurisdiction: str, plan: Fields) -> int:
    """Return how many joint plans with a department in them are not approved yet (A-12)."""
    own = str(plan.get("lead_department", ""))
    found = _of_year(connection, jurisdiction, plan)
    return sum(1 for each in found if each.has_part(own) and not each.is_approved)


def items_left(connection: Connection, jurisdiction: str, plan: Fields) -> int:
    """Return how many items of a department no joint plan of the year holds (CY 三（四）3)."""
    own, year = plan.get("lead_department"), plan.get("plan_year")
    left = _left(connection, jurisdiction, year)
    return sum(1 for department, _item in left if department == own)


def departments_with_items_left(connection: Connection, jurisdiction: str, year: int) -> list[str]:
    """Return the departments with an item in force that no joint plan of the year holds.

    Source: CY 三（四）3 对剩余未进入部门联合抽查计划的清单制定本部门的年度抽查计划."""
    return sorted({department for department, _item in _left(connection, jurisdiction, year)})


def _left(connection: Connection, jurisdiction: str, year: int | None) -> list[tuple[str, str]]:
    """Return every item in force that stands in no joint plan of a year, with whose it is."""
    items = registry_items
    listed = connection.execute(
        select(items.c.department, items.c.item_code).where(
            items.c.jurisdiction == jurisdiction,
            items.c.to_batch.is_(None),
            items.c.status == ItemStatus.ACTIVE.value,
        )
    ).all()
    joint = {i for p in _of_year(connection, jurisdiction, {"plan_year": year}) for i in p.items}
    return [(row.department, row.item_code) for row in listed if row.item_code not in joint]


def _of_year(connection: Connection, jurisdiction: str, plan: Fields) -> Iterator[JointPlan]:
    year = plan.get("plan_year")
    return (each for each in _joint_plans(connection, jurisdiction) if each.year == year)


def _joint_plans(connection: Connection, jurisdiction: str) -> Iterator[JointPlan]:
    said: dict[UUID, dict[str, Any]] = {}
    leads: dict[UUID, str] = {}
    amended: dict[UUID, UUID | None] = {}
    numbers: dict[str, UUID] = {}
    for row in connection.execute(_asked(jurisdiction)):
        told = said.setdefault(row.case_id, {})
        told.update(json.loads(row.body)["payload"][SAID[row.kind]])
        if row.process == JOINT:
            leads[row.case_id] = row.lead or ""
            numbers[row.number] = row.case_id
        else:
            amended[row.case_id] = row.parent_id
    for amendment, above in amended.items():
        told = said[amendment]
        plan = above if above in leads else numbers.get(str(told.get("amended_plan")))
        if plan is not None and told.get("plan_approved"):
            said[plan].update(told)
    yield from (JointPlan(lead=lead, fields=said[each]) for each, lead in leads.items())


def _asked(jurisdiction: str) -> Any:
    return (
        select(
            cases.c.case_id,
            cases.c.number,
            cases.c.process,
            cases.c.parent_id,
            cases.c.lead,
            events.c.kind,
            events.c.body,
        )
        .join(events, events.c.case_id == cases.c.case_id)
        .where(
            cases.c.jurisdiction == jurisdiction,
            cases.c.process.in_((JOINT, AMENDMENT)),
            events.c.kind.in_(tuple(SAID)),
        )
        .order_by(cases.c.number, events.c.seq)
    )
