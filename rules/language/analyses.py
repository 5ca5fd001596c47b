"""The analyses of a pack, one function each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Final

from rules.language import core as c
from rules.language.evaluate import evaluate
from rules.language.finding import Finding, finding
from rules.language.program import Rule
from rules.language.prover import Prover
from rules.language.types import Value

MOST_COMPARED: Final = 64  # rules that are compared each with each; a regulation needs a few
LARGEST_LIST: Final = 400  # N up to which a ratio interval is tried for whole numbers


def _in_force(prover: Prover) -> list[Rule]:
    return list(prover.law.program.in_force(prover.on))


def exception_conflicts(prover: Prover) -> Iterator[Finding]:
    """Two exceptions of one rule, both true, different conclusions, no 优先于."""
    program = prover.law.program
    for base_name, attached in program.exceptions.items():
        live = program.standing(attached, prover.on)
        if len(live) > MOST_COMPARED:
            yield _too_many(prover, live[MOST_COMPARED], f"“{base_name}”的例外")
        for one, other in combinations(live[:MOST_COMPARED], 2):
            if one.name in other.prior or other.name in one.prior:
                continue
            if one.conclusion == other.conclusion:
                continue
            bases = program.standing(program.rules.get(base_name, ()), prover.on)
            above = bases[0].condition if bases else None
            case = prover.witness(above, one.condition, other.condition)
            if case is not None:
                message = f"例外“{one.name}”与“{other.name}”可同时成立，结论不同，没有 优先于"
                yield finding(
                    prover.law, "conflict", one, message, case, other=other.name, severity="warning"
                )


def _too_many(prover: Prover, rule: Rule, what: str) -> Finding:
    message = f"{what}超过 {MOST_COMPARED} 个，其余没有两两核对"
    return finding(prover.law, "too-many", rule, message, severity="warning")


def tables(prover: Prover) -> Iterator[Finding]:
    """Cases no row covers, and for 唯一 cases two rows cover."""
    for rule in _in_force(prover):
        if rule.table is None:
            continue
        conditions = [row.condition for row in rule.table.rows]
        nodes = [*conditions, *([rule.condition] if rule.condition else [])]
        gap = prover.witness(rule.condition, *(c.Not(body=row) for row in conditions))
        if gap is not None or not conditions:
            message = f"决策表“{rule.name}”有没覆盖的情形"
            yield finding(prover.law, "table-gap", rule, message, gap, severity="warning")
        if rule.table.policy != "唯一" or not nodes:
            continue
        if len(rule.table.rows) > MOST_COMPARED:
            yield _too_many(prover, rule, f"决策表“{rule.name}”的行")
        for one, other in combinations(rule.table.rows[:MOST_COMPARED], 2):
            case = prover.witness(rule.condition, one.condition, other.condition)
            if case is not None and (one.result, one.detail) != (other.result, other.detail):
                message = f"决策表“{rule.name}”第{one.line}行与第{other.line}行重叠"
                line = str(other.line)
                yield finding(
                    prover.law, "table-overlap", rule, message, case, line=line, severity="error"
                )


def dead_conditions(prover: Prover) -> Iterator[Finding]:
    """Rules that can never apply, and conditions that are always true."""
    for rule in _in_force(prover):
        if rule.condition is None or not c.facts_in(rule.condition):
            continue
        if prover.witness(rule.condition) is None and prover.complete(rule.condition):
            message = f"“{rule.name}”的条件不可能成立"
            yield finding(prover.law, "unreachable", rule, message, severity="warning")
        elif prover.witness(c.Not(body=rule.condition)) is None and prover.complete(rule.condition):
            message = f"“{rule.name}”的条件总是成立"
            yield finding(prover.law, "always", rule, message, severity="warning")


def _duty(rule: Rule) -> c.Core | None:
    if rule.kind != "rule" or rule.conclusion is None or rule.conclusion.body is None:
        return None
    body = rule.conclusion.body
    return body if rule.conclusion.kind == "must" else c.Not(body=body)


def duties(prover: Prover) -> Iterator[Finding]:
    """Rules about the same fact: contradictory duties, and duties that apply together."""
    ruled = [(rule, duty) for rule in _in_force(prover) if (duty := _duty(rule)) is not None]
    about = [_paths(duty) for _, duty in ruled]
    compared = 0
    for (at, (one, first)), (to, (other, second)) in combinations(enumerate(ruled), 2):
        shared = about[at] & about[to]
        if not shared or one.name == other.name:
            continue
        compared += 1
        if compared > MOST_COMPARED**2:
            yield _too_many(prover, one, f"与“{one.name}”说同一件事的规则")
            return
        case = prover.witness(one.condition, other.condition)
        if case is None:
            continue
        together = (one.condition, other.condition, first, second)
        if prover.witness(*together) is None and prover.complete(*together):
            message = f"“{one.name}”与“{other.name}”可同时适用，却不能同时遵守"
            yield finding(
                prover.law,
                "contradiction",
                one,
                message,
                case,
                other=other.name,
                severity="warning",
            )
        elif one.condition is not None and other.condition is not None:
            message = f"“{one.name}”与“{other.name}”可同时适用（{'、'.join(sorted(shared))}）"
            yield finding(prover.law, "overlap", one, message, case, other=other.name)


def gaps(prover: Prover) -> Iterator[Finding]:
    """Cases that none of the rules about a fact covers, e.g. neither capped nor a key subject."""
    groups: dict[str, list[Rule]] = {}
    for rule in _in_force(prover):
        duty = _duty(rule)
        if duty is not None and rule.condition is not None:
            for path in sorted(_paths(duty))[:1]:
                groups.setdefault(path, []).append(rule)
    for path, rules in groups.items():
        if len(rules) < 2:
            continue
        outside = [c.Not(body=rule.condition) for rule in rules if rule.condition is not None]
        case = prover.witness(*outside)
        if case is not None:
            names = "、".join(f"“{rule.name}”" for rule in rules)
            message = f"关于“{path}”的规则（{names}）都不适用的情形"
            yield finding(prover.law, "gap", rules[0], message, case)


def whole_numbers(prover: Prover) -> Iterator[Finding]:
    """List sizes for which a ratio interval admits no whole number (3 %–20 %: N < 5)."""
    for rule in _in_force(prover):
        duty = _duty(rule)
        if not isinstance(duty, c.And):
            continue
        low = _bound(prover, duty, ">=")
        high = _bound(prover, duty, "<=")
        if low is None or high is None:
            continue
        sizes = [n for n in range(1, LARGEST_LIST) if ceil(low * n) > floor(high * n)]
        if sizes:
            few = "、".join(map(str, sizes[:12])) + ("…" if len(sizes) > 12 else "")
            message = f"“{rule.name}”：名录为 {few} 户时没有合规的整数"
            yield finding(prover.law, "no-whole-number", rule, message)


def _bound(prover: Prover, duty: c.And, op: str) -> Fraction | None:
    for item in duty.items:
        if isinstance(item, c.Compare) and item.op == op and item.left.type.kind == "ratio":
            value: Value | None = None
            if isinstance(item.right, c.Const):
                value = item.right.value
            elif isinstance(item.right, c.Param) and not item.right.keys:
                value = prover.parameter(item.right.name, ())
            if isinstance(value, int | Fraction) and not isinstance(value, bool):
                return Fraction(value)
    return None


def early_acts(prover: Prover) -> Iterator[Finding]:
    """在 Y 后 N 日内 tests the upper bound only: an act before Y passes too."""
    for rule in _in_force(prover):
        duty = _duty(rule)
        for node in c.walk(duty):
            if not isinstance(node, c.Compare) or not node.clock or node.op != "<=":
                continue
            if not isinstance(node.right, c.Shift) or _lower_bound(duty, node):
                continue
            if node.right.sign < 0:  # 在 Y 前 至少 N 日 is meant to lie before Y
                continue
            act, event = c.facts_in(node.left), c.facts_in(node.right.start)
            if act and event:
                message = (
                    f"“{rule.name}”只限最迟；如要求先后，另写 {act[0].path} 不早于 {event[0].path}"
                )
                yield finding(prover.law, "early-act", rule, message)


def _lower_bound(duty: c.Core | None, clock: c.Compare) -> bool:
    return any(
        isinstance(node, c.Compare) and node.op in {">=", ">"} and node.left == clock.left
        for node in c.walk(duty)
    )


def composed_deadlines(prover: Prover) -> Iterator[Finding]:
    """Chains of deadlines that outlive the fixed day (11-30) they start from."""
    fixed: dict[str, c.YearDay] = {}
    following: dict[str, list[tuple[Rule, str, c.Shift]]] = {}
    for rule in _in_force(prover):
        for node in c.walk(_duty(rule)):
            if not isinstance(node, c.Compare) or not isinstance(node.left, c.Fact):
                continue
            if isinstance(node.right, c.YearDay):
                fixed.setdefault(node.left.path, node.right)
            elif isinstance(node.right, c.Shift) and isinstance(node.right.start, c.Fact):
                start = node.right.start.path
                following.setdefault(start, []).append((rule, node.left.path, node.right))
    for path, day in fixed.items():
        for rule, act, shift in following.get(path, []):
            latest = _latest(prover, day, shift)
            if latest is not None:
                message = f"“{path}”最迟 {day.month}月{day.day}日，其后“{act}”最迟可到 {latest}"
                yield finding(prover.law, "composition", rule, message)


def _latest(prover: Prover, day: c.YearDay, shift: c.Shift) -> str | None:
    years = prover.law.calendar.years
    amount = evaluate(shift.amount, prover.run({}))
    if not years or not isinstance(amount, int):
        return None
    start = date(years[-1], day.month, day.day)
    if not shift.working:
        return str(start + timedelta(days=amount))
    found = prover.law.calendar.add_working_days(start, amount)
    return str(found) if found else f"{years[-1] + 1} 年（日历未发布）"


def _paths(node: c.Core) -> set[str]:
    return {fact.path for fact in c.facts_in(node)}
