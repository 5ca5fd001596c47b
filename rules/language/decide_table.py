"""From three-valued rows to the verdict of a decision table. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from rules.language.decision import (
    MOST_UNKNOWN,
    NOT_APPLICABLE,
    VERDICT_WORDS,
    Decision,
    Truth,
    merged,
)
from rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Grid:
    """A decision table: the hit policy and the result of each row."""

    policy: str
    results: tuple[tuple[str, str], ...]


@lru_cache(maxsize=65536)
def decide_table(grid: Grid, conditions: tuple[Truth, ...]) -> Decision:
    """Return the verdict of a table; `conditions[0]` is its scope, the others are its rows.

    唯一 with two rows true is 冲突, never the first; no row true is 不适用."""
    if conditions[0] is False:
        return Decision(Verdict.NOT_APPLICABLE)
    rows = conditions[1:]
    possible = _possible(grid, rows)
    if conditions[0] is None:
        possible.add((Verdict.NOT_APPLICABLE, ""))
    if len({merged(answer) for answer in possible}) == 1:
        verdict, detail = min(possible, key=lambda answer: answer[0] is Verdict.EXEMPT)
        return Decision(verdict, _first_hit(rows), detail)
    undecided = tuple(i for i, truth in enumerate(conditions) if truth is None)
    return Decision(Verdict.UNDETERMINED, undecided=undecided)


def _first_hit(rows: tuple[Truth, ...]) -> int:
    return next((i for i, truth in enumerate(rows) if truth), NOT_APPLICABLE)


def _possible(grid: Grid, rows: tuple[Truth, ...]) -> set[tuple[Verdict, str]]:
    unknown = [i for i, truth in enumerate(rows) if truth is None]
    if len(unknown) > MOST_UNKNOWN:
        return {(Verdict.UNDETERMINED, ""), (Verdict.NOT_APPLICABLE, "")}
    found: set[tuple[Verdict, str]] = set()
    truth = [bool(value) for value in rows]
    for choice in product((False, True), repeat=len(unknown)):
        for index, value in zip(unknown, choice, strict=True):
            truth[index] = value
        found.add(_hit(grid, truth))
    return found


def _hit(grid: Grid, rows: list[bool]) -> tuple[Verdict, str]:
    hits = [result for result, hit in zip(grid.results, rows, strict=True) if hit]
    if not hits:
        return Verdict.NOT_APPLICABLE, ""
    if grid.policy == "收集":
        words = list(dict.fromkeys(word for word, _ in hits))
        return (
            result_of(words[0], hits[0][1])
            if len(words) == 1
            else (
                Verdict.DEEMED,
                "、".join(words),
            )
        )
    if grid.policy == "唯一" and len(hits) > 1:
        return Verdict.CONFLICT, ""
    return result_of(*hits[0])


def result_of(word: str, detail: str) -> tuple[Verdict, str]:
    """Read the conclusion of a row: a verdict word, or a value that is then 认定."""
    if word in VERDICT_WORDS:
        return Verdict(word), detail
    return Verdict.DEEMED, word
