"""From Lark's tree to rules, examples and decision tables."""

from __future__ import annotations

from typing import Any, Final

from lark import v_args
from lark.tree import Meta

from rules.language import declarations as d
from rules.language import syntax as s
from rules.language.build_expressions import Expressions, day, place, unquoted
from rules.language.place import Place

# Clauses that a rule may state more than once.
MANY: Final = {
    d.Cite: "cites",
    d.Interpretation: "interpretations",
    d.Example: "examples",
}


def _clauses(parts: list[Any]) -> d.Clauses:
    """Gather the clauses of a rule in any order, noting what was written twice."""
    many: dict[str, list[Any]] = {name: [] for name in MANY.values()}
    once: dict[str, Any] = {}
    reserved: list[str] = []
    repeated: list[tuple[str, Place]] = []
    for part in parts:
        if type(part) in MANY:
            many[MANY[type(part)]].append(part)
            continue
        name, value, where = part
        if name == "reserved":
            reserved.append(value)
        elif name in once:
            repeated.append((name, where))
        else:
            once[name] = value
            if name == "condition":
                once["condition_place"] = where
    once.update({name: tuple(values) for name, values in many.items()})
    return d.Clauses(
        **once,
        reserved=tuple(reserved),
        repeated=tuple(repeated),
    )


