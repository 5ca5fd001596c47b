"""The blocks that declare: packs and their sources, words, parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.language.place import NOWHERE, Place
from rules.language.syntax import Expr, Literal, Path

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
