"""From Lark's tree to expressions."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final

from lark import Token, Transformer, v_args
from lark.tree import Meta

from rules.language import syntax as s
from rules.language.place import Place

LONGEST_NUMBER: Final = 15


def place(meta: Meta | Token) -> Place:
    """Return where a tree or a token begins; an empty tree has no place."""
    return Place(getattr(meta, "line", 0) or 0, getattr(meta, "column", 0) or 0)


class BadText(ValueError):
    """Words that parse and cannot be meant: 2021-02-30, a number beyond all reason, a maze."""

    def __init__(self, token: str, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.token, self.code, self.message, self.hint = token, code, message, hint


def day(token: str) -> date:
    """Read an ISO date; a day that does not exist raises BadText."""
    try:
        return date.fromisoformat(str(token))
    except ValueError as error:
        message = f"没有这一天：{token}"
        raise BadText(token, "date", message, "日期按 2021-01-19 书写") from error


def exact(token: str) -> Fraction:
    """Read a number; one of more than fifteen digits raises BadText."""
    digits = str(token).rstrip("%％ \t")
    if len(digits) > LONGEST_NUMBER:
        message = f"数字太长：{digits[:LONGEST_NUMBER]}…"
        raise BadText(token, "literal", message, f"最多 {LONGEST_NUMBER} 位")
    return Fraction(digits)


def whole(token: str) -> int:
    """Read a number of days, months; a part of one raises BadText."""
    number = exact(token)
    if number.denominator != 1:
        raise BadText(token, "literal", f"这里要整数，不是 {token}", "")
    return int(number)


def unquoted(token: str) -> str:
    """Take the outer quotation marks off a text or a quote."""
    return str(token)[1:-1]


@v_args(meta=True)
class Expressions(Transformer[Token, Any]):
    """Methods are named after the rules of the grammar; children are already built."""

    def path(self, meta: Meta, c: list[Any]) -> s.Path:
        return s.Path(parts=tuple(map(str, c)), place=place(meta))

    def said(self, meta: Meta, c: list[Any]) -> s.Path:
        return s.Path(parts=(*c[0].parts, str(c[1])), place=place(meta))

    # ------------------------------------------------------------ literals
    def _number(self, meta: Meta, kind: str, token: str, unit: str = "") -> s.Literal:
        return s.Literal(kind=kind, value=exact(token), unit=unit, place=place(meta))

    def percent(self, meta: Meta, c: list[Any]) -> s.Literal:
        return s.Literal(kind="percent", value=exact(c[0]) / 100, place=place(meta))

    def times(self, meta: Meta, c: list[Any]) -> s.Literal:
        return self._number(meta, "times", c[0], "次")

    def working_days(self, meta: Meta, c: list[Any]) -> s.Literal:
        return self._number(meta, "working_days", c[0], "个工作日")

    def days(self, meta: Meta, c: list[Any]) -> s.Literal:
        return self._number(meta, "days", c[0], "日")

    def counted(self, meta: Meta, c: list[Any]) -> s.Literal:
        return self._number(meta, "counted", c[0], str(c[1]))

    def number(self, meta: Meta, c: list[Any]) -> s.Literal:
        return self._number(meta, "number", c[0])

    def date(self, meta: Meta, c: list[Any]) -> s.Literal:
        return s.Literal(kind="date", value=day(c[0]), place=place(meta))

    def boolean(self, meta: Meta, c: list[Any]) -> s.Literal:
        return s.Literal(kind="boolean", value=str(c[0]) == "是", place=place(meta))

    def text(self, meta: Meta, c: list[Any]) -> s.Literal:
        return s.Literal(kind="text", value=unquoted(c[0]), place=place(meta))

    def word(self, meta: Meta, c: list[Any]) -> s.Path:
        return s.Path(parts=(str(c[0]),), place=place(meta))

    # ------------------------------------------------------------ arithmetic
    def _chain(self, meta: Meta, c: list[Any]) -> s.Expr:
        result: s.Expr = c[0]
        for operator, right in zip(c[1::2], c[2::2], strict=True):
            op = {"PLUS": "+", "MINUS": "−", "STAR": "×", "SLASH": "÷"}[operator.type]
            result = s.Arithmetic(op=op, left=result, right=right, place=place(meta))
        return result

    def sum(self, meta: Meta, c: list[Any]) -> s.Expr:
        return self._chain(meta, c)

    def prod(self, meta: Meta, c: list[Any]) -> s.Expr:
        return self._chain(meta, c)

    def group(self, meta: Meta, c: list[Any]) -> s.Group:
        return s.Group(body=c[0], place=place(meta))

    def ceil(self, meta: Meta, c: list[Any]) -> s.Call:
        return s.Call(word="上取整", args=tuple(c), place=place(meta))

    def floor(self, meta: Meta, c: list[Any]) -> s.Call:
        return s.Call(word="下取整", args=tuple(c), place=place(meta))

    def largest(self, meta: Meta, c: list[Any]) -> s.Call:
        return s.Call(word="较大", args=tuple(c), place=place(meta))

    def smallest(self, meta: Meta, c: list[Any]) -> s.Call:
        return s.Call(word="较小", args=tuple(c), place=place(meta))

    def by_key(self, meta: Meta, c: list[Any]) -> s.ByKey:
        return s.ByKey(parameter=c[0], keys=tuple(c[1:]), place=place(meta))

    # ------------------------------------------------------------ comparisons
    def compare(self, meta: Meta, c: list[Any]) -> s.Compare:
        return s.Compare(word=str(c[1]), left=c[0], right=c[2], place=place(meta))

    def is_(self, meta: Meta, c: list[Any]) -> s.Is:
        return s.Is(left=c[0], right=c[1], place=place(meta))

    def isnot(self, meta: Meta, c: list[Any]) -> s.Is:
        return s.Is(left=c[0], right=c[1], negated=True, place=place(meta))

    def between(self, meta: Meta, c: list[Any]) -> s.Between:
        return s.Between(subject=c[0], low=c[1], high=c[2], place=place(meta))

    def in_(self, meta: Meta, c: list[Any]) -> s.In:
        return s.In(subject=c[0], items=tuple(c[1:]), place=place(meta))

    def contains(self, meta: Meta, c: list[Any]) -> s.Contains:
        return s.Contains(subject=c[0], item=c[1], place=place(meta))

    def at(self, meta: Meta, c: list[Any]) -> s.At:
        return s.At(act=c[0], anchor=c[1], place=place(meta))

    # ------------------------------------------------------------ clocks
    def after_working(self, meta: Meta, c: list[Any]) -> s.After:
        return s.After(event=c[0], count=whole(c[1]), working=True, place=place(meta))

    def after_days(self, meta: Meta, c: list[Any]) -> s.After:
        return s.After(event=c[0], count=whole(c[1]), working=False, place=place(meta))

    def after_amount(self, meta: Meta, c: list[Any]) -> s.Within:
        return s.Within(event=c[0], amount=c[1], place=place(meta))

    def before(self, meta: Meta, c: list[Any]) -> s.Ahead:
        return s.Ahead(event=c[0], amount=c[1], place=place(meta))

    def same_day(self, meta: Meta, c: list[Any]) -> s.SameDay:
        return s.SameDay(event=c[0], place=place(meta))

    def yearly(self, meta: Meta, c: list[Any]) -> s.YearDay:
        return s.YearDay(month=whole(c[0]), day=whole(c[1]), place=place(meta))

    def in_year(self, meta: Meta, c: list[Any]) -> s.YearDay:
        return s.YearDay(year=c[0], month=whole(c[1]), day=whole(c[2]), place=place(meta))

    def quarterly(self, meta: Meta, c: list[Any]) -> s.Quarterly:
        return s.Quarterly(event=c[0], count=whole(c[1]), working=False, place=place(meta))

    def quarterly_working(self, meta: Meta, c: list[Any]) -> s.Quarterly:
        return s.Quarterly(event=c[0], count=whole(c[1]), working=True, place=place(meta))

    # ------------------------------------------------------------ logic
    def not_(self, meta: Meta, c: list[Any]) -> s.Not:
        return s.Not(body=c[0], place=place(meta))

    def _junction(self, word: str, meta: Meta, c: list[Any]) -> s.Expr:
        if len(c) == 1:
            only: s.Expr = c[0]
            return only
        return s.Junction(word=word, items=tuple(c), place=place(meta))

    def or_(self, meta: Meta, c: list[Any]) -> s.Expr:
        return self._junction("或", meta, c)

    def and_(self, meta: Meta, c: list[Any]) -> s.Expr:
        return self._junction("且", meta, c)

    def bullet(self, meta: Meta, c: list[Any]) -> s.Bullet:
        words = c[2]
        no_text = words is not None and words.type == "NO_TEXT"
        quote = None if words is None or no_text else unquoted(words)
        return s.Bullet(
            body=c[1],
            quote=quote,
            no_text=no_text,
            catch_all=c[0] is not None,
            place=place(meta),
        )

    def any_list(self, meta: Meta, c: list[Any]) -> s.List:
        return s.List(word="任一", items=tuple(c), place=place(meta))

    def all_list(self, meta: Meta, c: list[Any]) -> s.List:
        return s.List(word="全部", items=tuple(c), place=place(meta))

    def condition(self, _meta: Meta, c: list[Any]) -> s.Expr:
        body: s.Expr = c[0]
        return body
