"""The random value as recorded: two people, one text; corrections keep what stood before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.draw import beacon
from engine.draw.instants import moment
from engine.draw.manifest import Manifest
from engine.draw.refusals import BeaconEntriesDiffer, BeaconNeedsTwoPeople, WrongMoment


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one person typed, from the minutes or the published result."""

    person: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconRecord:
    """The value of a round. `round` counts fallbacks; `stalled` says why each earlier one fell.

    `earlier` holds values corrected before execution, oldest first: both stay visible.
    """

    round: int
    values: tuple[str, ...]
    entered_by: tuple[str, str]
    recorded_at: str
    published: str  # where anyone can look the value up: minutes, announcement, address
    stalled: tuple[str, ...] = ()
    earlier: tuple[Mapping[str, Any], ...] = ()

    def document(self) -> dict[str, Any]:
        return {
            "round": self.round,
            "values": list(self.values),
            "entered_by": list(self.entered_by),
            "recorded_at": self.recorded_at,
            "published": self.published,
            "stalled": list(self.stalled),
            "earlier": [dict(value) for value in self.earlier],
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> BeaconRecord:
        first, second = document["entered_by"]
        return cls(
            round=document["round"],
            values=tuple(document["values"]),
            entered_by=(first, second),
            recorded_at=document["recorded_at"],
            published=document["published"],
            stalled=tuple(document["stalled"]),
            earlier=tuple(document["earlier"]),
        )


def record(
    manifest: Manifest,
    first: Entry,
    second: Entry,
    *,
    at: str,
    published: str,
    stalled: tuple[str, ...] = (),
) -> BeaconRecord:
    """Return the record of the due round; one reason in `stalled` per round that did not happen.

    Refuses one person twice, two texts, a value before its round, and a fallback before the
    earlier round's last moment.
    """
    if first.person == second.person:
        raise BeaconNeedsTwoPeople(person=first.person)
    this = due_round(manifest, at=at, stalled=stalled)
    values = beacon.parse(this, first.text)
    if values != beacon.parse(this, second.text):
        raise BeaconEntriesDiffer(first=first.text, second=second.text)
    return BeaconRecord(
        round=len(stalled),
        values=values,
        entered_by=(first.person, second.person),
        recorded_at=at,
        published=published,
        stalled=stalled,
    )


def correct(
    manifest: Manifest, wrong: BeaconRecord, first: Entry, second: Entry, *, at: str, published: str
) -> BeaconRecord:
    """Return the corrected record of the same round; whether it may happen, the docket says."""
    again = record(manifest, first, second, at=at, published=published, stalled=wrong.stalled)
    before = {
        "values": list(wrong.values),
        "entered_by": list(wrong.entered_by),
        "recorded_at": wrong.recorded_at,
    }
    return replace(again, earlier=(*wrong.earlier, before))


def due_round(manifest: Manifest, *, at: str, stalled: tuple[str, ...]) -> beacon.Round:
    """Return the round that counts now, after those that did not happen; nobody chooses it.

    An earlier round stands until its last moment, whatever is said of it; then a reason is due."""
    rounds = manifest.beacon_rule
    if len(stalled) >= len(rounds):
        raise _too_soon(manifest, "没有更多的后备随机源", "there is no further fallback")
    for fallen, reason in zip(rounds, stalled, strict=False):
        if moment(at) < moment(fallen.by) or not reason.strip():
            raise _too_soon(
                manifest,
                f"原定随机源在 {fallen.by} 前仍有效，改用后备须写明其未举行的原因",
                f"the earlier round stands until {fallen.by}, then a reason is needed",
            )
    this = rounds[len(stalled)]
    if moment(at) < moment(this.at):
        raise _too_soon(manifest, f"该轮次定于 {this.at}", f"its round is at {this.at}")
    return this


def _too_soon(manifest: Manifest, why: str, why_en: str) -> WrongMoment:
    return WrongMoment(
        seq=manifest.seq,
        state="等待随机值",
        state_en="waiting for the beacon",
        step="录入随机值",
        step_en="recording it",
        why=why,
        why_en=why_en,
    )
