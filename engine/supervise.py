"""Oversight of a jurisdiction: histories and files from the store, the city's law, what they show.

A read only: it opens nothing and writes nothing. Whoever reads it may open a case of 追责.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from engine import clock
from engine.commands import OpenCase
from engine.draw import frame
from engine.oversight import pairs
from engine.oversight.evidence import Evidence, Scene, scene
from engine.oversight.findings import Finding, findings
from engine.oversight.pairs import Draw, Pair
from engine.oversight.seen import Seen, Unlisted
from engine.service import Engine
from engine.store import oversight, shelf, unlisted
from engine.store.oversight import Refused
from rules import supervision
from rules.pack import Law
from rules.supervision import Watch

ANCHOR = "inspection_task"  # whose version in force says which law a jurisdiction has today
TAKEN_UP = "accountability"
IMPORT = "registry_batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything oversight shows of a year."""

    scene: Scene
    watch: Watch
    findings: tuple[Finding, ...]
    taken_up: Mapping[tuple[str, str], str]  # (case, ground) → the case of 追责 about it

    def taken(self, finding: Finding) -> str | None:
        return self.taken_up.get((finding.number, finding.branch.ground))


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """An officer whom a rule kept out of draws, and how often."""

    officer: str
    department: str
    rules: Mapping[str, int]
    tasks: tuple[str, ...]


def law_of(engine: Engine, jurisdiction: str) -> Law:
    """Return the law a case opened now would pin."""
    with engine.store.read() as connection:
        digest = shelf.in_force(connection, jurisdiction, ANCHOR, at=engine.now())
    return engine.shelf.get(digest).law


def overview(engine: Engine, jurisdiction: str, *, since: date | None = None) -> Overview:
    """Return what the record of a jurisdiction shows, from the cases of this year by default."""
    law = law_of(engine, jurisdiction)
    watch = supervision.of(law)
    lacking = _unlisted(engine, jurisdiction)
    cases = _seen(engine, jurisdiction, since)
    cases = (*_imports(engine, jurisdiction, lacking, cases), *cases)
    at = scene(cases, law, engine.now(), lacking)
    taken = {
        (str(case.fields.get("concerned_case", "")), ground): case.number
        for case in at.cases
        if case.head.process == TAKEN_UP
        for ground in case.fields.get("grounds", ())
    }
    return Overview(scene=at, watch=watch, findings=findings(at, watch), taken_up=taken)


def refused(
    engine: Engine, jurisdiction: str, seen: Iterable[Seen], *, since: date | None = None
) -> tuple[Refused, ...]:
    """Return every refused act, recorded attempts with legal weight among them."""
    start = _start(engine, since)
    with engine.store.read() as connection:
        noted = oversight.refused(connection, jurisdiction, since=start)
        attempts = oversight.attempts(connection, seen, since=start)
    return tuple(sorted((*noted, *attempts), key=lambda each: each.at, reverse=True))


