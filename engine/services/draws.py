"""The draw's service tasks: freeze, commit, execute, match; the arithmetic is engine.draw's.

How many, from which strata and who is left out comes from the rule pack; who decides what and
when comes from the diagram; nothing here is a choice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from engine import clock, history
from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.draw import beacon, execution, frame, sizes
from engine.draw.frame import Frame
from engine.draw.manifest import Manifest, Method, build
from engine.draw.records import BeaconRecord
from engine.draw.refusals import TeamsShort
from engine.draw.terms import Assignment, Slot
from engine.events import Fields
from engine.version import Fetch
from rules.errors import UnknownParameter

# the strategy form's field for each tier of the registry, lowest risk first
TIERS: Sequence[tuple[str, str]] = (
    ("A", "ratio_a"),
    ("低", "ratio_a"),
    ("B", "ratio_b"),
    ("中", "ratio_b"),
    ("未分类", "ratio_unclassified"),
    ("C", "ratio_c"),
    ("D", "ratio_d"),
    ("高", "ratio_d"),
)
# facts of the task that a rule over single subjects may ask for
ROW_FACTS = ("item_class", "joint", "full_coverage", "superior_ad_hoc")
BY_TIER = "信用风险等级分层"
EVERYONE = "全覆盖"
SOURCES = {"现场摇号": "dice", "公开彩票开奖": "lottery", "演示": "demo"}

# names of parameters a pack may state; without one that city has no such limit
LOW, HIGH, KEY_LOW = "一般事项抽查比例下限", "一般事项抽查比例上限", "重点事项抽查比例下限"
CERTIFIED = "检查组最少持证人数"
KEY_ITEM = "重点"


# ---------------------------------------------------------------- freezing (an extract)


def freeze_inputs(settling: Settling) -> Fields:
    """Return what the look at the registry is about; `extracts` answers it."""
    case, fields = settling.case, settling.fields
    departments = [*case.parties.get("lead", ()), *case.parties.get("participants", ())]
    return {
        "case": str(case.case_id),
        "turn": case.turns.get("strategy", 1),
        "jurisdiction": case.jurisdiction,
        "version": settling.version.digest,
        "item_codes": list(fields.get("items", ())),
        "stratum": "risk_tier" if fields.get("stratification") == BY_TIER else "none",
        "departments": list(dict.fromkeys(departments)),
        "staff": _named_staff(fields),
        "team_size": _team_size(settling, departments),
        "facts": {f"case.{name}": fields[name] for name in ROW_FACTS if name in fields},
        "year": fields.get("plan_year", settling.today.year),
        "on": settling.today.isoformat(),
    }


def _named_staff(fields: Fields) -> dict[str, list[str]]:
    """Return the inspectors each department named; a department that named none brings all."""
    answers = fields.get("pools_answers", ())
    named = {answer["department"]: answer.get("staff") or [] for answer in answers}
    return {department: sorted(people) for department, people in named.items() if people}


def verify_freeze(inputs: Fields, result: Fields, fetch: Fetch) -> tuple[str, str] | None:
    """Compute roots and counts again from the frozen files; the registry is not read."""
    del inputs
    for name in ("frame", "pool"):
        recorded = result[name]
        recomputed = frame.write(fetch(recorded["file"]).splitlines(keepends=True)).document()
        if recorded != recomputed:
            return _text(recorded), _text(recomputed)
    return None


# ---------------------------------------------------------------- the manifest


def commit(settling: Settling) -> Outcome:
    """Fix everything that decides the draw and hash it, before any random value is known."""
    fields, case = settling.fields, settling.case
    frozen = Frame.read(fields["frame"])
    sized = _sizes(settling, frozen)
    cutoff = settling.at.replace(microsecond=0) + timedelta(seconds=1)
    census = fields.get("object_method") == EVERYONE
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
        messages=() if is_surprise(settling) else (_announcement(settling, manifest),),
        artefacts=(manifest.canonical(),),
    )


def is_surprise(settling: Settling) -> bool:
    """Return whether the task is an approved surprise: nothing of it is public before the end."""
    fields = settling.fields
    return bool(fields.get("surprise")) and bool(fields.get("surprise_approved"))


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
        "beacon": beacon_record(settling),
    }


def _sizes(settling: Settling, frozen: Frame) -> sizes.Sizes:
    fields = settling.fields
    if fields.get("object_method") == EVERYONE:
        return sizes.census(frozen.listed, frozen.eligible, _risk_order(frozen.listed))
    chosen = dict(TIERS)
    tiers = [
        sizes.Tier(
            stratum=name,
            ratio=_ratio(fields.get(chosen.get(name, "")) or fields["ratio"]),
        )
        for name in _risk_order(frozen.listed)
    ]
    return sizes.sizes(frozen.listed, frozen.eligible, tiers, bounds=_bounds(settling))


def _risk_order(listed: Mapping[str, int]) -> list[str]:
    order = [name for name, _ in TIERS]
    return sorted(listed, key=lambda name: (order.index(name) if name in order else 99, name))


def _ratio(written: str) -> Fraction:
    if written.endswith("%"):
        return Fraction(written[:-1]) / 100
    return Fraction(written)


def _bounds(settling: Settling) -> sizes.Bounds | None:
    """Return the pack's lowest and highest share of an item in total; None where it states none."""
    is_key = settling.fields.get("item_class") == KEY_ITEM
    low = _stated(settling, KEY_LOW if is_key else LOW)
    high = None if is_key else _stated(settling, HIGH)
    if low is None:
        return None
    return sizes.Bounds(low=Fraction(str(low)), high=None if high is None else Fraction(str(high)))


