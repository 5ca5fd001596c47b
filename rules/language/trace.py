"""The whole evaluation as data, for the record: same facts and law, same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from rules.assessment import Assessment
from rules.facts import JSON
from rules.language import core as c
from rules.language.answer import Outcome
from rules.language.citations import source_texts
from rules.language.evaluate import evaluate
from rules.language.flip import flips
from rules.language.phrase import phrase
from rules.language.plan import Plan
from rules.language.program import Rule
from rules.language.run import Run
from rules.language.sources import SourceText
from rules.language.types import Value, legal_day
from rules.law import Law
from rules.verdict import Citation


def rerun(law: Law, answer: Assessment) -> tuple[Plan, Run, Outcome] | None:
    """Evaluate an assessment again, keeping every value on the way; None when not in force."""
    if answer.plan is None:
        return None
    today = legal_day(answer.now) if answer.now is not None else None
    executor = law.executor
    run = executor.run_over(answer.facts, answer.on, today, answer.plan.paths)
    return answer.plan, run, executor.evaluate(answer.plan, run)


def trace(law: Law, answer: Assessment) -> JSON:
    """Return the whole evaluation as JSON: same facts and law, same bytes."""
    law = law.home_of(answer.rule)
    again = rerun(law, answer)
    head: dict[str, JSON] = {
        "verdict": answer.verdict.value,
        "rule": answer.rule,
        "pack_digest": law.digest,
        "law_date": str(answer.on),
        "known_at": str(law.known_at) if law.known_at else None,
        "decided_at": answer.now.isoformat() if answer.now else None,
        "calendar": law.calendar.version,
        "missing": list(answer.missing),
        "detail": answer.discretion or answer.deemed,
        "advice": answer.advice.value if answer.advice else None,
    }
    if again is None:
        return head | {"note": answer.note}
    plan, run, outcome = again
    texts = source_texts(law)
    return head | {
        "rule_digest": plan.rule.digest,
        "pack": plan.rule.pack,
        "law": [_citation(rule, texts) for rule in dict.fromkeys(plan.members)],
        "condition": _node(plan.conditions[0], run, answer),
        "exceptions": [
            {"name": member.name, "value": value, "condition": _node(node, run, answer)}
            for member, node, value in zip(
                plan.members[1:], plan.conditions[1:], outcome.conditions[1:], strict=True
            )
            if member.kind == "exception"
        ],
        "duties": [
            {"rule": owner.name, "value": value, "condition": _node(node, run, answer)}
            for owner, node, value in zip(
                plan.owners, plan.conclusions, outcome.values, strict=True
            )
        ],
        "interpretations": [
            {"text": r.text, "signer": r.signer, "on": str(r.signed_on)}
            for member in dict.fromkeys(plan.members)
            for r in member.interpretations
        ],
        "flip": [[path, verdict.value] for path, verdict in flips(law, answer)],
    }


def _citation(rule: Rule, texts: Mapping[str, SourceText]) -> JSON:
    cites = [
        {
            "document": cited.document,
            "clause": cited.clause,
            "quote": cited.quote,
            "span": _span(cited, texts),
        }
        for cited in rule.citations
    ]
    return {"rule": rule.name, "file": rule.file, "line": rule.place.line, "cites": cites}


def _span(cited: Citation, texts: Mapping[str, SourceText]) -> list[int] | None:
    """Return where the words stand in the normalised text of their source."""
    text = texts.get(cited.document)
    found = text.find(cited.quote) if text is not None and cited.quote is not None else None
    return list(found) if found is not None else None


def _node(node: c.Core | None, run: Run, answer: Assessment) -> JSON:
    if node is None:
        return None
    shown: dict[str, JSON] = {"value": plain(evaluate(node, run))}
    if isinstance(node, c.Fact):
        origin = answer.facts.origins.get(node.path)
        return {"fact": node.path, **shown, "from": origin}
    if isinstance(node, c.Const):
        return {"literal": phrase(node), **shown}
    shown["text"] = phrase(node)
    quotes = getattr(node, "quotes", ())
    parts = [_node(child, run, answer) for child in c.children(node)]
    for part, quote in zip(parts, quotes, strict=False):
        if quote is not None:
            part["quote"] = quote
    return shown | {"parts": parts}


def plain(value: Value | None) -> JSON:
    """Return a typed value as JSON without floats."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else str(value)
