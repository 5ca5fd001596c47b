"""The blocks of a rule text as written: packs, vocabulary, parameters, rules, tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.language.declared import (
    Alias,
    Cite,
    Dated,
    Default,
    Enum,
    Given,
    NamedSet,
    Pack,
    Parameter,
    Query,
    Source,
    Term,
    TypeWord,
    Unit,
)
from rules.language.place import NOWHERE, Place
from rules.language.syntax import Expr, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """解释 "…" 由 "…" 于 DATE: a signed reading."""

    text: str
    signer: str
    signed_on: date
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """应当 / 不得 / 可以 / 认定 / 免除; `instead` marks 改为."""

    kind: str  # must mustnot may deem waive
    body: Expr | None = None
    name: str = ""
    instead: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFail:
    """违反时 ACTION "message"."""

    action: str
    message: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """path = value, or path = （value、value） for a set."""

    path: Path
    values: tuple[Given, ...]
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """样例 "…" 设 … 得 verdict."""

    name: str
    given: tuple[Assign, ...]
    on: date | None
    verdict: str
    detail: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """What stands between the head of a rule and its 结束."""

    strength: str | None = None
    cites: tuple[Cite, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    valid: tuple[date, date | None] | None = None
    known: date | None = None  # 收录 于: since when the system knows the text
    transition: str | None = None
    scope: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    condition: Expr | None = None
    conclusion: Conclusion | None = None
    on_fail: OnFail | None = None
    examples: tuple[Example, ...] = ()
    repeated: tuple[tuple[str, Place], ...] = ()  # clauses written twice
    condition_place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """规则, 例外, 改写, 废止, 借鉴: told apart by `kind`."""

    kind: str  # rule exception rewrite repeal borrow
    name: str
    pack: str = ""  # the other pack, for 改写 废止 借鉴
    bases: tuple[str, ...] = ()
    prior: tuple[str, ...] = ()
    clauses: Clauses
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a decision table: any, a comparison, an interval or a list of values."""

    kind: str  # any op not between in
    word: str = ""
    items: tuple[Expr, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a decision table."""

    cells: tuple[Cell, ...]
    result: str
    detail: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """决策表 NAME 命中 唯一|首个|收集."""

    name: str
    policy: str
    clauses: Clauses
    columns: tuple[Path, ...]
    result_name: str
    rows: tuple[Row, ...]
    place: Place = NOWHERE


Block = Pack | Enum | Unit | NamedSet | Alias | Term | Parameter | Rule | Table

__all__ = [
    "Alias",
    "Assign",
    "Block",
    "Cell",
    "Cite",
    "Clauses",
    "Conclusion",
    "Dated",
    "Default",
    "Enum",
    "Example",
    "Given",
    "Interpretation",
    "NamedSet",
    "OnFail",
    "Pack",
    "Parameter",
    "Query",
    "Row",
    "Rule",
    "Source",
    "Table",
    "Term",
    "TypeWord",
    "Unit",
]
