"""The year on one page (年历): what each department owes, by when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from engine import almanac as kept
from engine import clock
from engine.store import agenda, readings
from engine.store.agenda import Entry
from engine.store.database import Connection
from rules import almanac as rules_of_the_year
from rules.almanac import Obligation
from web.access import STAFF, allow, signed_in
from web.site import site

yearly = Blueprint("yearly", __name__, url_prefix="/almanac")

TONES: Mapping[str, tuple[Any, str]] = {
    "waiting": (_l("未到立案日"), ""),
    "running": (_l("办理中"), ""),
    "reminded": (_l("已督办"), "warn"),
    "late": (_l("逾期"), "bad"),
    "done": (_l("已办结"), "good"),
    "done-late": (_l("逾期办结"), "bad"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The duty of one department as the page shows it."""

    entry: Entry
    state: str
    case: str | None
    reminder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An obligation of a period, with every department it has fallen on."""

    name: str
    rule: str
    period: str
    due_at: datetime | None
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many departments stand in each state, in the order of the states."""
        found = [line.state for line in self.lines]
        return {state: found.count(state) for state in TONES if state in found}

    @property
    def is_over(self) -> bool:
        return all(line.state in ("done", "done-late") for line in self.lines)


@yearly.get("")
@allow(STAFF)
def index() -> str:
    """Show what a year asks, obligation by obligation, of all departments or of the own ones."""
    here, me = site(), signed_in()
    year = request.args.get("year", type=int) or clock.legal_day(here.now()).year
    mine = request.args.get("mine") == "yes"
    known = _obligations(me.jurisdiction)
    with here.store.read() as tx:
        found = agenda.of_jurisdiction(tx, me.jurisdiction, year)
        lines = [_line(tx, entry) for entry in found if entry.obligation in known]
    if mine:
        lines = [each for each in lines if each.entry.department in ("", *me.departments)]
    groups = _groups(lines, known)
    return render_template("plans/almanac.html", groups=groups, year=year, mine=mine, tones=TONES)


def _groups(lines: list[Line], known: Mapping[str, Obligation]) -> list[Group]:
    """Return the lines by obligation and period, in the order they are due."""
    gathered: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        gathered.setdefault((line.entry.obligation, line.entry.period), []).append(line)
    return [
        Group(
            name=known[code].name,
            rule=known[code].due,
            period=period,
            due_at=own[0].entry.due_at,
            lines=tuple(line for line in own if line.entry.department),
        )
        for (code, period), own in gathered.items()
    ]


def _obligations(jurisdiction: str) -> dict[str, Obligation]:
    law = kept.law_of(site().engine, jurisdiction)
    return {each.code: each for each in rules_of_the_year.of(law)} if law else {}


def _line(tx: Connection, entry: Entry) -> Line:
    return Line(
        entry=entry,
        state=_state(entry, site().now()),
        case=_number(tx, entry.case_id),
        reminder=_number(tx, entry.supervision),
    )


def _state(entry: Entry, now: datetime) -> str:
    if entry.stage == agenda.DONE and entry.settled_on is not None:
        is_late = entry.due_at is not None and entry.due_at <= kept.start_of(
            clock.legal_day(datetime.fromisoformat(f"{entry.settled_on}T12:00:00+08:00"))
        )
        return "done-late" if is_late else "done"
    if entry.stage == agenda.LATE or (entry.due_at is not None and entry.due_at <= now):
        return "late" if entry.department else "done"
    if entry.supervision is not None:
        return "reminded"
    return "running" if entry.department else "waiting"


def _number(tx: Connection, case_id: Any) -> str | None:
    row = readings.case_by_id(tx, case_id) if case_id else None
    return row.number if row else None
