"""A gateway condition: the same expressions, checked when a diagram is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from rules.language.core import Core, facts_in
from rules.language.evaluate import truth
from rules.language.execute import Executor
from rules.language.missing import unknown_in
from rules.language.run import Run
from rules.language.types import Value, legal_day

NEWEST = date.max  # a gateway reads parameters as they stand now unless told a law date


@dataclass(frozen=True, eq=False)
class Condition:
    """Three-valued: an unknown gateway waits, it never falls through to the default."""

    text: str
    core: Core = field(repr=False)
    executor: Executor = field(repr=False)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The term paths the condition reads."""
        return tuple(fact.path for fact in facts_in(self.core))

    def evaluate(
        self, facts: Mapping[str, Value], *, on: date = NEWEST, now: datetime | None = None
    ) -> bool | None:
        """Return true, false, or None when the facts do not decide it."""
        return truth(self.core, self._run(facts, on, now))

    def missing(
        self, facts: Mapping[str, Value], *, on: date = NEWEST, now: datetime | None = None
    ) -> tuple[str, ...]:
        """Return the facts (and calendar years) the answer hangs on, cheapest first."""
        run = self._run(facts, on, now)
        if truth(self.core, run) is not None:
            return ()
        return unknown_in([self.core], run, self.executor.program.names)

    def _run(self, facts: Mapping[str, Value], on: date, now: datetime | None) -> Run:
        today = legal_day(now) if now is not None else None
        return self.executor.run_over(facts, on, today, self.facts)
