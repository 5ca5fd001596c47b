"""From values as written to typed values: literals, names, arithmetic, parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Final, NoReturn

from rules.errors import Problem
from rules.language import core as c
from rules.language import syntax as s
from rules.language.algebra import Refusal, combine, comparable, roundable
from rules.language.evaluate import always
from rules.language.messages import did_you_mean
from rules.language.names import Names
from rules.language.place import Place
from rules.language.types import BOOL, DATE, DAYS, DEPARTMENT, NUMBER, RATIO, TEXT, WDAYS, Type

LITERAL_TYPES: Final = {
    "percent": RATIO,
    "working_days": WDAYS,
    "days": DAYS,
    "number": NUMBER,
    "date": DATE,
    "boolean": BOOL,
    "text": TEXT,
}


class Unresolved(Exception):
    """An operand has no meaning; the problem is already noted."""


class Operands(ABC):
    """Resolves values; `truth` is what a condition inside parentheses needs."""

    def __init__(self, names: Names, file: str) -> None:
        self.names, self.file = names, file
        self.problems: list[Problem] = []

    @abstractmethod
    def truth(self, expr: s.Expr) -> c.Core:
        """Resolve a condition."""

    def operand(self, expr: s.Expr, expected: Type | None = None) -> c.Core:
        """Resolve a value; a bare name on the right is an enum value of the left type first."""
        match expr:
            case s.Path():
                return self._name(expr, expected)
            case s.Literal():
                return self.constant(expr, expected)
            case s.Group():
                return self.operand(expr.body, expected)
            case s.Arithmetic():
                left, right = self.operand(expr.left), self.operand(expr.right)
                if expr.op == "÷" and always(right) == 0:
                    hint = "除以零没有结果，结论永远待查；请改写除数"
                    self._fail(expr.right.place, "zero", "除数是 0", hint)
                return self._accept(combine(expr.op, left, right), expr.place)
            case s.Call():
                return self._call(expr, expected)
            case s.ByKey():
                return self._tabulated(expr)
        return self.truth(expr)

    def constant(self, expr: s.Literal, expected: Type | None) -> c.Const:
        """Type a literal; the name of a department stands for its code."""
        departments = self.names.departments
        if expr.kind != "text" or expected != DEPARTMENT or not departments:
            return self.literal(expr)
        name = str(expr.value)
        if name not in departments:
            named = next((each for each, code in departments.items() if code == name), "")
            hint = f"请写“{named}”" if named else did_you_mean(name, departments)
            hint = hint or "可用：" + "、".join(list(departments)[:6])
            self._fail(expr.place, "department", f"没有部门“{name}”", hint)
        return c.Const(value=departments[name], type=DEPARTMENT, label=name, place=expr.place)

    def literal(self, expr: s.Literal) -> c.Const:
        """Type a literal; counts and days must be whole."""
        kind = LITERAL_TYPES.get(expr.kind)
        if kind is None:
            unit = self.names.aliases.get(expr.unit, expr.unit)
            if unit not in self.names.units:
                hint = did_you_mean(unit, self.names.units)
                self._fail(expr.place, "unit", f"没有单位“{unit}”", hint or "请用 单位 声明")
            kind = Type("count", unit)
        value = expr.value
        if isinstance(value, Fraction) and kind.kind in {"count", "wdays", "days"}:
            if value.denominator != 1:
                self._fail(expr.place, "literal", f"“{kind}”要整数", "")
            return c.Const(value=int(value), type=kind, place=expr.place)
        return c.Const(value=value, type=kind, place=expr.place)

    def _name(self, expr: s.Path, expected: Type | None) -> c.Core:
        path = self.names.canonical(expr)
        wanted = expected.name if expected is not None and expected.kind == "enum" else ""
        if path in self.names.enums.get(wanted, ()):
            return c.Const(value=path, type=Type("enum", wanted), place=expr.place)
        found = self._declared(path, expr.place)
        if found is not None:
            return found
        if expected is not None and expected.kind == "enum":
            self._unknown_value(expr, path, expected)
        if self.names.enums_of(path):
            hint = "枚举的值写在右边，如 事项的类别 为 一般"
            self._fail(expr.place, "enum", f"“{path}”是枚举的值，不是事实", hint)
        hint = did_you_mean(path, self.names.known_paths()) or "请先用 词 声明"
        return self._fail(expr.place, "undefined", f"没有声明“{path}”", hint)

    def _declared(self, path: str, place: Place) -> c.Core | None:
        self.names.used.add(path)
        term = self.names.terms.get(path)
        if term is not None:
            return c.Fact(path=path, type=term.type, place=place)
        parameter = self.names.parameters.get(path)
        if parameter is not None:
            if parameter.keys:
                keys = "、".join(parameter.keys)
                self._fail(place, "key", f"参数“{path}”按 {keys} 分列", f"请写 {path} 按 某事实")
            return c.Param(name=path, keys=(), type=parameter.type, place=place)
        values = self.names.sets.get(path)
        if values is None:
            return None
        enum = _common_enum(self.names, values)
        return c.Const(
            value=frozenset(values), type=Type("enum", enum, many=True), label=path, place=place
        )

    def _unknown_value(self, expr: s.Path, path: str, expected: Type) -> None:
        values = self.names.enums.get(expected.name, ())
        hint = did_you_mean(path, (*values, *self.names.terms))
        allowed = "、".join(values[:12])
        message = f"“{path}”不是“{expected.name}”的值；可用：{allowed}"
        self._fail(expr.place, "enum", message, hint)

    def _call(self, expr: s.Call, expected: Type | None) -> c.Core:
        nodes = tuple(self.operand(arg, expected) for arg in expr.args)
        if expr.word in {"上取整", "下取整"}:
            made = roundable(nodes[0].type)
            if isinstance(made, Refusal):
                self._refuse(expr.place, made)
            return c.Round(up=expr.word == "上取整", body=nodes[0], type=made, place=expr.place)
        for node in nodes:
            refusal = comparable(nodes[0].type, node.type, ordered=True)
            if refusal is not None:
                self._refuse(node.place, refusal)
        kind = nodes[0].type
        return c.Extreme(largest=expr.word == "较大", items=nodes, type=kind, place=expr.place)

    def _tabulated(self, expr: s.ByKey) -> c.Core:
        path = self.names.canonical(expr.parameter)
        self.names.used.add(path)
        parameter = self.names.parameters.get(path)
        if parameter is None:
            hint = did_you_mean(path, self.names.parameters)
            self._fail(expr.place, "undefined", f"没有参数“{path}”", hint)
        keys = tuple(self.operand(key) for key in expr.keys)
        if [key.type.name for key in keys] != list(parameter.keys):
            wanted = "、".join(parameter.keys)
            self._fail(expr.place, "key", f"参数“{path}”要按 {wanted} 取值", "")
        return c.Param(name=path, keys=keys, type=parameter.type, place=expr.place)

    # ------------------------------------------------------------ problems
    def _accept(self, made: c.Core | Refusal, place: Place) -> c.Core:
        if isinstance(made, Refusal):
            self._refuse(place, made)
        return made

    def _refuse(self, place: Place, refusal: Refusal) -> NoReturn:
        self._fail(place, refusal.code, refusal.message, refusal.hint)

    def _fail(self, place: Place, code: str, message: str, hint: str) -> NoReturn:
        self.problems.append(
            Problem(
                file=self.file,
                line=place.line,
                column=place.column,
                code=code,
                message=message,
                hint=hint,
            )
        )
        raise Unresolved


def _common_enum(names: Names, values: tuple[str, ...]) -> str:
    enums = [name for name, has in names.enums.items() if set(values) <= set(has)]
    return enums[0] if enums else ""
