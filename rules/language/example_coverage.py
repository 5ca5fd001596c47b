"""Which verdicts and boundaries of a rule its examples leave out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from rules.language import core as c
from rules.language.evaluate import evaluate
from rules.language.examples import example_values, law_date
from rules.language.finding import Finding, finding
from rules.language.phrase import phrase
from rules.language.program import Rule
from rules.language.prover import Prover
from rules.language.run import Run
from rules.language.types import NOT_YET

if TYPE_CHECKING:
    from rules.law import Law

# What must be tried of a comparison: the boundary itself, and the nearest case that turns it.
BEYOND: Final[dict[str, tuple[int, ...]]] = {
    "<=": (1,),
    "<": (-1,),
    ">=": (-1,),
    ">": (1,),
    "==": (-1, 1),
    "!=": (-1, 1),
}


def example_coverage(prover: Prover) -> Iterator[Finding]:
    """Rules whose examples never show one side of the verdict, or miss a boundary."""
    for rule in prover.law.program.in_force(prover.on):
        for message in uncovered(prover.law, rule):
            yield finding(prover.law, "examples", rule, message)


def uncovered(law: Law, rule: Rule) -> Iterator[str]:
    """Yield what the examples of a rule do not show; rules without any are reported elsewhere.

    A rule that only records has no verdict to turn: of it no boundary is asked."""
    if not rule.examples or rule.strength == "仅记录":
        return
    if rule.conclusion is not None and rule.conclusion.body is not None:
        verdicts = {example.verdict for example in rule.examples}
        if "合规" not in verdicts:
            yield f"“{rule.name}”没有 合规 的样例"
        if not verdicts & {"违反", "偏离"}:
            yield f"“{rule.name}”没有 违反 或 偏离 的样例"
    runs = list(_runs(law, rule))
    for atom in _boundaries(rule):
        tried = {side for run in runs if (side := _side(atom, run)) is not None}
        if 0 not in tried:
            yield f"“{rule.name}”没有恰在边界的样例：{phrase(atom)}"
        if not tried & set(BEYOND[atom.op]):
            yield f"“{rule.name}”没有越过边界的样例：{phrase(atom)}"


def _boundaries(rule: Rule) -> Iterator[c.Compare]:
    """Yield every comparison of amounts and days, each once."""
    body = rule.conclusion.body if rule.conclusion else None
    rows = [row.condition for row in rule.table.rows] if rule.table else []
    found: dict[str, c.Compare] = {}
    for root in (rule.condition, body, *rows):
        for node in c.walk(root):
            if isinstance(node, c.Compare) and (
                node.left.type.numeric or node.left.type.kind == "date"
            ):
                found.setdefault(phrase(node), node)
    yield from found.values()


def _runs(law: Law, rule: Rule) -> Iterator[Run]:
    for example in rule.examples:
        values, problems = example_values(law, rule, example)
        if problems:
            continue
        on = example.on or law_date(law, rule)
        paths = tuple(fact.path for fact in c.facts_in(rule.condition))
        yield law.executor.run_over(law.with_defaults(values), on, on, paths)


def _side(atom: c.Compare, run: Run) -> int | None:
    """Return on which side of its boundary an example stands: -1, 0, 1; None where unknown."""
    left: Any = evaluate(atom.left, run)
    right: Any = evaluate(atom.right, run)
    if left is None or right is None or left is NOT_YET or right is NOT_YET:
        return None
    return int(left > right) - int(left < right)
