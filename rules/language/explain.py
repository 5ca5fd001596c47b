"""A verdict in sentences, each with its clause; and the same as data for the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from rules.assessment import Assessment
from rules.facts import JSON
from rules.language import core as c
from rules.language.citations import source_texts
from rules.language.evaluate import Run
from rules.language.execute import Outcome
from rules.language.flip import flips
from rules.language.phrase import phrase
from rules.language.plan import Plan
from rules.language.program import Rule
from rules.language.sources import SourceText
from rules.language.types import Value, legal_day, show
from rules.verdict import ENGLISH, Citation

MOST_FLIPS = 5


def rerun(answer: Assessment) -> tuple[Plan, Run, Outcome] | None:
    """Evaluate an assessment again, keeping every value on the way; None when not in force."""
    if answer.plan is None:
        return None
    today = legal_day(answer.now) if answer.now is not None else None
    law = answer.law
    executor = law.executor
    run = executor.run_over(law, answer.facts, answer.on, today, answer.plan.paths)
    return answer.plan, run, executor.evaluate(answer.plan, run)


# ---------------------------------------------------------------- sentences
def sentences(answer: Assessment, lang: str = "zh") -> str:
    """Render an assessment by fixed templates, in Chinese or English."""
    again = rerun(answer)
    if again is None:
        return _say(
            lang, f"结论：不适用。规则“{answer.rule}”{answer.note}。", "Not in force on that day."
        )
    plan, run, outcome = again
    lines = [_headline(answer, lang)]
    lines += [str(citation) for citation in answer.citations]
    lines += _condition_lines(plan, run, outcome, lang)
    lines += _exception_lines(plan, run, outcome, lang)
    if answer.missing:
        lines.append(_say(lang, "还缺：", "Missing: ") + "、".join(answer.missing))
    for path, verdict in flips(answer)[:MOST_FLIPS]:
        lines.append(_say(lang, f"若{path}，结论为{verdict}。", f"If {path}: {verdict}."))
    lines += _interpretations(plan, lang)
    lines.append(_say(lang, "日历：", "Calendar: ") + answer.law.calendar.version)
    return "\n".join(lines)


def _say(lang: str, chinese: str, english: str) -> str:
    return english if lang == "en" else chinese


def _headline(answer: Assessment, lang: str) -> str:
    detail = answer.discretion or answer.deemed or (answer.advice.value if answer.advice else "")
    shown = f"{answer.verdict.value}：{detail}" if detail else answer.verdict.value
    if lang == "en":
        english = ENGLISH[answer.verdict]
        return f"Verdict on “{answer.rule}” ({answer.on}): {english} ({shown})."
    message = f"{answer.message}。" if answer.message else ""
    return f"结论：{shown}。{message}规则“{answer.rule}”，适用日期 {answer.on}。"


def _condition_lines(plan: Plan, run: Run, outcome: Outcome, lang: str) -> Iterator[str]:
    base = plan.conditions[0]
    if base is not None:
        word = _truth_word(outcome.conditions[0], lang)
        yield _say(lang, f"适用条件{word}：", f"Condition {word}: ") + _with_values(base, run)
    if outcome.conditions[0] is False:
        return
    for node, value in zip(plan.conclusions[:1], outcome.values[:1], strict=True):
        if node is not None:
            word = _truth_word(value, lang)
            yield _say(lang, f"要求{word}：", f"Duty {word}: ") + _with_values(node, run)


def _exception_lines(plan: Plan, run: Run, outcome: Outcome, lang: str) -> Iterator[str]:
    pairs = zip(plan.members[1:], plan.conditions[1:], outcome.conditions[1:], strict=True)
    for member, condition, value in pairs:
        if member.kind != "exception" or value is False:
            continue
        word = _truth_word(value, lang)
        shown = "" if condition is None else "：" + _with_values(condition, run)
        words = "".join(f" {citation}" for citation in member.citations[:1])
        yield (
            _say(lang, f"例外“{member.name}”{word}", f"Exception “{member.name}” {word}")
            + shown
            + words
        )


def _interpretations(plan: Plan, lang: str) -> Iterator[str]:
    label = _say(lang, "所据解释：", "Reading: ")
    for member in dict.fromkeys(plan.members):
        for reading in member.interpretations:
            yield f"{label}{reading.text}（{reading.signer}，{reading.signed_on}）"


def _truth_word(value: bool | None, lang: str) -> str:
    if lang == "en":
        return {True: "holds", False: "does not hold", None: "is open"}[value]
    return {True: "成立", False: "不成立", None: "待查"}[value]


def _with_values(node: c.Core, run: Run) -> str:
    """Return a condition followed by the facts it read."""
    facts = [part for part in c.walk(node) if isinstance(part, c.Fact)]
    seen = {fact.path: show(run.value(fact), fact.type) for fact in facts}
    values = "，".join(f"{path} = {value}" for path, value in seen.items())
    return f"{phrase(node)}" + (f"（{values}）" if values else "")


# ---------------------------------------------------------------- data
def trace(answer: Assessment) -> JSON:
    """Return the whole evaluation as JSON: same facts and law, same bytes."""
    again = rerun(answer)
    head: dict[str, JSON] = {
        "verdict": answer.verdict.value,
        "rule": answer.rule,
        "pack_digest": answer.law.digest,
        "law_date": str(answer.on),
        "known_at": str(answer.law.known_at) if answer.law.known_at else None,
        "decided_at": answer.now.isoformat() if answer.now else None,
        "calendar": answer.law.calendar.version,
        "missing": list(answer.missing),
        "detail": answer.discretion or answer.deemed,
        "advice": answer.advice.value if answer.advice else None,
    }
    if again is None:
        return head | {"note": answer.note}
    plan, run, outcome = again
    texts = source_texts(answer.law)
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
        "flip": [[path, verdict.value] for path, verdict in flips(answer)],
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
    shown: dict[str, JSON] = {"value": plain(run.value(node))}
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
