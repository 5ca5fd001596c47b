"""Representative values: one per enum value, per interval between the numbers a text names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from rules.language import core as c
from rules.language.names import Names
from rules.language.run import GetParameter
from rules.language.types import Type, Value

MOST_CELLS = 4096
ONE_DAY = timedelta(days=1)


def landmarks(
    nodes: Iterable[c.Core], parameter: GetParameter
) -> dict[str, tuple[Type, set[Value]]]:
    """Return for each fact the constants it is compared with anywhere."""
    found: dict[str, tuple[Type, set[Value]]] = {}
    for root in nodes:
        for node in c.walk(root):
            if isinstance(node, c.Fact):
                found.setdefault(node.path, (node.type, set()))
        for node in c.walk(root):
            if isinstance(node, c.Compare):
                _landmark(node.left, node.right, found, parameter)
                _landmark(node.right, node.left, found, parameter)
            elif isinstance(node, c.Contains) and isinstance(node.item, c.Const):
                for fact in c.facts_in(node.group):
                    found[fact.path][1].add(node.item.value)
    return found


def _landmark(
    side: c.Core,
    other: c.Core,
    found: dict[str, tuple[Type, set[Value]]],
    parameter: GetParameter,
) -> None:
    value: Value | None = None
    if isinstance(other, c.Const):
        value = other.value
    elif isinstance(other, c.Param) and not other.keys:
        value = parameter(other.name, ())
    if value is not None and isinstance(side, c.Fact):
        found[side.path][1].add(value)


def representatives(type_: Type, points: set[Value], names: Names) -> tuple[Value, ...]:
    """Return values that meet every side of every landmark of a fact."""
    if type_.truth:
        return (True, False)
    if type_.kind == "enum":
        return _enum_values(type_, points, names)
    if type_.kind == "text":
        return (*sorted(map(str, points)), "甲")
    if type_.kind == "date":
        return _dates(points)
    if type_.kind in {"ratio", "number"}:
        return _rationals(type_, points)
    return _wholes(points or ({2026} if type_.kind == "year" else {1}))


def _enum_values(type_: Type, points: set[Value], names: Names) -> tuple[Value, ...]:
    values = names.enums.get(type_.name, ())
    if not type_.many:
        named = [value for value in values if value in points]
        other = [value for value in values if value not in points]
        # values the text never names behave alike: one of them stands for all
        return (*named, *(other[:1] if named else other))
    used = [str(value) for value in values if value in points] or list(values[:1])
    singles = [frozenset({value}) for value in used]
    return (frozenset(), *singles, frozenset(used))


def _dates(points: set[Value]) -> tuple[Value, ...]:
    days = sorted(p for p in points if isinstance(p, date)) or [date(2026, 6, 15)]
    near = {day + step for day in days for step in (-ONE_DAY, 0 * ONE_DAY, ONE_DAY)}
    return tuple(sorted(near))


def _rationals(type_: Type, points: set[Value]) -> tuple[Value, ...]:
    numbers: list[Any] = [p for p in points if isinstance(p, int | Fraction)]
    ends = [Fraction(0), Fraction(1)] if type_.kind == "ratio" else []
    line = sorted({*map(Fraction, numbers), *ends}) or [Fraction(0)]
    between = [(low + high) / 2 for low, high in pairwise(line)]
    outside = [] if type_.kind == "ratio" else [line[0] - 1, line[-1] + 1]
    return tuple(sorted({*line, *between, *outside}))


def _wholes(points: set[Value]) -> tuple[Value, ...]:
    numbers = [p for p in points if isinstance(p, int | Fraction)]
    near = {int(n) + step for n in numbers for step in (-1, 0, 1)}
    return tuple(sorted(n for n in near if n >= 0))


def domain(
    nodes: Iterable[c.Core], names: Names, parameter: GetParameter
) -> dict[str, tuple[Value, ...]]:
    """Return the representative values of every fact that nodes read."""
    return {
        path: representatives(type_, points, names)
        for path, (type_, points) in landmarks(nodes, parameter).items()
    }


def size(cells: Mapping[str, tuple[Value, ...]]) -> int:
    """Return how many cases the representatives make."""
    total = 1
    for values in cells.values():
        total *= len(values)
    return total
