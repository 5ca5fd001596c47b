"""From expressions as written to the typed tree: every name resolved, every unit checked."""

from __future__ import annotations

from rules.language import core as c
from rules.language import syntax as s
from rules.language.algebra import combine, comparable
from rules.language.operands import Operands, Unresolved
from rules.language.place import Place
from rules.language.types import DAYS, WDAYS, YEAR, Type
from rules.language.words import COMPARISONS


class Resolver(Operands):
    """Resolves the expressions of one file and notes what is wrong with them."""

    def condition(self, expr: s.Expr) -> c.Core | None:
        """Resolve an expression that must be true or false; None after noting why it is not."""
        try:
            return self.truth(expr)
        except Unresolved:
            return None

    # ------------------------------------------------------------ logic
    def truth(self, expr: s.Expr) -> c.Core:
        """Resolve a condition and everything below it."""
        match expr:
            case s.Group():
                return self.truth(expr.body)
            case s.Not():
                return c.Not(body=self.truth(expr.body), place=expr.place)
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
                node = self.truth(item)
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

    def compare(self, op: str, left: c.Core, right: c.Core, place: Place) -> c.Compare:
        """Type a comparison, or note why the two sides do not go together."""
        refusal = comparable(left.type, right.type, ordered=op not in {"==", "!="})
        if refusal is not None:
            self._refuse(place, refusal)
        operator: c.Operator = op  # type: ignore[assignment]  # COMPARISONS holds only operators
        return c.Compare(op=operator, left=left, right=right, place=place)

    def member(self, op: str, left: c.Core, right: c.Core, place: Place) -> c.Core:
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

    def _contains(self, group: c.Core, item: c.Core, place: Place) -> c.Contains:
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
            case s.Within():
                last = self._moved("+", anchor)
            case s.Ahead():
                last = self._moved("−", anchor)
            case s.YearDay():
                last = self._year_day(anchor, act)
            case _:
                last = self._quarter_day(anchor, act)
        return c.Compare(op="<=", left=act, right=last, clock=True, place=expr.place)

    def _quarter_day(self, anchor: s.Quarterly, act: c.Core) -> c.Core:
        return c.QuarterDay(
            day=act if anchor.event is None else self._date(anchor.event),
            following=anchor.event is not None,
            count=anchor.count,
            working=anchor.working,
            place=anchor.place,
        )

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

    def _moved(self, sign: str, anchor: s.Within | s.Ahead) -> c.Core:
        """在 事件 后 公示时限 内 · 在 事件 前 至少 1 个工作日."""
        event, amount = self._date(anchor.event), self.operand(anchor.amount)
        if amount.type.kind not in {"days", "wdays"} or not amount.type.whole:
            message = f"期限要用日或者工作日计，这里是{amount.type}"
            self._fail(anchor.amount.place, "unit", message, "")
        return self._accept(combine(sign, event, amount), anchor.place)

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


def _exists(month: int, day: int) -> bool:
    lengths = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= lengths[month - 1]


def _text(expr: s.Expr) -> str:
    return str(expr) if isinstance(expr, s.Path) else "这一项"
