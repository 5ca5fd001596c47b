"""替补抽取: what fell away is drawn again from the same frozen list, with a round of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine import chances, clock, history
from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.draw import frame, recusals, replacement, rounds
from engine.draw.docket import Docket
from engine.draw.frame import Frame, Lines
from engine.draw.manifest import INSPECTOR, Manifest, Method, Mode, build
from engine.draw.refusals import DrawRefusal, ManifestProblem
from engine.draw.sizes import Sizes
from engine.draw.teams import items_in
from engine.draw.terms import Assignment, Lost, Replaces
from engine.errors import FileMissing
from engine.events import Fields
from engine.services import children, publication
from engine.version import Fetch

OFFICER = "检查人员"


def survey_inputs(settling: Settling) -> Fields:
    """Return what the look at the task's other draws is about."""
    fields, case = settling.fields, settling.case
    return {
        "case": str(case.case_id),
        "task": str(case.parent),
        "version": settling.version.digest,
        "turn": case.turns.get("request", 1),
        "units": _units(fields),
        "officer": _officer(fields),
        "docket": list(fields.get("docket", ())),
        "drawn": dict(next(iter(fields.get("replaced_draws", ())), None) or _of_task(fields)),
    }


def _of_task(fields: Fields) -> dict[str, str]:
    return {
        "manifest_hash": fields["manifest_hash"],
        "draw": fields["draw"],
        "matching": fields.get("matching", ""),
        "frame": fields["frame"]["file"],
    }


def _units(fields: Fields) -> list[str]:
    return [str(unit).strip().upper() for unit in fields["lost_units"] if str(unit).strip()]


def _officer(fields: Fields) -> str:
    is_officer = fields["replacement_kind"] == OFFICER
    return str(fields.get("replaced_officer", "")).strip().upper() if is_officer else ""


# ---------------------------------------------------------------- the rest of the frozen list


def rest_inputs(settling: Settling) -> Fields:
    fields = settling.fields
    return {
        "draws": list(fields["replaced_draws"]),
        "units": _units(fields),
        "reason": fields["replacement_cause"],
        "officer": _officer(fields),
        "team": list(fields["replaced_team"]),
        "pool": fields["pool"]["file"],
        "avoid": fields.get("recusals", ""),
    }


def rest(inputs: Mapping[str, Any], fetch: Fetch) -> Outcome:
    """Freeze what is left to draw from; what cannot be replaced comes back with the reason."""
    try:
        drawn = _drawn(inputs, fetch)
        manifest = Manifest.read(json.loads(fetch(drawn["manifest_hash"])))
        lost, lines = (_people if inputs["officer"] else _objects)(inputs, fetch, drawn)
        out = io.BytesIO()
        left = frame.write(lines, out)
    except DrawRefusal as problem:
        return Outcome(result={"replacement_possible": False, "replacement_problem": str(problem)})
    if not _sizes(left, lost, manifest).total:
        why = "冻结名录里已经没有可以替补的，差额照实记录。"
        return Outcome(result={"replacement_possible": False, "replacement_problem": why})
    return Outcome(
        result={
            "replacement_possible": True,
            "replacement_problem": "",
            "replaced_manifest": manifest.hash,
            "lost": [entry.document() for entry in lost],
            "lost_count": len(lost),
            "frame": left.document(),
            "frame_total": left.rows,
            "frame_eligible": sum(left.eligible.values()),
        },
        artefacts=(out.getvalue(),),
    )


def _drawn(inputs: Mapping[str, Any], fetch: Fetch) -> Mapping[str, Any]:
    """Return the draw that took the units; the first one where none did, to say so."""
    draws: Sequence[Mapping[str, Any]] = inputs["draws"]
    for drawn in draws:
        winners = {line.rpartition("|")[2] for line in json.loads(fetch(drawn["draw"]))["winners"]}
        if winners.issuperset(inputs["units"]):
            return drawn
    return draws[0]


def _objects(
    inputs: Mapping[str, Any], fetch: Fetch, drawn: Mapping[str, Any]
) -> tuple[tuple[Lost, ...], Any]:
    """Return the lost units, and the frozen list without anybody drawn so far."""
    won = json.loads(fetch(drawn["draw"]))["winners"]
    lost = replacement.lost_of(won, inputs["units"], reason=inputs["reason"])
    winners = {
        line.rpartition("|")[2]
        for each in inputs["draws"]
        for line in json.loads(fetch(each["draw"]))["winners"]
    }
    first = inputs["draws"][0]["frame"]
    lines = replacement.remaining(Lines(fetch(first)), winners, lost, reasons=(inputs["reason"],))
    return lost, lines