def by_department(acts: Iterable[Refused]) -> list[tuple[str, Counter[str]]]:
    """Count refused acts of each department by the rule, or else the reason, that refused them."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for act in acts:
        for department in act.departments or ("",):
            counted[department][act.rule or act.code] += 1
    return sorted(counted.items(), key=lambda entry: (-sum(entry[1].values()), entry[0]))


def barred(engine: Engine, seen: Iterable[Seen]) -> tuple[Barred, ...]:
    """Return the officers whom frozen pools hold but rules kept out of the draw."""
    rules: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    tasks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in _drawn(seen):
        pool = engine.shelf.fetch(case.fields["pool"]["file"])
        for row in frame.rows(pool.splitlines(keepends=True)):
            if row.codes:
                rules[row.unit, row.stratum].update(row.codes)
                tasks[row.unit, row.stratum].append(case.number)
    found = [
        Barred(officer=who, department=where, rules=counted, tasks=tuple(tasks[who, where]))
        for (who, where), counted in rules.items()
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.tasks), each.officer)))


def meetings(engine: Engine, found: Overview) -> tuple[Pair, ...]:
    """Return officers and businesses that met in draws, observed against expectation."""
    cases = [case for case in _drawn(found.scene.cases) if case.fields.get("matching")]
    read = [(case, *_files(engine, case)) for case in cases]
    wanted = {line.rpartition("|")[2].encode() for _, drawn, _ in read for line in drawn["winners"]}
    draws = [_draw(engine, case, drawn, matched, wanted) for case, drawn, matched in read]
    return pairs.pairs(draws, found.scene, found.watch.pairs_rule)


def _files(engine: Engine, case: Seen) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    fields = case.fields
    return (
        json.loads(engine.shelf.fetch(fields["draw"])),
        json.loads(engine.shelf.fetch(fields["matching"])),
    )


def _draw(
    engine: Engine,
    case: Seen,
    drawn: Mapping[str, Any],
    matched: Mapping[str, Any],
    wanted: set[bytes],
) -> Draw:
    content = engine.shelf.fetch(case.fields["frame"]["file"])
    eligible = frame.eligible_rows(content.splitlines(keepends=True))
    stratum_of = {unit.decode(): s.decode() for unit, s in eligible if unit in wanted}
    manifest = json.loads(engine.shelf.fetch(case.fields["manifest_hash"]))
    return pairs.read(
        case.number,
        drawn=drawn,
        matched=matched,
        strata=manifest["strata"],
        stratum_of=stratum_of,
        assigned=case.fields.get("assigned_staff") or (),
    )


def _drawn(seen: Iterable[Seen]) -> Sequence[Seen]:
    return [
        case
        for case in seen
        if case.head.process == ANCHOR and case.fields.get("draw") and "pool" in case.fields
    ]


def _seen(engine: Engine, jurisdiction: str, since: date | None) -> tuple[Seen, ...]:
    with engine.store.read() as connection:
        return tuple(oversight.seen(connection, jurisdiction, since=_start(engine, since)))


def _unlisted(engine: Engine, jurisdiction: str) -> tuple[Unlisted, ...]:
    """Return what the registries of today use or regulate and no item in force covers."""
    with engine.store.read() as connection:
        return (
            *unlisted.departments(connection, jurisdiction),
            *unlisted.items(connection, jurisdiction),
        )


def _imports(
    engine: Engine, jurisdiction: str, lacking: Iterable[Unlisted], known: Iterable[Seen]
) -> Iterator[Seen]:
    """Yield the imports that say so, of earlier years too."""
    wanted = {each.case_id for each in lacking} - {case.head.case_id for case in known} - {None}
    if not wanted:
        return
    with engine.store.read() as connection:
        for case in oversight.seen(connection, jurisdiction, processes=(IMPORT,)):
            if case.head.case_id in wanted:
                yield case


def _start(engine: Engine, since: date | None) -> datetime:
    """Return the first instant looked at: of `since`, else of the current year."""
    day = since or date(clock.legal_day(engine.now()).year, 1, 1)
    return datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)


def take_up(finding: Finding, *, case_id: UUID, actor: str, jurisdiction: str) -> OpenCase:
    """Return the command that opens a case of 追责 about a finding, its evidence filled in.

    A person sends it; nothing is ever opened because something was found."""
    evidence = [line_of(each, finding) for each in finding.evidence]
    return OpenCase(
        case_id=case_id,
        actor=actor,
        process=TAKEN_UP,
        jurisdiction=jurisdiction,
        title=f"追责 · {finding.branch.name} · {finding.number}",
        parties={"lead": (finding.department,), "department": (finding.department,)},
        fields={
            "grounds": [finding.branch.ground],
            "concerned_case": finding.number,
            "concerned_department": finding.department,
            "finding_evidence": evidence,
            "lead_department": finding.department,
        },
    )


def line_of(evidence: Evidence, finding: Finding) -> str:
    """Return a piece of evidence as one line: where it stands, its hash, what it says, the rule."""
    day = clock.legal_day(evidence.at).isoformat()
    return (
        f"{evidence.number} 第{evidence.seq}号事件（{day}，哈希 {evidence.hash}）："
        f"{evidence.sentence()}；规则「{finding.rule}」{finding.verdict}"
    )
