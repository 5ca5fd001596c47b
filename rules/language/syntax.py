"""The rule text as a tree, as written: what the formatter prints and the resolver reads.

Positions never take part in comparison, so that parse(print(tree)) == tree can be said plainly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rules.language.place import NOWHERE, Place


# ---------------------------------------------------------------- expressions
@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """监管对象的风险等级: a fact, a parameter, a named set or the value of an enum."""

    parts: tuple[str, ...]
    place: Place = NOWHERE

    def __str__(self) -> str:
        return "的".join(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """3% · 2 次 · 10 个工作日 · 7 日 · 5 户 · 17 · 2021-01-19 · 是 · “文字”."""

    kind: str  # percent times working_days days counted number date boolean text
    value: Fraction | date | bool | str
    unit: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """甲 + 乙, 甲 − 乙, 甲 × 乙, 甲 ÷ 乙."""

    op: str
    left: Expr
    right: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """上取整（…）, 下取整（…）, 较大（…、…）, 较小（…、…）."""

    word: str
    args: tuple[Expr, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class ByKey:
    """分级抽查比例 按 监管对象的风险等级: the value of a tabulated parameter."""

    parameter: Path
    keys: tuple[Path, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """（ … ): kept, so that a printed text has the parentheses its author chose."""

    body: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """甲 不超过 乙; `word` is the comparison as written."""

    word: str
    left: Expr
    right: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Is:
    """甲 为 乙, 甲 不为 乙."""

    left: Expr
    right: Expr
    negated: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """甲 介于 乙 与 丙, both ends included."""

    subject: Expr
    low: Expr
    high: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """甲 属于 乙、丙; 甲 属于 某集合."""

    subject: Expr
    items: tuple[Expr, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """甲（集合） 包含 乙."""

    subject: Expr
    item: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """在 事件 后 N 个工作日内 / N 日内."""

    event: Expr
    count: int
    working: bool
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """在 事件 后 公示时限 内: the number of days is a parameter or a fact."""

    event: Expr
    amount: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """在 事件 前 至少 1 个工作日."""

    event: Expr
    amount: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDay:
    """在 事件 当日."""

    event: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDay:
    """在 每年 M 月 D 日 前, 在 <年度> M 月 D 日 前, 在 2026 年 M 月 D 日 前."""

    month: int
    day: int
    year: Expr | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarterly:
    """在 每季度首月前 N 日内; with an event, the first quarter that begins after it."""

    count: int
    working: bool
    event: Expr | None = None
    place: Place = NOWHERE


Anchor = After | Within | Ahead | SameDay | YearDay | Quarterly


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """日期 在 某期限: the left side is the act, the right side its clock."""

    act: Expr
    anchor: Anchor
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """非 甲."""

    body: Expr
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """甲 且 乙 且 丙, 甲 或 乙 或 丙."""

    word: str
    items: tuple[Expr, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """One item of a list, with the words of the clause it stands for."""

    body: Expr
    quote: str | None = None
    no_text: bool = False
    catch_all: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """任一： / 全部： followed by bullets."""

    word: str
    items: tuple[Bullet, ...]
    place: Place = NOWHERE


Expr = (
    Path
    | Literal
    | Arithmetic
    | Call
    | ByKey
    | Group
    | Compare
    | Is
    | Between
    | In
    | Contains
    | At
    | Not
    | Junction
    | List
)