def _people(
    inputs: Mapping[str, Any], fetch: Fetch, drawn: Mapping[str, Any]
) -> tuple[tuple[Lost, ...], Any]:
    """Return the officer who falls out, and the frozen pool with only those who may step in."""
    (unit,) = inputs["units"]
    matching = json.loads(fetch(drawn["matching"])) if drawn["matching"] else {"pairs": []}
    team = replacement.team_of(matching, unit)
    officer, members = inputs["officer"], set(inputs["team"]) or set(team["members"])
    pool = list(frame.rows(Lines(fetch(inputs["pool"]))))
    held = {row.unit: items_in(row.flags) for row in pool}
    others = frozenset[str]().union(*(held.get(m, frozenset()) for m in members - {officer}))
    avoid = json.loads(fetch(inputs["avoid"])) if inputs["avoid"] else {"pairs": []}
    lines = replacement.remaining_people(
        Lines(fetch(inputs["pool"])),
        officer=officer,
        team=members,
        leads=_leads(team, officer, members),
        needed=frozenset(team["items"]) - others,
        barred=recusals.by_unit((u, i) for u, i in avoid["pairs"]).get(unit, frozenset()),
    )
    stratum = next((row.stratum for row in pool if row.unit == officer), "")
    return (Lost(unit=officer, stratum=stratum, reason=inputs["reason"]),), lines


def _leads(team: Mapping[str, Any], officer: str, members: set[str]) -> bool:
    """Return whether the officer leads: as drawn, or in place of a leader who was replaced."""
    return officer == team["leader"] or (
        officer not in team["members"] and team["leader"] not in members
    )


# ---------------------------------------------------------------- its manifest


def commit(settling: Settling) -> Outcome:
    """Fix the replacement and announce its hash before its random value exists."""
    try:
        docket, manifest = _committed(settling)
    except DrawRefusal as problem:
        return Outcome(result={"manifest_committed": False, "manifest_problem": str(problem)})
    return Outcome(
        result={
            "manifest_committed": True,
            "manifest_problem": "",
            "manifest_hash": manifest.hash,
            "manifest_seq": manifest.seq,
            "docket": docket.document(),
            "draw_mode": manifest.mode.value,
            "sample_size": sum(stratum.places for stratum in manifest.strata),
            "shortfall": sum(stratum.shortfall for stratum in manifest.strata),
            "cutoff": manifest.cutoff,
            "beacon_round_name": manifest.beacon_rule[0].name,
            "beacon_rounds": [rounds.in_words(this) for this in manifest.beacon_rule],
            "draw_strata": [stratum.document() for stratum in manifest.strata],
        },
        messages=(_announcement(settling, manifest),),
        artefacts=(manifest.canonical(),),
    )


def _committed(settling: Settling) -> tuple[Docket, Manifest]:
    fields = settling.fields
    docket = chances.docket_of(settling.case, settling.version)
    before = Manifest.read(json.loads(settling.fetch(fields["replaced_manifest"])))
    if before.mode is Mode.SEALED:
        raise ManifestProblem(
            field="mode",
            why="突击检查在启封以前不作替补，差额照实记录",
            why_en="a sealed draw is not replaced before it is opened",
        )
    corrected = next(
        kept.seq for kept in docket.kept if kept.manifest and kept.manifest.hash == before.hash
    )
    drafted = docket.draft(replaces=corrected)
    lost = tuple(Lost(**entry) for entry in fields["lost"])
    left = Frame.read(fields["frame"])
    sized = _sizes(left, lost, before)
    cutoff = rounds.cutoff({}, at=settling.at)
    seq = drafted.kept[-1].seq
    officer = bool(_officer(fields))
    manifest = build(
        task=docket.task,
        seq=seq,
        initiator=before.initiator,
        strategy_by=before.initiator,
        frame=left,
        sizes=sized,
        rules_version=settling.law.digest,
        counter_snapshot=before.counter_snapshot,
        cutoff=cutoff,
        beacon_rule=rounds.of_strategy(fields, meeting=f"{docket.task}-{seq}", not_before=cutoff),
        demo_database=bool(fields.get("demo_database")),
        unit=INSPECTOR if officer else before.unit,
        method=Method.REPLACEMENT,
        mode=Mode.OPEN,
        assignment=None if officer else _teams(before, sized),
        options=() if officer else before.options,
        replaces=Replaces(manifest=before.hash, lost=lost),
    )
    return drafted.freeze(left.file).commit(manifest, at=clock.text(settling.at)), manifest


