"""What a party sees of its own value: what is promised, until when, and which chance comes after.

The value is made and kept by the party. Before it is revealed this server has its hash and no more,
so nothing here asks for it, and no draft of a reveal is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import clock
from engine.case import Case
from engine.draw import beacon, rounds
from engine.draw.manifest import Manifest
from engine.draw.refusals import DrawRefusal
from engine.events import Fields
from engine.services.manifests import last_answers
from engine.version import Version

PROMISE, REVEAL, SEAL = "promise", "reveal", "seal"
_BY_FIELD = {"promise_commit": PROMISE, "reveal_value": REVEAL, "seal_secret": SEAL}
BITS = beacon.MINIMUM_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A source of chance in words; every one after the first is a fallback."""

    words: str
    at: datetime
    by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One step of a party: to promise, to reveal, or to seal."""

    step: str
    party: str
    number: str
    commit: str  # what the party has promised; "" before
    manifest: str  # the published hash that holds the promise; "" before
    closes: datetime | None  # the first instant that is too late for this step
    reveal_by: datetime | None
    rounds: tuple[Round, ...]


def of(case: Case, version: Version, key: str, asked: Collection[str]) -> Promise | None:
    """Return what stands beside the form of such a step; None for any other form."""
    step = next((step for name, step in _BY_FIELD.items() if name in asked), None)
    if step is None:
        return None
    fields = case.fields
    manifest = _manifest(fields, version) if step == REVEAL else None
    promised = last_answers(fields.get("promise_answers", ()), [key]).get(key, {})
    reveal_by = rounds.reveal_by(fields)
    return Promise(
        step=step,
        party=key,
        number=case.number,
        commit=str(promised.get("promise_commit", "")) if step == REVEAL else "",
        manifest=manifest.hash if manifest else "",
        closes=reveal_by if step == REVEAL else _due(case),
        reveal_by=reveal_by,
        rounds=tuple(_rounds(manifest, case)),
    )


def _manifest(fields: Fields, version: Version) -> Manifest | None:
    named = fields.get("manifest_hash")
    return Manifest.read(json.loads(version.fetch(str(named)))) if named else None


def _due(case: Case) -> datetime | None:
    deadline = case.deadlines.get(("promise_late", ""))
    return deadline.due_at if deadline else None


def _rounds(manifest: Manifest | None, case: Case) -> list[Round]:
    """Return the rounds of the manifest; before it is made, those of the strategy."""
    if manifest is not None:
        rule: Any = manifest.beacon_rule
    else:
        try:
            rule = rounds.of_strategy(
                case.fields,
                meeting=case.number,
                not_before=rounds.reveal_by(case.fields) or case.opened_at,
            )
        except DrawRefusal:
            return []
    return [
        Round(words=rounds.in_words(this), at=clock.instant(this.at), by=clock.instant(this.by))
        for this in rule
    ]
