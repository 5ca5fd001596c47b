"""The manifest: everything that decides a draw, fixed and announced before any random value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from engine import chances, clock
from engine.bindings import Binding, Outcome, Settling, register
from engine.draw import dimensions, execution, instants, rounds
from engine.draw.docket import Docket
from engine.draw.frame import Frame
from engine.draw.manifest import Manifest, Method, Mode, build
from engine.draw.refusals import DrawRefusal
from engine.draw.terms import Assignment, Commit, Slot
from engine.services import campaigns, strategy

AT_ONCE = timedelta(seconds=2)  # a cut-off so near leaves no window in which to withdraw


def commit(settling: Settling) -> Outcome:
    """Fix everything that decides the draw and hash it, before any random value is known.

    What cannot be committed goes back to the strategy with the reason; nothing is drawn."""
    try:
        docket, manifest = _committed(settling)
        joint = campaigns.terms(manifest, settling.fields, rounds.starts(settling.fields))
    except DrawRefusal as problem:
        return Outcome(result={"manifest_committed": False, "manifest_problem": str(problem)})
    is_open = manifest.mode is Mode.OPEN
    return Outcome(
        result={**_result(settling, docket, manifest), **joint},
        messages=(
            *((announcement(settling, manifest, "registered"),) if is_open else ()),
            *campaigns.news(manifest, settling.fields),
        ),
        artefacts=(manifest.canonical(),),
    )


def withdraw(settling: Settling) -> Outcome:
    """Withdraw the live manifest before its cut-off; it stays in the docket and on the board.

    Of a campaign's manifest the other members are told."""
    fields = settling.fields
    docket = chances.docket_of(settling.case, settling.version)
    after = docket.supersede(at=clock.text(settling.at))
    manifest = after.kept[-1].manifest
    assert manifest is not None
    is_open = manifest.mode is Mode.OPEN
    left = campaigns.withdrawals(manifest, fields)
    return Outcome(
        result={"docket": after.document(), "manifest_withdrawn": True, **left},
        messages=(
            *((announcement(settling, manifest, "superseded"),) if is_open else ()),
            *campaigns.news(manifest, fields, left=fields["withdrawal_reason"]),
        ),
    )


def announcement(settling: Settling, manifest: Manifest, state: str) -> dict[str, Any]:
    """Make the hash of the manifest public before any random value exists."""
    fields = settling.fields
    names = (
        *("task_name", "items", "frame_total", "frame_eligible", "beacon_kind", "beacon_round"),
        *("draw_campaign", "draw_campaign_tasks"),
    )
    title = "抽取清单" if state == "registered" else "抽取清单撤回"
    return {
        "kind": "publish",
        "publication": "manifest",
        "title": f"{fields.get('task_name') or settling.case.title}（{title}）",
        "department": fields["draw_department"],
        "record": {
            **{name: fields[name] for name in names if name in fields},
            "manifest_hash": manifest.hash,
            "manifest_seq": manifest.seq,
            **_standing(fields, state),
            "sample_size": sum(stratum.places for stratum in manifest.strata),
            "cutoff": manifest.cutoff,
            "beacon_rounds": [rounds.in_words(this) for this in manifest.beacon_rule],
            **_promised(settling, manifest),
            **_changes(fields),
            **({"reveal_by": manifest.reveal_by} if manifest.reveal_by else {}),
            **({"campaign_until": manifest.beacon_rule[0].at} if manifest.campaign else {}),
        },
    }


def _standing(fields: Mapping[str, Any], state: str) -> dict[str, str]:
    if state == "registered":
        return {"manifest_state": "已登记"}
    return {"manifest_state": "已被替代", "withdrawal_reason": fields["withdrawal_reason"]}


