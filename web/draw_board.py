"""What the projector shows of a draw: one reading of the case, in the order in which it happens."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from engine import clock
from engine.events import Fields
from engine.registry.types import RegistryKind
from engine.store import people, readings, registry, worklists
from engine.store.database import Connection
from web.dossier import Dossier

SHOWN = 60  # winners on the wall; the whole list is published as a file
FIRST, SECOND = "beacon_value", "beacon_value_again"  # what the two people enter
MARKS = 60  # dots for a value that is not shown yet

STAGES = (
    ("freeze", _l("冻结名录")),
    ("manifest", _l("公布清单")),
    ("value", _l("产生随机值")),
    ("draw", _l("抽取对象")),
    ("teams", _l("匹配人员")),
)
WORKS = {"draw.objects": "draw", "draw.inspectors": "teams", "frame.freeze": "freeze"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person's entry: who, when, and dots until both agree."""

    state: str  # waiting, writing, entered
    person: str = ""
    at: datetime | None = None
    marks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    stratum: str
    unit: str
    name: str
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything on the wall; a part that has not happened is empty."""

    number: str
    title: str
    jurisdiction: str
    stage: str  # the one that is under way; "done" at the end
    fields: Fields
    frozen: Mapping[str, Any] = field(default_factory=dict)
    left_out: Sequence[Mapping[str, Any]] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict)
    manifest_hash: str = ""
    entries: Sequence[Entry] = ()
    values: Sequence[str] = ()
    progress: Mapping[str, int] = field(default_factory=dict)  # percent, where it is counted
    since: Mapping[str, datetime] = field(default_factory=dict)  # of what is under way
    failed: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)
    drawn: Sequence[Drawn] = ()
    is_demo: bool = False

    @property
    def steps(self) -> list[tuple[str, Any, str]]:
        """Each stage with its words and whether it is done, now, or to come."""
        names = [name for name, _words in STAGES]
        here = names.index(self.stage) if self.stage in names else len(names)
        return [
            (name, words, "done" if at < here else "now" if at == here else "later")
            for at, (name, words) in enumerate(STAGES)
        ]

    @property
    def hash_groups(self) -> list[str]:
        """The hash of the manifest in eights, so that a hall can read along."""
        return re.findall(".{8}", self.manifest_hash)

    @property
    def more(self) -> int:
        return len(self.result.get("winners", ())) - len(self.drawn)


def read(tx: Connection, found: Dossier) -> Board:
    """Read a task for the wall; nothing is decided here."""
    case = found.state(tx)
    fields = case.fields
    stage = _stage(fields)
    manifest = _kept(found, fields.get("manifest_hash"))
    result = _kept(found, fields.get("draw"))
    return Board(
        number=found.number,
        title=str(fields.get("task_name") or case.title),
        jurisdiction=found.row.jurisdiction,
        stage=stage,
        fields=fields,
        frozen=fields.get("frame") or {},
        left_out=fields.get("exclusion_grounds") or (),
        manifest=manifest,
        manifest_hash=str(fields.get("manifest_hash") or ""),
        entries=_entries(tx, found, fields),
        values=(fields.get("beacon") or {}).get("values", ()),
        result=result,
        drawn=_drawn(tx, found, fields, result),
        is_demo=any(each["source"] == "demo" for each in manifest.get("beacon_rule", ())),
        **_works(tx, found),
    )


def _stage(fields: Fields) -> str:
    for name, wanted in (
        ("freeze", "frame"),
        ("manifest", "manifest_hash"),
        ("value", "beacon"),
        ("draw", "draw"),
        ("teams", "matching"),
    ):
        if not fields.get(wanted):
            return name
    return "done"


def _kept(found: Dossier, address: Any) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = json.loads(found.version.fetch(address)) if address else {}
    return kept


def _entries(tx: Connection, found: Dossier, fields: Fields) -> tuple[Entry, Entry]:
    held = _held(tx, found)
    named = people.names(tx, [str(fields.get(each, "")) for each in _BY.values()])
    return _entry(FIRST, held, named, fields), _entry(SECOND, held, named, fields)


_BY = {FIRST: "beacon_entered_by", SECOND: "beacon_verified_by"}
_AT = {FIRST: "beacon_entered_at", SECOND: "beacon_verified_at"}


def _entry(name: str, held: Mapping[str, bool], named: Mapping[str, str], fields: Fields) -> Entry:
    if name in held:  # its task is open, for the first time or again
        return Entry(state="writing" if held[name] else "waiting")
    if not fields.get(name):
        return Entry(state="waiting")
    at = fields.get(_AT[name])
    who = str(fields.get(_BY[name], ""))
    return Entry(
        state="entered",
        person=named.get(who, ""),
        at=clock.instant(str(at)) if at else None,
        marks=min(MARKS, len(re.findall(r"\d", str(fields[name])))),
    )


def _held(tx: Connection, found: Dossier) -> dict[str, bool]:
    """Return which of the two entries waits for a person, and whether somebody has taken it up."""
    waiting: dict[str, bool] = {}
    for task in worklists.open_tasks(tx, found.row.case_id):
        form = found.version.form_of(task.element)
        asked = form.schema["properties"] if form else {}
        for name in (FIRST, SECOND):
            if name in asked:
                waiting[name] = task.holder is not None
    return waiting


def _works(tx: Connection, found: Dossier) -> dict[str, Any]:
    rows = readings.work_of(tx, found.row.case_id)
    return {
        "progress": {
            WORKS[row.name]: 100 if row.finished_at else row.progress
            for row in rows
            if row.name in WORKS
        },
        "since": {
            WORKS[row.name]: row.started_at
            for row in rows
            if row.name in WORKS and row.started_at and not row.finished_at
        },
        "failed": any(row.failure for row in rows),
    }


def _drawn(
    tx: Connection, found: Dossier, fields: Fields, result: Mapping[str, Any]
) -> tuple[Drawn, ...]:
    winners = [line.split("|") for line in result.get("winners", ())[:SHOWN]]
    matching = _kept(found, fields.get("matching"))
    team_of = dict(pair.split("|") for pair in matching.get("pairs", ()))
    units = [unit for _stratum, _ticket, unit in winners]
    names = {
        unit: row.name
        for kind in (RegistryKind.SUBJECTS, RegistryKind.CARRIERS)
        for unit, row in registry.find_many(tx, found.row.jurisdiction, kind, units).items()
    }
    return tuple(
        Drawn(stratum=stratum, unit=unit, name=names.get(unit, ""), team=team_of.get(unit, ""))
        for stratum, _ticket, unit in winners
    )
