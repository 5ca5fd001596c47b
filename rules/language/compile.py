"""Conditions as Python bytecode, generated from a whitelist of syntax: the fast back-end.

Two forms of the same tree. The two-valued form reads facts by subscript and stops with an
exception at the first unknown it needs; the three-valued form (Kleene) then answers. The safety
is the whitelist of node kinds and names below, not the empty builtins."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Final

from rules.language import core as c
from rules.language.codegen import ForbiddenCode, Generator, look
from rules.language.run import GetParameter, Run
from rules.language.runtime import THREE_VALUED, TWO_VALUED, certain
from rules.language.types import Value

LOAD: Final = ast.Load()
ALLOWED: Final = (
    *(
        ast.Module,
        ast.FunctionDef,
        ast.arguments,
        ast.arg,
        ast.Return,
        ast.Assign,
        ast.Tuple,
        ast.Load,
    ),
    *(ast.Store, ast.Name, ast.NamedExpr, ast.Constant, ast.IfExp, ast.BoolOp, ast.And, ast.Or),
    *(ast.UnaryOp, ast.Not, ast.USub, ast.Compare, ast.Is, ast.BinOp, ast.Subscript, ast.Call),
    *(ast.cmpop, ast.operator, ast.Attribute),
)
ATTRIBUTES: Final = frozenset({"numerator", "denominator", "get"})
Function = Callable[[Mapping[str, Value], Run], tuple[bool | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Two functions over the same conditions; both return one truth per condition."""

    certain: Function
    kleene: Function
    code: tuple[CodeType, CodeType] = field(repr=False)

    def __call__(self, values: Mapping[str, Value], run: Run) -> tuple[bool | None, ...]:
        """Answer two-valued where the facts allow it, else three-valued."""
        try:
            return self.certain(values, run)
        except (KeyError, TypeError, ZeroDivisionError):
            return self.kleene(values, run)


def compile_nodes(nodes: Sequence[c.Core | None], parameter: GetParameter) -> Compiled:
    """Compile conditions at one law date; `None` stands for a condition that always holds."""
    two_valued, first = _function(nodes, parameter, kleene=False)
    kleene, second = _function(nodes, parameter, kleene=True)
    return Compiled(certain=two_valued, kleene=kleene, code=(first, second))


def _function(
    nodes: Sequence[c.Core | None], parameter: GetParameter, *, kleene: bool
) -> tuple[Function, CodeType]:
    generator = Generator(parameter, kleene=kleene)
    results = [ast.Constant(True) if node is None else generator.expression(node) for node in nodes]
    get = ast.Attribute(ast.Name("v", LOAD), "get", LOAD)
    body: list[ast.stmt] = [ast.Return(ast.Tuple(results, LOAD))]
    if kleene:
        body.insert(0, ast.Assign([ast.Name("g", ast.Store())], get))
    arguments = ast.arguments([], [ast.arg("v"), ast.arg("r")], None, [], [], None, [])
    function = ast.FunctionDef("run", arguments, body, [])
    module = ast.fix_missing_locations(ast.Module([function], []))
    helpers: dict[str, Any] = dict(THREE_VALUED if kleene else TWO_VALUED)
    helpers |= {"look": look, "known": certain(lambda found: found)}
    names = {"v", "r", "g", *helpers, *generator.constants}
    names |= {f"t{index + 1}" for index in range(generator.temporaries)}
    _inspect(ast.walk(module), names)
    code = compile(module, "<规则>", "exec")
    namespace: dict[str, Any] = {"__builtins__": {}, **helpers, **generator.constants}
    exec(code, namespace)  # noqa: S102  # generated above from a whitelist, never from text
    run: Function = namespace["run"]
    return run, code


def _inspect(nodes: Iterable[ast.AST], names: set[str]) -> None:
    """Refuse everything the generator has no business producing."""
    for node in nodes:
        if not isinstance(node, ALLOWED):
            raise ForbiddenCode(type(node).__name__)
        if isinstance(node, ast.Name) and node.id not in names:
            raise ForbiddenCode(node.id)
        if isinstance(node, ast.Attribute) and node.attr not in ATTRIBUTES:
            raise ForbiddenCode(node.attr)
