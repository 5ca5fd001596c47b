"""Whether the examples show an exception where it applies, and where it just does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.language import core as c
from rules.language.evaluate import truth
from rules.language.examples import example_values, law_date
from rules.language.finding import Finding, finding
from rules.language.program import Rule
from rules.language.prover import Prover

if TYPE_CHECKING:
    from rules.law import Law


def exception_coverage(prover: Prover) -> Iterator[Finding]:
    """Exceptions whose examples never leave them, or never enter them."""
    for rule in prover.law.program.in_force(prover.on):
        for message in unshown(prover.law, rule):
            yield finding(prover.law, "examples", rule, message)


def unshown(law: Law, rule: Rule) -> Iterator[str]:
    """Yield what no example shows of an exception; its own and its base's examples count.

    It just does not apply where its base does and exactly one part of its condition is false."""
    if rule.kind != "exception" or rule.condition is None or not rule.examples:
        return
    tried = list(_tried(law, rule))
    if not any(all(parts) for parts in tried):
        yield f"例外“{rule.name}”没有成立的样例"
    if not any(parts.count(False) == 1 and parts.count(None) == 0 for parts in tried):
        yield f"例外“{rule.name}”没有恰好不成立的样例"


def _tried(law: Law, rule: Rule) -> Iterator[list[bool | None]]:
    """Yield, for each example in which a base applies, which parts of the condition hold."""
    parts = rule.condition.items if isinstance(rule.condition, c.And) else (rule.condition,)
    for base in (found for name in rule.bases for found in law.program.rules.get(name, ())):
        paths = tuple({fact.path for node in (*parts, base.condition) for fact in c.facts_in(node)})
        for owner in (rule, base):
            for example in owner.examples:
                values, problems = example_values(law, owner, example)
                if problems:
                    continue
                on = example.on or law_date(law, owner)
                run = law.executor.run_over(law.with_defaults(values), on, on, paths)
                if truth(base.condition, run):
                    yield [truth(part, run) for part in parts]
