"""Asking whether a case exists in which conditions hold, and finding a smallest one.

Conditions are Boolean combinations of enum, number and date comparisons, so a few representative
values per fact decide them (cells.py), up to 4,096 cases; larger questions are sampled along
single and paired changes and say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from rules.language import core as c
from rules.language.cells import MOST_CELLS, domain, size
from rules.language.evaluate import truth
from rules.language.run import Run
from rules.language.types import Value

if TYPE_CHECKING:
    from rules.law import Law

Case = dict[str, Value]


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
        yield from islice(paired(cells), MOST_CELLS)

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


def paired(cells: Mapping[str, tuple[Value, ...]]) -> Iterator[Case]:
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
