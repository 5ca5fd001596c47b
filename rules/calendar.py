"""Working days of published years, make-up days (调休) included.

A year without a published calendar has no working days and no rest days: every answer that needs
it is None, never Monday to Friday.
"""

from __future__ import annotations

import csv
import hashlib
import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

from rules.errors import PackProblems, Problem

ONE_DAY: Final = timedelta(days=1)
KINDS: Final = ("holiday", "workday")
SATURDAY: Final = 5
FARTHEST: Final = 10_000  # working days; a deadline of forty years is a slip of the pen


@dataclass(frozen=True)
class Calendar:
    """The published years: for each, the days that differ from Monday-to-Friday."""

    rest: Mapping[int, frozenset[date]] = field(default_factory=dict)
    work: Mapping[int, frozenset[date]] = field(default_factory=dict)
    digest: str = ""

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years whose arrangement has been published."""
        return tuple(sorted(self.rest))

    @cached_property
    def version(self) -> str:
        """The name every trace and deadline carries: the years and the hash of their files."""
        span = f"{self.years[0]}-{self.years[-1]}" if self.years else "none"
        return f"CN@{span}#{self.digest[:12]}"

    def is_working_day(self, day: date) -> bool | None:
        """Say whether people work on a day; None when its year is not published."""
        if day.year not in self.rest:
            return None
        if day in self.rest[day.year]:
            return False
        return day.weekday() < SATURDAY or day in self.work[day.year]

    def add_working_days(self, start: date, n: int) -> date | None:
        """Return the n-th working day after `start` (excluded), or before it for negative n.

        `n` = 0 is the start day itself. None when a day on the way lies in an unpublished year.
        Source: 民法典 201; counted by the State Council's yearly notice."""
        if n == 0:
            return start
        if start in {date.min, date.max}:
            return None
        days = self._block(start + ONE_DAY if n > 0 else start - ONE_DAY)
        index = bisect_right(days, start) + n - 1 if n > 0 else bisect_left(days, start) + n
        return days[index] if 0 <= index < len(days) else None

    def missing_year(self, start: date, n: int) -> int | None:
        """Return the first unpublished year that counting n working days would need."""
        if self.add_working_days(start, n) is not None:
            return None
        year = start.year
        if (start.month, start.day) == ((12, 31) if n > 0 else (1, 1)):
            year += 1 if n > 0 else -1
        while year in self.rest:
            year += 1 if n > 0 else -1
        return year

    def provisional(self, start: date, n: int) -> date | None:
        """Count Monday to Friday where a year is missing: for display, never for a verdict.

        None where the count runs out of the years there are."""
        if abs(n) > FARTHEST or not FARTHEST < start.toordinal() < date.max.toordinal() - FARTHEST:
            return None
        day, left = start, n
        while left:
            day += ONE_DAY if n > 0 else -ONE_DAY
            known = self.is_working_day(day)
            if known if known is not None else day.weekday() < SATURDAY:
                left -= 1 if n > 0 else -1
        return day

    def working_days(self) -> Iterator[tuple[date, bool, int]]:
        """Yield every published day with whether people work and a running count of such days."""
        count = 0
        for year in self.years:
            day = date(year, 1, 1)
            while day.year == year:
                works = bool(self.is_working_day(day))
                count += works
                yield day, works, count
                day += ONE_DAY

    def _block(self, day: date) -> tuple[date, ...]:
        """Return the working days of the run of published years that holds `day`."""
        return self._blocks.get(day.year, ())

    @cached_property
    def _blocks(self) -> dict[int, tuple[date, ...]]:
        blocks: dict[int, tuple[date, ...]] = {}
        run: list[int] = []
        for year in (*self.years, None):
            if run and year != run[-1] + 1:
                days = tuple(day for y in run for day in self._days(y))
                blocks.update(dict.fromkeys(run, days))
                run = []
            if year is not None:
                run.append(year)
        return blocks

    def _days(self, year: int) -> Iterator[date]:
        day = date(year, 1, 1)
        while day.year == year:
            if self.is_working_day(day):
                yield day
            day += ONE_DAY


def load(files: Mapping[str, bytes]) -> Calendar:
    """Read `<year>.csv` files (`date,kind`); later paths win where a city differs from the base."""
    rest: dict[int, frozenset[date]] = {}
    work: dict[int, frozenset[date]] = {}
    problems: list[Problem] = []
    digest = hashlib.sha256()
    for path in sorted(files):
        name = PurePosixPath(path).stem
        if not (name.isdigit() and len(name) == 4):
            problems.append(_problem(path, 1, f"文件名应为年份，如 2026.csv，这里是“{name}”"))
            continue
        marked = _rows(path, files[path], int(name), problems)
        rest[int(name)] = frozenset(day for day, kind in marked.items() if kind == "holiday")
        work[int(name)] = frozenset(day for day, kind in marked.items() if kind == "workday")
        digest.update(hashlib.sha256(files[path]).digest() + path.encode())
    if problems:
        raise PackProblems(problems)
    return Calendar(rest=rest, work=work, digest=digest.hexdigest())


def _rows(path: str, content: bytes, year: int, problems: list[Problem]) -> dict[date, str]:
    marked: dict[date, str] = {}
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.append(_problem(path, 1, "这个文件不是 UTF-8 文字"))
        return marked
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        if number == 1 or not row or row[0].lstrip().startswith("#"):
            continue
        try:
            day, kind = date.fromisoformat(row[0].strip()), row[1].strip()
        except (ValueError, IndexError):
            problems.append(_problem(path, number, "应为 日期,holiday 或 日期,workday"))
            continue
        if kind not in KINDS or day.year != year or day in marked:
            problems.append(_problem(path, number, f"“{day},{kind}”：种类不明、年份不符或重复"))
        marked[day] = kind
    return marked


def _problem(path: str, line: int, message: str) -> Problem:
    return Problem(file=path, line=line, column=1, code="calendar", message=message)
