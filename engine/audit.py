"""Replay a case from its history alone: drop the consequences, follow the inputs, compare.

Needs no database: records, the pinned version and the files it names are enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import history, payloads, state
from engine.bindings import BINDINGS
from engine.case import Case
from engine.decide import follow
from engine.errors import ProductError
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

Copy = tuple[int, str, str, datetime, str]  # seq, kind, role, at, actor: the columns beside a body


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One place where the record and its recomputation differ."""

    seq: int
    code: str
    recorded: str
    recomputed: str

    def sentence(self, language: str = "zh") -> str:
        if language == "en":
            return (
                f"event {self.seq}: {self.code}; recorded {self.recorded}, "
                f"recomputed {self.recomputed}"
            )
        return (
            f"第 {self.seq} 号事件：{_CODES.get(self.code, self.code)}；"
            f"记录为 {self.recorded}，重新计算为 {self.recomputed}"
        )


_CODES = {
    "chain": "哈希链断裂",
    "lost": "事件缺失",
    "column": "列与正文不一致",
    "version": "所用版本与立案时固定的版本不符",
    "consequence": "推导结果不一致",
    "digest": "状态摘要不一致",
    "work": "长任务结果不一致",
    "order": "事件顺序不成立",
    "replay": "无法重放",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    number: str
    events: int
    discrepancies: tuple[Discrepancy, ...] = ()

    @property
    def is_clean(self) -> bool:
        return not self.discrepancies


def audit_stored(stored: Sequence[Stored], version: Version, copies: Iterable[Copy] = ()) -> Audit:
    """Audit the bytes as they were stored: damaged ones are located, even if unreadable."""
    broken = history.broken_bytes(stored)
    if broken is None:
        records: list[Record] = []
        for body, link in stored:
            try:
                records.append(history.unseal(body, link))
            except Exception as error:
                place = len(records) + 1
                return _damaged(stored, place, "replay", f"{type(error).__name__}: {error}"[:300])
        return audit(records, version, copies)
    return _damaged(stored, broken, "chain", "正文与哈希不符")


def _damaged(stored: Sequence[Stored], place: int, code: str, reason: str) -> Audit:
    """Return the audit of a history that cannot be replayed, with its number if that is sound."""
    number = ""
    if place > 1:
        number = str(json.loads(stored[0][0])["payload"].get("number", ""))
    recorded = stored[place - 1][1].hex()[:16]
    damage = Discrepancy(seq=place, code=code, recorded=recorded, recomputed=reason)
    return Audit(number=number, events=len(stored), discrepancies=(damage,))


def audit(records: Sequence[Record], version: Version, copies: Iterable[Copy] = ()) -> Audit:
    """Verify the chain, then re-execute every command and compare what followed.

    Stops re-execution at the first difference: what comes after rests on it. Moves of the process
    that the running engine remembers are not taken from it: the library makes every one again.
    """
    version = version.without_memory()
    opened = records[0].event if records else None
    number = opened.number if isinstance(opened, CaseOpened) else ""
    found = [*_chain(records), *_columns(records, copies), *_pinned(opened, version)]
    if not found:
        found.extend(_replay(records, version))
    return Audit(number=number, events=len(records), discrepancies=tuple(found))


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
    for seq, kind, role, at, actor in copies:
        record = by_seq.get(seq)
        inside = None if record is None else (record.kind, record.role, record.at, record.actor)
        if inside != (kind, role, at, actor):
            found.append(
                Discrepancy(
                    seq=seq,
                    code="column",
                    recorded=f"{kind}/{role}/{actor}",
                    recomputed=str(inside),
                )
            )
    return found


def _pinned(opened: object, version: Version) -> list[Discrepancy]:
    if not isinstance(opened, CaseOpened):
        return [Discrepancy(seq=1, code="order", recorded="—", recomputed="case-opened")]
    if opened.version == version.digest:
        return []
    return [Discrepancy(seq=1, code="version", recorded=opened.version, recomputed=version.digest)]


def _replay(records: Sequence[Record], version: Version) -> list[Discrepancy]:
    case: Case | None = None
    inputs = {
        record.event.work: record.event.inputs
        for record in records
        if isinstance(record.event, WorkRequested)
    }
    for group in commands_of(records):
        head = group[0]
        try:
            wrong = _worked(case, head, inputs, version)
            case, found = _command(case, group, version)
            found = [*wrong, *found]
        except ProductError as error:
            return [_cannot(head, str(error))]
        except Exception as error:
            return [_cannot(head, f"{type(error).__name__}: {error}")]
        if found:
            return found
    return []


def _cannot(head: Record, reason: str) -> Discrepancy:
    return Discrepancy(seq=head.seq, code="replay", recorded=head.kind, recomputed=reason[:300])


def commands_of(records: Sequence[Record]) -> list[list[Record]]:
    """Return the history cut into commands: one input and what followed from it."""
    groups: list[list[Record]] = []
    for record in records:
        if record.role == "input" or not groups:
            groups.append([])
        groups[-1].append(record)
    return groups


def _command(
    case: Case | None, group: list[Record], version: Version
) -> tuple[Case | None, list[Discrepancy]]:
    head = group[0]
    wrong: list[Discrepancy] = []
    if isinstance(head.event, Consequence):
        return case, [Discrepancy(seq=head.seq, code="order", recorded=head.kind, recomputed="—")]
    accepted = head.event
    decision = follow(
        case,
        accepted,
        case_id=head.case_id,
        at=head.at,
        actor=head.actor,
        version=version,
    )
    recorded = [(record.kind, payloads.dump(record.event)) for record in group]
    recomputed = [(event.kind, payloads.dump(event)) for event in decision.events]
    for offset in range(max(len(recorded), len(recomputed))):
        was = recorded[offset] if offset < len(recorded) else None
        now = recomputed[offset] if offset < len(recomputed) else None
        if was != now:
            wrong.append(
                Discrepancy(
                    seq=head.seq + offset,
                    code="consequence",
                    recorded=_brief(was),
                    recomputed=_brief(now),
                )
            )
            break
    if not wrong:
        wrong.extend(_digest(group[-1], decision.case))
    return decision.case, wrong


def _digest(last: Record, case: Case) -> list[Discrepancy]:
    recomputed = state.digest(case)
    if last.digest == recomputed:
        return []
    return [
        Discrepancy(seq=last.seq, code="digest", recorded=str(last.digest), recomputed=recomputed)
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
                seq=head.seq, code="work", recorded=event.work, recomputed=str(case.works.get(slot))
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
