"""The answer of one rule for one set of facts, with everything needed to explain it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from rules.facts import Facts
from rules.verdict import Citation, Verdict

if TYPE_CHECKING:
    from rules.language.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A verdict with its words of the law, and what it takes to work it out again."""

    rule: str
    verdict: Verdict
    discretion: str | None = None
    deemed: str | None = None
    action: str | None = None
    message: str | None = None
    citations: tuple[Citation, ...] = ()
    missing: tuple[str, ...] = ()
    advice: Verdict | None = None  # what a borrowed rule would have said
    note: str = ""
    plan: Plan | None = field(default=None, compare=False, repr=False)
    facts: Facts = field(default_factory=Facts, compare=False, repr=False)
    on: date = field(compare=False)
    now: datetime | None = field(default=None, compare=False)
