"""The manifest: everything that decides a draw, fixed and hashed before the random value exists.

M = SHA256(canonical JSON of the manifest). It is logged before `cutoff`; afterwards the values of
the named round are recorded and anybody can execute it with the same result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine import history
from engine.draw import beacon, instants, tickets
from engine.draw.frame import Frame
from engine.draw.instants import moment
from engine.draw.refusals import ManifestProblem, StrategyNotByInitiator
from engine.draw.sizes import Bounds, Sizes, SmallBase, Stratum
from engine.draw.terms import Assignment, Choice, Commit, Lost, Replaces, Slot

__all__ = [
    "Assignment",
    "Choice",
    "Commit",
    "Lost",
    "Manifest",
    "Method",
    "Mode",
    "Replaces",
    "Slot",
    "build",
    "campaign_hash",
    "check",
]

VERSION = 1
INSPECTOR = "inspector"  # the unit of a draw that replaces an officer in a team
SEALED_PARTIES = 3  # agency, 司法局 and notary each hold one secret


class Method(StrEnum):
    DRAW = "draw"
    CENSUS = "census"  # everyone eligible (100 %, or a fixed list): nobody is drawn
    REPLACEMENT = "replacement"  # as many as were lost, from the rest of the same frozen list


class Mode(StrEnum):
    OPEN = "open"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A draw as decided in advance; `read(m.document()) == m`."""

    task: str
    seq: int  # gap-free per task, from 1
    initiator: str
    frame: str  # content address of the frame file
    list_root: str
    elig_root: str
    excl_hash: str
    strata: tuple[Stratum, ...]
    rules_version: str
    counter_snapshot: str
    cutoff: str
    alg: str = "sha256"
    unit: str = "subject"  # or "carrier": 产品、项目、场所 linked to a subject; or INSPECTOR
    method: Method = Method.DRAW
    mode: Mode = Mode.OPEN
    bounds: Bounds | None = None
    policy: SmallBase = SmallBase.DRAW_ONE
    small_base: bool = False
    beacon_rule: tuple[beacon.Round, ...] = ()
    reveal_commits: tuple[Commit, ...] = ()
    reveal_by: str | None = None
    campaign: str | None = None  # tasks of one campaign share one key (positive coordination)
    assignment: Assignment | None = None
    options: tuple[Choice, ...] = ()
    supersedes: str | None = None
    replaces: Replaces | None = None

    def document(self) -> dict[str, Any]:
        """Return the JSON form whose canonical bytes are hashed."""
        return {
            "v": VERSION,
            "alg": self.alg,
            "task": self.task,
            "seq": self.seq,
            "initiator": self.initiator,
            "unit": self.unit,
            "method": self.method.value,
            "mode": self.mode.value,
            "frame": self.frame,
            "list_root": self.list_root,
            "elig_root": self.elig_root,
            "excl_hash": self.excl_hash,
            "bounds": self.bounds.document() if self.bounds else None,
            "policy": self.policy.value,
            "small_base": self.small_base,
            "strata": [stratum.document() for stratum in self.strata],
            "rules_version": self.rules_version,
            "counter_snapshot": self.counter_snapshot,
            "beacon_rule": [this.document() for this in self.beacon_rule],
            "reveal_commits": [commit.document() for commit in self.reveal_commits],
            "reveal_by": self.reveal_by,
            "cutoff": self.cutoff,
            "campaign": self.campaign,
            "assignment": self.assignment.document() if self.assignment else None,
            "options": [choice.document() for choice in self.options],
            "supersedes": self.supersedes,
            "replaces": self.replaces.document() if self.replaces else None,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Manifest:
        """Take the JSON form back; an unknown version is refused, not guessed."""
        fields = dict(document)
        if fields.pop("v", None) != VERSION:
            raise _problem("v", f"只认识第 {VERSION} 版", f"only version {VERSION} is known")
        nested = {
            "bounds": Bounds.read,
            "assignment": Assignment.read,
            "replaces": Replaces.read,
        }
        for name, reader in nested.items():
            fields[name] = reader(fields[name]) if fields[name] else None
        fields["method"], fields["mode"] = Method(fields["method"]), Mode(fields["mode"])
        fields["policy"] = SmallBase(fields["policy"])
        fields["strata"] = tuple(Stratum.read(entry) for entry in fields["strata"])
        fields["beacon_rule"] = tuple(beacon.Round.read(r) for r in fields["beacon_rule"])
        fields["reveal_commits"] = tuple(Commit(**c) for c in fields["reveal_commits"])
        fields["options"] = tuple(Choice.read(choice) for choice in fields["options"])
        return cls(**fields)

    def canonical(self) -> bytes:
        """Return the bytes that are hashed and logged."""
        return history.canonical(self.document())

    @property
    def hash(self) -> str:
        """M, in lower-case hex."""
        return history.address(self.canonical())

    @property
    def needs_beacon(self) -> bool:
        """A complete inspection without any random part needs no random value."""
        return self.method is not Method.CENSUS or bool(self.options) or self.assignment is not None

    @property
    def is_demo(self) -> bool:
        return any(this.source == "demo" for this in self.beacon_rule)

    @property
    def places(self) -> dict[str, int]:
        return {stratum.name: stratum.places for stratum in self.strata}

    @property
    def pooled(self) -> dict[str, str]:
        """Stratum of the frame → stratum of the draw."""
        return {member: s.name for s in self.strata for member in s.members}


def build(
    *,
    task: str,
    seq: int,
    initiator: str,
    strategy_by: str,
    frame: Frame,
    sizes: Sizes,
    rules_version: str,
    counter_snapshot: str,
    cutoff: datetime,
    beacon_rule: Sequence[beacon.Round] = (),
    reveal_commits: Sequence[Commit] = (),
    reveal_by: datetime | None = None,
    demo_database: bool = False,
    **rest: Any,
) -> Manifest:
    """Return a checked manifest; the remaining fields of Manifest may be given by name.

    Refuses a strategy that is not the lead department's own, a beacon that is guessable, and any
    order of times other than cut-off and reveals before the random value.
    """
    if strategy_by != initiator:
        raise StrategyNotByInitiator(initiator=initiator, department=strategy_by)
    manifest = Manifest(
        task=task,
        seq=seq,
        initiator=initiator,
        frame=frame.file,
        list_root=frame.list_root,
        elig_root=frame.elig_root,
        excl_hash=frame.excl_hash,
        strata=sizes.strata,
        bounds=sizes.bounds,
        policy=sizes.policy,
        small_base=sizes.small_base,
        rules_version=rules_version,
        counter_snapshot=counter_snapshot,
        cutoff=instants.text(cutoff),
        beacon_rule=tuple(beacon_rule),
        reveal_commits=tuple(reveal_commits),
        reveal_by=instants.text(reveal_by) if reveal_by else None,
        **rest,
    )
    check(manifest, demo_database=demo_database)
    return manifest


def check(manifest: Manifest, *, demo_database: bool) -> None:
    """Refuse a manifest that could be bent later: by its times, its parties, its texts."""
    tickets.hasher(manifest.alg)
    if manifest.seq < 1:
        raise _problem("seq", "编号从 1 开始", "numbering starts at 1")
    if manifest.assignment is not None and not manifest.assignment.slots:
        raise _problem("assignment", "检查组没有席位", "the team has no places")
    if manifest.needs_beacon:
        beacon.check(manifest.beacon_rule, demo_database=demo_database)
        _check_times(manifest)
    _check_parties(manifest)
    _check_texts(manifest)
    if (manifest.method is Method.REPLACEMENT) != (manifest.replaces is not None):
        raise _problem(
            "replaces", "补抽须写明所补的清单和原因", "a replacement names what it is for"
        )


def campaign_hash(campaign: str, manifests: Sequence[str]) -> str:
    """Return what stands in for M in the shared key of a campaign: all its manifests, sorted.

    Positively coordinated sampling: the same units surface in every list of the campaign
    (进一次门、查多项事). The set is fixed at the cut-off, before the random value.
    """
    return history.address(
        history.canonical({"v": VERSION, "campaign": campaign, "manifests": sorted(manifests)})
    )


def _check_times(manifest: Manifest) -> None:
    first = moment(manifest.beacon_rule[0].at)
    if not moment(manifest.cutoff) < first:
        raise _problem("cutoff", "截止时间须早于随机值产生", "the cut-off must precede the beacon")
    closes = manifest.reveal_by
    if manifest.reveal_commits and not (
        closes and moment(manifest.cutoff) <= moment(closes) < first
    ):
        raise _problem(
            "reveal_by",
            "公开承诺值的期限须在清单截止之后、随机值产生之前",
            "reveals close after the cut-off and before the beacon",
        )


def _check_parties(manifest: Manifest) -> None:
    parties = [commit.party for commit in manifest.reveal_commits]
    if len(set(parties)) < len(parties):
        raise _problem("reveal_commits", "同一方只能承诺一次", "a party commits once")
    if manifest.mode is Mode.SEALED and len(parties) < SEALED_PARTIES:
        raise _problem(
            "reveal_commits",
            f"封闭抽取须有 {SEALED_PARTIES} 方各自封存密值",
            f"a sealed draw needs secrets of {SEALED_PARTIES} parties",
        )


def _check_texts(manifest: Manifest) -> None:
    for commit in manifest.reveal_commits:
        tickets.require_text(commit.party, what="承诺方")
    for choice in manifest.options:
        tickets.require_text(choice.dimension, what="随机项")
        for option in choice.options:
            tickets.require_text(option, what="可选值")
        if len(set(choice.options)) < len(choice.options) or not (
            1 <= choice.count <= len(choice.options)
        ):
            raise _problem("options", "可选值重复或数量不足", "options repeat or are too few")
    if manifest.assignment is not None:
        for slot in manifest.assignment.slots:
            tickets.require_text(slot.department, what="部门")


def _problem(field: str, why: str, why_en: str) -> ManifestProblem:
    return ManifestProblem(field=field, why=why, why_en=why_en)
