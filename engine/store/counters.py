"""The counter snapshot of a freeze: how often each subject was drawn this year, frozen with it.

Counted are the visits of all departments, and what is drawn but not yet handed out, so that two
departments cannot both take a subject to its yearly cap. Freezes of one city wait for each other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, insert, select

from engine import clock
from engine.registry.types import Carrier, RegistryKind
from engine.store import eventstore, registry
from engine.store.tables import cases, events
from engine.store.tables.registry import frame_counts

ALL, SAME = "visits", "same"
YEAR_COUNTS = {
    # inspections of a subject this calendar year; a joint visit is one case and counts once
    "count.drawn_this_year@snapshot": ALL,
    # of these, the ones by the same lead for one of the same items
    "count.same_system_item_year@snapshot": SAME,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A draw whose visits are not yet handed out: who leads it, what for, whom it took."""

    lead: str
    items: frozenset[str]
    subjects: tuple[str, ...]


def wait_for_turn(connection: Connection, jurisdiction: str) -> None:
    """Let one freeze of a city end before the next one counts; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        turn = func.pg_advisory_xact_lock(func.hashtext(f"freeze|{jurisdiction}"))
        connection.execute(select(turn))


def take(connection: Connection, inputs: Mapping[str, Any], snapshot: str) -> None:
    """Write down every subject's counts under the name of a snapshot; a second time is idle."""
    taken = select(frame_counts.c.unit_id).where(frame_counts.c.snapshot == snapshot).limit(1)
    if connection.execute(taken).first() is not None:
        return
    rows = [
        {
            "jurisdiction": inputs["jurisdiction"],
            "snapshot": snapshot,
            "name": name,
            "unit_id": subject,
            "value": value,
        }
        for name, counts in _counts(connection, inputs).items()
        for subject, value in counts.items()
    ]
    if rows:
        connection.execute(insert(frame_counts), rows)


def drop(connection: Connection, snapshot: str) -> None:
    """Forget a snapshot that nothing was frozen with."""
    connection.execute(delete(frame_counts).where(frame_counts.c.snapshot == snapshot))


def _counts(connection: Connection, inputs: Mapping[str, Any]) -> dict[str, Counter[str]]:
    lead, items = inputs["departments"][:1], frozenset(inputs["item_codes"])
    found: dict[str, Counter[str]] = {ALL: Counter(), SAME: Counter()}
    for row in connection.execute(_visits(inputs)):
        found[ALL][row.subject_id] += row.value
        if row.lead in lead and items & frozenset(row.matter.split("|")):
            found[SAME][row.subject_id] += row.value
    for draw in _not_handed_out(connection, inputs["jurisdiction"]):
        found[ALL].update(draw.subjects)
        if draw.lead in lead and items & draw.items:
            found[SAME].update(draw.subjects)
    return found


def _visits(inputs: Mapping[str, Any]) -> Select[Any]:
    """Return how often each subject was inspected in the task's calendar year (A-15, A-23)."""
    year = int(inputs["year"])
    return (
        select(cases.c.subject_id, cases.c.lead, cases.c.matter, func.count().label("value"))
        .where(
            cases.c.jurisdiction == inputs["jurisdiction"],
            cases.c.process == "inspection",
            cases.c.subject_id.is_not(None),
            cases.c.opened_at >= clock.end_of_day(date(year - 1, 12, 31)),
            cases.c.opened_at < clock.end_of_day(date(year, 12, 31)),
        )
        .group_by(cases.c.subject_id, cases.c.lead, cases.c.matter)
    )


def _not_handed_out(connection: Connection, jurisdiction: str) -> Iterator[Drawn]:
    """Yield the draws of open tasks that have no visits yet: their winners are taken as well."""
    visit = cases.alias("visit")
    begun = exists().where(visit.c.parent_id == cases.c.case_id, visit.c.process == "inspection")
    settled = connection.execute(
        select(events.c.case_id, events.c.body)
        .join(cases, cases.c.case_id == events.c.case_id)
        .where(
            cases.c.jurisdiction == jurisdiction,
            cases.c.process == "inspection_task",
            cases.c.closed_at.is_(None),
            events.c.kind == "service-settled",
            ~begun,
        )
        .order_by(events.c.case_id, events.c.seq)
    )
    last: dict[Any, str] = {}
    for row in settled:
        result = json.loads(row.body)["payload"]["result"]
        if "draw" in result:
            last[row.case_id] = result["draw"]
    for place in last.values():
        yield _drawn(connection, jurisdiction, place)


def _drawn(connection: Connection, jurisdiction: str, place: str) -> Drawn:
    result = json.loads(eventstore.fetch(connection, place))
    manifest = json.loads(eventstore.fetch(connection, result["manifest"]))
    units = [line.rpartition("|")[2] for line in result["winners"]]
    if manifest["unit"] == "carrier":
        carriers = registry.find_many(connection, jurisdiction, RegistryKind.CARRIERS, units)
        units = [min(row.subjects) for row in carriers.values() if isinstance(row, Carrier)]
    assignment = manifest["assignment"] or {"items": []}
    return Drawn(
        lead=manifest["initiator"], items=frozenset(assignment["items"]), subjects=tuple(units)
    )
