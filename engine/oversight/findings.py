"""What oversight found: a ground of the city's own list, the events that show it, the rule's word.

A finding accuses nobody. It says what is recorded; whether a person is responsible is decided in
a case of 追责, which a person opens (CY 四（二）1).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import clock
from engine.oversight.evidence import Evidence, Scene
from engine.oversight.signs import seen_by
from rules import supervision
from rules.assessment import Assessment
from rules.supervision import ASKED, SEEN, Branch, Watch
from rules.verdict import Citation

DEEMED = "认定"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One ground in one case of one department."""

    branch: Branch
    department: str
    case_id: str
    number: str
    title: str
    process: str
    evidence: tuple[Evidence, ...]
    questions: tuple[str, ...]  # what the system cannot know; empty: it sees the ground itself
    rule: str
    verdict: str
    citations: tuple[Citation, ...]
    counts: Mapping[str, int]  # of the whole department: what the rule was asked with

    @property
    def standing(self) -> str:
        return ASKED if self.questions else SEEN

    @property
    def at(self) -> datetime:
        return max(each.at for each in self.evidence)


def findings(at: Scene, watch: Watch) -> tuple[Finding, ...]:
    """Return every finding of a scene, the latest first; nothing is found without a rule's word."""
    found = [each for branch in watch.branches for each in _of_branch(branch, at)]
    return tuple(sorted(found, key=lambda each: (each.at, each.number), reverse=True))


def _of_branch(branch: Branch, at: Scene) -> Iterator[Finding]:
    """Ask the branch's rule once for each department, with everything seen of it."""
    seen: dict[str, list[tuple[supervision.Sign, Evidence]]] = defaultdict(list)
    for sign in branch.signs:
        for evidence in seen_by(sign, at):
            seen[evidence.department].append((sign, evidence))
    for department, shown in seen.items():
        counts = dict.fromkeys((sign.count for sign in branch.signs), 0)
        counts |= Counter(sign.count for sign, _ in shown)
        answer = _asked(branch, counts, at, max(each.at for _, each in shown))
        if answer.verdict.value == DEEMED:
            yield from _by_case(branch, department, shown, answer, counts)


def _asked(branch: Branch, counts: Mapping[str, int], at: Scene, when: datetime) -> Assessment:
    facts = at.law.facts({f"count.{name}": amount for name, amount in counts.items()})
    return at.law.assess(branch.rule, facts, on=clock.legal_day(when), now=at.now)


def _by_case(
    branch: Branch,
    department: str,
    shown: list[tuple[supervision.Sign, Evidence]],
    answer: Assessment,
    counts: Mapping[str, int],
) -> Iterator[Finding]:
    cases: dict[str, list[tuple[supervision.Sign, Evidence]]] = defaultdict(list)
    for sign, evidence in shown:
        cases[evidence.case_id].append((sign, evidence))
    for listed in cases.values():
        first = listed[0][1]
        asked = [branch.question if branch.standing == ASKED else ""]
        asked += [sign.question for sign, _ in listed]
        yield Finding(
            branch=branch,
            department=department,
            case_id=first.case_id,
            number=first.number,
            title=first.title,
            process=first.process,
            evidence=tuple(sorted((each for _, each in listed), key=lambda each: each.seq)),
            questions=tuple(dict.fromkeys(filter(None, asked))),
            rule=branch.rule,
            verdict=answer.verdict.value,
            citations=answer.citations,
            counts=counts,
        )
