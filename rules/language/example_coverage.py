"""Which verdicts and boundaries of a rule its examples leave out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.language.cells import landmarks
from rules.language.examples import example_values, law_date
from rules.language.program import Rule
from rules.language.types import Value, show

if TYPE_CHECKING:
    from rules.law import Law


def uncovered(law: Law, rule: Rule) -> Iterator[str]:
    """Yield what the examples of a rule do not show; rules without any are reported elsewhere."""
    if not rule.examples or rule.conclusion is None or rule.conclusion.body is None:
        return
    verdicts = {example.verdict for example in rule.examples}
    if rule.strength != "仅记录":
        if "合规" not in verdicts:
            yield f"“{rule.name}”没有 合规 的样例"
        if not verdicts & {"违反", "偏离"}:
            yield f"“{rule.name}”没有 违反 或 偏离 的样例"
    parameter = law.executor.parameters(law_date(law, rule))
    points = landmarks([rule.conclusion.body], parameter)
    for path, (type_, values) in points.items():
        if type_.kind not in {"ratio", "count", "number"}:
            continue
        tried = {
            value for values_ in _given(law, rule) for p, value in values_.items() if p == path
        }
        for value in values - tried:
            yield f"“{rule.name}”没有恰在边界（{path} = {show(value, type_)}）的样例"


def _given(law: Law, rule: Rule) -> Iterator[dict[str, Value]]:
    for example in rule.examples:
        values, _ = example_values(law, rule, example)
        yield values
