"""What decided: the branch of a rule that stands, and the parts of a condition that made it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rules.language import core as c
from rules.language.decide_table import Grid
from rules.language.decision import DEFEATED, Branch, Decision, Truth, settle
from rules.language.evaluate import evaluate
from rules.language.plan import Plan
from rules.language.run import Run


def branches(plan: Plan, decision: Decision, conditions: Sequence[Truth]) -> tuple[int, ...]:
    """Return the conditions that decided, from the base down: indexes into the plan's members.

    Of an open verdict those whose answer it hangs on; of a table the rows that hit."""
    if isinstance(plan.shape, Grid):
        rows = [index for index, truth in enumerate(conditions[1:], 1) if truth]
        return tuple(dict.fromkeys((0, *decision.undecided, *rows[:2])))
    truth = [bool(value) for value in conditions]
    live = _live(plan.shape.root, truth) if truth[0] else [0]
    return tuple(dict.fromkeys((*live, *decision.undecided)))


def _live(branch: Branch, truth: Sequence[bool]) -> list[int]:
    standing = [
        child
        for child in branch.exceptions
        if truth[child.key] and settle(child, truth, root=False) != DEFEATED
    ]
    beaten = frozenset().union(*(child.beats for child in standing))
    chosen = [child for child in standing if child.key not in beaten]
    return [branch.key, *(key for child in chosen for key in _live(child, truth))]


def pruned(node: c.Core, run: Run) -> c.Core:
    """Return a condition without the items that did not matter: of 或 the true ones if there are.

    A list that holds, or fails, as a whole is kept whole."""
    if isinstance(node, c.Not):
        return replace(node, body=pruned(node.body, run))
    if not isinstance(node, c.And | c.Or):
        return node
    value = evaluate(node, run)
    kept = [index for index, item in enumerate(node.items) if evaluate(item, run) is value]
    items = tuple(pruned(node.items[index], run) for index in kept)
    if len(items) == 1:
        return items[0]
    quotes = tuple(node.quotes[index] for index in kept) if node.quotes else ()
    return replace(node, items=items, quotes=quotes)


def quoted(node: c.Core, run: Run) -> Iterator[str]:
    """Yield the words of the clause behind the items that mattered."""
    if isinstance(node, c.And | c.Or):
        value = evaluate(node, run)
        for index, item in enumerate(node.items):
            if evaluate(item, run) is value:
                quote = node.quotes[index] if node.quotes else None
                if quote is not None:
                    yield quote
                yield from quoted(item, run)
    elif isinstance(node, c.Not):
        yield from quoted(node.body, run)
