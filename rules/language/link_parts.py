"""Pieces of linking: citations with their bullets, and the rows of tables."""

from __future__ import annotations

from collections.abc import Iterable

from rules.language import core as c
from rules.language import declarations as d
from rules.language.operands import Unresolved
from rules.language.resolve import Resolver
from rules.language.syntax import Bullet, Expr, List
from rules.language.words import COMPARISONS
from rules.verdict import Citation


def citations(clauses: d.Clauses) -> tuple[Citation, ...]:
    """Return every citation of a rule; bullets quote further words of the first clause cited."""
    found = [
        Citation(document=cite.document, clause=cite.clause, quote=quote)
        for cite in clauses.cites
        for quote in cite.quotes or (None,)
    ]
    if clauses.cites:
        first = clauses.cites[0]
        found += [
            Citation(document=first.document, clause=first.clause, quote=bullet.quote)
            for bullet in bullets(clauses.condition)
            if bullet.quote is not None
        ]
    return tuple(found)


def bullets(expr: Expr | None) -> Iterable[Bullet]:
    """Yield every bullet of an expression, lists inside parentheses included."""
    stack: list[object] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, List):
            yield from node.items
            stack.extend(reversed([item.body for item in node.items]))
            continue
        for name in ("items", "body", "left", "right"):
            part = getattr(node, name, None)
            stack.extend(part if isinstance(part, tuple) else [part] if part is not None else [])


def try_operand(resolver: Resolver, expr: Expr) -> c.Core | None:
    """Resolve the column of a table; None after noting what is wrong."""
    try:
        return resolver.operand(expr)
    except Unresolved:
        return None


def row_condition(resolver: Resolver, row: d.Row, columns: list[c.Core | None]) -> c.Core | None:
    """Turn a row into the condition under which it applies."""
    items: list[c.Core] = []
    for cell, column in zip(row.cells, columns, strict=True):
        if column is None or cell.kind == "any":
            continue
        try:
            items.append(_cell(resolver, cell, column))
        except Unresolved:
            return None
    return items[0] if len(items) == 1 else c.And(items=tuple(items), place=row.place)


def _cell(resolver: Resolver, cell: d.Cell, column: c.Core) -> c.Core:
    values = [resolver.operand(item, column.type) for item in cell.items]
    if cell.kind == "between":
        low, high = values
        return c.And(
            items=(
                resolver.compare(">=", column, low, cell.place),
                resolver.compare("<=", column, high, cell.place),
            ),
            place=cell.place,
        )
    op = {"op": COMPARISONS.get(cell.word, "=="), "not": "!="}.get(cell.kind, "==")
    items = tuple(resolver.member(op, column, value, cell.place) for value in values)
    return items[0] if len(items) == 1 else c.Or(items=items, place=cell.place)
