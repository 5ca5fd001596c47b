"""替补抽取: what fell away is drawn again from the same frozen list, with a round of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from engine import chances, clock
from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.draw import rounds
from engine.draw.docket import Docket, State
from engine.draw.frame import Frame
from engine.draw.manifest import INSPECTOR, Manifest, Method, Mode, build
from engine.draw.refusals import DrawRefusal
from engine.draw.sizes import Sizes
from engine.draw.terms import Assignment, Lost, Replaces
from engine.events import Fields
from engine.services import children, draws, manifests, publication, refreezing, sealing

OFFICER = "检查人员"


def survey_inputs(settling: Settling) -> Fields:
    """Return what the look at the task's other draws is about."""
    fields, case = settling.fields, settling.case
    return {
        "case": str(case.case_id),
        "task": str(case.parent),
        "version": settling.version.digest,
        "turn": case.turns.get("request", 1),
        "units": refreezing.units(fields),
        "officer": refreezing.leaver(fields),
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


# ---------------------------------------------------------------- its manifest


def commit(settling: Settling) -> Outcome:
    """Fix the replacement and announce its hash before its random value exists.

    Of a surprise nothing is announced: new secrets keep it hidden until the first draw opens."""
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
        messages=(_announcement(settling, manifest),) if manifest.mode is Mode.OPEN else (),
        artefacts=(manifest.canonical(),),
    )


def _committed(settling: Settling) -> tuple[Docket, Manifest]:
    fields = settling.fields
    docket = chances.docket_of(settling.case, settling.version)
    before = Manifest.read(json.loads(settling.fetch(fields["replaced_manifest"])))
    corrected = next(
        kept.seq for kept in docket.kept if kept.manifest and kept.manifest.hash == before.hash
    )
    drafted = docket.draft(replaces=corrected)
    lost = tuple(Lost(**entry) for entry in fields["lost"])
    left = Frame.read(fields["frame"])
    sized = refreezing.sizes_of(left, lost, before)
    cutoff = rounds.cutoff({}, at=settling.at)
    seq = drafted.kept[-1].seq
    promises = manifests.promises(settling) if before.mode is Mode.SEALED else []
    officer = bool(refreezing.leaver(fields))
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
        mode=before.mode,
        reveal_commits=promises,
        reveal_by=cutoff if promises else None,
        assignment=None if officer else _teams(before, sized),
        options=() if officer else before.options,
        replaces=Replaces(manifest=before.hash, lost=lost),
    )
    return drafted.freeze(left.file).commit(manifest, at=clock.text(settling.at)), manifest


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


def wait(settling: Settling) -> Outcome:
    """Say that a surprise's replacement has handed out its visits and waits for the opening."""
    message = {"kind": "ask-opening", "parent": str(settling.case.parent)}
    return Outcome(result={"replacement_handed_out": True}, messages=(message,))


def disclose(settling: Settling) -> Outcome:
    """Publish a replacement of a surprise once it is opened, or say that it is void."""
    fields = settling.fields
    docket = chances.docket_of(settling.case, settling.version)
    if fields.get("draw_void"):
        after = docket if docket.kept[-1].state is State.VOID else docket.void()
        notice = sealing.late(sealing.void_notice(settling))
        return Outcome(result={"docket": after.document()}, messages=(notice,))
    manifest = docket.kept[-1].manifest
    assert manifest is not None
    listed = Outcome() if refreezing.leaver(fields) else publish(settling)
    announced = sealing.late(_announcement(settling, manifest))
    messages = (
        announced,
        draws.evidence_message(settling),
        *map(sealing.late, listed.messages),
    )
    return replace(listed, messages=messages)


def hand_out(settling: Settling) -> Outcome:
    """Open the visits of the new units under the task, or put the new officer into the team."""
    fields = settling.fields
    if refreezing.leaver(fields):
        drawn = json.loads(settling.fetch(fields["draw"]))
        (winner,) = [line.rpartition("|")[2] for line in drawn["winners"]]
        message = {
            "kind": "replace-officer",
            "visit": fields["replaced_visit"],
            "leaver": refreezing.leaver(fields),
            "successor": winner,
            "reason": f"{fields['replacement_cause']}（{settling.case.number} 抽取）",
        }
        return Outcome(result={"replaced_by": winner}, messages=(message,))
    opened = children.open_inspections(settling)
    (visits,) = opened.messages
    shared = {**visits["shared"], "task_number": fields["draw_task"]}
    joining = fields.get("participants") or settling.case.parties.get("participants", ())
    of_task = {
        **visits,
        "participants": list(joining),
        "parent": str(settling.case.parent),
        "shared": shared,
    }
    return Outcome(result=opened.result, messages=(of_task,))


register(
    {
        "replacement.survey": Binding(kind=Kind.EXTRACT, inputs=survey_inputs),
        "replacement.manifest": Binding(settle=commit),
        "replacement.publish": Binding(settle=publish),
        "replacement.open": Binding(settle=hand_out),
        "replacement.wait": Binding(settle=wait),
        "replacement.disclose": Binding(settle=disclose),
    }
)
