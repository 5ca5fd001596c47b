"""What the inspections of a task have come to, counted when the task wants to close."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from engine.bindings import Outcome
from engine.joint import unanswered
from engine.store.tables import cases, events
from rules.pack import Law

# what of each kind of event says something; of a joint visit the lists are brought together last
SAID = {
    "case-opened": "fields",
    "task-completed": "data",
    "facts-supplied": "fields",
    "service-completed": "result",
}
FOUND = "发现问题"


def inspections(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Count items without a result or a cause, and findings without a disposition (PJ 10).

    What a person has accounted for since is not counted again."""
    del law
    settled = set(inputs["accounted"])
    unlooked: list[str] = []
    undecided: list[str] = []
    for number, fields in _said(connection, UUID(inputs["case"])):
        name = fields.get("subject_name") or fields.get("subject_id") or ""
        lacking = unanswered(fields.get("items", ()), fields.get("item_results", ()))
        unlooked.extend(f"{number} {name} {item}" for item in lacking)
        if fields.get("conclusion") == FOUND and not fields.get("disposition"):
            undecided.append(f"{number} {name}")
    unlooked = [matter for matter in unlooked if matter not in settled]
    undecided = [matter for matter in undecided if matter not in settled]
    return Outcome(
        result={
            "count_items_without_result_or_cause": len(unlooked),
            "count_findings_without_disposition": len(undecided),
            "open_matters": [*unlooked, *undecided],
        }
    )


def _said(connection: Connection, task: UUID) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each inspection of a task with everything its forms said, the latest word last."""
    rows = connection.execute(
        select(cases.c.number, events.c.kind, events.c.body)
        .join(events, events.c.case_id == cases.c.case_id)
        .where(
            cases.c.parent_id == task,
            cases.c.process == "inspection",
            events.c.kind.in_(tuple(SAID)),
        )
        .order_by(cases.c.number, events.c.seq)
    )
    said: dict[str, dict[str, Any]] = {}
    for number, kind, body in rows:
        told = json.loads(body)["payload"][SAID[kind]]
        said.setdefault(number, {}).update(told)
    yield from said.items()
