"""The rows of a draw, straight from the registry: who is listed, in which stratum, who is left out.

The rules compile their exclusions to SQL; here they become columns of one statement that the
database answers in id order, so a million rows pass through without being held.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
)

from engine.errors import ProductError
from engine.registry.filters import Filters
from engine.registry.types import RegistryKind
from engine.store.registry_select import KEYS, STREAM, TABLES, conditions, standing
from engine.store.registry_tables import frame_counts
from engine.store.registry_terms import UNIT
from engine.store.registry_terms import columns as columns  # part of how a frame is asked for

NO_STRATA = "none"
WHOLE = "全部"  # the one stratum of a draw without strata
UNNAMED = "未分"  # the stratum of rows whose column is empty
KEY, UNKNOWN = "K", "?"  # flags: 重点检查对象; an exclusion could not be decided

STRATA = frozenset(
    {"risk_tier", "district", "kind", "category", "industry", "credit_level", "carrier_type"}
)

_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class UnknownStratum(ProductError):
    code = "unknown-stratum"
    zh = "名录没有可供分层的列「{stratum}」。"
    en = "The registry has no column “{stratum}” to stratify by."


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A rule that leaves units out: SQL that is 1 for a unit left out, 0 if not, NULL if unknown.

    `sql` names its parameters `:name` and the columns as `registry_terms.columns` gives them."""

    code: str
    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameQuery:
    """Which rows a frame takes, as of which batch, split how, and the rules that leave rows out.

    `counts` maps a term's origin to a counter of the snapshot: `count.visits@snapshot` → visits."""

    jurisdiction: str
    batch: int
    kind: RegistryKind = RegistryKind.SUBJECTS
    filters: Filters = field(default_factory=Filters)
    stratum: str = "risk_tier"
    exclusions: tuple[Exclusion, ...] = ()
    snapshot: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a frame would hold: rows per stratum, rows each rule leaves out or cannot decide."""

    listed: Mapping[str, int]
    eligible: Mapping[str, int]
    excluded: Mapping[str, int]
    unknown: Mapping[str, int]


def frame_lines(conn: Connection, query: FrameQuery) -> Iterator[bytes]:
    """Yield `id|stratum|flags|codes\\n` in the order of the ids' bytes: the frame file of a draw.

    A unit with an undecided exclusion carries the flag `?`; `survey` counts these beforehand."""
    unit, strata = _parts(query)
    line = (
        unit.c[KEYS[query.kind]]
        .concat("|")
        .concat(strata)
        .concat("|")
        .concat(_flags(unit, query))
        .concat("|")
        .concat(_codes(query))
        .concat("\n")
    )
    listing = _listing(query, unit, line).order_by(unit.c[KEYS[query.kind]])
    with conn.execute(listing.execution_options(yield_per=STREAM)) as found:
        for block in found.scalars().partitions():
            for written in block:
                yield written.encode()


def frame_rows(
    conn: Connection, query: FrameQuery, *also: str
) -> Iterator[tuple[str, str, str | None, tuple[Any, ...]]]:
    """Yield (unit, stratum, first excluding rule or None, further columns) in id order."""
    unit, strata = _parts(query)
    first = (
        case(
            *((_is(exclusion, 1), literal(exclusion.code)) for exclusion in _ordered(query)),
            else_=None,
        )
        if query.exclusions
        else literal(None, String)
    )
    further = [unit.c[name] for name in also]
    key = unit.c[KEYS[query.kind]]
    listing = _listing(query, unit, key, strata, first, *further).order_by(key)
    with conn.execute(listing.execution_options(yield_per=STREAM)) as found:
        for row in found:
            yield row[0], row[1], row[2], tuple(row[3:])


def survey(conn: Connection, query: FrameQuery) -> Survey:
    """Count what `frame_lines` would yield, in one statement, before anything is frozen."""
    unit, strata = _parts(query)
    excluded = [_sum(_is(one, 1)) for one in _ordered(query)]
    unknown = [
        _sum(text(f"({one.sql}) IS NULL").bindparams(**one.params)) for one in _ordered(query)
    ]
    eligible = _sum(_codes(query) == "")
    listing = _listing(query, unit, strata, func.count(), eligible, *excluded, *unknown)
    listed: Counter[str] = Counter()
    left: Counter[str] = Counter()
    totals = [0] * (len(excluded) + len(unknown))
    for stratum, number, kept, *sums in conn.execute(listing.group_by(strata)):
        listed[stratum], left[stratum] = number, kept
        totals = [total + more for total, more in zip(totals, sums, strict=True)]
    codes = [one.code for one in _ordered(query)]
    return Survey(
        listed=listed,
        eligible=left,
        excluded=dict(zip(codes, totals, strict=False)),
        unknown=dict(zip(codes, totals[len(codes) :], strict=True)),
    )


# ---------------------------------------------------------------- the statement


def _parts(query: FrameQuery) -> tuple[FromClause, ColumnElement[str]]:
    unit = TABLES[query.kind].alias(UNIT)
    if query.stratum == NO_STRATA:
        return unit, literal_column(f"'{WHOLE}'", String)
    if query.stratum not in STRATA or query.stratum not in unit.c:
        raise UnknownStratum(stratum=query.stratum)
    word = func.replace(unit.c[query.stratum], " ", "", type_=String)
    return unit, case((word == "", UNNAMED), else_=word)


def _listing(query: FrameQuery, unit: FromClause, *named: ColumnElement[Any]) -> Select[Any]:
    source: FromClause = unit
    for place, name in enumerate(query.counts.values()):
        counter = frame_counts.alias(f"c{place}")
        source = source.outerjoin(
            counter,
            and_(
                counter.c.jurisdiction == query.jurisdiction,
                counter.c.snapshot == query.snapshot,
                counter.c.name == name,
                counter.c.unit_id == unit.c[KEYS[query.kind]],
            ),
        )
    return (
        select(*named)
        .select_from(source)
        .where(
            standing(unit, query.jurisdiction, query.batch),
            *conditions(unit, query.filters),
        )
    )


def _ordered(query: FrameQuery) -> list[Exclusion]:
    """Return the exclusions by code; parameters get names of their own, rules share none."""
    ordered = sorted(query.exclusions, key=lambda exclusion: exclusion.code)
    return [_named_apart(exclusion, place) for place, exclusion in enumerate(ordered)]


def _named_apart(exclusion: Exclusion, place: int) -> Exclusion:
    names = {name: f"x{place}_{n}" for n, name in enumerate(exclusion.params)}
    sql = _PARAMETER.sub(lambda found: ":" + names.get(found[1], found[1]), exclusion.sql)
    params = {names[name]: value for name, value in exclusion.params.items()}
    return Exclusion(code=exclusion.code, sql=sql, params=params)


def _is(exclusion: Exclusion, value: int) -> Any:
    return text(f"CAST(({exclusion.sql}) AS INTEGER) = {value}").bindparams(**exclusion.params)


def _codes(query: FrameQuery) -> ColumnElement[str]:
    written: ColumnElement[str] = literal_column("''", String)
    for exclusion in _ordered(query):
        code = case((_is(exclusion, 1), literal(f"{exclusion.code},")), else_="")
        written = written.concat(code)
    return func.rtrim(written, ",", type_=String)


def _flags(unit: FromClause, query: FrameQuery) -> ColumnElement[str]:
    written: ColumnElement[str] = literal_column("''", String)
    if "key_grounds" in unit.c:
        grounds = cast(unit.c.key_grounds, String)
        written = written.concat(case((grounds == "", ""), else_=KEY))
    if query.exclusions:
        ordered = _ordered(query)
        unknown = " OR ".join(f"({one.sql}) IS NULL" for one in ordered)
        params = {name: value for one in ordered for name, value in one.params.items()}
        written = written.concat(case((text(unknown).bindparams(**params), UNKNOWN), else_=""))
    return written


def _sum(condition: Any) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0), type_=Integer)
