"""The tracing interpreter: Kleene logic over recorded facts; every part has a value of its own.

Evaluation is pure: the trace asks again for the value of any part instead of keeping all."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, Final

from rules.language import core as c
from rules.language.days import not_yet, quarter_day, shift, year_day
from rules.language.run import Run
from rules.language.types import NOT_YET, Value

FACT: Final = c.Fact  # one name to look up instead of two, millions of times
CONST: Final = c.Const
OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(node: c.Core, run: Run) -> Value | None:
    """Return the value of a node, None when it is unknown; never raises on typed facts."""
    if node.__class__ is FACT:
        return run.get(node.path)
    if node.__class__ is CONST:
        return node.value
    return EVALUATORS[node.__class__](node, run)


def truth(node: c.Core | None, run: Run) -> bool | None:
    """Evaluate a condition; a rule without 当 always applies."""
    if node is None:
        return True
    value = evaluate(node, run)
    return value if value is None or value.__class__ is bool else bool(value)


def _const(node: c.Const, _run: Run) -> Value | None:
    return node.value


def _param(node: c.Param, run: Run) -> Value | None:
    keys = tuple(evaluate(key, run) for key in node.keys)
    if None in keys:
        return None
    value = run.parameter(node.name, tuple(map(str, keys)))
    if value is None:
        run.notes[f"参数 {node.name}"] = None
    return value


def _arith(node: c.Arith, run: Run) -> Value | None:
    left, right = evaluate(node.left, run), evaluate(node.right, run)
    if left is None or right is None or left is NOT_YET or right is NOT_YET:
        return None
    if node.op == "÷" and right == 0:
        run.notes["除数为零"] = None
        return None
    return arithmetic(node.op, left, right)


def arithmetic(op: str, left: Any, right: Any) -> Value:
    """Compute with exact rationals; a difference of dates is a number of days."""
    if isinstance(left, date):
        days: int = (left - right).days
        return days
    if op == "+":
        result = left + right
    elif op == "−":
        result = left - right
    elif op == "×":
        result = left * right
    else:
        result = Fraction(left) / right
    return exact(result)


def always(node: c.Core) -> Value | None:
    """Return the value that numbers alone give; None where anything else has a say in it."""
    match node:
        case c.Const():
            return node.value
        case c.Arith():
            left, right = always(node.left), always(node.right)
            return None if left is None or right is None else arithmetic(node.op, left, right)
        case c.Round():
            inner: Any = always(node.body)
            return None if inner is None else math.ceil(inner) if node.up else math.floor(inner)
    return None


def exact(value: int | Fraction) -> Value:
    """Return whole rationals as int, so that equal numbers are equal everywhere."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _round(node: c.Round, run: Run) -> Value | None:
    value = evaluate(node.body, run)
    if not isinstance(value, int | Fraction):
        return None
    return math.ceil(value) if node.up else math.floor(value)


def _extreme(node: c.Extreme, run: Run) -> Value | None:
    values: list[Any] = [evaluate(item, run) for item in node.items]
    if None in values or NOT_YET in values:
        return None
    result: Value = max(values) if node.largest else min(values)
    return result


def _shift(node: c.Shift, run: Run) -> Value | None:
    start: Any = evaluate(node.start, run)
    amount: Any = evaluate(node.amount, run)
    if start is None or amount is None or start is NOT_YET:
        return None
    return shift(run, start, amount * node.sign, working=node.working)


def _year_day(node: c.YearDay, run: Run) -> Value | None:
    year: Any = evaluate(node.year, run)
    return None if year is None else year_day(int(year), node.month, node.day)


def _quarter_day(node: c.QuarterDay, run: Run) -> Value | None:
    day: Any = evaluate(node.day, run)
    if day is NOT_YET and not node.following:
        day = run.today  # the quarter that is running while the act is awaited
    if day is None or day is NOT_YET:
        return None
    return quarter_day(run, day, node)


def _compare(node: c.Compare, run: Run) -> Value | None:
    side = node.left
    left: Any = run.get(side.path) if side.__class__ is FACT else evaluate(side, run)
    side = node.right
    right: Any = side.value if side.__class__ is CONST else evaluate(side, run)
    if left is None or right is None:
        return None
    if left is NOT_YET or right is NOT_YET:
        return not_yet(node.op, right, run)
    if right.__class__ is Fraction:  # multiplied out: exact, and three times as fast
        above, below = left.numerator * right.denominator, right.numerator * left.denominator
        return OPERATORS[node.op](above, below)
    return OPERATORS[node.op](left, right)


def _contains(node: c.Contains, run: Run) -> Value | None:
    group: Any = evaluate(node.group, run)
    item = evaluate(node.item, run)
    if group is None or item is None:
        return None
    inside: bool = item in group
    return inside


def _not(node: c.Not, run: Run) -> Value | None:
    body = node.body
    value = run.get(body.path) if body.__class__ is FACT else evaluate(body, run)
    return None if value is None else not value


def _and(node: c.And, run: Run) -> Value | None:
    result: bool | None = True
    get, fact, evaluators = run.get, FACT, EVALUATORS
    for item in node.items:  # no short cut: the trace shows every item
        value = get(item.path) if item.__class__ is fact else evaluators[item.__class__](item, run)
        if value is None:
            if result:
                result = None
        elif not value:
            result = False
    return result


def _or(node: c.Or, run: Run) -> Value | None:
    result: bool | None = False
    get, fact, evaluators = run.get, FACT, EVALUATORS
    for item in node.items:
        value = get(item.path) if item.__class__ is fact else evaluators[item.__class__](item, run)
        if value:
            result = True
        elif value is None and result is False:
            result = None
    return result


EVALUATORS: Final[dict[type, Callable[[Any, Run], Value | None]]] = {
    c.Const: _const,
    c.Param: _param,
    c.Arith: _arith,
    c.Round: _round,
    c.Extreme: _extreme,
    c.Shift: _shift,
    c.YearDay: _year_day,
    c.QuarterDay: _quarter_day,
    c.Compare: _compare,
    c.Contains: _contains,
    c.Not: _not,
    c.And: _and,
    c.Or: _or,
}
