"""Cases that could tell two versions of a rule apart: around every boundary of either version.

A boundary need not stand in the text: a deadline moves with its event, a list size turns where a
ratio gives one more. Such values are computed under each case, by both versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice, product
from typing import Final

from rules.language import core as c
from rules.language.cells import MOST_CELLS, ONE_DAY, landmarks, representatives, size
from rules.language.evaluate import evaluate
from rules.language.prover import Case, Prover, paired
from rules.language.types import Type, Value

MOST_CASES: Final = 20_000
LEAST_PER_BASE: Final = 81
A_LITTLE: Final = Fraction(1, 1000)  # less than any regulation tells apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a rule: what it reads, how its law evaluates, and what it calls the facts."""

    prover: Prover
    nodes: tuple[c.Core, ...]
    names: Mapping[str, str]  # its own name of a fact -> the name both versions share

    def shared(self, path: str) -> str:
        """Return the name both versions know a fact by."""
        return self.names.get(path, path)

    def own(self, case: Case) -> Case:
        """Return a case in this version's own names."""
        own = {shared: name for name, shared in self.names.items()}
        return {own.get(path, path): value for path, value in case.items()}


def telling(versions: tuple[Version, ...]) -> Iterator[Case]:
    """Yield cases on every side of every boundary of the versions, as far as a budget allows."""
    moving = _moving(versions)
    cells = _cells(versions)
    fixed = {path: cells[path][:1] if path in moving else cells[path] for path in cells}
    bases = _bases(fixed)
    room = max(LEAST_PER_BASE, MOST_CASES // max(1, min(size(fixed), MOST_CELLS)))
    for base in bases:
        around = {path: _around(path, moving[path], base) or cells[path] for path in moving}
        for values in islice(product(*around.values()), room):
            yield {**base, **dict(zip(around, values, strict=True))}


def _bases(cells: Mapping[str, tuple[Value, ...]]) -> Iterator[Case]:
    if size(cells) > MOST_CELLS:
        yield from islice(paired(cells), MOST_CELLS)
        return
    for values in product(*cells.values()):
        yield dict(zip(cells, values, strict=True))


def _cells(versions: Iterable[Version]) -> dict[str, tuple[Value, ...]]:
    """Return for each fact the values that meet every constant either version names."""
    points: dict[str, tuple[Type, set[Value]]] = {}
    given = tuple(versions)
    for version in given:
        for path, (type_, found) in landmarks(version.nodes, version.prover.parameter).items():
            points.setdefault(version.shared(path), (type_, set()))[1].update(found)
        for path, sizes in _sizes(version).items():
            points[version.shared(path)][1].update(sizes)
    return {
        path: tuple(
            dict.fromkeys(
                value
                for version in given
                for value in representatives(type_, found, version.prover.law.program.names)
            )
        )
        for path, (type_, found) in points.items()
    }


def _sizes(version: Version) -> dict[str, set[Value]]:
    """Return list sizes at which a ratio gives one more whole unit."""
    found: dict[str, set[Value]] = {}
    run = version.prover.run({})
    for node in (part for root in version.nodes for part in c.walk(root)):
        if not isinstance(node, c.Arith) or node.op not in {"×", "÷"}:
            continue
        for fact, other in ((node.left, node.right), (node.right, node.left)):
            ratio = evaluate(other, run) if isinstance(fact, c.Fact) else None
            if isinstance(fact, c.Fact) and isinstance(ratio, Fraction) and ratio > 0:
                whole = ratio.denominator // ratio.numerator
                found.setdefault(fact.path, set()).update({whole, whole + 1, ratio.denominator})
    return found


Moving = list[tuple[c.Core, Version]]


def _moving(versions: Iterable[Version]) -> dict[str, Moving]:
    """Return the facts that are compared with what itself depends on facts."""
    found: dict[str, Moving] = {}
    for version in versions:
        for node in (part for root in version.nodes for part in c.walk(root)):
            if not isinstance(node, c.Compare):
                continue
            fact, other = node.left, node.right
            if not isinstance(fact, c.Fact):
                fact, other = other, fact
            measured = fact.type.numeric or fact.type.kind == "date"
            if isinstance(fact, c.Fact) and measured and c.facts_in(other):
                found.setdefault(version.shared(fact.path), []).append((other, version))
    return found


def _around(path: str, moving: Moving, base: Case) -> tuple[Value, ...]:
    found: dict[Value, None] = {}
    for other, version in moving:
        middle = evaluate(other, version.prover.run(version.own(base)))
        found.update(dict.fromkeys(_near(middle)))
    held = base.get(path)
    return tuple(found) if held is None else (held, *(v for v in found if v != held))


def _near(value: Value | None) -> tuple[Value, ...]:
    if isinstance(value, date):
        inside = date.min < value < date.max
        return (value - ONE_DAY, value, value + ONE_DAY) if inside else (value,)
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return ()
    step = 1 if isinstance(value, int) else A_LITTLE
    return tuple(each for each in (value - step, value, value + step) if each >= 0)
