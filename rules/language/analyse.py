"""What can be proved about a pack: conflicts, gaps, overlaps, dead text, each with a witness.

Conditions are Boolean combinations of enum, number and date comparisons, so a few representative
values per fact decide them (cells.py), up to 4,096 cases; larger questions are sampled along
single and paired changes and say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from rules.errors import Problem
from rules.language import core as c
from rules.language.cells import MOST_CELLS, domain, size
from rules.language.evaluate import truth
from rules.language.program import Rule
from rules.language.run import Run
from rules.language.types import Type, Value

if TYPE_CHECKING:
    from rules.law import Law

Case = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of the analyser; `witness` is a smallest case that shows it."""

    kind: str
    message: str
    rules: tuple[str, ...]
    file: str
    line: int
    witness: tuple[tuple[str, str], ...] = ()
    severity: str = "note"  # error warning note

    def __str__(self) -> str:
        """Render as one line."""
        shown = "、".join(f"{path} = {value}" for path, value in self.witness)
        case = f"；例：{shown}" if shown else ""
        return f"{self.file}：第{self.line}行：{self.message}{case}"

    def as_problem(self) -> Problem:
        """Return the finding in the form of every other check."""
        shown = "、".join(f"{path} = {value}" for path, value in self.witness)
        return Problem(
            file=self.file,
            line=self.line,
            column=1,
            code=self.kind,
            message=self.message,
            hint=f"例：{shown}" if shown else "",
            severity="error" if self.severity == "error" else "warning",
        )


class Prover:
    """Asks questions about conditions on one law date."""

    def __init__(self, law: Law, on: date) -> None:
        self.law, self.on = law, on
        self.parameter = law.executor.parameters(on)

    def witness(self, *conditions: c.Core | None) -> Case | None:
        """Return a smallest case in which all conditions hold, or None when there is none."""
        nodes = [node for node in conditions if node is not None]
        for case in self.cases(nodes):
            if all(self.holds(node, case) for node in nodes):
                return self.smallest(nodes, case)
        return None

    def cases(self, nodes: Iterable[c.Core]) -> Iterator[Case]:
        """Yield representative cases of everything the nodes read."""
        cells = domain(nodes, self.law.program.names, self.parameter)
        paths = list(cells)
        if size(cells) <= MOST_CELLS:
            for values in product(*cells.values()):
                yield dict(zip(paths, values, strict=True))
            return
        yield from islice(_paired(cells), MOST_CELLS)

    def complete(self, *conditions: c.Core | None) -> bool:
        """Whether finding no case proves there is none.

        Facts compared with facts, arithmetic and clocks are opaque: none found is no proof."""
        nodes = [node for node in conditions if node is not None]
        cells = domain(nodes, self.law.program.names, self.parameter)
        return size(cells) <= MOST_CELLS and all(_plain(part) for n in nodes for part in c.walk(n))

    def holds(self, node: c.Core, case: Mapping[str, Value]) -> bool | None:
        """Evaluate a condition over a case."""
        return truth(node, self.run(case))

    def run(self, case: Mapping[str, Value]) -> Run:
        """Prepare an evaluation of a case on the law date."""
        return Run(values=case, parameter=self.parameter, calendar=self.law.calendar, today=self.on)

    def smallest(self, nodes: list[c.Core], case: Case) -> Case:
        """Leave out every fact the conditions hold without."""
        kept = dict(case)
        for path in case:
            fewer = {p: v for p, v in kept.items() if p != path}
            if all(self.holds(node, fewer) for node in nodes):
                kept = fewer
        return kept

    # ------------------------------------------------------------ questions
    def implies(self, one: c.Core, other: c.Core) -> Case | None:
        """Return a case where `one` holds and `other` does not; None when it always follows."""
        return self.witness(one, c.Not(body=other))

    def differ(self, one: c.Core, other: c.Core) -> Case | None:
        """Return a case that tells two conditions apart; None when they are equivalent."""
        return self.implies(one, other) or self.implies(other, one)

    def meet(self, one: c.Core, other: c.Core) -> Case | None:
        """Return a case where both hold; None when they are disjoint."""
        return self.witness(one, other)


def _plain(node: c.Core) -> bool:
    """Whether a node is logic, or one fact against one constant."""
    if isinstance(node, c.Compare):
        return isinstance(node.left, c.Fact) and isinstance(node.right, c.Const | c.Param)
    if isinstance(node, c.Contains):
        return isinstance(node.group, c.Const)
    return not isinstance(node, c.Arith | c.Round | c.Extreme | c.Shift | c.YearDay | c.QuarterDay)


def _paired(cells: Mapping[str, tuple[Value, ...]]) -> Iterator[Case]:
    """Yield all cases that change at most two facts of a base case, for several base cases."""
    paths = list(cells)
    for turn in range(max(len(values) for values in cells.values())):
        base = {path: values[turn % len(values)] for path, values in cells.items()}
        yield dict(base)
        for path in paths:
            for value in cells[path]:
                yield {**base, path: value}
        for one, other in combinations(paths, 2):
            for first, second in product(cells[one], cells[other]):
                yield {**base, one: first, other: second}


def shown(law: Law, case: Case | None) -> tuple[tuple[str, str], ...]:
    """Return a case as text."""
    names = law.program.names
    terms = names.terms
    plain = Type("text")
    return tuple(
        (path, names.shown(value, terms[path].type if path in terms else plain))
        for path, value in sorted((case or {}).items())
    )


def finding(
    law: Law, kind: str, rule: Rule, message: str, case: Case | None = None, **more: str
) -> Finding:
    """Make a finding about a rule."""
    others = more.get("other", "")
    return Finding(
        kind=kind,
        message=message,
        rules=(rule.name, *filter(None, [others])),
        file=rule.file,
        line=int(more.get("line", rule.place.line)),
        witness=shown(law, case),
        severity=more.get("severity", "note"),
    )


def analyse(law: Law, on: date) -> tuple[Finding, ...]:
    """Run every analysis on one law date."""
    from rules.language.analyses import ANALYSES

    prover = Prover(law, on)
    found = [item for analysis in ANALYSES for item in analysis(prover)]
    return tuple(sorted(found, key=lambda item: (item.file, item.line, item.kind, item.message)))
