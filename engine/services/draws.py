"""Carrying a draw out: long work over the frozen files, the same bytes for everybody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine import chances, history
from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.draw import execution
from engine.draw.execution import Select
from engine.draw.frame import Lines
from engine.draw.manifest import Mode
from engine.draw.refusals import TeamsShort
from engine.errors import FileMissing
from engine.events import Fields
from engine.version import Fetch


def objects_inputs(settling: Settling) -> Fields:
    fields = settling.fields
    return {
        "manifest": fields["manifest_hash"],
        "frame": fields["frame"]["file"],
        "beacon": fields["beacon"],
        "reveals": fields.get("reveals", []),
        "campaign": fields.get("campaign_manifests", []),
        "sealed": sealed_promises(settling),
    }


def sealed_promises(settling: Settling) -> list[dict[str, str]]:
    """Return whose secrets a sealed draw needs; what they are, only the worker reads."""
    kept = chances.docket_of(settling.case, settling.version).kept[-1]
    if kept.manifest is None or kept.manifest.mode is not Mode.SEALED:
        return []
    return [promise.document() for promise in kept.manifest.reveal_commits]


def draw_objects(
    inputs: Mapping[str, Any], fetch: Fetch, *, select: Select | None = None
) -> Outcome:
    """Carry the manifest out over the frozen frame; anybody gets the same bytes.

    A worker lets the database `select`; an audit draws in Python. Of a sealed draw the key and
    the thresholds stay unsaid, for with them anybody could compute the list."""
    drawn = execution.draw_objects(
        json.loads(fetch(inputs["manifest"])),
        Lines(fetch(inputs["frame"])),
        inputs["reveals"],
        inputs["beacon"],
        campaign=inputs["campaign"],
        select=select,
    )
    content = history.canonical(drawn)
    told = {"draw_key": drawn["key"] or "", "thresholds": drawn["strata"]}
    return Outcome(
        result={
            "draw": history.address(content),
            "draw_digest": drawn["digest"],
            "drawn_count": len(drawn["winners"]),
            **({} if inputs["sealed"] else told),
        },
        artefacts=(content,),
    )


def inspectors_inputs(settling: Settling) -> Fields:
    fields = settling.fields
    return {
        "manifest": fields["manifest_hash"],
        "draw": fields["draw"],
        "frame": fields["frame"]["file"],
        "pool": fields["pool"]["file"],
        "avoid": fields.get("recusals", ""),
    }


def draw_inspectors(
    inputs: Mapping[str, Any], fetch: Fetch, *, told: Mapping[str, Any] | None = None
) -> Outcome:
    """Draw teams, then objects to teams; an impossible pairing comes with its proof.

    An auditor without the confidential list takes the barred teams as `told`."""
    try:
        matched = execution.draw_inspectors(
            json.loads(fetch(inputs["manifest"])),
            json.loads(fetch(inputs["draw"])),
            Lines(fetch(inputs["frame"])),
            Lines(fetch(inputs["pool"])),
            json.loads(fetch(inputs["avoid"])) if inputs["avoid"] and told is None else None,
            told=told,
        )
    except TeamsShort as short:
        # no team can be formed at all: the reason is the proof, and the door to 直接指派
        why = {"teams": str(short)}
        matched = {"v": 1, "teams": [], "pairs": [], "infeasible": why, "digest": ""}
    content = history.canonical(matched)
    witness = matched["infeasible"]
    return Outcome(
        result={
            "matching": history.address(content),
            "matching_digest": matched["digest"],
            "matching_feasible": witness is None,
            "infeasibility_witness": "" if witness is None else _text(witness),
            "team_count": len(matched["teams"]),
            "staff_method": "随机匹配",
        },
        artefacts=(content,),
    )


def evidence_message(settling: Settling) -> dict[str, Any]:
    """Return what the publisher needs to write the evidence files of a draw."""
    fields = settling.fields
    return {
        "kind": "evidence",
        "number": settling.case.number,
        "manifest": fields["manifest_hash"],
        "draw": fields["draw"],
        "matching": fields["matching"],
        "frame": fields["frame"]["file"],
        "pool": fields["pool"]["file"],
        "beacon": fields["beacon"],
        "reveals": fields.get("reveals", []),
        "campaign": fields.get("campaign_manifests", []),
        "last_visit_ended": "seal_opened_on" in fields,
        "changes": (fields.get("frame_changes") or {}).get("file", ""),
    }


def _drawn_again(inputs: Fields, result: Fields, fetch: Fetch) -> tuple[str, str] | None:
    """Draw once more and compare; a sealed draw is compared when it is opened, not before."""
    if inputs["sealed"]:
        return None
    recomputed = draw_objects(inputs, fetch).result
    recorded = {name: result.get(name) for name in recomputed}
    return None if recorded == recomputed else (_text(recorded), _text(recomputed))


def _paired_again(inputs: Fields, result: Fields, fetch: Fetch) -> tuple[str, str] | None:
    """Compute the pairing once more; whoever may not read who avoids whom sees teams, no names."""
    try:
        recomputed = draw_inspectors(inputs, fetch).result
    except FileMissing:
        if not inputs["avoid"]:
            raise
        told = json.loads(fetch(str(result["matching"])))
        recomputed = draw_inspectors(inputs, fetch, told=told).result
    recorded = {name: result.get(name) for name in recomputed}
    return None if recorded == recomputed else (_text(recorded), _text(recomputed))


def _text(value: object) -> str:
    return history.canonical(value).decode()


register(
    {
        "draw.objects": Binding(
            kind=Kind.LONG,
            inputs=objects_inputs,
            compute=draw_objects,
            verify=_drawn_again,
            stamps={"objects_drawn_on": "date"},
        ),
        "draw.inspectors": Binding(
            kind=Kind.LONG,
            inputs=inspectors_inputs,
            compute=draw_inspectors,
            verify=_paired_again,
            stamps={"staff_drawn_on": "date"},
        ),
    }
)
