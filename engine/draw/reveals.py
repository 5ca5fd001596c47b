"""Values the parties promise before the random value: commit, reveal, drop, seal, open.

    commit = SHA256("ssyg/commit/v1|" party "|" salt "|" value)      value, salt: 64 hex digits

Reveals close before the random value is known, so the last to reveal gains nothing. In a sealed
draw (突击检查) the same values stay secret until the last visit has ended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from engine.draw.instants import moment
from engine.draw.manifest import Manifest, Mode
from engine.draw.refusals import BadText, SealBroken, StillSealed, WrongMoment
from engine.draw.terms import Commit
from engine.draw.tickets import require_text

_VALUE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """What a party opens; in a sealed draw it is stored encrypted, outside the events."""

    party: str
    salt: str
    value: str

    def document(self) -> dict[str, Any]:
        return {"party": self.party, "salt": self.salt, "value": self.value}

    @property
    def commit(self) -> Commit:
        """The promise that fits this reveal; what the manifest publishes."""
        for text in (self.salt, self.value):
            if not _VALUE.fullmatch(text):
                raise BadText(
                    what="密值",
                    value=f"{text[:6]}…",
                    why="须为 64 位小写十六进制（32 字节）",
                    why_en="64 lower-case hex digits (32 bytes) are required",
                )
        require_text(self.party, what="承诺方")
        text = f"ssyg/commit/v1|{self.party}|{self.salt}|{self.value}"
        return Commit(party=self.party, commit=sha256(text.encode()).hexdigest())


def accept(manifest: Manifest, reveal: Reveal, *, at: str) -> Reveal:
    """Return the reveal if it fits its promise and comes in time; later it would be a choice."""
    if manifest.reveal_by is None or moment(at) >= moment(manifest.reveal_by):
        raise WrongMoment(
            seq=manifest.seq,
            state="公开期限已过",
            state_en="closed for reveals",
            step="接受承诺值",
            step_en="a reveal",
            why=f"期限为 {manifest.reveal_by}",
            why_en=f"reveals closed at {manifest.reveal_by}",
        )
    if not _fits(manifest, reveal):
        raise SealBroken(party=reveal.party)
    return reveal


def settled(manifest: Manifest, reveals: Sequence[Reveal]) -> tuple[tuple[Reveal, ...], list[str]]:
    """Return the reveals in the manifest's order and the parties dropped for silence.

    In a sealed draw nobody is dropped: a secret that is missing or does not fit voids the draw.
    """
    by_party = {reveal.party: reveal for reveal in reveals}
    present: list[Reveal] = []
    dropped: list[str] = []
    for promise in manifest.reveal_commits:
        reveal = by_party.get(promise.party)
        if reveal is None and manifest.mode is Mode.OPEN:
            dropped.append(promise.party)
        elif reveal is None or not _fits(manifest, reveal):
            raise SealBroken(party=promise.party)
        else:
            present.append(reveal)
    return tuple(present), dropped


def require_opened(manifest: Manifest, *, last_visit_ended: bool) -> None:
    """Refuse a look at winners, tickets or thresholds of a sealed draw before its end (A-37)."""
    if manifest.mode is Mode.SEALED and not last_visit_ended:
        raise StillSealed


def read(document: Mapping[str, Any]) -> Reveal:
    """Take the JSON form back."""
    return Reveal(party=document["party"], salt=document["salt"], value=document["value"])


def _fits(manifest: Manifest, reveal: Reveal) -> bool:
    return reveal.commit in manifest.reveal_commits