def _stated(settling: Settling, name: str) -> object | None:
    """Return a parameter of the pack; None where that city states none."""
    try:
        return settling.law.parameter(name, on=settling.today)
    except UnknownParameter:
        return None


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
    size = _team_size(settling, [lead, *others])
    slots = [Slot(department=lead, leader=True)]
    slots += [Slot(department=department) for department in others]
    slots += [Slot(department=lead)] * (size - len(slots))
    people = execution.inspectors(settling.fetch(pool.file).splitlines(keepends=True))
    return Assignment(
        pool=pool.document(), slots=tuple(slots), teams=max(1, _teams(people, slots, units))
    )


def _team_size(settling: Settling, departments: Sequence[str]) -> int:
    """Return the places of a team: as the strategy says, never fewer than the pack asks."""
    least = _stated(settling, CERTIFIED)
    wanted = int(settling.fields.get("team_size", 0))
    return max(wanted, len(set(departments)), int(str(least or 0)))


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


# ---------------------------------------------------------------- execution (long work)


def beacon_record(settling: Settling) -> dict[str, Any]:
    """Return the random value as recorded by two people, in the named round's canonical form."""
    fields = settling.fields
    manifest = Manifest.read(json.loads(settling.fetch(fields["manifest_hash"])))
    values = beacon.parse(manifest.beacon_rule[0], fields["beacon_value"])
    return BeaconRecord(
        round=0,
        values=values,
        entered_by=(fields["beacon_entered_by"], fields["beacon_verified_by"]),
        recorded_at=fields["beacon_verified_at"],
        published=fields.get("beacon_place") or fields.get("beacon_round", ""),
    ).document()


def objects_inputs(settling: Settling) -> Fields:
    fields = settling.fields
    return {
        "manifest": fields["manifest_hash"],
        "frame": fields["frame"]["file"],
        "beacon": beacon_record(settling),
    }


def draw_objects(inputs: Mapping[str, Any], fetch: Fetch) -> Outcome:
    """Carry the manifest out over the frozen frame; anybody gets the same bytes."""
    drawn = execution.draw_objects(
        json.loads(fetch(inputs["manifest"])),
        fetch(inputs["frame"]).splitlines(keepends=True),
        random_value=inputs["beacon"],
    )
    content = history.canonical(drawn)
    return Outcome(
        result={
            "draw": history.address(content),
            "draw_digest": drawn["digest"],
            "draw_key": drawn["key"] or "",
            "drawn_count": len(drawn["winners"]),
            "thresholds": drawn["strata"],
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
    }


def draw_inspectors(inputs: Mapping[str, Any], fetch: Fetch) -> Outcome:
    """Draw teams, then objects to teams; an impossible pairing comes with its proof."""
    try:
        matched = execution.draw_inspectors(
            json.loads(fetch(inputs["manifest"])),
            json.loads(fetch(inputs["draw"])),
            fetch(inputs["frame"]).splitlines(keepends=True),
            fetch(inputs["pool"]).splitlines(keepends=True),
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


def _again(
    compute: Any,
) -> Any:
    """Return a verification that computes long work once more and compares every field."""

    def verify(inputs: Fields, result: Fields, fetch: Fetch) -> tuple[str, str] | None:
        recomputed = compute(inputs, fetch).result
        recorded = {name: result.get(name) for name in recomputed}
        return None if recorded == recomputed else (_text(recorded), _text(recomputed))

    return verify


def _text(value: object) -> str:
    return history.canonical(value).decode()


register(
    {
        "registry.survey": Binding(kind=Kind.EXTRACT, inputs=freeze_inputs),
        "frame.freeze": Binding(kind=Kind.EXTRACT, inputs=freeze_inputs, verify=verify_freeze),
        "draw.manifest": Binding(settle=commit),
        "draw.objects": Binding(
            kind=Kind.LONG,
            inputs=objects_inputs,
            compute=draw_objects,
            verify=_again(draw_objects),
            stamps={"objects_drawn_on": "date"},
        ),
        "draw.inspectors": Binding(
            kind=Kind.LONG,
            inputs=inspectors_inputs,
            compute=draw_inspectors,
            verify=_again(draw_inspectors),
            stamps={"staff_drawn_on": "date"},
        ),
    }
)
