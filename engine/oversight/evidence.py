"""What signs are looked for in, and what shows one: recorded events, each with its hash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine import clock
from engine.oversight.seen import Seen, Unlisted
from rules.pack import Law

SENTENCES: Mapping[str, tuple[str, str]] = {
    "missed": ("期限「{rule}」于{due}届满，没有按时完成", "deadline “{rule}” ended on {due} unmet"),
    "refused": ("试图办理而被拒绝：{sentence}", "an attempt was refused: {sentence}"),
    "silent": ("{departments}没有在期限内答复", "{departments} did not answer in time"),
    "verdict": ("规则「{rule}」的结论为{verdict}", "rule “{rule}” said {verdict}"),
    "fact": ("{says}", "{says}"),
    "childless": ("{says}", "{says}"),
    "pending": ("{says}", "{says}"),
    "undrawn": (
        "计划至{until}截止，事项{items}没有任何抽取",
        "the plan ended on {until}; items {items} were never drawn",
    ),
    "unlisted": ("{says}：{found}", "{says}: {found}"),
    "repeated": (
        "本年度已由{earlier}查过同一对象的同一事项（{items}）",
        "{earlier} inspected the same business for the same items ({items}) this year",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One recorded event that shows a sign: where it stands, what it says, whom it concerns."""

    case_id: str
    number: str
    title: str
    process: str
    seq: int
    hash: str
    at: datetime
    kind: str
    actor: str
    department: str
    sign: str
    facts: Mapping[str, str]

    def sentence(self, language: str = "zh") -> str:
        zh, en = SENTENCES[self.sign]
        return (en if language == "en" else zh).format_map(self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that is looked at together: the cases of a jurisdiction, its law, the instant."""

    cases: tuple[Seen, ...]
    law: Law
    now: datetime
    children: Mapping[str, tuple[Seen, ...]]
    by_id: Mapping[str, Seen]
    unlisted: tuple[Unlisted, ...] = ()  # what the registries of today lack

    @property
    def today(self) -> date:
        return clock.legal_day(self.now)

    def parent_process(self, case: Seen) -> str:
        above = self.by_id.get(case.head.parent or "")
        return "" if above is None else above.head.process


def scene(
    cases: Iterable[Seen], law: Law, now: datetime, unlisted: tuple[Unlisted, ...] = ()
) -> Scene:
    """Return the cases with their children found."""
    listed = tuple(cases)
    below: dict[str, list[Seen]] = defaultdict(list)
    for case in listed:
        if case.head.parent is not None:
            below[case.head.parent].append(case)
    children = {parent: tuple(found) for parent, found in below.items()}
    by_id = {case.head.case_id: case for case in listed}
    return Scene(cases=listed, law=law, now=now, children=children, by_id=by_id, unlisted=unlisted)
