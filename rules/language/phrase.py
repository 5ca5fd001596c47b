"""A typed condition back in the words of the language, for explanations and diffs."""

from __future__ import annotations

from rules.language import core as c
from rules.language.types import show

WORDS = {"==": "为", "!=": "不为", "<": "低于", "<=": "不超过", ">": "高于", ">=": "不低于"}
DATE_WORDS = {"<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
COUNT_WORDS = {"<": "少于", ">=": "不少于", ">": "超过"}


def phrase(node: c.Core) -> str:
    """Return a condition or value as a rule text would say it."""
    match node:
        case c.Fact():
            return said(node.path) if node.type.truth else node.path
        case c.Const():
            text = node.label or show(node.value, node.type)
            return f"“{text}”" if node.type.kind == "text" else text
        case c.Shift() | c.YearDay() | c.QuarterDay():
            return _day(node)
        case c.Param() | c.Arith() | c.Round() | c.Extreme():
            return _amount(node)
        case c.Compare():
            return _comparison(node)
        case c.Contains():
            return _membership(node)
        case c.Not():
            return f"非 {_inner(node.body)}"
        case c.Or() if (listed := _alternatives(node)) is not None:
            return listed
    word = " 且 " if isinstance(node, c.And) else " 或 "
    return word.join(_inner(item) for item in node.items)


def _amount(node: c.Param | c.Arith | c.Round | c.Extreme) -> str:
    match node:
        case c.Param():
            keys = _listed(node.keys)
            return node.name + (
                f" 按 {f'（{keys}）' if len(node.keys) > 1 else keys}" if keys else ""
            )
        case c.Arith():
            return f"{_inner(node.left)} {node.op} {_inner(node.right)}"
        case c.Round():
            return f"{'上取整' if node.up else '下取整'}（{phrase(node.body)}）"
    return f"{'较大' if node.largest else '较小'}（{_listed(node.items)}）"


def said(path: str) -> str:
    """Return a fact as a sentence: subject and predicate."""
    subject, _, predicate = path.rpartition("的")
    return f"{subject} {predicate}".lstrip()


def _listed(nodes: tuple[c.Core, ...]) -> str:
    return "、".join(_value(node) for node in nodes)


def _inner(node: c.Core) -> str:
    text = phrase(node)
    return f"（{text}）" if isinstance(node, c.And | c.Or | c.Arith) else text


def _alternatives(node: c.Or) -> str | None:
    """Return 甲 属于 乙、丙 for one fact compared with several words of its enum."""
    words: list[str] = []
    for item in node.items:
        if not isinstance(item, c.Compare) or item.op != "==" or item.clock:
            return None
        if not isinstance(item.right, c.Const) or item.left != _left(node):
            return None
        words.append(phrase(item.right))
    return f"{_value(_left(node))} 属于 {'、'.join(words)}" if len(words) > 1 else None


def _left(node: c.Or) -> c.Core:
    first = node.items[0]
    return first.left if isinstance(first, c.Compare) else first


def _value(node: c.Core) -> str:
    """Return a node where a value stands, not a sentence."""
    return node.path if isinstance(node, c.Fact) else _inner(node)


def _day(node: c.Shift | c.YearDay | c.QuarterDay) -> str:
    if isinstance(node, c.YearDay):
        year = node.year.path if isinstance(node.year, c.Fact) else f"{phrase(node.year)} 年"
        return f"{year} {node.month} 月 {node.day} 日"
    if isinstance(node, c.QuarterDay):
        within = "个工作日内" if node.working else "日内"
        after = f"{phrase(node.day)} 后 " if node.following else ""
        return f"{after}每季度首月前 {node.count} {within}"
    sign = "+" if node.sign > 0 else "−"
    return f"{phrase(node.start)} {sign} {phrase(node.amount)}"


def _comparison(node: c.Compare) -> str:
    left = _value(node.left)
    if node.clock:
        return f"{left} 在 {_anchor(node)}"
    words = WORDS
    if node.left.type.kind == "date":
        words = WORDS | DATE_WORDS
    elif node.left.type.kind == "count":
        words = WORDS | COUNT_WORDS
    return f"{left} {words[node.op]} {_value(node.right)}"


def _anchor(node: c.Compare) -> str:
    last = node.right
    if node.op == "==":
        return f"{phrase(last)} 当日"
    if isinstance(last, c.Shift):
        return _term(last)
    return f"{phrase(last)} 前" if isinstance(last, c.YearDay) else phrase(last)


def _term(last: c.Shift) -> str:
    if last.sign < 0:
        return f"{phrase(last.start)} 前 至少 {phrase(last.amount)}"
    if isinstance(last.amount, c.Const):
        within = "个工作日内" if last.working else "日内"
        return f"{phrase(last.start)} 后 {last.amount.value} {within}"
    return f"{phrase(last.start)} 后 {phrase(last.amount)} 内"


def _membership(node: c.Contains) -> str:
    if isinstance(node.group, c.Const):
        return f"{_value(node.item)} 属于 {phrase(node.group)}"
    return f"{phrase(node.group)} 包含 {_value(node.item)}"
