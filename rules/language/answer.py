"""From an evaluation to the answer of a rule: verdict, words of the law, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rules.assessment import Assessment
from rules.facts import Facts
from rules.language.decide_table import Grid, decide_table
from rules.language.decision import VERDICT_WORDS, Decision, Shape, Truth, decide
from rules.language.missing import unknown_in
from rules.language.names import Names
from rules.language.plan import Plan
from rules.language.program import Rule
from rules.language.run import Run
from rules.verdict import Citation, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything one evaluation of a plan gives."""

    decision: Decision
    conditions: tuple[Truth, ...]
    values: tuple[Truth, ...]


def decide_plan(plan_: Plan, conditions: tuple[Truth, ...], values: tuple[Truth, ...]) -> Decision:
    """Turn three-valued conditions into the verdict of a rule or a table."""
    if isinstance(plan_.shape, Grid):
        return decide_table(plan_.shape, conditions)
    return decide(plan_.shape, conditions, values)


def answer(
    names: Names,
    plan_: Plan,
    outcome: Outcome,
    run: Run,
    facts: Facts,
    on: date,
    now: datetime | None,
) -> Assessment:
    """Return the answer of a rule from what its evaluation gave."""
    decision = outcome.decision
    verdict, detail = decision.verdict, decision.detail
    owner = _owner(plan_, decision)
    failed = verdict in {Verdict.BREACH, Verdict.DEVIATION}
    advisory = isinstance(plan_.shape, Shape) and plan_.shape.advisory
    return Assessment(
        rule=plan_.rule.name,
        verdict=verdict,
        discretion=detail if verdict is Verdict.DISCRETION else None,
        deemed=detail if verdict is Verdict.DEEMED else None,
        action=(owner.action or plan_.rule.action) if failed else None,
        message=(owner.message or plan_.rule.message) if failed else None,
        citations=cited(plan_, owner),
        missing=_missing(names, plan_, outcome, run),
        advice=Verdict(detail) if advisory and detail in VERDICT_WORDS else None,
        plan=plan_,
        facts=facts,
        on=on,
        now=now,
    )


def _owner(plan_: Plan, decision: Decision) -> Rule:
    if 0 <= decision.conclusion < len(plan_.owners):
        return plan_.owners[decision.conclusion]
    return plan_.rule


def _missing(names: Names, plan_: Plan, outcome: Outcome, run: Run) -> tuple[str, ...]:
    decision = outcome.decision
    if decision.verdict not in {Verdict.UNDETERMINED, Verdict.RECORDED}:
        return ()
    undecided = [plan_.conditions[key] for key in decision.undecided]
    open_duties = [
        node
        for node, value in zip(plan_.conclusions, outcome.values, strict=True)
        if node is not None and value is None
    ]
    nodes = [node for node in (*undecided, *open_duties) if node is not None]
    return unknown_in(nodes, run, names)


def cited(plan_: Plan, owner: Rule) -> tuple[Citation, ...]:
    """Return the words of the rule, then those of the exception that decided."""
    own = plan_.rule.citations
    return own if owner is plan_.rule else (*own, *owner.citations)
