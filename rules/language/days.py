"""Days of the law: periods, quarters, days of a year, and acts that have not happened."""

from __future__ import annotations

from datetime import MAXYEAR, date, timedelta
from typing import Any

from rules.language import core as c
from rules.language.run import Run
from rules.language.types import NOT_YET


def shift(run: Run, start: date, amount: int, *, working: bool) -> date | None:
    """Move a date; working days need every calendar year on the way."""
    if not working:
        try:
            return start + timedelta(days=amount)
        except OverflowError:
            run.notes["日期超出范围"] = None
            return None
    day = run.calendar.add_working_days(start, amount)
    if day is None:
        run.notes[f"calendar {run.calendar.missing_year(start, amount)}"] = None
    return day


def year_day(year: int, month: int, day: int) -> date | None:
    """Return a day of a year; 2 月 29 日 of a common year is the 28th."""
    if not 1 <= year <= 9999:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def quarter_day(run: Run, day: date, node: c.QuarterDay) -> date | None:
    """Return the last of the first N days of a quarter."""
    month = day.month - (day.month - 1) % 3
    year = day.year
    if node.following:
        year, month = (year + 1, 1) if month == 10 else (year, month + 3)
    if year > MAXYEAR:
        run.notes["日期超出范围"] = None
        return None
    first = date(year, month, 1)
    if not node.working:
        return shift(run, first, node.count - 1, working=False)
    before = shift(run, first, -1, working=False)
    return None if before is None else shift(run, before, node.count, working=True)


def not_yet(op: str, right: Any, run: Run) -> bool | None:
    """Judge an act that has not happened: in time while its last day lasts, late afterwards."""
    if right is NOT_YET:
        return None
    today = run.today
    if today is None:
        run.notes["now"] = None
        return None
    last: date = right
    if op in {"<=", "=="}:
        return today <= last
    if op == "<":
        return today < last
    passed = today > last if op in {">", "!="} else today >= last
    return True if passed else None
