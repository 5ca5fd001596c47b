"""What is left to draw from when something fell away: the same frozen list, with fewer in it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from engine import history
from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.draw import frame, recusals, replacement
from engine.draw.frame import Frame, Lines
from engine.draw.manifest import Manifest
from engine.draw.refusals import DrawRefusal, ManifestProblem
from engine.draw.sizes import Sizes
from engine.draw.teams import items_in
from engine.draw.terms import Lost
from engine.errors import FileMissing
from engine.events import Fields
from engine.version import Fetch

OFFICER = "检查人员"


def units(fields: Fields) -> list[str]:
    """Return the drawn units the request is about, as the registry writes them."""
    return [str(unit).strip().upper() for unit in fields["lost_units"] if str(unit).strip()]


def leaver(fields: Fields) -> str:
    """Return the officer who cannot take part; empty where subjects are replaced."""
    is_officer = fields["replacement_kind"] == OFFICER
    return str(fields.get("replaced_officer", "")).strip().upper() if is_officer else ""


def sizes_of(left: Frame, lost: Sequence[Lost], before: Manifest) -> Sizes:
    """Return one place per lost unit in the strata of the first draw, or of the pool."""
    pooled = before.pooled if set(left.listed) <= set(before.pooled) else {}
    return replacement.places(left, lost, pooled=pooled)


def inputs_of_rest(settling: Settling) -> Fields:
    fields = settling.fields
    return {
        "draws": list(fields["replaced_draws"]),
        "units": units(fields),
        "reason": fields["replacement_cause"],
        "officer": leaver(fields),
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
    if not sizes_of(left, lost, manifest).total:
        why = "冻结名录里已经没有可以替补的，差额照实记录。"
        told = {"replacement_problem": why, "replacement_exhausted": True}
        return Outcome(result={"replacement_possible": False, **told})
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
    _require_first(inputs, fetch)
    winners = {
        line.rpartition("|")[2]
        for each in inputs["draws"]
        for line in json.loads(fetch(each["draw"]))["winners"]
    }
    first = inputs["draws"][0]["frame"]
    lines = replacement.remaining(Lines(fetch(first)), winners, lost, reasons=(inputs["reason"],))
    return lost, lines


def _require_first(inputs: Mapping[str, Any], fetch: Fetch) -> None:
    """Refuse a unit that was replaced before: one loss is one place."""
    for each in inputs["draws"]:
        before = Manifest.read(json.loads(fetch(each["manifest_hash"])))
        gone = {entry.unit for entry in before.replaces.lost} if before.replaces else set()
        again = sorted(gone.intersection(inputs["units"]))
        if again:
            raise ManifestProblem(
                field="replaces",
                why=f"「{again[0]}」已经替补过一次",
                why_en=f"`{again[0]}` was replaced before",
            )


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
        "replacement.freeze": Binding(
            kind=Kind.LONG, inputs=inputs_of_rest, compute=rest, verify=_again
        ),
    }
)
