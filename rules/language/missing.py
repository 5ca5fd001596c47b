"""Which unknown facts an unknown answer hangs on: the shortest list to ask for."""

from __future__ import annotations

from collections.abc import Iterable

from rules.language import core as c
from rules.language.evaluate import evaluate
from rules.language.names import Names
from rules.language.run import Run


def unknown_in(nodes: Iterable[c.Core], run: Run, names: Names) -> tuple[str, ...]:
    """Return unknown facts below unknown nodes of a finished run, cheapest source first.

    A fact under a false 且 or a true 或 does not count: no value of it changes anything."""
    paths: dict[str, None] = {}
    for node in nodes:
        _collect(node, run, paths)
    cheapest = sorted(paths, key=lambda path: names.terms[path].cost if path in names.terms else 9)
    return (*cheapest, *run.notes)


def _collect(node: c.Core, run: Run, paths: dict[str, None]) -> None:
    if evaluate(node, run) is not None:
        return
    if isinstance(node, c.Fact):
        paths[node.path] = None
        return
    for child in c.children(node):
        _collect(child, run, paths)
