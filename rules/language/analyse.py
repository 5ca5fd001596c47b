"""What can be proved about a pack: conflicts, gaps, overlaps, dead text, each with a witness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from rules.language import analyses
from rules.language.example_coverage import example_coverage
from rules.language.exception_coverage import exception_coverage
from rules.language.finding import Finding
from rules.language.prover import Prover

if TYPE_CHECKING:
    from rules.law import Law

ANALYSES: Final[tuple[Callable[[Prover], Iterator[Finding]], ...]] = (
    analyses.exception_conflicts,
    analyses.tables,
    analyses.dead_conditions,
    analyses.duties,
    analyses.gaps,
    analyses.whole_numbers,
    analyses.early_acts,
    analyses.composed_deadlines,
    example_coverage,
    exception_coverage,
)


def analyse(law: Law, on: date) -> tuple[Finding, ...]:
    """Run every analysis on one law date."""
    prover = Prover(law, on)
    found = [item for analysis in ANALYSES for item in analysis(prover)]
    return tuple(sorted(found, key=lambda item: (item.file, item.line, item.kind, item.message)))
