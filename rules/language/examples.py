"""Running the 样例 of a pack: tests written in the language, pinned to their verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from rules.errors import Problem
from rules.facts import Facts
from rules.language import core as c
from rules.language.declarations import Example
from rules.language.given import given_text, given_value
from rules.language.program import Rule
from rules.language.resolve import Resolver
from rules.language.types import SHANGHAI, Type, Value
from rules.verdict import Verdict

if TYPE_CHECKING:
    from rules.law import Law

EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """One example: what it expected and what came out."""

    rule: str
    name: str
    expected: str
    got: str
    passed: bool
    file: str
    line: int
    missing: tuple[str, ...] = ()


def run_examples(law: Law) -> tuple[tuple[ExampleResult, ...], tuple[Problem, ...]]:
    """Run every example of every rule; problems are examples that cannot be read."""
    results: list[ExampleResult] = []
    problems: list[Problem] = []
    for rule in law.program.all_rules:
        if not law.program.stands(rule, law_date(law, rule)):
            continue  # a later known text has corrected this one
        for example in rule.examples:
            values, found = example_values(law, rule, example)
            problems.extend(found)
            if not found:
                results.append(run_example(law, rule, example, values))
    return tuple(results), tuple(problems)


def run_example(law: Law, rule: Rule, example: Example, values: dict[str, Value]) -> ExampleResult:
    """Run one example; an exception's example is run against the rule it belongs to."""
    on = example.on or law_date(law, rule)
    now = datetime.combine(on, time(12), tzinfo=SHANGHAI).astimezone(UTC)
    target = base_of(law, rule)
    answer = law.assess(target, law.with_defaults(values), on=on, now=now)
    detail = answer.discretion or answer.deemed or ""
    matches = answer.verdict == example.verdict or (
        rule.kind == "table" and answer.deemed == example.verdict
    )
    passed = matches and (not example.detail or example.detail == detail)
    return ExampleResult(
        rule=rule.name,
        name=example.name,
        expected=" ".join(filter(None, (example.verdict, example.detail))),
        got=" ".join(filter(None, (answer.verdict.value, detail))),
        passed=passed,
        file=rule.file,
        line=example.place.line,
        missing=answer.missing,
    )


def base_of(law: Law, rule: Rule) -> str:
    """Return the rule an example speaks about: itself, or the base of its exception."""
    seen = {rule.name}
    while rule.kind == "exception":
        following = next((b for b in rule.bases if b in law.program.rules and b not in seen), None)
        if following is None:
            break
        seen.add(following)
        rule = law.program.rules[following][-1]
    return rule.name if not rule.rewrites or rule.name in law.program.rules else rule.rewrites


def law_date(law: Law, rule: Rule) -> date:
    """Return the day an example without 于 is judged on: when everything it needs is in force."""
    days = [EARLIEST]
    names = law.program.names
    for header in law.program.packs.values():
        days += [source.issued for source in header.sources]
    roots = [rule, *(r for base in rule.bases for r in law.program.rules.get(base, ()))]
    for root in roots:
        if root.valid_from:
            days.append(root.valid_from)
        body = root.conclusion.body if root.conclusion else None
        rows = [row.condition for row in root.table.rows] if root.table else []
        for node in (root.condition, body, *rows):
            for part in c.walk(node):
                if isinstance(part, c.Param):
                    days += [entry.start for entry in names.parameters[part.name].dated]
    last = rule.valid_to
    return min(max(days), last) if last is not None else max(days)


def example_values(
    law: Law, rule: Rule, example: Example
) -> tuple[dict[str, Value], tuple[Problem, ...]]:
    """Type the facts an example sets."""
    resolver = Resolver(law.program.names, rule.file)
    values: dict[str, Value] = {}
    for assign in example.given:
        path = law.program.names.canonical(assign.path)
        term = law.program.names.terms.get(path)
        if term is None:
            resolver.condition(assign.path)
            continue
        read = [
            given_value(given, _single(term.type, assign.many), resolver) for given in assign.values
        ]
        if None in read and not resolver.problems:
            shown = "、".join(given_text(given) for given in assign.values)
            resolver.problems.append(
                Problem(
                    file=rule.file,
                    line=example.place.line,
                    column=example.place.column,
                    code="unit",
                    message=f"样例“{example.name}”：“{shown}”不是“{path}”（{term.type}）的值",
                )
            )
        elif assign.many or term.type.many:
            values[path] = frozenset(str(value) for value in read)
        elif read[0] is not None:
            values[path] = read[0]
    return values, tuple(resolver.problems)


def _single(type_: Type, many: bool) -> Type:
    return Type(type_.kind, type_.name) if many or type_.many else type_


def verdict_words() -> tuple[str, ...]:
    """Return the words an example may expect."""
    return tuple(verdict.value for verdict in Verdict)


__all__ = ["ExampleResult", "Facts", "law_date", "run_example", "run_examples", "verdict_words"]