def _changes(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return in a sentence what the list has become since its last freeze, and the file's hash."""
    found = fields.get("frame_changes")
    if not found:
        return {}
    told = "与任务 {since} 的冻结名录相比：新增 {added} 户，移出 {removed} 户，变更 {changed} 户"
    return {"frame_changes_told": told.format_map(found), "frame_changes_file": found["file"]}


def _promised(settling: Settling, manifest: Manifest) -> dict[str, list[str]]:
    """Return what each party has bound itself to, as everybody may compare it afterwards."""
    known = settling.law.organisation.departments
    if not manifest.reveal_commits:
        return {}
    return {
        "promises": [
            f"{known[this.party].name if this.party in known else this.party}：{this.commit}"
            for this in manifest.reveal_commits
        ]
    }


def _committed(settling: Settling) -> tuple[Docket, Manifest]:
    fields, case = settling.fields, settling.case
    drafted = chances.docket_of(case, settling.version).draft()
    this = drafted.kept[-1]
    frozen = Frame.read(fields["frame"])
    sized = strategy.sizes_of(settling, frozen)
    cutoff = rounds.cutoff(fields, at=settling.at)
    promised = promises(settling)
    closes = _closing(settling, promised, cutoff)
    campaign = fields.get("draw_campaign") or None
    manifest = build(
        task=case.number,
        seq=this.seq,
        initiator=fields["draw_department"],
        strategy_by=fields["strategy_department"],
        frame=frozen,
        sizes=sized,
        rules_version=settling.law.digest,
        counter_snapshot=fields["counter_snapshot"],
        cutoff=cutoff,
        beacon_rule=rounds.of_strategy(
            fields, meeting=campaign or f"{case.number}-{this.seq}", not_before=closes or cutoff
        ),
        reveal_commits=promised,
        reveal_by=closes,
        demo_database=bool(fields.get("demo_database")),
        unit=strategy.unit(fields),
        method=_method(fields),
        mode=_mode(settling),
        campaign=campaign,
        supersedes=this.supersedes,
        assignment=_assignment(settling, sized.total),
        options=dimensions.choices(fields),
    )
    at = clock.text(settling.at)
    return drafted.freeze(frozen.file).commit(manifest, at=at), manifest


def _method(fields: Mapping[str, Any]) -> Method:
    is_census = fields.get("object_method") == strategy.EVERYONE
    return Method.CENSUS if is_census else Method.DRAW


def _mode(settling: Settling) -> Mode:
    return Mode.SEALED if strategy.is_surprise(settling) else Mode.OPEN


def promises(settling: Settling) -> list[Commit]:
    """Return what each party has bound itself to: a hash, or the hash of a sealed secret."""
    fields, parties = settling.fields, settling.case.parties
    if strategy.is_surprise(settling):
        sealed = last_answers(fields.get("seal_answers", ()), parties.get("sealers", ()))
        return [
            Commit(party=party, commit=said["seal_secret"]["sealed"])
            for party, said in sealed.items()
        ]
    promised = last_answers(fields.get("promise_answers", ()), parties.get("promisers", ()))
    return [Commit(party=party, commit=said["promise_commit"]) for party, said in promised.items()]


def last_answers(
    answers: Iterable[Mapping[str, Any]], parties: Iterable[str]
) -> dict[str, Mapping[str, Any]]:
    """Return what each party said last, in the order of the parties; the silent are left out."""
    said = {answer["department"]: answer for answer in answers}
    return {party: said[party] for party in parties if party in said}


def _closing(settling: Settling, promises: Sequence[Commit], cutoff: datetime) -> datetime | None:
    """Return when the parties' values close; a sealed secret was handed over before."""
    if not promises:
        return None
    return cutoff if strategy.is_surprise(settling) else rounds.reveal_by(settling.fields)


def _result(settling: Settling, docket: Docket, manifest: Manifest) -> dict[str, Any]:
    return {
        "manifest_committed": True,
        "manifest_withdrawn": False,
        "manifest_problem": "",
        "manifest_hash": manifest.hash,
        "manifest_seq": manifest.seq,
        "docket": docket.document(),
        "draw_mode": manifest.mode.value,
        "sample_size": sum(stratum.places for stratum in manifest.strata),
        "small_base": manifest.small_base,
        "shortfall": sum(stratum.shortfall for stratum in manifest.strata),
        "cutoff": manifest.cutoff,
        "withdrawable": instants.moment(manifest.cutoff) - settling.at > AT_ONCE,
        "reveal_by": manifest.reveal_by,
        "beacon_round_name": manifest.beacon_rule[0].name,
        "beacon_rounds": [rounds.in_words(this) for this in manifest.beacon_rule],
        "random_dimensions": len(manifest.options),
        "random_dimensions_named": [choice.dimension for choice in manifest.options],
        "draw_strata": [stratum.document() for stratum in manifest.strata],
    }


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
        pool=pool.document(),
        slots=tuple(slots),
        teams=max(1, _teams(people, slots, units)),
        items=tuple(fields.get("items", ())),
        recusals=fields.get("recusals_commitment", ""),
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


register({"draw.manifest": Binding(settle=commit), "draw.withdraw": Binding(settle=withdraw)})