@v_args(meta=True)
class Rules(Expressions):
    """Rules and tables, on top of the expressions inside them."""

    def names(self, _meta: Meta, c: list[Any]) -> tuple[str, ...]:
        return tuple(map(str, c))

    def prior(self, _meta: Meta, c: list[Any]) -> tuple[str, ...]:
        names: tuple[str, ...] = c[0]
        return names

    def qname(self, _meta: Meta, c: list[Any]) -> tuple[str, str]:
        return str(c[0]), str(c[1])

    def rule(self, meta: Meta, c: list[Any]) -> d.Rule:
        return d.Rule(kind="rule", name=str(c[0]), clauses=_clauses(c[1:]), place=place(meta))

    def exception(self, meta: Meta, c: list[Any]) -> d.Rule:
        return d.Rule(
            kind="exception",
            name=str(c[0]),
            bases=c[1],
            prior=c[2] or (),
            clauses=_clauses(c[3:]),
            place=place(meta),
        )

    def _other(self, kind: str, meta: Meta, c: list[Any]) -> d.Rule:
        pack, name = c[0]
        return d.Rule(kind=kind, name=name, pack=pack, clauses=_clauses(c[1:]), place=place(meta))

    def rewrite(self, meta: Meta, c: list[Any]) -> d.Rule:
        return self._other("rewrite", meta, c)

    def repeal(self, meta: Meta, c: list[Any]) -> d.Rule:
        return self._other("repeal", meta, c)

    def borrow(self, meta: Meta, c: list[Any]) -> d.Rule:
        return self._other("borrow", meta, c)

    def strength(self, meta: Meta, c: list[Any]) -> tuple[str, str, Place]:
        return "strength", str(c[0]), place(meta)

    def cite(self, meta: Meta, c: list[Any]) -> d.Cite:
        quotes = tuple(unquoted(token) for token in c[2:] if token.type == "QUOTE")
        return d.Cite(document=str(c[0]), clause=str(c[1]), quotes=quotes, place=place(meta))

    def cite_whole(self, meta: Meta, c: list[Any]) -> d.Cite:
        return d.Cite(document=str(c[0]), clause="", place=place(meta))

    def interp(self, meta: Meta, c: list[Any]) -> d.Interpretation:
        return d.Interpretation(
            text=unquoted(c[0]), signer=unquoted(c[1]), signed_on=day(c[2]), place=place(meta)
        )

    def valid(self, meta: Meta, c: list[Any]) -> tuple[str, Any, Place]:
        return "valid", (day(c[0]), day(c[1]) if c[1] else None), place(meta)

    def known(self, meta: Meta, c: list[Any]) -> tuple[str, Any, Place]:
        return "known", day(c[0]), place(meta)

    def transition(self, meta: Meta, c: list[Any]) -> tuple[str, str, Place]:
        return "transition", str(c[0]), place(meta)

    def scope(self, meta: Meta, c: list[Any]) -> tuple[str, tuple[str, ...], Place]:
        return "scope", c[0], place(meta)

    def reserved(self, meta: Meta, c: list[Any]) -> tuple[str, str, Place]:
        return "reserved", unquoted(c[0]), place(meta)

    def cond(self, meta: Meta, c: list[Any]) -> tuple[str, s.Expr, Place]:
        return "condition", c[0], place(meta)

    def _conclusion(
        self, meta: Meta, kind: str, body: s.Expr | None = None, name: str = ""
    ) -> tuple[str, d.Conclusion, Place]:
        where = place(meta)
        return "conclusion", d.Conclusion(kind=kind, body=body, name=name, place=where), where

    def must(self, meta: Meta, c: list[Any]) -> tuple[str, d.Conclusion, Place]:
        return self._conclusion(meta, "must", c[0])

    def mustnot(self, meta: Meta, c: list[Any]) -> tuple[str, d.Conclusion, Place]:
        return self._conclusion(meta, "mustnot", c[0])

    def may(self, meta: Meta, c: list[Any]) -> tuple[str, d.Conclusion, Place]:
        return self._conclusion(meta, "may", name=str(c[1]))

    def deem(self, meta: Meta, c: list[Any]) -> tuple[str, d.Conclusion, Place]:
        return self._conclusion(meta, "deem", name=str(c[1]))

    def waive(self, meta: Meta, _c: list[Any]) -> tuple[str, d.Conclusion, Place]:
        return self._conclusion(meta, "waive")

    def replace(self, meta: Meta, c: list[Any]) -> tuple[str, d.Conclusion, Place]:
        inner: d.Conclusion = c[0][1]
        where = place(meta)
        return (
            "conclusion",
            d.Conclusion(
                kind=inner.kind, body=inner.body, name=inner.name, instead=True, place=where
            ),
            where,
        )

    def onfail(self, meta: Meta, c: list[Any]) -> tuple[str, d.OnFail, Place]:
        message = unquoted(c[1]) if c[1] else None
        where = place(meta)
        return "on_fail", d.OnFail(action=str(c[0]), message=message, place=where), where

    # ------------------------------------------------------------ examples
    def assign(self, _meta: Meta, c: list[Any]) -> d.Assign:
        return d.Assign(path=c[0], values=(c[1],))

    def assign_set(self, _meta: Meta, c: list[Any]) -> d.Assign:
        values = tuple(s.Path(parts=(str(name),)) for name in c[1:])
        return d.Assign(path=c[0], values=values, many=True)

    def assigns(self, _meta: Meta, c: list[Any]) -> tuple[d.Assign, ...]:
        return tuple(c)

    def on_day(self, _meta: Meta, c: list[Any]) -> Any:
        return day(c[0])

    def verdict(self, _meta: Meta, c: list[Any]) -> tuple[str, str]:
        return str(c[0]), str(c[1] or "") if len(c) > 1 else ""

    def example(self, meta: Meta, c: list[Any]) -> d.Example:
        word, detail = c[3]
        return d.Example(
            name=unquoted(c[0]),
            given=c[1] or (),
            on=c[2],
            verdict=word,
            detail=detail,
            place=place(meta),
        )

    # ------------------------------------------------------------ tables
    def header(self, _meta: Meta, c: list[Any]) -> tuple[tuple[s.Path, ...], str]:
        return tuple(c[:-1]), str(c[-1])

    def cell_any(self, meta: Meta, _c: list[Any]) -> d.Cell:
        return d.Cell(kind="any", place=place(meta))

    def cell_op(self, meta: Meta, c: list[Any]) -> d.Cell:
        return d.Cell(kind="op", word=str(c[0]), items=(c[1],), place=place(meta))

    def cell_not(self, meta: Meta, c: list[Any]) -> d.Cell:
        return d.Cell(kind="not", items=(c[0],), place=place(meta))

    def cell_between(self, meta: Meta, c: list[Any]) -> d.Cell:
        return d.Cell(kind="between", items=tuple(c), place=place(meta))

    def cell_in(self, meta: Meta, c: list[Any]) -> d.Cell:
        return d.Cell(kind="in", items=tuple(c), place=place(meta))

    def row(self, meta: Meta, c: list[Any]) -> d.Row:
        return d.Row(
            cells=tuple(c[:-2]), result=str(c[-2]), detail=str(c[-1] or ""), place=place(meta)
        )

    def table(self, meta: Meta, c: list[Any]) -> d.Table:
        split = next(i for i, part in enumerate(c) if i > 1 and _is_header(part))
        columns, result_name = c[split]
        return d.Table(
            name=str(c[0]),
            policy=str(c[1]),
            clauses=_clauses(c[2:split]),
            columns=columns,
            result_name=result_name,
            rows=tuple(c[split + 1 :]),
            place=place(meta),
        )


def _is_header(part: Any) -> bool:
    return isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], tuple)
