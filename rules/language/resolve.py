"""From expressions as written to the typed tree: every name resolved, every unit checked."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from rules.errors import Problem
from rules.language import core as c
from rules.language import syntax as s
from rules.language.algebra import Refusal, combine, comparable, roundable
from rules.language.messages import did_you_mean
from rules.language.names import Names, Parameter
from rules.language.types import BOOL, DATE, DAYS, NUMBER, RATIO, TEXT, WDAYS, YEAR, Type
from rules.language.words import COMPARISONS

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


class Resolver:
    """Resolves the expressions of one file and notes what is wrong with them."""

    def __init__(self, names: Names, file: str) -> None:
        self.names, self.file = names, file
        self.problems: list[Problem] = []

    def condition(self, expr: s.Expr) -> c.Core | None:
        """Resolve an expression that must be true or false; None after noting why it is not."""
        try:
            return self._truth(expr)
        except Unresolved:
            return None

    # ------------------------------------------------------------ logic
    def _truth(self, expr: s.Expr) -> c.Core:
        match expr:
            case s.Group():
                return self._truth(expr.body)
            case s.Not():
                return c.Not(body=self._truth(expr.body), place=expr.place)
            case s.Junction():
                items = self._all([(item, False) for item in expr.items])
                kind = c.And if expr.word == "且" else c.Or
                return kind(items=items, place=expr.place)
            case s.List():
                return self._list(expr)
        node = self._comparison(expr)
        if not node.type.truth:
            self._fail(
                expr.place, "type", f"这里要一个条件，“{_text(expr)}”是{node.type}", "请补上比较"
            )
        return node

    def _all(self, items: list[tuple[s.Expr, bool]]) -> tuple[c.Core, ...]:
        """Resolve every item before giving up, so that all their errors are reported."""
        done: list[c.Core | None] = []
        for item, catch_all in items:
            try:
                node = self._truth(item)
                if catch_all and node.type.kind != "human":
                    self._fail(
                        item.place, "catch-all", "兜底项只能由人认定", "请把该词的类型改为 人工判断"
                    )
                done.append(node)
            except Unresolved:
                done.append(None)
        resolved = tuple(node for node in done if node is not None)
        if len(resolved) < len(done):
            raise Unresolved
        return resolved

    def _list(self, expr: s.List) -> c.Core:
        items = self._all([(bullet.body, bullet.catch_all) for bullet in expr.items])
        quotes = tuple(bullet.quote for bullet in expr.items)
        kind = c.Or if expr.word == "任一" else c.And
        return kind(items=items, quotes=quotes, place=expr.place)

    # ------------------------------------------------------------ comparisons
    def _comparison(self, expr: s.Expr) -> c.Core:
        match expr:
            case s.Compare():
                left = self.operand(expr.left)
                right = self.operand(expr.right, left.type)
                return self.compare(COMPARISONS[expr.word], left, right, expr.place)
            case s.Is():
                left = self.operand(expr.left)
                right = self.operand(expr.right, left.type)
                return self.compare("!=" if expr.negated else "==", left, right, expr.place)
            case s.Between():
                subject = self.operand(expr.subject)
                low = self.operand(expr.low, subject.type)
                high = self.operand(expr.high, subject.type)
                ends = (
                    self.compare(">=", subject, low, expr.place),
                    self.compare("<=", subject, high, expr.place),
                )
                return c.And(items=ends, place=expr.place)
            case s.In():
                return self._membership(expr)
            case s.Contains():
                group = self.operand(expr.subject)
                item = self.operand(expr.item, Type(group.type.kind, group.type.name))
                return self._contains(group, item, expr.place)
            case s.At():
                return self._deadline(expr)
        return self.operand(expr)

    def compare(self, op: str, left: c.Core, right: c.Core, place: s.Place) -> c.Compare:
        """Type a comparison, or note why the two sides do not go together."""
        refusal = comparable(left.type, right.type, ordered=op not in {"==", "!="})
        if refusal is not None:
            self._refuse(place, refusal)
        operator: c.Operator = op  # type: ignore[assignment]  # COMPARISONS holds only operators
        return c.Compare(op=operator, left=left, right=right, place=place)

    def member(self, op: str, left: c.Core, right: c.Core, place: s.Place) -> c.Core:
        """Type one value of a table cell: equality, or membership in a named set."""
        if right.type.many and not left.type.many:
            node = self._contains(right, left, place)
            return c.Not(body=node, place=place) if op == "!=" else node
        return self.compare(op, left, right, place)

    def _membership(self, expr: s.In) -> c.Core:
        subject = self.operand(expr.subject)
        nodes = [self.operand(item, subject.type) for item in expr.items]
        if len(nodes) == 1 and nodes[0].type.many:
            return self._contains(nodes[0], subject, expr.place)
        items = tuple(self.compare("==", subject, node, expr.place) for node in nodes)
        return items[0] if len(items) == 1 else c.Or(items=items, place=expr.place)

    def _contains(self, group: c.Core, item: c.Core, place: s.Place) -> c.Contains:
        if not group.type.many:
            self._fail(place, "type", f"包含 的左边要一个集合，这里是{group.type}", "")
        if item.type.many or not Type(group.type.kind, group.type.name).alike(item.type):
            self._fail(place, "unit", f"“{group.type}”里不会有“{item.type}”", "")
        return c.Contains(group=group, item=item, place=place)

    # ------------------------------------------------------------ clocks
    def _deadline(self, expr: s.At) -> c.Core:
        act = self.operand(expr.act)
        if act.type.kind != "date":
            self._fail(expr.act.place, "type", f"在 的左边要一个日期，这里是{act.type}", "")
        anchor = expr.anchor
        match anchor:
            case s.SameDay():
                last = self._date(anchor.event)
                return c.Compare(op="==", left=act, right=last, clock=True, place=expr.place)
            case s.After():
                last = self._after(anchor)
            case s.YearDay():
                last = self._year_day(anchor, act)
            case s.Quarterly():
                last = c.QuarterDay(
                    day=act if anchor.event is None else self._date(anchor.event),
                    following=anchor.event is not None,
                    count=anchor.count,
                    working=anchor.working,
                    place=anchor.place,
                )
        return c.Compare(op="<=", left=act, right=last, clock=True, place=expr.place)

    def _date(self, expr: s.Expr) -> c.Core:
        node = self.operand(expr)
        if node.type.kind != "date":
            self._fail(expr.place, "type", f"期限从一个日期起算，这里是{node.type}", "")
        return node

    def _after(self, anchor: s.After) -> c.Core:
        kind = WDAYS if anchor.working else DAYS
        amount = c.Const(value=anchor.count, type=kind, place=anchor.place)
        start = self._date(anchor.event)
        return c.Shift(start=start, amount=amount, working=anchor.working, place=anchor.place)

    def _year_day(self, anchor: s.YearDay, act: c.Core) -> c.Core:
        if not _exists(anchor.month, anchor.day):
            self._fail(anchor.place, "date", f"没有 {anchor.month} 月 {anchor.day} 日", "")
        year = self._plan_year(anchor, act) if anchor.year is None else self.operand(anchor.year)
        if not year.type.alike(YEAR):
            self._fail(anchor.place, "type", f"年 的左边要一个年度，这里是{year.type}", "")
        return c.YearDay(year=year, month=anchor.month, day=anchor.day, place=anchor.place)

    def _plan_year(self, anchor: s.YearDay, act: c.Core) -> c.Core:
        """每年 takes its year from a declared fact of type 年度, never from the date compared."""
        years = [path for path, term in self.names.terms.items() if term.type.kind == "year"]
        head = act.path.split("的")[0] + "的" if isinstance(act, c.Fact) else "\0"
        own = [path for path in years if path.startswith(head)]
        chosen = own or [path for path in years if path == "计划年度"] or years
        if len(chosen) != 1:
            hint = "请写明哪一年，如 在 抽查计划的年度 年 11 月 30 日 前"
            self._fail(anchor.place, "year", "每年 不知道取哪个年度", hint)
        return self.operand(s.Path(parts=tuple(chosen[0].split("的")), place=anchor.place))

    # ------------------------------------------------------------ operands
    def operand(self, expr: s.Expr, expected: Type | None = None) -> c.Core:
        """Resolve a value; a bare name on the right is an enum value of the left type first."""
        match expr:
            case s.Path():
                return self._name(expr, expected)
            case s.Literal():
                return self.literal(expr)
            case s.Group():
                inner = expr.body
                if isinstance(inner, s.Compare | s.Is | s.Junction | s.Not | s.List | s.At):
                    return self._truth(expr)
                return self.operand(inner, expected)
            case s.Arithmetic():
                made = combine(expr.op, self.operand(expr.left), self.operand(expr.right))
                return self._accept(made, expr.place)
            case s.Call():
                return self._call(expr, expected)
            case s.ByKey():
                return self._tabulated(expr)
        return self._truth(expr)

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

    def _declared(self, path: str, place: s.Place) -> c.Core | None:
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
                raise Unresolved
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
            return self._fail(expr.place, "undefined", f"没有参数“{path}”", hint)
        keys = tuple(self.operand(key) for key in expr.keys)
        if [key.type.name for key in keys] != list(parameter.keys):
            wanted = "、".join(parameter.keys)
            self._fail(expr.place, "key", f"参数“{path}”要按 {wanted} 取值", "")
        return c.Param(name=path, keys=keys, type=_read_type(parameter), place=expr.place)

    # ------------------------------------------------------------ problems
    def _accept(self, made: c.Core | Refusal, place: s.Place) -> c.Core:
        if isinstance(made, Refusal):
            self._refuse(place, made)
            raise Unresolved
        return made

    def _refuse(self, place: s.Place, refusal: Refusal) -> None:
        self._fail(place, refusal.code, refusal.message, refusal.hint)

    def _fail(self, place: s.Place, code: str, message: str, hint: str) -> c.Core:
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


def _read_type(parameter: Parameter) -> Type:
    return parameter.type


def _common_enum(names: Names, values: tuple[str, ...]) -> str:
    enums = [name for name, has in names.enums.items() if set(values) <= set(has)]
    return enums[0] if enums else ""


def _exists(month: int, day: int) -> bool:
    lengths = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= lengths[month - 1]


def _text(expr: s.Expr) -> str:
    return str(expr) if isinstance(expr, s.Path) else "这一项"
