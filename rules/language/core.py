"""The typed tree every back-end evaluates: few node kinds, names resolved, units checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from rules.language.place import NOWHERE, Place
from rules.language.types import BOOL, DATE, Type, Value

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
NEGATED: Final[dict[Operator, Operator]] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The value of a declared 词; None when it is unknown."""

    path: str
    type: Type
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Const:
    """A literal, an enum value, a named set."""

    value: Value
    type: Type
    label: str = field(default="", compare=False)  # the name of a named set
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A dated parameter; its value is the one valid on the law date."""

    name: str
    keys: tuple[Core, ...]
    type: Type
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Arith:
    """+ − × ÷ over exact rationals, and 日期 − 日期; unknown when a side is, or by zero."""

    op: str
    left: Core
    right: Core
    type: Type
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """上取整, 下取整: the only rounding there is."""

    up: bool
    body: Core
    type: Type
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """较大, 较小: unknown when any item is."""

    largest: bool
    items: tuple[Core, ...]
    type: Type
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """日期 ± 日 / 工作日; working days count through the calendar, the start day excluded."""

    start: Core
    amount: Core
    working: bool
    sign: int = 1
    type: Type = DATE
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDay:
    """M 月 D 日 of a year that is itself a value."""

    year: Core
    month: int
    day: int
    type: Type = DATE
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterDay:
    """The last of the first N (working) days of a quarter: of `day`'s own, or the next one."""

    day: Core
    following: bool
    count: int
    working: bool
    type: Type = DATE
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A comparison of two values of one unit; `clock` marks 在 …: a deadline of the left side."""

    op: Operator
    left: Core
    right: Core
    clock: bool = False
    type: Type = BOOL
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """Membership of a value in a set."""

    group: Core
    item: Core
    type: Type = BOOL
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Kleene negation."""

    body: Core
    type: Type = BOOL
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Kleene conjunction; `quotes` are the clause's words for each bullet of a list."""

    items: tuple[Core, ...]
    quotes: tuple[str | None, ...] = ()
    type: Type = BOOL
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Kleene disjunction."""

    items: tuple[Core, ...]
    quotes: tuple[str | None, ...] = ()
    type: Type = BOOL
    place: Place = NOWHERE


Core = (
    Fact
    | Const
    | Param
    | Arith
    | Round
    | Extreme
    | Shift
    | YearDay
    | QuarterDay
    | Compare
    | Contains
    | Not
    | And
    | Or
)


def children(node: Core) -> tuple[Core, ...]:
    """Return the direct parts of a node, left to right."""
    match node:
        case Fact() | Const():
            return ()
        case Param():
            return node.keys
        case Arith() | Compare():
            return (node.left, node.right)
        case Round() | Not():
            return (node.body,)
        case Extreme() | And() | Or():
            return node.items
        case Shift():
            return (node.start, node.amount)
        case YearDay():
            return (node.year,)
        case QuarterDay():
            return (node.day,)
    return (node.group, node.item)


def walk(node: Core | None) -> Iterator[Core]:
    """Yield a node and everything below it, in reading order."""
    if node is None:
        return
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def facts_in(*nodes: Core | None) -> tuple[Fact, ...]:
    """Return the distinct facts that nodes read, in reading order."""
    found: dict[str, Fact] = {}
    for root in nodes:
        for node in walk(root):
            if isinstance(node, Fact):
                found.setdefault(node.path, node)
    return tuple(found.values())
