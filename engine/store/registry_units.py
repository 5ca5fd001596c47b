"""Which units a frame takes and what the rules say of each: the SQL that every frame shares.

The rules compile their exclusions to SQL; here they become one number per unit, so that a database
evaluates each rule once, whatever is asked of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
)

from engine.errors import ProductError
from engine.registry.filters import Filters
from engine.registry.types import RegistryKind
from engine.store.registry_select import KEYS, TABLES, conditions, standing
from engine.store.registry_terms import CARRIER, UNIT
from engine.store.tables.registry import (
    frame_counts,
    registry_carrier_links,
    registry_subjects,
)

NO_STRATA = "none"
WHOLE = "全部"  # the one stratum of a draw without strata

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

    `counts` maps a term's origin to a counter of the snapshot: `count.visits@snapshot` → visits.
    A row belongs to the frame when `at_least` of the `scopes` admit it, and a scope admits what one
    of its filters does: 1 of all is a union of registries, all of them an intersection. A carrier
    is judged by the first of its subjects."""

    jurisdiction: str
    batch: int
    kind: RegistryKind = RegistryKind.SUBJECTS
    filters: Filters = field(default_factory=Filters)
    scopes: tuple[tuple[Filters, ...], ...] = ()
    at_least: int = 1
    stratum: str = "risk_tier"
    exclusions: tuple[Exclusion, ...] = ()
    snapshot: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)


def unit_table(query: FrameQuery) -> FromClause:
    """Return the table of the units under the alias that the rules' SQL knows."""
    is_carrier = query.kind is RegistryKind.CARRIERS
    return TABLES[query.kind].alias(CARRIER if is_carrier else UNIT)


def unit_key(query: FrameQuery, unit: FromClause) -> ColumnElement[str]:
    """Return the column of the ids, whose order is that of their bytes."""
    return unit.c[KEYS[query.kind]]


def verdict(
    query: FrameQuery, unit: FromClause
) -> tuple[ColumnElement[str], ColumnElement[int], ColumnElement[int]]:
    """Return stratum, 重点检查对象, and all answers as one number: each rule is evaluated once."""
    # CAST: a bare constant in GROUP BY would be read as the number of a column
    stratum: ColumnElement[str] = literal_column(f"CAST('{WHOLE}' AS VARCHAR)", String)
    if query.stratum != NO_STRATA:
        if query.stratum not in STRATA or query.stratum not in unit.c:
            raise UnknownStratum(stratum=query.stratum)
        stratum = unit.c[query.stratum]
    weighty: ColumnElement[int] = literal_column("CAST(0 AS INTEGER)", Integer)
    if query.kind in (RegistryKind.SUBJECTS, RegistryKind.CARRIERS):
        named = f"COALESCE({UNIT}.key_grounds, '')"
        weighty = literal_column(f"CASE WHEN {named} = '' THEN 0 ELSE 1 END", Integer)
    answers: ColumnElement[int] = literal_column("CAST(0 AS BIGINT)", BigInteger)
    for place, exclusion in enumerate(_ordered(query)):
        asked = text(f"CAST(({exclusion.sql}) AS INTEGER)").bindparams(**exclusion.params)
        answer = func.coalesce(asked, literal_column("2"), type_=BigInteger)
        answers = answers + answer * literal_column(str(3**place), BigInteger)
    return stratum, weighty, answers


def listing(query: FrameQuery, unit: FromClause, *named: ColumnElement[Any]) -> Select[Any]:
    """Return the statement of the `named` expressions for every unit the frame takes."""
    source, subject_id = _responsible(query, unit)
    for place, name in enumerate(query.counts.values()):
        counter = frame_counts.alias(f"c{place}")
        source = source.outerjoin(
            counter,
            and_(
                counter.c.jurisdiction == query.jurisdiction,
                counter.c.snapshot == query.snapshot,
                counter.c.name == name,
                counter.c.unit_id == subject_id,
            ),
        )
    return (
        select(*named)
        .select_from(source)
        .where(
            standing(unit, query.jurisdiction, query.batch),
            *conditions(unit, query.filters),
            *_scoped(query, unit),
        )
    )


def codes(query: FrameQuery) -> list[str]:
    """Return the codes of the exclusions in the order of their digits in the answers."""
    return [exclusion.code for exclusion in _ordered(query)]


def _responsible(query: FrameQuery, unit: FromClause) -> tuple[FromClause, ColumnElement[str]]:
    """Return the units with the subject each stands for, and that subject's id.

    A carrier of several subjects stands for the first of them by id; one of none is not decided."""
    if query.kind is not RegistryKind.CARRIERS:
        return unit, unit.c[KEYS[query.kind]]
    links = registry_carrier_links
    first = (
        select(links.c.carrier_id, func.min(links.c.subject_id).label("subject_id"))
        .where(standing(links, query.jurisdiction, query.batch))
        .group_by(links.c.carrier_id)
        .subquery("first")
    )
    subject = registry_subjects.alias(UNIT)
    hung = unit.outerjoin(first, first.c.carrier_id == unit.c.carrier_id).outerjoin(
        subject,
        and_(
            subject.c.subject_id == first.c.subject_id,
            standing(subject, query.jurisdiction, query.batch),
        ),
    )
    return hung, subject.c.subject_id


def _scoped(query: FrameQuery, unit: FromClause) -> Iterator[ColumnElement[bool]]:
    """Yield the condition that enough of the scopes admit a row; none if nothing is asked."""
    if query.scopes:
        admitted = [
            or_(*(and_(true(), *conditions(unit, one)) for one in scope)) for scope in query.scopes
        ]
        tally: ColumnElement[int] = case((admitted[0], 1), else_=0)
        for condition in admitted[1:]:
            tally = tally + case((condition, 1), else_=0)
        yield tally >= query.at_least


def _ordered(query: FrameQuery) -> list[Exclusion]:
    """Return the exclusions by code; parameters get names of their own, rules share none."""
    ordered = sorted(query.exclusions, key=lambda exclusion: exclusion.code)
    return [_named_apart(exclusion, place) for place, exclusion in enumerate(ordered)]


def _named_apart(exclusion: Exclusion, place: int) -> Exclusion:
    names = {name: f"x{place}_{n}" for n, name in enumerate(exclusion.params)}
    sql = _PARAMETER.sub(lambda found: ":" + names.get(found[1], found[1]), exclusion.sql)
    params = {names[name]: value for name, value in exclusion.params.items()}
    return Exclusion(code=exclusion.code, sql=sql, params=params)
