"""The blocks of a rule text as written: packs, vocabulary, parameters, rules, tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.language.syntax import NOWHERE, Expr, Literal, Path, Place

Given = Literal | Path  # a value as it may stand in examples, parameters and cells


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeWord:
    """枚举 等级, 集合 枚举 结果代码, 比例 …: checked by the resolver, not reserved."""

    name: str
    enum: bool = False
    many: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Cite:
    """依据 PJ2020 第13条 「…」, or 无原文，待法制核对 where the text is not held."""

    document: str
    clause: str
    quotes: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """法源: a pinned text of the law, its rank and the hash of the file."""

    name: str
    title: str
    number: str | None
    issued: date
    ranks: tuple[str, ...] = ()
    digest: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """规则包 … 结束."""

    name: str
    version: str
    jurisdiction: str | None = None
    bases: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """枚举 等级 ：低、中、高."""

    name: str
    values: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """单位 户、件."""

    names: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSet:
    """集合 重点行业 ：食品药品、安全生产."""

    name: str
    values: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """别名 牵头部门 = 发起部门: one fact, another label."""

    label: Path
    target: Path
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """缺省 否 来源 "…": closed world, only where the register is complete by construction."""

    value: Given
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The query of a 统计: what is counted, over which period and whose visits."""

    counted: str
    period: str
    extent: str
    includes_this: bool
    where: Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """词 or 统计: a fact, its type and where it comes from."""

    path: Path
    type: TypeWord
    origin: str | None = None
    default: Default | None = None
    query: Query | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """自 DATE 为 value: keyed values carry the enum values they belong to."""

    start: date
    values: tuple[tuple[tuple[str, ...], Given], ...]
    columns: tuple[Path, ...] = ()  # set when written as a table
    column_name: str = ""
    known: date | None = None  # 收录 于: since when the system knows the value
    cites: tuple[Cite, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """参数 … 结束."""

    name: str
    type: TypeWord
    keys: tuple[str, ...]
    dated: tuple[Dated, ...]
    place: Place = NOWHERE


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
