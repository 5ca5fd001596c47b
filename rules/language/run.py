"""One evaluation: where values come from, and why some are unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from rules.calendar import Calendar
from rules.facts import Facts
from rules.language.types import Value

GetParameter = Callable[[str, tuple[str, ...]], Value | None]


class Run:
    """One evaluation: where values come from, and why some are unknown."""

    __slots__ = ("calendar", "get", "notes", "parameter", "today", "values")

    def __init__(
        self,
        *,
        values: Mapping[str, Value],
        parameter: GetParameter,
        calendar: Calendar,
        today: date | None,
    ) -> None:
        self.values = values.values_by_path if isinstance(values, Facts) else values
        self.get = self.values.get
        self.parameter, self.calendar, self.today = parameter, calendar, today
        self.notes: dict[str, None] = {}  # why something other than a fact is unknown
