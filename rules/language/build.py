"""From Lark's tree to the blocks of a rule text."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, Final

from lark import Token, v_args
from lark.exceptions import VisitError
from lark.tree import Meta

from rules.language import declarations as d
from rules.language import syntax as s
from rules.language.build_expressions import BadText, day, place, unquoted
from rules.language.build_rules import Rules
from rules.language.place import NOWHERE, Place

DEEPEST: Final = 100  # nodes inside each other


@v_args(meta=True)
class Builder(Rules):
    """Packs, vocabulary and parameters, on top of the rules."""

    # ------------------------------------------------------------ packs and vocabulary
    def pack(self, meta: Meta, c: list[Any]) -> d.Pack:
        found: dict[str, list[Any]] = {"jurisdiction": [], "base": [], "source": []}
        for kind, value in c[2:]:
            found[kind].append(value)
        return d.Pack(
            name=str(c[0]),
            version=unquoted(c[1]),
            jurisdiction=found["jurisdiction"][0] if found["jurisdiction"] else None,
            bases=tuple(found["base"]),
            sources=tuple(found["source"]),
            place=place(meta),
        )

    def pack_jurisdiction(self, _meta: Meta, c: list[Any]) -> tuple[str, str]:
        return "jurisdiction", str(c[0])

    def pack_base(self, _meta: Meta, c: list[Any]) -> tuple[str, tuple[str, str]]:
        return "base", (str(c[0]), unquoted(c[1]))

    def pack_source(self, meta: Meta, c: list[Any]) -> tuple[str, d.Source]:
        name, title, number, issued, ranks, digest = c
        return "source", d.Source(
            name=str(name),
            title=unquoted(title),
            number=unquoted(number) if number else None,
            issued=day(issued),
            ranks=tuple(ranks),
            digest=unquoted(digest).removeprefix("sha256:") if digest else None,
            place=place(meta),
        )

    def ranks(self, _meta: Meta, c: list[Any]) -> tuple[str, ...]:
        return tuple(map(str, c))

    def enum(self, meta: Meta, c: list[Any]) -> d.Enum:
        return d.Enum(name=str(c[0]), values=tuple(map(str, c[1:])), place=place(meta))

    def unit(self, meta: Meta, c: list[Any]) -> d.Unit:
        return d.Unit(names=tuple(map(str, c)), place=place(meta))

    def named_set(self, meta: Meta, c: list[Any]) -> d.NamedSet:
        return d.NamedSet(name=str(c[0]), values=tuple(map(str, c[1:])), place=place(meta))

    def alias(self, meta: Meta, c: list[Any]) -> d.Alias:
        return d.Alias(label=c[0], target=c[1], place=place(meta))

    def type_enum(self, meta: Meta, c: list[Any]) -> d.TypeWord:
        return d.TypeWord(name=str(c[0]), enum=True, place=place(meta))

    def type_set(self, meta: Meta, c: list[Any]) -> d.TypeWord:
        return d.TypeWord(name=str(c[0]), enum=True, many=True, place=place(meta))

    def type_name(self, meta: Meta, c: list[Any]) -> d.TypeWord:
        return d.TypeWord(name=str(c[0]), place=place(meta))

    def type_times(self, meta: Meta, _c: list[Any]) -> d.TypeWord:
        return d.TypeWord(name="次数", place=place(meta))

    def type_day(self, meta: Meta, _c: list[Any]) -> d.TypeWord:
        return d.TypeWord(name="日", place=place(meta))

    def type_human(self, meta: Meta, _c: list[Any]) -> d.TypeWord:
        return d.TypeWord(name="人工判断", place=place(meta))

    def default(self, _meta: Meta, c: list[Any]) -> d.Default:
        return d.Default(value=c[0], origin=unquoted(c[1]))

    def term(self, meta: Meta, c: list[Any]) -> d.Term:
        origin = unquoted(c[2]) if c[2] else None
        return d.Term(path=c[0], type=c[1], origin=origin, default=c[3], place=place(meta))

    def count(self, meta: Meta, c: list[Any]) -> d.Term:
        path, type_word, counted, period, extent, visit, where, origin = c
        query = d.Query(
            counted=str(counted),
            period=str(period),
            extent=str(extent),
            includes_this=str(visit) == "含本次",
            where=where,
        )
        written = unquoted(origin) if origin else None
        return d.Term(path=path, type=type_word, origin=written, query=query, place=place(meta))

    # ------------------------------------------------------------ parameters
    def keys(self, _meta: Meta, c: list[Any]) -> tuple[str, ...]:
        return tuple(map(str, c))

    def keyed(self, _meta: Meta, c: list[Any]) -> tuple[tuple[str, ...], d.Given]:
        return (str(c[0]),), c[1]

    def single(self, _meta: Meta, c: list[Any]) -> d.Dated:
        return d.Dated(start=day("2000-01-01"), values=(((), c[0]),))

    def keyed_values(self, _meta: Meta, c: list[Any]) -> d.Dated:
        return d.Dated(start=day("2000-01-01"), values=tuple(c))

    def param_header(self, _meta: Meta, c: list[Any]) -> tuple[tuple[s.Path, ...], str]:
        return tuple(c[:-1]), str(c[-1])

    def param_row(self, _meta: Meta, c: list[Any]) -> tuple[tuple[str, ...], d.Given]:
        return tuple(map(str, c[:-1])), c[-1]

    def param_table(self, _meta: Meta, c: list[Any]) -> d.Dated:
        columns, name = c[0]
        return d.Dated(
            start=day("2000-01-01"), values=tuple(c[1:]), columns=columns, column_name=name
        )

    def dated(self, meta: Meta, c: list[Any]) -> d.Dated:
        body: d.Dated = c[1]
        return d.Dated(
            start=day(c[0]),
            values=body.values,
            columns=body.columns,
            column_name=body.column_name,
            known=c[2][1] if c[2] else None,
            cites=tuple(c[3:]),
            place=place(meta),
        )

    def param(self, meta: Meta, c: list[Any]) -> d.Parameter:
        return d.Parameter(
            name=str(c[0]), type=c[1], keys=c[2] or (), dated=tuple(c[3:]), place=place(meta)
        )


def build(tree: Any) -> Any:
    """Turn one parsed block, or one condition, into its declaration; raises BadText."""
    try:
        built = Builder().transform(tree)
    except VisitError as error:
        raise error.orig_exc from error
    _refuse_mazes(built)
    return built


def _refuse_mazes(built: Any) -> None:
    """Everything after this walks the tree by recursion; no sentence of a law is so deep."""
    stack: list[tuple[Any, int, Place]] = [(built, 0, NOWHERE)]
    while stack:
        node, depth, above = stack.pop()
        if isinstance(node, tuple):
            stack += [(part, depth, above) for part in node]
        elif is_dataclass(node) and not isinstance(node, Place):
            here = getattr(node, "place", above)
            if depth > DEEPEST:
                where = Token("NAME", "", line=here.line, column=here.column)
                raise BadText(where, "too-deep", f"式子嵌套超过 {DEEPEST} 层", "请拆成几条规则")
            stack += [(getattr(node, each.name), depth + 1, here) for each in fields(node)]
