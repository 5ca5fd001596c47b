"""The manifest: everything that decides a draw, fixed and announced before any random value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import clock
from engine.bindings import Binding, Outcome, Settling, register
from engine.draw import beacon, execution
from engine.draw.frame import Frame
from engine.draw.manifest import Manifest, Method, build
from engine.draw.terms import Assignment, Slot
from engine.services import strategy

SOURCES = {"现场摇号": "dice", "公开彩票开奖": "lottery", "演示": "demo"}


def commit(settling: Settling) -> Outcome:
    """Fix everything that decides the draw and hash it, before any random value is known."""
    fields, case = settling.fields, settling.case
    frozen = Frame.read(fields["frame"])
    sized = strategy.sizes_of(settling, frozen)
    cutoff = settling.at.replace(microsecond=0) + timedelta(seconds=1)
    census = fields.get("object_method") == strategy.EVERYONE
    manifest = build(
        task=case.number,
        seq=case.turns.get("strategy", 1),
        initiator=fields["draw_department"],
        strategy_by=fields["strategy_department"],
        frame=frozen,
        sizes=sized,
        rules_version=settling.law.digest,
        counter_snapshot=fields["counter_snapshot"],
        cutoff=cutoff,
        beacon_rule=[_round(settling, cutoff)],
        demo_database=bool(fields.get("demo_database")),
        method=Method.CENSUS if census else Method.DRAW,
        assignment=_assignment(settling, sized.total),
    )
    return Outcome(
        result={
            "manifest_hash": manifest.hash,
            "sample_size": sized.total,
            "small_base": sized.small_base,
            "shortfall": sum(stratum.shortfall for stratum in sized.strata),
            "cutoff": manifest.cutoff,
            "beacon_round_name": manifest.beacon_rule[0].name,
            "draw_strata": [stratum.document() for stratum in sized.strata],
        },
        messages=() if strategy.is_surprise(settling) else (_announcement(settling, manifest),),
        artefacts=(manifest.canonical(),),
    )


def _announcement(settling: Settling, manifest: Manifest) -> dict[str, Any]:
    """Make the hash of the manifest public before any random value exists."""
    fields = settling.fields
    names = ("task_name", "items", "frame_total", "frame_eligible", "beacon_kind", "beacon_round")
    return {
        "kind": "publish",
        "publication": "manifest",
        "title": f"{fields.get('task_name') or settling.case.title}（抽取清单）",
        "department": fields["draw_department"],
        "record": {
            **{name: fields[name] for name in names if name in fields},
            "manifest_hash": manifest.hash,
            "sample_size": sum(stratum.places for stratum in manifest.strata),
            "cutoff": manifest.cutoff,
        },
    }


def _round(settling: Settling, cutoff: datetime) -> beacon.Round:
    """Return the round that the strategy named; its name is this task's own."""
    fields = settling.fields
    at = _instant(cutoff + timedelta(seconds=1))
    by = _instant(clock.end_of_day(datetime.fromisoformat(fields["task_end"]).date()))
    name = f"{settling.case.number}-{settling.case.turns.get('strategy', 1)}"
    source = SOURCES[fields["beacon_kind"]]
    if source == "lottery":
        return beacon.lottery(*lottery_draws(fields["beacon_round"]), at=at, by=by)
    return beacon.dice(name, at=at, by=by) if source == "dice" else beacon.demo(name, at=at, by=by)


def lottery_draws(written: str) -> tuple[str, ...]:
    """Return the named draws, e.g. `ssq:2026070`, from what a person wrote."""
    words = written.replace("：", ":").replace("，", " ").replace(",", " ").replace("、", " ")
    return tuple(word.strip().lower() for word in words.split() if word.strip())


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _assignment(settling: Settling, units: int) -> Assignment:
    """Return how teams are drawn: a place per participating department; the lead's first leads."""
    fields = settling.fields
    pool = Frame.read(fields["pool"])
    lead = fields["draw_department"]
    others = [d for d in settling.case.parties.get("participants", ()) if d != lead]
    size = strategy.team_size(settling, [lead, *others])
    slots = [Slot(department=lead, leader=True)]
    slots += [Slot(department=department) for department in others]
    slots += [Slot(department=lead)] * (size - len(slots))
    people = execution.inspectors(settling.fetch(pool.file).splitlines(keepends=True))
    return Assignment(
        pool=pool.document(), slots=tuple(slots), teams=max(1, _teams(people, slots, units))
    )


def _teams(people: Sequence[Any], slots: Sequence[Slot], units: int) -> int:
    """Return how many teams the pool can fill, no more than there are visits."""
    room = units
    for department in {slot.department for slot in slots}:
        own = [person for person in people if person.department == department and person.certified]
        wanted = sum(slot.department == department for slot in slots)
        leading = sum(slot.department == department and slot.leader for slot in slots)
        room = min(room, len(own) // wanted)
        if leading:
            room = min(room, sum(person.leader for person in own) // leading)
    return room


register({"draw.manifest": Binding(settle=commit)})
