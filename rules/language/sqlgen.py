"""From typed nodes to SQL text: the generator behind setwise.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.language import core as c
from rules.language.sqlnumbers import NoSql, NumberWriter, times
from rules.language.types import NotYet, Value

OPERATORS = {"==": "=", "!=": "<>"}


@dataclass(kw_only=True)
class SqlWriter(NumberWriter):
    """Writes conditions, words and days on top of numbers."""

    # ------------------------------------------------------------ conditions
    def truth(self, node: c.Core) -> str:
        """Write a condition as an SQL truth value (true, false or NULL)."""
        match node:
            case c.Not():
                return f"(NOT {self.truth(node.body)})"
            case c.And() | c.Or():
                if not node.items:
                    return "(1 = 1)" if isinstance(node, c.And) else "(1 = 0)"
                word = " AND " if isinstance(node, c.And) else " OR "
                return "(" + word.join(self.truth(item) for item in node.items) + ")"
            case c.Compare():
                return self._compare(node)
            case c.Contains():
                return self._contains(node)
        return f"({self.boolean(node)} = 1)"

    def boolean(self, node: c.Core) -> str:
        """Write a 是否 as 1, 0 or NULL; PostgreSQL booleans and integers both do."""
        if isinstance(node, c.Const):
            return "1" if node.value else "0"
        if isinstance(node, c.Fact):
            if node.path not in self.columns and node.path in self.derived:
                deemed, closed = self.derived[node.path]
                truth = self.truth(deemed)
                return f"CAST({truth} AS INTEGER)" if closed else f"(CASE WHEN {truth} THEN 1 END)"
            return f"CAST({self.column(node)} AS INTEGER)"
        return f"CAST({self.truth(node)} AS INTEGER)"

    def _compare(self, node: c.Compare) -> str:
        operator = OPERATORS.get(node.op, node.op)
        kind = node.left.type
        if kind.kind in {"enum", "text"}:
            return f"({self.word(node.left)} {operator} {self.word(node.right)})"
        if kind.kind == "date":
            return f"({self.day(node.left)} {operator} {self.day(node.right)})"
        if kind.truth:
            return f"({self.boolean(node.left)} {operator} {self.boolean(node.right)})"
        left, right = self.number(node.left), self.number(node.right)
        if left.below == right.below == "1":
            return f"({left.above} {operator} {right.above})"
        return f"({times(left.above, right.below)} {operator} {times(right.above, left.below)})"

    def _contains(self, node: c.Contains) -> str:
        if not isinstance(node.group, c.Const) or not isinstance(node.group.value, frozenset):
            raise NoSql("集合型的事实没有 SQL 写法 / set-valued facts have no SQL form")
        item = self.word(node.item)
        words = ", ".join(self.bind(word) for word in sorted(node.group.value))
        return (
            f"({item} IN ({words}))"
            if words
            else f"(CASE WHEN {item} IS NULL THEN NULL ELSE 1 = 0 END)"
        )

    # ------------------------------------------------------------ values
    def word(self, node: c.Core) -> str:
        """Write an enum value or text."""
        if isinstance(node, c.Fact):
            return self.column(node)
        value = self.known(node)
        return "NULL" if value is None else self.bind(str(value))

    # ------------------------------------------------------------ days
    def day(self, node: c.Core) -> str:
        """Write a date: ISO text in SQLite, a date in PostgreSQL."""
        match node:
            case c.Fact():
                column = self.column(node)
                return column if self.dialect == "sqlite" else f"CAST({column} AS DATE)"
            case c.Shift():
                return self._shift(node)
            case c.YearDay():
                return self._year_day(node)
            case c.Const() | c.Param():
                value = self.known(node)
                return "NULL" if value is None else self._date(value)
            case c.Extreme():
                return self._extreme_day(node)
        raise NoSql("这种期限没有 SQL 写法 / this clock has no SQL form")

    def _date(self, value: Value) -> str:
        if isinstance(value, NotYet) or not isinstance(value, date):
            raise NoSql(str(value))
        bound = self.bind(value.isoformat())
        return bound if self.dialect == "sqlite" else f"CAST({bound} AS DATE)"

    def _shift(self, node: c.Shift) -> str:
        start, amount = self.day(node.start), self.number(node.amount)
        steps = amount.above if node.sign > 0 else f"(-{amount.above})"
        if not node.working:
            if self.dialect == "sqlite":
                return f"date({start}, ({steps}) || ' days')"
            return f"({start} + CAST({steps} AS INTEGER))"
        return self._working(start, steps)

    def _working(self, start: str, steps: str) -> str:
        """Look the day up in the calendar table by its running count of working days."""
        table = self.calendar_table
        if not table.isidentifier():
            raise NoSql(f"“{table}”不是表名 / not a table name")
        here = " ".join(("FROM", table, "a WHERE a.day =", start))
        there = " ".join(("SELECT b.day FROM", table, "b WHERE b.works = 1 AND b.seq ="))
        ahead = f"{there} (SELECT a.seq {here}) + ({steps})"
        back = f"{ahead} + 1 - (SELECT a.works {here})"
        return (
            f"(CASE WHEN ({steps}) = 0 THEN {start} "
            f"WHEN ({steps}) > 0 THEN ({ahead}) ELSE ({back}) END)"
        )

    def _year_day(self, node: c.YearDay) -> str:
        year = self.number(node.year).above
        return f"(CASE WHEN {year} BETWEEN 1 AND 9999 THEN {self._day_of(year, node)} END)"

    def _day_of(self, year: str, node: c.YearDay) -> str:
        digits = f"substr('0000' || {year}, -4)"  # printf would turn NULL into 0000
        if (node.month, node.day) == (2, 29):  # the last day of February in every year
            if self.dialect == "sqlite":
                return f"date({digits} || '-03-01', '-1 day')"
            return f"(make_date(CAST({year} AS INTEGER), 3, 1) - 1)"
        if self.dialect == "sqlite":
            return f"{digits} || '-{node.month:02}-{node.day:02}'"
        return f"make_date(CAST({year} AS INTEGER), {node.month}, {node.day})"

    def _extreme_day(self, node: c.Extreme) -> str:
        result = self.day(node.items[0])
        operator = ">=" if node.largest else "<="
        for item in node.items[1:]:
            other = self.day(item)
            test = f"{result} {operator} {other}"
            result = f"(CASE WHEN {test} THEN {result} WHEN NOT ({test}) THEN {other} END)"
        return result

    def days_between(self, node: c.Arith) -> str:
        """Write the days from one date to another."""
        left, right = self.day(node.left), self.day(node.right)
        if self.dialect == "sqlite":
            return f"CAST(julianday({left}) - julianday({right}) AS INTEGER)"
        return f"({left} - {right})"
