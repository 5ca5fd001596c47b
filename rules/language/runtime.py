"""The few functions compiled rules may call: dates, rounding, division."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from rules.language import core as c
from rules.language.days import not_yet, quarter_day, shift, year_day
from rules.language.evaluate import OPERATORS, exact
from rules.language.run import Run
from rules.language.types import NOT_YET, Value


class Unknown(TypeError):
    """Two-valued code met something that is not known: three-valued code must answer."""


# ---------------------------------------------------------------- three-valued
def k_shift(run: Run, start: Any, amount: Any, working: bool) -> date | None:
    """Move a date; None stays None."""
    if start is None or amount is None or start is NOT_YET:
        return None
    return shift(run, start, amount, working=working)


def k_year_day(year: Any, month: int, day: int) -> date | None:
    """Return a day of a year, None for no year."""
    return None if year is None else year_day(int(year), month, day)


def k_quarter(run: Run, day: Any, node: c.QuarterDay) -> date | None:
    """Return the last of the first days of a quarter."""
    if day is NOT_YET and not node.following:
        day = run.today
    return None if day is None or day is NOT_YET else quarter_day(run, day, node)


def k_days(run: Run, op: str, left: Any, right: Any) -> bool | None:
    """Compare dates, one of which may be 未发生."""
    if left is None or right is None:
        return None
    if left is NOT_YET or right is NOT_YET:
        return not_yet(op, right, run)
    return OPERATORS[op](left, right)


def k_between(left: Any, right: Any) -> int | None:
    """Return the days from one date to another."""
    if left is None or right is None or left is NOT_YET or right is NOT_YET:
        return None
    days: int = (left - right).days
    return days


def k_divide(left: Any, right: Any) -> Value | None:
    """Divide exactly; by zero is unknown."""
    return None if left is None or not right else exact(Fraction(left) / right)


def k_round(value: Any, up: bool) -> int | None:
    """Round up or down."""
    return None if value is None else math.ceil(value) if up else math.floor(value)


def k_extreme(largest: bool, *values: Any) -> Value | None:
    """Return the largest or smallest; unknown when any is."""
    if None in values or NOT_YET in values:
        return None
    found: Value = max(values) if largest else min(values)
    return found


def k_in(item: Any, group: Any) -> bool | None:
    """Return membership; unknown when a side is."""
    if item is None or group is None:
        return None
    inside: bool = item in group
    return inside


# ---------------------------------------------------------------- two-valued
def certain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the two-valued form of a function: unknown is raised, not returned."""

    def checked(*arguments: Any) -> Any:
        found = function(*arguments)
        if found is None:
            raise Unknown
        return found

    return checked


def plain_days(op: str) -> Callable[[Any, Any], bool]:
    """Return a comparison of two dates that refuses 未发生 instead of calling it unequal."""
    compare = getattr(operator, {"==": "eq", "!=": "ne"}[op])

    def days(left: Any, right: Any) -> bool:
        if left is NOT_YET or right is NOT_YET:
            raise Unknown
        return bool(compare(left, right))

    return days


THREE_VALUED: Final[Mapping[str, Callable[..., Any]]] = {
    "shift": k_shift,
    "year_day": k_year_day,
    "quarter": k_quarter,
    "days": k_days,
    "between": k_between,
    "divide": k_divide,
    "round_": k_round,
    "extreme": k_extreme,
    "within": k_in,
}
TWO_VALUED: Final[Mapping[str, Callable[..., Any]]] = {
    **{name: certain(function) for name, function in THREE_VALUED.items()},
    "same": plain_days("=="),
    "differ": plain_days("!="),
}
