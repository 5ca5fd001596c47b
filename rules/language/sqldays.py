"""Days as SQL: ISO text in SQLite, dates in PostgreSQL; working days from the calendar table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from rules.language import core as c
from rules.language.sqlnumbers import LONGEST_NUMBER, NumberWriter
from rules.language.sqlpieces import NoSql
from rules.language.types import NotYet, Value

FIRST: Final = "'0001-01-01'"
LAST: Final = "'9999-12-31'"
MOST_DAYS: Final = 3_652_058  # between them; a larger step leads nowhere


@dataclass(kw_only=True)
class DayWriter(NumberWriter):
    """Writes days and clocks on top of numbers."""

    def day(self, node: c.Core) -> str:
        """Write a date: ISO text in SQLite, a date in PostgreSQL."""
        written = self._day(node)
        if len(written) > LONGEST_NUMBER:
            raise NoSql("算式太长 / too long to write as SQL")
        return written

    def _day(self, node: c.Core) -> str:
        match node:
            case c.Fact():
                column = self.column(node)
                return column if self.dialect == "sqlite" else f"CAST({column} AS DATE)"
            case c.Shift():
                return self._shift(node)
            case c.YearDay():
                return self._year_day(node)
            case c.QuarterDay():
                return self._quarter_day(node)
            case c.Extreme():
                return self._extreme_day(node)
            case c.Param() if node.keys:
                return self.chosen(node, self._date)
        value = self.known(node)
        return "NULL" if value is None else self._date(value)

    def _date(self, value: Value) -> str:
        if isinstance(value, NotYet) or not isinstance(value, date):
            raise NoSql(str(value))
        bound = self.bind(value.isoformat())
        return bound if self.dialect == "sqlite" else f"CAST({bound} AS DATE)"

    def _shift(self, node: c.Shift) -> str:
        start, amount = self.day(node.start), self.number(node.amount)
        steps = amount.above if node.sign > 0 else f"(-{amount.above})"
        return self._working(start, steps) if node.working else self._calendar(start, steps)

    def _calendar(self, start: str, steps: str) -> str:
        """Step over calendar days; a day outside the years 1 to 9999 is unknown."""
        if self.dialect == "sqlite":
            moved = f"date({start}, ({steps}) || ' days')"
            return f"(CASE WHEN {moved} BETWEEN {FIRST} AND {LAST} THEN {moved} END)"
        moved = f"({start} + CAST({steps} AS INTEGER))"
        near = f"({steps}) BETWEEN -{MOST_DAYS} AND {MOST_DAYS}"
        inside = f"CASE WHEN {moved} BETWEEN DATE {FIRST} AND DATE {LAST} THEN {moved} END"
        return f"(CASE WHEN {near} THEN {inside} END)"

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

    def _quarter_day(self, node: c.QuarterDay) -> str:
        """Write the last of the first days of a quarter, of the day's own or of the next one."""
        day, months = self.day(node.day), 3 if node.following else 0
        if self.dialect == "sqlite":
            into = f"((CAST(strftime('%m', {day}) AS INTEGER) - 1) % 3)"
            first = f"date({day}, 'start of month', ({months} - {into}) || ' months')"
        else:
            start = f"date_trunc('quarter', CAST({day} AS TIMESTAMP))"
            first = f"CAST({start} + INTERVAL '{months} months' AS DATE)"
        if not node.working:
            return self._calendar(first, str(node.count - 1))
        return self._working(self._calendar(first, "-1"), str(node.count))

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
