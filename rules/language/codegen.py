"""From typed nodes to Python syntax: the generator behind compile.py."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from rules.language import core as c
from rules.language.run import GetParameter
from rules.language.types import Value

LOAD: Final = ast.Load()
COMPARERS: Final[dict[str, Callable[[], ast.cmpop]]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
ARITHMETIC: Final[dict[str, Callable[[], ast.operator]]] = {
    "+": ast.Add,
    "−": ast.Sub,
    "×": ast.Mult,
}
SIMPLE: Final = (bool, int, str)
# what is made by calling one of the few functions of runtime.py, or by arithmetic
Made = c.Arith | c.Round | c.Extreme | c.Shift | c.YearDay | c.QuarterDay | c.Contains


class ForbiddenCode(AssertionError):
    """The generator produced something outside its whitelist: a bug here, never bad input."""


class Generator:
    """Turns typed nodes into expressions; `kleene` chooses the form."""

    def __init__(self, parameter: GetParameter, *, kleene: bool) -> None:
        self.parameter, self.kleene = parameter, kleene
        self.constants: dict[str, Any] = {}
        self.temporaries = 0

    # ------------------------------------------------------------ pieces
    def name(self, word: str) -> ast.expr:
        return ast.Name(word, LOAD)

    def call(self, function: str, *arguments: ast.expr) -> ast.expr:
        return ast.Call(self.name(function), list(arguments), [])

    def constant(self, value: Any) -> ast.expr:
        if value is None or isinstance(value, SIMPLE):
            return ast.Constant(value)
        for known, held in self.constants.items():
            if type(held) is type(value) and held == value:
                return self.name(known)
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return self.name(name)

    def keep(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Return an expression that stores a value in a temporary, and one that reads it."""
        self.temporaries += 1
        name = f"t{self.temporaries}"
        return ast.NamedExpr(ast.Name(name, ast.Store()), value), self.name(name)

    def is_(self, value: ast.expr, what: bool | None) -> ast.expr:
        return ast.Compare(value, [ast.Is()], [ast.Constant(what)])

    # ------------------------------------------------------------ nodes
    def expression(self, node: c.Core) -> ast.expr:
        """Generate one node."""
        match node:
            case c.Fact():
                return self._fact(node.path)
            case c.Const():
                return self.constant(node.value)
            case c.Param():
                return self._param(node)
            case c.Compare():
                return self._compare(node)
            case c.Not():
                return self._not(node)
            case c.And() | c.Or():
                return self._junction(node)
        return self._value(node)

    def _fact(self, path: str) -> ast.expr:
        if self.kleene:
            return self.call("g", ast.Constant(path))
        return ast.Subscript(self.name("v"), ast.Constant(path), LOAD)

    def _param(self, node: c.Param) -> ast.expr:
        if not node.keys:
            value = self.parameter(node.name, ())
            return self._fact(f"参数 {node.name}") if value is None else self.constant(value)
        table = Table(node.name, self.parameter)
        keys = ast.Tuple([self.expression(key) for key in node.keys], LOAD)
        found = self.call("look", self.constant(table), keys)
        return found if self.kleene else self.call("known", found)

    def _value(self, node: Made) -> ast.expr:
        e = self.expression
        match node:
            case c.Arith():
                return self._arith(node)
            case c.Round():
                return self.call("round_", e(node.body), ast.Constant(node.up))
            case c.Extreme():
                items = [e(item) for item in node.items]
                return self.call("extreme", ast.Constant(node.largest), *items)
            case c.Shift():
                amount = self._signed(node)
                return self.call(
                    "shift", self.name("r"), e(node.start), amount, ast.Constant(node.working)
                )
            case c.YearDay():
                month, day = ast.Constant(node.month), ast.Constant(node.day)
                return self.call("year_day", e(node.year), month, day)
            case c.QuarterDay():
                return self.call("quarter", self.name("r"), e(node.day), self.constant(node))
        return self.call("within", e(node.item), e(node.group))

    def _signed(self, node: c.Shift) -> ast.expr:
        if isinstance(node.amount, c.Const) and isinstance(node.amount.value, int):
            return ast.Constant(node.amount.value * node.sign)
        amount = self.expression(node.amount)
        if node.sign > 0:
            return amount
        return self._lifted([amount], lambda parts: ast.UnaryOp(ast.USub(), parts[0]))

    def _arith(self, node: c.Arith) -> ast.expr:
        left, right = self.expression(node.left), self.expression(node.right)
        if node.left.type.kind == "date":
            return self.call("between", left, right)
        if node.op == "÷":
            return self.call("divide", left, right)
        operator = ARITHMETIC[node.op]()
        return self._lifted([left, right], lambda parts: ast.BinOp(parts[0], operator, parts[1]))

    def _lifted(
        self, values: list[ast.expr], build: Callable[[list[ast.expr]], ast.expr]
    ) -> ast.expr:
        """Apply an operation to values, or give None when one of them is None."""
        if not self.kleene:
            return build(values)
        tests: list[ast.expr] = []
        reads: list[ast.expr] = []
        for value in values:
            if isinstance(value, ast.Constant) and value.value is not None:
                reads.append(value)
                continue
            store, read = self.keep(value)
            tests.append(self.is_(store, None))
            reads.append(read)
        if not tests:
            return build(reads)
        test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
        return ast.IfExp(test, ast.Constant(None), build(reads))

    def _compare(self, node: c.Compare) -> ast.expr:
        if node.left.type.kind == "date":
            return self._dates(node)
        if isinstance(node.right, c.Const | c.Param) and node.right.type.kind in {
            "ratio",
            "number",
        }:
            exact = self._exact(node)
            if exact is not None:
                return exact
        operator = COMPARERS[node.op]()
        return self._lifted(
            [self.expression(node.left), self.expression(node.right)],
            lambda parts: ast.Compare(parts[0], [operator], [parts[1]]),
        )

    def _exact(self, node: c.Compare) -> ast.expr | None:
        """Compare with n/d as x.numerator × d against n × x.denominator: exact and fast."""
        if isinstance(node.right, c.Param):
            bound = self.parameter(node.right.name, ()) if not node.right.keys else None
        else:
            bound = node.right.value if isinstance(node.right, c.Const) else None
        if not isinstance(bound, Fraction) or bound.denominator == 1:
            return None
        above, below = bound.numerator, bound.denominator
        operator = COMPARERS[node.op]()

        def build(parts: list[ast.expr]) -> ast.expr:
            store, read = self.keep(parts[0])
            left = ast.BinOp(
                ast.Attribute(store, "numerator", LOAD), ast.Mult(), ast.Constant(below)
            )
            right = ast.BinOp(
                ast.Attribute(read, "denominator", LOAD), ast.Mult(), ast.Constant(above)
            )
            return ast.Compare(left, [operator], [right])

        return self._lifted([self.expression(node.left)], build)

    def _dates(self, node: c.Compare) -> ast.expr:
        left, right = self.expression(node.left), self.expression(node.right)
        if self.kleene:
            return self.call("days", self.name("r"), ast.Constant(node.op), left, right)
        if node.op in {"==", "!="}:
            return self.call("same" if node.op == "==" else "differ", left, right)
        return ast.Compare(left, [COMPARERS[node.op]()], [right])

    def _not(self, node: c.Not) -> ast.expr:
        body = self.expression(node.body)
        return self._lifted([body], lambda parts: ast.UnaryOp(ast.Not(), parts[0]))

    def _junction(self, node: c.And | c.Or) -> ast.expr:
        items = [self.expression(item) for item in node.items]
        absorbing = isinstance(node, c.Or)
        if not items:
            return ast.Constant(not absorbing)
        if not self.kleene:
            return items[0] if len(items) == 1 else ast.BoolOp(_bool_op(absorbing), items)
        kept = [self.keep(item) for item in items]
        decided = _any([self.is_(store, absorbing) for store, _ in kept])
        unknown = _any([self.is_(read, None) for _, read in kept])
        otherwise = ast.IfExp(unknown, ast.Constant(None), ast.Constant(not absorbing))
        return ast.IfExp(decided, ast.Constant(absorbing), otherwise)


def _any(tests: list[ast.expr]) -> ast.expr:
    """Join tests flat: a list of three thousand items must not nest three thousand deep."""
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)


def _bool_op(absorbing: bool) -> ast.boolop:
    return ast.Or() if absorbing else ast.And()


@dataclass(frozen=True, slots=True)
class Table:
    """A tabulated parameter as a constant of compiled code."""

    name: str
    parameter: GetParameter


def look(table: Table, keys: tuple[Any, ...]) -> Value | None:
    return None if None in keys else table.parameter(table.name, tuple(map(str, keys)))
