"""What a replacement has to know of its task: every draw so far, and whether one is under way.

A look, not a computation: siblings are other cases, so it enters the history as an input.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from engine.bindings import Outcome
from engine.store import eventstore
from engine.store.tables import assignments, cases, events
from rules.pack import Law

PROCESS, VISIT = "replacement_draw", "inspection"
_DRAW = ("manifest_hash", "draw", "matching")


def survey(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Return the draws of the task, its docket as it stands, and the visit a change concerns."""
    del law
    own, task = UUID(inputs["case"]), UUID(inputs["task"])
    draws, docket = [dict(inputs["drawn"])], list(inputs["docket"])
    waits = False
    for sibling, is_open in _siblings(connection, own, task):
        found = _said(connection, sibling)
        # one that waits for the opening of a surprise has drawn and handed out all it had to
        waits = waits or (is_open and not found.get("replacement_handed_out"))
        if len(found.get("docket", ())) > len(docket):
            docket = found["docket"]
        if "draw" in found and _unit(connection, found) != "inspector":
            kept = {name: found[name] for name in _DRAW if name in found}
            draws.append({**kept, "frame": found["frame"]["file"]})
    visit = _visit(connection, task, inputs["units"][0]) if inputs["officer"] else None
    return Outcome(
        result={
            "replacement_waits": waits,
            "draw_task": _number(connection, task),
            "docket": docket,
            "replaced_draws": draws,
            "replaced_visit": "" if visit is None else str(visit),
            "replaced_team": [] if visit is None else _team(connection, visit),
        }
    )


def _siblings(connection: Connection, own: UUID, task: UUID) -> list[tuple[UUID, bool]]:
    """Return the task's replacements that were approved before this one, and which are under way.

    A request that is only being written, or went back to be amended, keeps nobody waiting."""
    found = connection.execute(
        select(cases.c.case_id, cases.c.closed_at)
        .where(cases.c.parent_id == task, cases.c.process == PROCESS, cases.c.case_id != own)
        .order_by(cases.c.opened_at, cases.c.number)
    ).all()
    mine = _approved(connection, own)
    siblings = []
    for row in found:
        approved = _approved(connection, row.case_id)
        if row.closed_at is not None:
            siblings.append((row.case_id, False))
        elif approved and mine and (approved, row.case_id.hex) < (mine, own.hex):
            siblings.append((row.case_id, True))
    return siblings


def _approved(connection: Connection, case_id: UUID) -> datetime | None:
    """Return when a request was approved; None before, and while it is being amended."""
    approved = None
    for row in connection.execute(
        select(events.c.kind, events.c.at, events.c.body)
        .where(events.c.case_id == case_id, events.c.kind.in_(("task-completed", "task-offered")))
        .order_by(events.c.seq)
    ):
        element = json.loads(row.body)["payload"]["element"]
        if (row.kind, element) == ("task-completed", "approve"):
            approved = row.at
        elif (row.kind, element) == ("task-offered", "request"):
            approved = None
    return approved


def _said(connection: Connection, case_id: UUID) -> dict[str, Any]:
    """Return the last result of every name that services of a case left behind."""
    kinds = ("service-settled", "service-completed", "frame-frozen")
    found: dict[str, Any] = {}
    for body in connection.execute(
        select(events.c.body)
        .where(events.c.case_id == case_id, events.c.kind.in_(kinds))
        .order_by(events.c.seq)
    ).scalars():
        found |= json.loads(body)["payload"]["result"]
    return found


def _unit(connection: Connection, found: Mapping[str, Any]) -> str:
    manifest = json.loads(eventstore.fetch(connection, found["manifest_hash"]))
    return str(manifest["unit"])


def _number(connection: Connection, case_id: UUID) -> str:
    named = select(cases.c.number).where(cases.c.case_id == case_id)
    return str(connection.execute(named).scalar_one())


def _visit(connection: Connection, task: UUID, unit: str) -> UUID | None:
    """Return the open visit of a unit under the task."""
    found = connection.execute(
        select(cases.c.case_id, events.c.body)
        .join(events, events.c.case_id == cases.c.case_id)
        .where(
            cases.c.parent_id == task,
            cases.c.process == VISIT,
            cases.c.closed_at.is_(None),
            events.c.seq == 1,
        )
        .order_by(cases.c.number)
    )
    for row in found:
        if json.loads(row.body)["payload"]["fields"].get("unit_id") == unit:
            visit: UUID = row.case_id
            return visit
    return None


def _team(connection: Connection, visit: UUID) -> list[str]:
    sent = select(assignments.c.inspector_id).where(assignments.c.case_id == visit)
    return sorted(connection.execute(sent).scalars())