def _sizes(left: Frame, lost: Sequence[Lost], before: Manifest) -> Sizes:
    pooled = before.pooled if set(left.listed) <= set(before.pooled) else {}
    return replacement.places(left, lost, pooled=pooled)


def _teams(before: Manifest, sized: Sizes) -> Assignment | None:
    """Return how teams are drawn for the new units: as before, as many as there are units."""
    if before.assignment is None:
        return None
    document = before.assignment.document()
    return Assignment.read({**document, "teams": max(1, min(document["teams"], sized.total))})


def _announcement(settling: Settling, manifest: Manifest) -> dict[str, Any]:
    fields = settling.fields
    assert manifest.replaces is not None
    return {
        "kind": "publish",
        "publication": "manifest",
        "title": f"{fields.get('task_name') or settling.case.title}（替补抽取清单）",
        "department": manifest.initiator,
        "record": {
            "task_name": fields.get("task_name", ""),
            "replacement_kind": fields["replacement_kind"],
            "replacement_cause": fields["replacement_cause"],
            "lost_count": len(manifest.replaces.lost),
            "frame_eligible": fields["frame_eligible"],
            "manifest_hash": manifest.hash,
            "sample_size": sum(stratum.places for stratum in manifest.strata),
            "cutoff": manifest.cutoff,
            "beacon_rounds": [rounds.in_words(this) for this in manifest.beacon_rule],
        },
    }


# ---------------------------------------------------------------- what comes of it


def publish(settling: Settling) -> Outcome:
    """Publish the replacements as a list of their own, beside the first one."""
    outcome = publication.publish_task(settling)
    (told,) = outcome.messages
    titled = {**told, "title": f"{told['title']}（替补名单）"}
    return Outcome(result=outcome.result, messages=(titled,))


def hand_out(settling: Settling) -> Outcome:
    """Open the visits of the new units under the task, or put the new officer into the team."""
    fields = settling.fields
    if _officer(fields):
        drawn = json.loads(settling.fetch(fields["draw"]))
        (winner,) = [line.rpartition("|")[2] for line in drawn["winners"]]
        message = {
            "kind": "replace-officer",
            "visit": fields["replaced_visit"],
            "leaver": _officer(fields),
            "successor": winner,
            "reason": f"{fields['replacement_cause']}（{settling.case.number} 抽取）",
        }
        return Outcome(result={"replaced_by": winner}, messages=(message,))
    opened = children.open_inspections(settling)
    (visits,) = opened.messages
    shared = {**visits["shared"], "task_number": fields["draw_task"]}
    of_task = {**visits, "parent": str(settling.case.parent), "shared": shared}
    return Outcome(result=opened.result, messages=(of_task,))


def _again(inputs: Fields, result: Fields, fetch: Fetch) -> tuple[str, str] | None:
    """Freeze the rest once more; without the confidential list only the file itself is checked."""
    try:
        recomputed = rest(inputs, fetch).result
    except FileMissing:
        if not inputs["avoid"]:
            raise
        left = frame.write(Lines(fetch(result["frame"]["file"]))).document()
        recomputed = {**result, "frame": left}
    recorded = {name: result.get(name) for name in recomputed}
    if recorded == recomputed:
        return None
    return history.canonical(recorded).decode(), history.canonical(recomputed).decode()


register(
    {
        "replacement.survey": Binding(kind=Kind.EXTRACT, inputs=survey_inputs),
        "replacement.freeze": Binding(
            kind=Kind.LONG, inputs=rest_inputs, compute=rest, verify=_again
        ),
        "replacement.manifest": Binding(settle=commit),
        "replacement.publish": Binding(settle=publish),
        "replacement.open": Binding(settle=hand_out),
    }
)
