"""The year of a jurisdiction (年历): what falls due every year or quarter, for whom, by which rule.

A pack says it in `年历.toml`; no date stands there. The last day comes from a deadline rule of the
pack, and how long before it a case opens and a reminder goes out from its parameters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from rules.errors import PackProblems, Problem
from rules.law import Law

FILE = "年历.toml"
YEARS_UNDRAWN = "多年未抽年数"  # read by the report on gaps, which is no rule either
MONTHS = {"year": 12, "quarter": 3}
# who an obligation falls on, besides a list of department codes
CIRCLES = ("items", "items-left", "joint", "inspectors-changed", "open-cases")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """A year or a quarter, written 2026 or 2026Q3."""

    year: int
    quarter: int = 0

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}" if self.quarter else str(self.year)

    @classmethod
    def read(cls, written: str) -> Period:
        year, _, quarter = written.partition("Q")
        return cls(year=int(year), quarter=int(quarter or 0))

    @property
    def start(self) -> date:
        return date(self.year, MONTHS["quarter"] * (self.quarter - 1) + 1 if self.quarter else 1, 1)

    @property
    def end(self) -> date:
        """Return the last day that belongs to it."""
        last = MONTHS["quarter"] * self.quarter if self.quarter else MONTHS["year"]
        following = date(self.year + 1, 1, 1) if last == MONTHS["year"] else None
        return (following or date(self.year, last + 1, 1)) - timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What is owed every period: a case to open, or cases of a process to be closed by then."""

    code: str
    name: str
    every: str
    who: tuple[str, ...]
    due: str  # the deadline rule that gives the last day
    opens_before: str  # parameters of the pack, in days
    reminds_before: str
    title: str = ""
    process: str = ""
    watches: str = ""
    fulfilled: tuple[str, ...] = ()  # fields of the case: once one is there, it is done
    fields: Mapping[str, str | int] = field(default_factory=dict)

    def periods(self, year: int) -> tuple[Period, ...]:
        """Return the periods of a year."""
        quarters = range(1, MONTHS["year"] // MONTHS["quarter"] + 1)
        if self.every == "quarter":
            return tuple(Period(year=year, quarter=quarter) for quarter in quarters)
        return (Period(year=year),)

    def facts(self, period: Period) -> dict[str, Any]:
        """Return the fields a case of a period opens with."""
        known = {
            "year": period.year,
            "quarter": period.quarter,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
        }
        return {
            name: known.get(value[1:-1], value) if isinstance(value, str) else value
            for name, value in self.fields.items()
        }

    def called(self, period: Period, department: str) -> str:
        """Return the title of the case of a period and a department."""
        return self.title.format(year=period.year, quarter=period.quarter, department=department)

    def last_day(self, law: Law, period: Period) -> date | None:
        """Return by when it is owed, from the pack's rule; a provisional day where a year lacks."""
        record = {f"case.{name}": value for name, value in self.facts(period).items()}
        due = law.due(self.due, law.facts(record), on=period.start)
        return due.last_day or due.provisional

    def days(self, law: Law, parameter: str, period: Period) -> timedelta:
        """Return a lead time of the pack on the first day of the period."""
        value = law.parameter(parameter, on=period.start)
        return timedelta(days=value) if isinstance(value, int) else timedelta()


def of(law: Law) -> tuple[Obligation, ...]:
    """Return the obligations of a jurisdiction; none where its pack has no 年历.toml."""
    content = law.files.get(f"{law.jurisdiction}/{FILE}")
    return () if content is None else load(content, f"{law.jurisdiction}/{FILE}")


def load(content: bytes, file: str) -> tuple[Obligation, ...]:
    """Read 年历.toml; raises PackProblems naming every wrong entry."""
    try:
        entries = tomllib.loads(content.decode("utf-8-sig")).get("obligations", [])
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackProblems([_problem(file, f"不是有效的 TOML：{error}")]) from error
    found, problems = [], []
    for entry in entries:
        try:
            found.append(_obligation(entry))
        except (TypeError, KeyError) as error:
            problems.append(_problem(file, f"事项“{entry.get('code', '?')}”写得不全：{error}"))
    if problems:
        raise PackProblems(problems)
    return tuple(found)


def _obligation(entry: Mapping[str, Any]) -> Obligation:
    values: dict[str, Any] = dict(entry)
    for name in {"who", "fulfilled"} & set(values):
        values[name] = tuple(values[name])
    return Obligation(**values)


def parameters(law: Law) -> frozenset[str]:
    """Return the parameters that an almanac uses: no rule need name them."""
    named = {name for each in of(law) for name in (each.opens_before, each.reminds_before)}
    return frozenset({*named, YEARS_UNDRAWN})


def problems(law: Law, processes: frozenset[str] | None = None) -> Iterator[Problem]:
    """Yield what a pack's year says that the pack, or the shelf of processes, does not know."""
    yield from examine(law, of(law), processes)


def examine(
    law: Law, obligations: tuple[Obligation, ...], processes: frozenset[str] | None = None
) -> Iterator[Problem]:
    """Yield what obligations name that a law, or the shelf of processes, does not know."""
    file = f"{law.jurisdiction}/{FILE}"
    for each in obligations:
        if each.every not in MONTHS:
            yield _problem(file, f"“{each.code}”的 every 应为 year 或 quarter")
        if not law.has_rule(each.due):
            yield _problem(file, f"“{each.code}”的期限规则“{each.due}”不存在")
        for name in (each.opens_before, each.reminds_before):
            if law.parameter(name, on=date.max) is None:
                yield _problem(file, f"“{each.code}”的参数“{name}”不存在")
        for process in filter(None, (each.process, each.watches)):
            if processes is not None and process not in processes:
                yield _problem(file, f"“{each.code}”的流程“{process}”不存在")
        for word in each.who:
            if word not in CIRCLES and word not in law.organisation.departments:
                yield _problem(file, f"“{each.code}”的责任部门“{word}”不存在")


def _problem(file: str, message: str) -> Problem:
    return Problem(file=file, line=1, column=1, code="almanac", message=message, hint="")
