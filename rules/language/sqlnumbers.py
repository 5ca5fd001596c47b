"""Exact numbers as SQL: integer numerators over integer denominators."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from rules.language import core as c
from rules.language.sqlpieces import NoSql, Pieces
from rules.language.types import Value

LONGEST_NUMBER: Final = 100_000  # characters


class Ratio(NamedTuple):
    """An exact number as two integer expressions; the denominator is positive."""

    above: str
    below: str


@dataclass(kw_only=True)
class NumberWriter(Pieces, ABC):
    """Writes numbers."""

    def number(self, node: c.Core) -> Ratio:
        """Write a number as numerator and denominator."""
        written = self._number(node)
        if len(written.above) + len(written.below) > LONGEST_NUMBER:  # rounding repeats its body
            raise NoSql("算式太长 / too long to write as SQL")
        return written

    def _number(self, node: c.Core) -> Ratio:
        match node:
            case c.Fact():
                column = self.columns.get(node.path)
                if isinstance(column, tuple):
                    return Ratio(self.wide(column[0]), self.wide(column[1]))
                return Ratio(self.wide(self.column(node)), "1")
            case c.Param() if node.keys:
                return self._tabulated(node)
            case c.Const() | c.Param():
                return self._constant(self.known(node))
            case c.Arith():
                return self._arith(node)
            case c.Round():
                return self._round(node)
            case c.Extreme():
                return self._extreme(node)
        raise NoSql(type(node).__name__)

    def plain(self, node: c.Core) -> str | None:
        """Write a whole number that needs no arithmetic as it is: half the time of a wide one."""
        if isinstance(node, c.Fact):
            column = self.columns.get(node.path)
            return f"({column})" if isinstance(column, str) else None
        if isinstance(node, c.Const) or (isinstance(node, c.Param) and not node.keys):
            value = self.known(node)
            whole = isinstance(value, int) and not isinstance(value, bool)
            return f"({value})" if whole else None
        return None

    def _tabulated(self, node: c.Param) -> Ratio:
        above = self.chosen(node, lambda value: self._constant(value).above)
        return Ratio(above, self.chosen(node, lambda value: self._constant(value).below))

    def _constant(self, value: Value | None) -> Ratio:
        if value is None:
            return Ratio("NULL", "1")
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            raise NoSql(str(value))
        exact = Fraction(value)
        return Ratio(self.wide(str(exact.numerator)), self.wide(str(exact.denominator)))

    def _arith(self, node: c.Arith) -> Ratio:
        if node.left.type.kind == "date":
            return Ratio(self.days_between(node), "1")
        left, right = self.number(node.left), self.number(node.right)
        if node.op == "×":
            return Ratio(times(left.above, right.above), times(left.below, right.below))
        if node.op == "÷":
            sign = f"CASE WHEN {right.above} < 0 THEN -1 ELSE 1 END"
            above = times(times(left.above, right.below), sign)
            below = f"NULLIF({times(left.below, f'ABS({right.above})')}, 0)"
            return Ratio(above, below)
        sign = "+" if node.op == "+" else "-"
        if left.below == right.below:
            return Ratio(f"({left.above} {sign} {right.above})", left.below)
        above = f"({times(left.above, right.below)} {sign} {times(right.above, left.below)})"
        return Ratio(above, times(left.below, right.below))

    def _round(self, node: c.Round) -> Ratio:
        value = self.number(node.body)
        if value.below == "1":
            return value
        above, below = value
        whole = f"({above} / {below})"
        if self.dialect == "postgresql":  # numeric division keeps a fraction; div() cuts it
            whole = f"div({above}, {below})"
        rest = f"({above} - {times(whole, below)})"
        if node.up:
            return Ratio(f"({whole} + CASE WHEN {rest} > 0 THEN 1 ELSE 0 END)", "1")
        return Ratio(f"({whole} - CASE WHEN {rest} < 0 THEN 1 ELSE 0 END)", "1")

    def _extreme(self, node: c.Extreme) -> Ratio:
        result = self.number(node.items[0])
        operator = ">=" if node.largest else "<="
        for item in node.items[1:]:
            other = self.number(item)
            test = (
                f"{times(result.above, other.below)} {operator} {times(other.above, result.below)}"
            )
            result = Ratio(
                f"(CASE WHEN {test} THEN {result.above} WHEN NOT ({test}) THEN {other.above} END)",
                f"(CASE WHEN {test} THEN {result.below} ELSE {other.below} END)",
            )
        return result

    @abstractmethod
    def days_between(self, node: c.Arith) -> str:
        """Write the days from one date to another."""

    def wide(self, expression: str) -> str:
        """Let PostgreSQL multiply without overflow; SQLite has 64 bits."""
        if expression in {"1", "NULL"} or self.dialect == "sqlite":
            return expression
        return f"CAST({expression} AS NUMERIC)"


def times(left: str, right: str) -> str:
    """Write a product, leaving out the factor one."""
    if left == "1":
        return right
    return left if right == "1" else f"({left} * {right})"
