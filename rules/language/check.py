"""Everything a pack must satisfy besides syntax and types: citations, ranks, cycles, dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from rules import almanac, supervision
from rules.errors import Problem
from rules.language import core as c
from rules.language.citations import check_citations, standing
from rules.language.examples import run_examples, verdict_words
from rules.language.messages import did_you_mean
from rules.language.place import Place
from rules.language.program import Program, Rule

if TYPE_CHECKING:
    from rules.law import Law


def check(law: Law) -> tuple[Problem, ...]:
    """Return every finding about a loaded law, sorted by file and line."""
    found = [
        *check_citations(law),
        *_cycles(law.program),
        *_exceptions(law),
        *_overrides(law),
        *_dates(law.program),
        *_divisors(law.program),
        *_scopes(law),
        *_results(law.program),
        *_examples(law),
        *_unused(law.program, almanac.parameters(law)),
        *almanac.problems(law),
        *supervision.problems(law),
    ]
    return tuple(sorted(set(found)))


# ---------------------------------------------------------------- structure
def _cycles(program: Program) -> Iterator[Problem]:
    """Exceptions of exceptions, and facts derived from facts, must come to an end."""
    above = {rule.name: rule.bases for rule in program.all_rules if rule.kind == "exception"}
    by_name = {rule.name: rule for rule in program.all_rules}
    for name in above:
        path = _loop(name, above)
        if path:
            message = "例外互为例外：" + " → ".join(path)
            yield _problem(by_name[name], "cycle", message, "例外只能从上往下")
    derived = {
        path: tuple(
            fact.path
            for name in names
            for rule in program.rules.get(name, ())
            for fact in c.facts_in(rule.condition)
        )
        for path, names in program.deemed_by.items()
    }
    for fact, names in program.deemed_by.items():
        loop = _loop(fact, derived)
        if loop and names[0] in by_name:
            message = "认定互为条件：" + " → ".join(loop)
            yield _problem(by_name[names[0]], "cycle", message, "请改用已登记的事实")


def _loop(start: str, edges: dict[str, tuple[str, ...]]) -> list[str]:
    """Return a way from a node back to itself, or nothing."""
    stack = [(start, [start])]
    seen: set[str] = set()
    while stack:
        node, path = stack.pop()
        for following in edges.get(node, ()):
            if following == start:
                return [*path, start]
            if following not in seen:
                seen.add(following)
                stack.append((following, [*path, following]))
    return []


def _exceptions(law: Law) -> Iterator[Problem]:
    """An exception from another text needs an open slot (上位法保留) and a higher rank."""
    for rule in law.program.all_rules:
        if rule.kind != "exception":
            continue
        yield from _prior(rule, law.program)
        for base_name in rule.bases:
            for base in law.program.rules.get(base_name, ()):
                if not rule.citations or not base.citations:
                    continue
                own = {x.document for x in rule.citations}
                if own & {x.document for x in base.citations}:
                    continue
                if not base.reserved:
                    hint = "基础规则里写 上位法保留 “…” 才能由别的文件开例外"
                    message = f"例外“{rule.name}”与“{base.name}”出自不同文件"
                    yield _problem(rule, "rank", message, hint)
                elif standing(law, rule) <= standing(law, base):
                    message = f"例外“{rule.name}”所据文件的位阶不高于“{base.name}”"
                    yield _problem(rule, "rank", message, "上位法保留只给上位法")


def _prior(rule: Rule, program: Program) -> Iterator[Problem]:
    siblings = {e.name for base in rule.bases for e in program.exceptions.get(base, ())}
    for name in rule.prior:
        if name not in siblings:
            message = f"“{rule.name}”优先于“{name}”，但两者不是同一规则的例外"
            yield _problem(rule, "prior", message, "", "warning")


def _overrides(law: Law) -> Iterator[Problem]:
    """A lower rank must not relax a duty of a higher one."""
    for rule in law.program.all_rules:
        if not rule.rewrites:
            continue
        for old in law.program.rules.get(rule.rewrites, ()):
            if standing(law, rule) < standing(law, old) and _relaxes(rule, old):
                message = f"改写“{rule.rewrites}”放宽了上位文件的义务"
                yield _problem(rule, "rank", message, "下位文件只能加严")


def _relaxes(rule: Rule, old: Rule) -> bool:
    softer = (old.strength or "刚性") == "刚性" and rule.strength in {"原则上", "仅记录"}
    kinds = {"waive", "may"}
    lifted = rule.conclusion is not None and rule.conclusion.kind in kinds
    return softer or lifted


# ---------------------------------------------------------------- dates and scope
def _dates(program: Program) -> Iterator[Problem]:
    """Report holes between versions, and parameters that start after the rule using them."""
    for versions in program.rules.values():
        for before, after in pairwise(versions):
            if before.valid_to and after.valid_from:
                gap = after.valid_from - before.valid_to
                if gap > timedelta(days=1):
                    message = (
                        f"“{after.name}”在 {before.valid_to} 与 {after.valid_from} 之间没有版本"
                    )
                    yield _problem(after, "hole", message, "", "warning")
    for rule in program.all_rules:
        if rule.valid_from is None:
            continue
        for name, start in _parameter_starts(rule, program).items():
            if start > rule.valid_from:
                message = f"“{rule.name}”自 {rule.valid_from} 有效，参数“{name}”到 {start} 才有值"
                yield _problem(rule, "hole", message, "此前的结论会是 待查", "warning")


def _parameter_starts(rule: Rule, program: Program) -> dict[str, date]:
    found: dict[str, date] = {}
    for node in _nodes(rule):
        if isinstance(node, c.Param):
            dated = program.names.parameters[node.name].dated
            if dated:
                found[node.name] = dated[0].start
    return found


def _divisors(program: Program) -> Iterator[Problem]:
    """Report divisors that are 0 from some day on, or under some key: they leave no answer."""
    for rule in program.all_rules:
        for node in _nodes(rule):
            if not (
                isinstance(node, c.Arith) and node.op == "÷" and isinstance(node.right, c.Param)
            ):
                continue
            name = node.right.name
            zero = [d for d in program.names.parameters[name].dated if 0 in d.values.values()]
            if zero:
                message = f"除数“{name}”自 {zero[0].start} 起有值为 0"
                hint = "除以零没有结果，结论会是 待查；请改写除数"
                yield _at(rule.file, node.right.place, "zero", message, hint, "warning")


def _nodes(rule: Rule) -> Iterator[c.Core]:
    body = rule.conclusion.body if rule.conclusion else None
    rows = [row.condition for row in rule.table.rows] if rule.table else []
    for root in (rule.condition, body, *rows):
        yield from c.walk(root)


def _scopes(law: Law) -> Iterator[Problem]:
    known = {law.jurisdiction, law.organisation.name}
    known |= {header.jurisdiction or "" for header in law.program.packs.values()}
    for rule in law.program.all_rules:
        for name in rule.scope:
            if name not in known:
                hint = "适用 只写辖区名；其他条件请写在 当 里"
                yield _problem(rule, "scope", f"“{name}”不是已知的辖区", hint, "warning")


def _results(program: Program) -> Iterator[Problem]:
    """The column 结论 of a table holds verdict words throughout, or values throughout."""
    words = verdict_words()
    for rule in program.all_rules:
        if rule.table is None or rule.table.result_name != "结论":
            continue
        strange = [row for row in rule.table.rows if row.result not in words]
        if len(strange) == len(rule.table.rows):
            continue  # a table that derives a value of its own
        for row in strange:
            hint = did_you_mean(row.result, words) or "可用：" + "、".join(words)
            place = Place(row.line, 1)
            yield _at(rule.file, place, "verdict", f"“{row.result}”不是结论词", hint)


# ---------------------------------------------------------------- examples and vocabulary
def _examples(law: Law) -> Iterator[Problem]:
    _, problems = run_examples(law)
    yield from problems
    words = verdict_words()
    for rule in law.program.all_rules:
        if not rule.examples:
            yield _problem(rule, "no-example", f"“{rule.name}”没有样例", "", "warning")
        for example in rule.examples:
            if example.verdict not in words and rule.kind != "table":
                hint = "可用：" + "、".join(words)
                message = f"样例“{example.name}”：“{example.verdict}”不是结论词"
                yield _at(rule.file, example.place, "verdict", message, hint)


def _unused(program: Program, named: frozenset[str]) -> Iterator[Problem]:
    """Words of a city that none of its rules reads; the base vocabulary serves diagrams too."""
    used = set(program.names.used) | set(program.deemed_by)
    for rule in program.all_rules:
        used |= {str(assign.path) for example in rule.examples for assign in example.given}
    for path, term in program.names.terms.items():
        if path not in used and not term.file.startswith("base/") and term.origin is None:
            message = f"词“{path}”没有来源，也没有规则用到"
            yield _at(term.file, term.place, "unused", message, "", "warning")
    for name, parameter in program.names.parameters.items():
        if name not in used | named and not parameter.file.startswith("base/"):
            message = f"参数“{name}”没有规则用到"
            yield _at(parameter.file, parameter.place, "unused", message, "", "warning")


def _problem(
    rule: Rule, code: str, message: str, hint: str = "", severity: str = "error"
) -> Problem:
    return _at(rule.file, rule.place, code, message, hint, severity)


def _at(
    file: str, place: Place, code: str, message: str, hint: str = "", severity: str = "error"
) -> Problem:
    return Problem(
        file=file,
        line=place.line,
        column=place.column,
        code=code,
        message=message,
        hint=hint,
        severity="warning" if severity == "warning" else "error",
    )
