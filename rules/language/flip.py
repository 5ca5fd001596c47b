"""What would change the verdict: single facts whose other value gives another answer."""

from __future__ import annotations

from rules.assessment import Assessment
from rules.facts import Facts
from rules.language.cells import domain
from rules.language.types import legal_day
from rules.law import Law
from rules.verdict import Verdict


def flips(law: Law, answer: Assessment) -> tuple[tuple[str, Verdict], ...]:
    """Return (fact with its other value, verdict) for every single change that matters.

    Facts without a recorded value are left to `missing`."""
    if answer.plan is None:
        return ()
    executor = law.executor
    nodes = answer.plan.nodes
    today = legal_day(answer.now) if answer.now is not None else None
    cells = domain(nodes, law.program.names, executor.parameters(answer.on))
    found: list[tuple[str, Verdict]] = []
    types = {fact.path: fact.type for fact in answer.plan.facts}
    for path, values in cells.items():
        if path not in answer.facts or types[path].kind == "date":
            continue
        seen = {answer.verdict}
        for value in values:
            changed = Facts({**answer.facts.values_by_path, path: value})
            run = executor.run_over(changed, answer.on, today, answer.plan.paths)
            verdict = executor.evaluate(answer.plan, run).decision.verdict
            if verdict not in seen:
                seen.add(verdict)
                found.append((f"{path} 为 {law.program.names.shown(value, types[path])}", verdict))
    return tuple(found)
