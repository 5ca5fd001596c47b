"""How often each handler had winners replaced: a figure that shows who prefers the next draw.

The act is in the history (a task completed by somebody); here it is only added up, for a person
over a year or for one task.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select

from engine import clock
from engine.store.tables import cases, events

PROCESS, SUBJECTS = "replacement_draw", "检查对象"
_TELLING = ("task-completed", "service-settled", "service-completed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What one person had replaced in a year, out of how many winners, and why."""

    person: str
    lost: int
    drawn: int  # winners of the tasks that the requests were about
    causes: Mapping[str, int]

    @property
    def share(self) -> tuple[int, int]:
        """Return the rate as an exact fraction: lost of drawn."""
        return self.lost, self.drawn


def by_officer(connection: Connection, jurisdiction: str, *, year: int) -> list[Rate]:
    """Return the figures of everybody whose replacement was carried out, the most first.

    A request that was refused or drew nothing is an attempt and does not count."""
    lost: dict[str, Counter[str]] = {}
    tasks: dict[str, set[Any]] = {}
    for row in _requests(connection, jurisdiction, year):
        said = row.said
        if said["replacement_kind"] == SUBJECTS:
            causes = lost.setdefault(row.person, Counter())
            causes[said["replacement_cause"]] += len(said["lost_units"])
            tasks.setdefault(row.person, set()).add(row.task)
    found = [
        Rate(
            person=person,
            lost=causes.total(),
            drawn=sum(_drawn(connection, task) for task in tasks[person]),
            causes=dict(causes),
        )
        for person, causes in lost.items()
    ]
    return sorted(found, key=lambda rate: (-rate.lost, rate.person))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """One replacement of a task: what fell away and why, who asked, who stepped in."""

    number: str
    person: str
    kind: str
    cause: str
    units: tuple[str, ...]
    officer: str  # who left; "" where subjects were replaced
    successor: str  # "" until drawn, and for subjects
    is_drawn: bool
    is_exhausted: bool  # the frozen list held nobody to step in


def of_task(connection: Connection, task: UUID) -> list[Replaced]:
    """Return the replacements asked for under a task in their order, drawn or not."""
    return [
        Replaced(
            number=request.number,
            person=request.person,
            kind=request.said["replacement_kind"],
            cause=request.said["replacement_cause"],
            units=tuple(request.said["lost_units"]),
            officer=_officer(request.said),
            successor=request.successor,
            is_drawn=request.is_drawn,
            is_exhausted=request.is_exhausted,
        )
        for request in _asked(connection, cases.c.parent_id == task)
    ]


def _officer(said: Mapping[str, Any]) -> str:
    is_officer = said["replacement_kind"] != SUBJECTS
    return str(said.get("replaced_officer", "")).strip().upper() if is_officer else ""


@dataclass(slots=True, kw_only=True)
class _Request:
    number: str
    person: str
    task: Any
    said: Mapping[str, Any]
    is_drawn: bool = False
    is_exhausted: bool = False
    successor: str = ""


def _requests(connection: Connection, jurisdiction: str, year: int) -> list[_Request]:
    """Return the last request of every replacement of the year that was drawn."""
    found = _asked(
        connection,
        cases.c.jurisdiction == jurisdiction,
        cases.c.opened_at >= clock.end_of_day(date(year - 1, 12, 31)),
        cases.c.opened_at < clock.end_of_day(date(year, 12, 31)),
    )
    return [request for request in found if request.is_drawn]


def _asked(connection: Connection, *which: ColumnElement[bool]) -> list[_Request]:
    """Return the last request of every replacement, and what became of it, oldest first."""
    found: dict[Any, _Request] = {}
    listing = connection.execute(
        select(cases.c.case_id, cases.c.number, cases.c.parent_id, events.c.actor, events.c.body)
        .join(events, events.c.case_id == cases.c.case_id)
        .where(cases.c.process == PROCESS, events.c.kind.in_(_TELLING), *which)
        .order_by(cases.c.opened_at, cases.c.case_id, events.c.seq)
    )
    for row in listing:
        payload = json.loads(row.body)["payload"]
        if payload["element"] == "request":
            found[row.case_id] = _Request(
                number=row.number, person=row.actor, task=row.parent_id, said=payload["data"]
            )
        elif row.case_id in found:
            result = payload.get("result", {})
            found[row.case_id].is_drawn |= "draw" in result
            found[row.case_id].is_exhausted |= bool(result.get("replacement_exhausted"))
            found[row.case_id].successor = str(
                result.get("replaced_by", found[row.case_id].successor)
            )
    return list(found.values())


def _drawn(connection: Connection, task: Any) -> int:
    """Return how many units the first draw of a task took."""
    for body in connection.execute(
        select(events.c.body)
        .where(events.c.case_id == task, events.c.kind == "service-settled")
        .order_by(events.c.seq)
    ).scalars():
        result = json.loads(body)["payload"]["result"]
        if "drawn_count" in result:
            return int(result["drawn_count"])
    return 0
