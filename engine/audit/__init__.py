"""Replay a case from its history alone: drop the consequences, follow the inputs, compare.

Needs no database: records, the pinned version and the files it names are enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from engine import history, payloads, state
from engine.audit.found import Audit, Copy, Discrepancy, Replayed, shown, told
from engine.bindings import BINDINGS
from engine.case import Case
from engine.decide import Decision, follow
from engine.events import (
    CaseOpened,
    Consequence,
    Fields,
    FrameFrozen,
    ServiceSettled,
    WorkRequested,
)
from engine.history import Record, Stored
from engine.version import Version

__all__ = [
    "Audit",
    "Copy",
    "Discrepancy",
    "Replayed",
    "audit",
    "audit_stored",
    "commands_of",
    "shown",
    "told",
    "unsealed",
]


def audit_stored(stored: Sequence[Stored], version: Version, copies: Iterable[Copy] = ()) -> Audit:
    """Audit the bytes as they were stored: damaged ones are located, even if unreadable."""
    found = unsealed(stored)
    return found if isinstance(found, Audit) else audit(found, version, copies)


def unsealed(stored: Sequence[Stored]) -> tuple[Record, ...] | Audit:
    """Read stored events; where they cannot be read, return the audit that says so."""
    broken = history.broken_bytes(stored)
    if broken is not None:
        return _damaged(stored, broken, "chain", "正文与哈希不符")
    records: list[Record] = []
    for body, link in stored:
        try:
            records.append(history.unseal(body, link))
        except Exception as error:
            place = len(records) + 1
            return _damaged(stored, place, "replay", f"不能解读的正文（{told(error)}）")
    return tuple(records)


def _damaged(stored: Sequence[Stored], place: int, code: str, reason: str) -> Audit:
    """Return the audit of a history that cannot be replayed, with its number if that is sound."""
    number = ""
    if place > 1:
        number = str(json.loads(stored[0][0])["payload"].get("number", ""))
    recorded = stored[place - 1][1].hex()[:16]
    damage = Discrepancy(seq=place, code=code, recorded=recorded, recomputed=reason)
    return Audit(number=number, events=len(stored), discrepancies=(damage,))


def audit(records: Sequence[Record], version: Version | None, copies: Iterable[Copy] = ()) -> Audit:
    """Verify the chain, then re-execute every command and compare what followed.

    Stops re-execution at the first difference: what comes after rests on it. Moves of the process
    that the running engine remembers are not taken from it: the library makes every one again.
    Without a version only what the events say of themselves is compared.
    """
    opened = records[0].event if records else None
    number = opened.number if isinstance(opened, CaseOpened) else ""
    found = [*_chain(records), *_columns(records, copies)]
    replayed = Replayed(records=tuple(records))
    if version is not None:
        found.extend(_pinned(opened, version))
        if not found:
            found.extend(_replay(replayed, version.without_memory()))
    return Audit(number=number, events=len(records), discrepancies=tuple(found), replayed=replayed)


def _chain(records: Sequence[Record]) -> list[Discrepancy]:
    broken = history.broken_link(tuple(records))
    if broken is None:
        return []
    record = records[broken - 1]
    return [
        Discrepancy(
            seq=broken, code="chain", recorded=record.hash.hex()[:16], recomputed="与前一事件不衔接"
        )
    ]


def _columns(records: Sequence[Record], copies: Iterable[Copy]) -> list[Discrepancy]:
    by_seq = {record.seq: record for record in records}
    found = []
    for seq, *beside in copies:
        record = by_seq.get(seq)
        if record is None:
            found.append(_column(seq, ("seq", seq), ("seq", None)))
            continue
        inside = (record.kind, record.role, record.at, record.actor)
        for name, kept, true in zip(_COPIED, beside, inside, strict=True):
            if kept != true:
                found.append(_column(seq, (name, kept), (name, true)))
    return found


_COPIED = ("kind", "role", "at", "actor")


def _column(seq: int, kept: tuple[str, object], true: tuple[str, object]) -> Discrepancy:
    recorded, recomputed = (f"events.{name}＝{shown(value)}" for name, value in (kept, true))
    return Discrepancy(seq=seq, code="column", recorded=recorded, recomputed=recomputed)


def _pinned(opened: object, version: Version) -> list[Discrepancy]:
    if not isinstance(opened, CaseOpened):
        return [Discrepancy(seq=1, code="order", recorded="—", recomputed="case-opened")]
    if opened.version == version.digest:
        return []
    return [Discrepancy(seq=1, code="version", recorded=opened.version, recomputed=version.digest)]


def _replay(replayed: Replayed, version: Version) -> list[Discrepancy]:
    inputs = {
        record.event.work: record.event.inputs
        for record in replayed.records
        if isinstance(record.event, WorkRequested)
    }
    for group in commands_of(replayed.records):
        head = group[0]
        try:
            wrong = _worked(replayed.last, head, inputs, version)
            found = [*wrong, *_command(replayed, group, version)]
        except Exception as error:
            return [_cannot(head, told(error))]
        if found:
            return found
    return []


def _cannot(head: Record, reason: str) -> Discrepancy:
    return Discrepancy(seq=head.seq, code="replay", recorded=head.kind, recomputed=reason)


def commands_of(records: Sequence[Record]) -> list[list[Record]]:
    """Return the history cut into commands: one input and what followed from it."""
    groups: list[list[Record]] = []
    for record in records:
        if record.role == "input" or not groups:
            groups.append([])
        groups[-1].append(record)
    return groups


def _command(replayed: Replayed, group: list[Record], version: Version) -> list[Discrepancy]:
    head = group[0]
    accepted = head.event
    if isinstance(accepted, Consequence):
        return [Discrepancy(seq=head.seq, code="order", recorded=head.kind, recomputed="—")]
    decision = follow(
        replayed.last,
        accepted,
        case_id=head.case_id,
        at=head.at,
        actor=head.actor,
        version=version,
    )
    replayed.last = decision.case
    replayed.first = replayed.first or decision.case
    for content in decision.artefacts:
        replayed.made.setdefault(history.address(content), head.seq)
    return _followed(group, decision) or _digest(group[-1], decision.case)


def _followed(group: list[Record], decision: Decision) -> list[Discrepancy]:
    """Compare what was recorded of a command with what follows; tell the first difference."""
    recorded = [(record.kind, payloads.dump(record.event)) for record in group]
    recomputed = [(event.kind, payloads.dump(event)) for event in decision.events]
    for offset, (was, now) in enumerate(zip_longest(recorded, recomputed)):
        if was != now:
            return [
                Discrepancy(
                    seq=group[0].seq + offset,
                    code="consequence",
                    recorded=_brief(was),
                    recomputed=_brief(now),
                )
            ]
    return []


def _digest(last: Record, case: Case) -> list[Discrepancy]:
    recomputed = state.digest(case)
    if last.digest == recomputed:
        return []
    return [
        Discrepancy(seq=last.seq, code="digest", recorded=shown(last.digest), recomputed=recomputed)
    ]


def _worked(
    case: Case | None, head: Record, inputs: Mapping[str, Fields], version: Version
) -> list[Discrepancy]:
    """Compute long work again from its recorded inputs; compare with the recorded result."""
    event = head.event
    if case is None or not isinstance(event, FrameFrozen | ServiceSettled):
        return []
    slot = (event.element, event.key)
    name = version.node(event.element).implementation or ""
    if case.works.get(slot) != event.work:
        return [
            Discrepancy(
                seq=head.seq,
                code="work",
                recorded=event.work,
                recomputed=shown(case.works.get(slot)),
            )
        ]
    verify = BINDINGS[name].verify
    if verify is None:
        return []
    difference = verify(inputs[event.work], event.result, version.fetch)
    if difference is None:
        return []
    return [
        Discrepancy(seq=head.seq, code="work", recorded=difference[0], recomputed=difference[1])
    ]


def _brief(event: tuple[str, object] | None) -> str:
    if event is None:
        return "（无）"
    kind, payload = event
    return f"{kind} {history.canonical(payload).decode()[:400]}"
