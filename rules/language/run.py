"""One evaluation: where values come from, and what was seen on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from rules.calendar import Calendar
from rules.facts import Facts
from rules.language import core as c
from rules.language.types import Value

GetParameter = Callable[[str, tuple[str, ...]], Value | None]


class Run:
    """One evaluation: where values come from, and what was seen on the way."""

    __slots__ = ("calendar", "get", "notes", "parameter", "seen", "today", "values")

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
        self.seen: dict[int, Value | None] = {}  # by node; facts and literals know their own
        self.notes: dict[str, None] = {}  # why something other than a fact is unknown

    def value(self, node: c.Core) -> Value | None:
        """Return what a node was found to be."""
        if node.__class__ is c.Fact:
            return self.get(node.path)
        if node.__class__ is c.Const:
            return node.value
        return self.seen.get(id(node))
