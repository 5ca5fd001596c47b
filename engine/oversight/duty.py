"""What the record says about one business: was it in the frame, drawn, inspected, published?

This is what 免责 E1 (已履行职责) rests on. Each statement names the event that says it; a rule of
the pack decides whether together they show the duty done (CY 四（二）2).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine import clock
from engine.oversight.seen import Seen, Told

WORDS: Mapping[str, str] = {
    "framed": "在任务{task}冻结的名录内（{stratum}）",
    "not-drawn": "任务{task}的抽取没有抽中该对象",
    "drawn": "任务{task}抽中该对象",
    "barred": "在任务{task}的名录内，但依规则{rules}不可抽",
    "visited": "检查{task}于{day}登记了现场检查",
    "unfinished": "检查{task}还没有结论",
    "concluded": "检查{task}的结论：{conclusion}",
    "published": "检查{task}的结果已公示并登记回执",
    "late": "检查{task}的期限「{rule}」逾期",
}
Contents = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing the record says, with the event that says it."""

    what: str
    number: str
    seq: int
    hash: str
    day: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        return WORDS[self.what].format_map({"task": self.number, "day": self.day, **self.facts})

    def line(self) -> str:
        """Return the statement as one line of a case: what, where it stands, its hash."""
        return f"{self.sentence()}〔{self.number} 第{self.seq}号事件 {self.hash[:16]}〕"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    statements: tuple[Statement, ...]
    counts: Mapping[str, int]  # what the rule is asked with


def performed(
    subject: str,
    cases: Iterable[Seen],
    *,
    until: date,
    counted: Mapping[str, tuple[str, ...]],
    fetch: Contents,
) -> Duty:
    """Return what is recorded about a business up to a day.

    A business that was in no frozen list counts as one undrawn task: nothing shows that anybody's
    plan had it in view."""
    listed = [case for case in cases if clock.legal_day(case.head.opened_at) <= until]
    said = [*_of_draws(subject, listed, fetch), *_of_visits(subject, listed, until)]
    late = [*_lateness(subject, listed, until)]
    kinds = [statement.what for statement in said]
    counts = dict.fromkeys(counted, 0)
    for statement in late:
        for name, rules in counted.items():
            counts[name] += statement.facts["rule"] in rules
    framed = {"framed", "barred"} & set(kinds)
    counts |= {
        "undrawn_tasks": 0 if framed else 1,
        "unfinished_inspections": kinds.count("unfinished"),
    }
    return Duty(statements=(*said, *late), counts=counts)


def _of_draws(subject: str, cases: Iterable[Seen], fetch: Contents) -> Iterator[Statement]:
    for case in cases:
        frame = case.fields.get("frame")
        if case.head.process != "inspection_task" or not isinstance(frame, dict):
            continue
        row = row_of(subject, fetch(frame["file"]))
        if row is None:
            continue
        stratum, codes = row
        if codes:
            yield _said("barred", case, case.said_at["frame"], rules="、".join(codes))
            continue
        yield _said("framed", case, case.said_at["frame"], stratum=stratum)
        if "draw" in case.fields:
            won = _won(subject, fetch(str(case.fields["draw"])))
            yield _said("drawn" if won else "not-drawn", case, case.said_at["draw"])


def row_of(subject: str, content: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return the stratum of a business in a frozen list and the rules that bar it, or None."""
    start = f"{subject}|".encode()
    for line in content.splitlines():
        if line.startswith(start):
            _, stratum, _, codes = line.decode().split("|")
            return stratum, tuple(codes.split(",")) if codes else ()
    return None


def _won(subject: str, drawn: bytes) -> bool:
    winners: list[str] = json.loads(drawn)["winners"]
    return any(line.rpartition("|")[2] == subject for line in winners)


def _of_visits(subject: str, cases: Iterable[Seen], until: date) -> Iterator[Statement]:
    for case in cases:
        if case.head.process != "inspection" or case.head.subject_id != subject:
            continue
        visited = _by(case, "started_on", until)
        if visited is not None:
            yield _said("visited", case, visited)
        concluded = _by(case, "conclusion", until)
        if concluded is None:
            yield _said("unfinished", case, case.events[0])
            continue
        yield _said("concluded", case, concluded, conclusion=str(case.fields["conclusion"]))
        receipt = _by(case, "receipt_number", until) or _by(case, "result_published_on", until)
        if receipt is not None:
            yield _said("published", case, receipt)


def _by(case: Seen, name: str, until: date) -> Told | None:
    """Return the event that said a field, unless it came after the day."""
    event = case.said_at.get(name)
    return event if event is not None and clock.legal_day(event.at) <= until else None


def _lateness(subject: str, cases: Iterable[Seen], until: date) -> Iterator[Statement]:
    for case in cases:
        if case.head.process != "inspection" or case.head.subject_id != subject:
            continue
        for event in case.of_kind("deadline-missed"):
            if clock.legal_day(event.at) <= until:
                yield _said("late", case, event, rule=str(event.payload["rule"]))


def _said(what: str, case: Seen, event: Told, **facts: Any) -> Statement:
    return Statement(
        what=what,
        number=case.number,
        seq=event.seq,
        hash=event.hash,
        day=clock.legal_day(event.at).isoformat(),
        facts=facts,
    )
