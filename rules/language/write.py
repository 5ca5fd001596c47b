"""Expressions as canonical text: one space between words, lists one bullet per line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from rules.language import syntax as s
from rules.language.types import decimal

BULLET_INDENT = " " * 5
NO_TEXT = "无原文，待法制核对"


def write(expr: s.Expr) -> str:
    """Return the canonical text of a condition; lists contain line breaks.

    A fact that stands as a condition is said as subject and predicate: 检查 已备案."""
    match expr:
        case s.Path():
            *subject, predicate = expr.parts
            return f"{'的'.join(subject)} {predicate}".lstrip()
        case s.Group():
            return _group(expr, write)
        case s.Not():
            return f"非 {write(expr.body)}"
        case s.Junction():
            return f" {expr.word} ".join(write(item) for item in expr.items)
        case s.List():
            return _list(expr)
    return _comparison(expr)


def write_value(expr: s.Expr) -> str:
    """Return the canonical text of a value."""
    match expr:
        case s.Path():
            return str(expr)
        case s.Literal():
            return write_literal(expr)
        case s.Group():
            return _group(expr, write_value)
        case s.Arithmetic():
            return f"{write_value(expr.left)} {expr.op} {write_value(expr.right)}"
        case s.Call():
            return f"{expr.word}（{'、'.join(map(write_value, expr.args))}）"
        case s.ByKey():
            keys = "、".join(map(write_value, expr.keys))
            return f"{expr.parameter} 按 {keys if len(expr.keys) == 1 else f'（{keys}）'}"
    return write(expr)


def write_literal(literal: s.Literal) -> str:
    """Return a literal as it is written canonically."""
    value = literal.value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        if literal.kind == "percent":
            return decimal(value * 100) + "%"
        return f"{decimal(value)} {literal.unit}".rstrip()
    if isinstance(value, date):
        return value.isoformat()
    return quoted(value)


def quoted(text: str) -> str:
    """Put a text between quotation marks it does not contain."""
    return f"“{text}”" if '"' in text else f'"{text}"'


def _group(group: s.Group, inside: Callable[[s.Expr], str]) -> str:
    end = "\n  ）" if isinstance(group.body, s.List) else " ）"
    return f"（ {inside(group.body)}{end}"


def _comparison(expr: s.Expr) -> str:
    value = write_value
    match expr:
        case s.Compare():
            return f"{value(expr.left)} {expr.word} {value(expr.right)}"
        case s.Is():
            word = "不为" if expr.negated else "为"
            return f"{value(expr.left)} {word} {value(expr.right)}"
        case s.Between():
            return f"{value(expr.subject)} 介于 {value(expr.low)} 与 {value(expr.high)}"
        case s.In():
            return f"{value(expr.subject)} 属于 {'、'.join(map(value, expr.items))}"
        case s.Contains():
            return f"{value(expr.subject)} 包含 {value(expr.item)}"
        case s.At():
            return f"{value(expr.act)} 在 {_anchor(expr.anchor)}"
    return value(expr)


def _anchor(anchor: s.Anchor) -> str:
    match anchor:
        case s.After():
            within = "个工作日内" if anchor.working else "日内"
            return f"{write_value(anchor.event)} 后 {anchor.count} {within}"
        case s.Within():
            return f"{write_value(anchor.event)} 后 {write_value(anchor.amount)} 内"
        case s.Ahead():
            return f"{write_value(anchor.event)} 前 至少 {write_value(anchor.amount)}"
        case s.SameDay():
            return f"{write_value(anchor.event)} 当日"
        case s.YearDay():
            return f"{_year(anchor.year)} {anchor.month} 月 {anchor.day} 日 前"
    within = "个工作日内" if anchor.working else "日内"
    after = "" if anchor.event is None else f"{write_value(anchor.event)} 后 "
    return f"{after}每季度首月前 {anchor.count} {within}"


def _year(year: s.Expr | None) -> str:
    """抽查任务的年度 says 年 already; 2026 does not."""
    if year is None:
        return "每年"
    return write_value(year) if isinstance(year, s.Path) else f"{write_value(year)} 年"


def _list(expr: s.List) -> str:
    bodies = [("兜底 " if item.catch_all else "") + write(item.body) for item in expr.items]
    widest = max((width(b) for b in bodies if "\n" not in b), default=0)
    lines = [f"{expr.word}："]
    for item, body in zip(expr.items, bodies, strict=True):
        words = f"「{item.quote}」" if item.quote is not None else NO_TEXT if item.no_text else ""
        padding = " " * max(0, widest - width(body.rsplit("\n", 1)[-1]))
        lines.append(f"{BULLET_INDENT}- {body}{padding} {words}".rstrip())
    return "\n".join(lines)


def width(text: str) -> int:
    """Return how many columns a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WFA" else 1 for ch in text)


def pad(text: str, columns: int) -> str:
    """Fill a text with spaces to a display width."""
    return text + " " * max(0, columns - width(text))
