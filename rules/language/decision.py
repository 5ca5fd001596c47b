"""From three-valued conditions to a verdict: exceptions, priorities, supervaluation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from rules.verdict import Verdict

Truth = bool | None
MOST_UNKNOWN: Final = 12  # 2^12 combinations; above it 待查

NOT_APPLICABLE: Final = -1
CONFLICT: Final = -2
DEFEATED: Final = -3

VERDICT_WORDS: Final = frozenset(verdict.value for verdict in Verdict)
HARD, SOFT, RECORD_ONLY = "刚性", "原则上", "仅记录"


@dataclass(frozen=True, slots=True)
class Branch:
    """A rule or exception in the tree below one base rule.

    `key` is its condition, `conclusion` its conclusion (both indexes), `beats` the keys of the
    siblings it goes before; `waives` marks 免除."""

    key: int
    conclusion: int
    waives: bool = False
    beats: frozenset[int] = frozenset()
    exceptions: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """What a conclusion turns into: its verdict when met, when broken, and its detail."""

    kind: str  # must mustnot may deem waive
    strength: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, which conclusion gave it, and which unknown conditions it hangs on."""

    verdict: Verdict
    conclusion: int = NOT_APPLICABLE
    detail: str = ""
    undecided: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A base rule with its exceptions and conclusions, stripped of everything but structure."""

    root: Branch
    endings: tuple[Ending, ...]
    advisory: bool = False  # 借鉴: whatever comes out is 仅记录


def settle(branch: Branch, truth: Sequence[bool], *, root: bool = True) -> int:
    """Return the conclusion that stands for one full assignment of the conditions."""
    live = [
        (child, settle(child, truth, root=False)) for child in branch.exceptions if truth[child.key]
    ]
    live = [(child, outcome) for child, outcome in live if outcome != DEFEATED]
    beaten = frozenset().union(*(child.beats for child, _ in live))
    outcomes = {outcome for child, outcome in live if child.key not in beaten}
    if not outcomes:
        return branch.conclusion
    if CONFLICT in outcomes or len(outcomes) > 1:
        return CONFLICT
    (outcome,) = outcomes
    if not root and all(child.waives for child, _ in live if child.key not in beaten):
        return DEFEATED  # the exception itself is waived
    return outcome


def ending(shape: Shape, conclusion: int, value: Truth) -> tuple[Verdict, str]:
    """Return the verdict of one conclusion, given whether its duty is met."""
    if conclusion == CONFLICT:
        return Verdict.CONFLICT, ""
    end = shape.endings[conclusion]
    if end.kind == "waive":
        return Verdict.EXEMPT, ""
    if end.kind == "may":
        return Verdict.DISCRETION, end.detail
    if end.kind == "deem":
        return Verdict.DEEMED, end.detail
    if end.strength == RECORD_ONLY:
        return Verdict.RECORDED, ""
    if value is None:
        return Verdict.UNDETERMINED, ""
    if value:
        return Verdict.COMPLIANT, ""
    return (Verdict.DEVIATION if end.strength == SOFT else Verdict.BREACH), ""


@lru_cache(maxsize=65536)
def decide(shape: Shape, conditions: tuple[Truth, ...], values: tuple[Truth, ...]) -> Decision:
    """Return the verdict that holds whichever way the unknown conditions fall, else 待查.

    `conditions[0]` is the base condition. For this test 合规 and 免除 count as equal. Cost: at
    most 2^12 assignments; with more unknown conditions the answer is 待查."""
    decision = _decide(shape, conditions, values)
    if shape.advisory and decision.verdict is not Verdict.NOT_APPLICABLE:
        return Decision(Verdict.RECORDED, decision.conclusion, decision.verdict.value)
    return decision


def _decide(shape: Shape, conditions: tuple[Truth, ...], values: tuple[Truth, ...]) -> Decision:
    if conditions[0] is False:
        return Decision(Verdict.NOT_APPLICABLE)
    unknown = [key for key in _keys(shape.root) if conditions[key] is None]
    if not unknown:
        conclusion = settle(shape.root, _known(conditions))
        return _single(shape, conclusion, values)
    if len(unknown) > MOST_UNKNOWN:
        return Decision(Verdict.UNDETERMINED, undecided=tuple(unknown))
    found = _outcomes(shape, conditions, values, unknown)
    answers = {merged(answer) for _, _, answer in found}
    if len(answers) == 1:
        best = min(found, key=lambda item: item[2][0] is Verdict.EXEMPT)
        return _single(shape, best[1], values)
    return Decision(Verdict.UNDETERMINED, undecided=_relevant(found, unknown))


def _single(shape: Shape, conclusion: int, values: tuple[Truth, ...]) -> Decision:
    value = values[conclusion] if conclusion >= 0 else None
    verdict, detail = ending(shape, conclusion, value)
    return Decision(verdict, conclusion, detail)


Found = tuple[tuple[bool, ...], int, tuple[Verdict, str]]


def _outcomes(
    shape: Shape,
    conditions: tuple[Truth, ...],
    values: tuple[Truth, ...],
    unknown: list[int],
) -> list[Found]:
    found: list[Found] = []
    truth = list(_known(conditions))
    for choice in product((False, True), repeat=len(unknown)):
        for key, value in zip(unknown, choice, strict=True):
            truth[key] = value
        conclusion = settle(shape.root, truth) if truth[0] else NOT_APPLICABLE
        if conclusion == NOT_APPLICABLE:
            found.append((choice, conclusion, (Verdict.NOT_APPLICABLE, "")))
        else:
            value_of = values[conclusion] if conclusion >= 0 else None
            found.append((choice, conclusion, ending(shape, conclusion, value_of)))
    return found


def _relevant(found: list[Found], unknown: list[int]) -> tuple[int, ...]:
    """Keep the unknown conditions whose flip alone changes some outcome."""
    answers = {choice: merged(answer) for choice, _, answer in found}
    relevant = []
    for index, key in enumerate(unknown):
        for choice, answer in answers.items():
            flipped = (*choice[:index], not choice[index], *choice[index + 1 :])
            if answers[flipped] != answer:
                relevant.append(key)
                break
    return tuple(relevant)


def merged(answer: tuple[Verdict, str]) -> tuple[Verdict, str]:
    """Return an answer for comparison: 合规 and 免除 count as equal."""
    return (Verdict.COMPLIANT, "") if answer[0] is Verdict.EXEMPT else answer


def _known(conditions: tuple[Truth, ...]) -> tuple[bool, ...]:
    return tuple(bool(value) for value in conditions)


@lru_cache(maxsize=4096)
def _keys(branch: Branch) -> tuple[int, ...]:
    keys = {branch.key}
    for child in branch.exceptions:
        keys.update(_keys(child))
    return tuple(sorted(keys))
