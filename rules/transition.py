"""Which day's law judges a case, and the lighter of two laws for liability."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from rules.assessment import Assessment
from rules.language.program import ACT, DECISION, MILDER, PROCEDURE, Rule
from rules.verdict import Verdict

# From the lightest to the gravest, as declared for liability (从旧兼从轻). An open or contradictory
# answer is never taken for a light one.
LIABILITY: Final = (
    Verdict.NOT_APPLICABLE,
    Verdict.EXEMPT,
    Verdict.COMPLIANT,
    Verdict.RECORDED,
    Verdict.DISCRETION,
    Verdict.DEVIATION,
    Verdict.DEEMED,
    Verdict.BREACH,
    Verdict.UNDETERMINED,
    Verdict.CONFLICT,
)


def law_dates(rule: Rule, *, started: date, acted: date, decided: date) -> tuple[date, ...]:
    """Return the law date of a rule by its 过渡; two of them for 从旧兼从轻.

    A rule that says nothing follows the case: the law at its start (启动时版本)."""
    chosen = {
        PROCEDURE: (started,),
        ACT: (acted,),
        DECISION: (decided,),
        MILDER: tuple(dict.fromkeys((acted, decided))),
    }
    return chosen.get(rule.transition, (started,))


def milder(answers: Iterable[Assessment], order: Sequence[Verdict] = LIABILITY) -> Assessment:
    """Return the lightest answer; of equal ones the first, so the old law goes before the new."""
    return min(answers, key=lambda answer: order.index(answer.verdict))
