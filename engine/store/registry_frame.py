"""The rows of a draw, straight from the registry: who is listed, in which stratum, who is left out.

The rules compile their exclusions to SQL; here they become columns of one statement that the
database answers in id order, so a million rows pass through without being held.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
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
from engine.store.registry_answers import Tails, split, stratum_of
from engine.store.registry_select import KEYS, STREAM, TABLES, conditions, standing
from engine.store.registry_tables import (
    frame_counts,
    registry_carrier_links,
    registry_subjects,
)
from engine.store.registry_terms import CARRIER, UNIT
from engine.store.registry_terms import columns as columns  # part of how a frame is asked for

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
    for block in frame_blocks(conn, query):
        yield from block.splitlines(keepends=True)


def tails_of(query: FrameQuery) -> Tails:
    """Return what `frame_blocks` notes on its way: which rules could not be decided."""
    return Tails(_codes(query))


def frame_blocks(
    conn: Connection, query: FrameQuery, tails: Tails | None = None
) -> Iterator[bytes]:
    """Yield the same bytes as `frame_lines`, some thousand whole lines at a time."""
    tails = tails_of(query) if tails is None else tails
    unit = _unit(query)
    stratum, key, answers = _verdict(query, unit)
    both = answers * literal_column("2", BigInteger) + key
    listing = _listing(query, unit, _key(query, unit), stratum, both).order_by(_key(query, unit))
    for rows in _tuples(conn, listing):
        lines = [unit_id + tails[layer, answer] for unit_id, layer, answer in rows]
        yield "".join(lines).encode()


def frame_rows(
    conn: Connection, query: FrameQuery, *also: str
) -> Iterator[tuple[str, str, str | None, tuple[Any, ...]]]:
    """Yield (unit, stratum, first excluding rule or None, further columns) in id order."""
    unit = _unit(query)
    further = [unit.c[name] for name in also]
    listing = _listing(query, unit, _key(query, unit), *_verdict(query, unit), *further).order_by(
        _key(query, unit)
    )
    codes = _codes(query)
    with conn.execute(listing.execution_options(yield_per=STREAM)) as found:
        for unit_id, stratum, _, answers, *values in found:
            excluded, _ = split(codes, answers)
            yield unit_id, stratum_of(stratum), next(iter(excluded), None), tuple(values)


def survey(conn: Connection, query: FrameQuery) -> Survey:
    """Count what `frame_lines` would yield, in one statement, before anything is frozen."""
    unit = _unit(query)
    stratum, _, answers = _verdict(query, unit)
    listing = _listing(query, unit, stratum, answers, func.count()).group_by(stratum, answers)
    codes = _codes(query)
    listed: Counter[str] = Counter()
    eligible: Counter[str] = Counter()
    excluded: Counter[str] = Counter(dict.fromkeys(codes, 0))
    unknown: Counter[str] = Counter(dict.fromkeys(codes, 0))
    for word, answer, number in conn.execute(listing):
        out, doubtful = split(codes, answer)
        listed[stratum_of(word)] += number
        eligible[stratum_of(word)] += 0 if out else number
        excluded.update(dict.fromkeys(out, number))
        unknown.update(dict.fromkeys(doubtful, number))
    return Survey(listed=listed, eligible=eligible, excluded=excluded, unknown=unknown)


def undecided(conn: Connection, query: FrameQuery, code: str, *, limit: int) -> list[str]:
    """Return the first units for which one rule cannot be decided, in id order."""
    unit = _unit(query)
    asked = next(exclusion for exclusion in query.exclusions if exclusion.code == code)
    unknown = text(f"({asked.sql}) IS NULL").bindparams(**asked.params)
    listing = _listing(query, unit, _key(query, unit)).where(unknown)
    return list(conn.execute(listing.order_by(_key(query, unit)).limit(limit)).scalars())


def values_of(
    conn: Connection, query: FrameQuery, unit_id: str, columns: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the columns of a frame hold for one unit; NULL is what no source has stated."""
    unit = _unit(query)
    named: list[ColumnElement[Any]] = [
        literal_column(sql).label(f"v{place}") for place, sql in enumerate(columns.values())
    ]
    wanted = _listing(query, unit, *named).where(_key(query, unit) == unit_id)
    return dict(zip(columns, conn.execute(wanted).one(), strict=True))


# ---------------------------------------------------------------- what the database answers


def _unit(query: FrameQuery) -> FromClause:
    is_carrier = query.kind is RegistryKind.CARRIERS
    return TABLES[query.kind].alias(CARRIER if is_carrier else UNIT)


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


def _key(query: FrameQuery, unit: FromClause) -> ColumnElement[str]:
    return unit.c[KEYS[query.kind]]


def _verdict(
    query: FrameQuery, unit: FromClause
) -> tuple[ColumnElement[str], ColumnElement[int], ColumnElement[int]]:
    """Return stratum, 重点检查对象, and all answers as one number: each rule is evaluated once."""
    # CAST: a bare constant in GROUP BY would be read as the number of a column
    stratum: ColumnElement[str] = literal_column(f"CAST('{WHOLE}' AS VARCHAR)", String)
    if query.stratum != NO_STRATA:
        if query.stratum not in STRATA or query.stratum not in unit.c:
            raise UnknownStratum(stratum=query.stratum)
        stratum = unit.c[query.stratum]
    key: ColumnElement[int] = literal_column("CAST(0 AS INTEGER)", Integer)
    if query.kind in (RegistryKind.SUBJECTS, RegistryKind.CARRIERS):
        named = f"COALESCE({UNIT}.key_grounds, '')"
        key = literal_column(f"CASE WHEN {named} = '' THEN 0 ELSE 1 END", Integer)
    answers: ColumnElement[int] = literal_column("CAST(0 AS BIGINT)", BigInteger)
    for place, exclusion in enumerate(_ordered(query)):
        asked = text(f"CAST(({exclusion.sql}) AS INTEGER)").bindparams(**exclusion.params)
        answer = func.coalesce(asked, literal_column("2"), type_=BigInteger)
        answers = answers + answer * literal_column(str(3**place), BigInteger)
    return stratum, key, answers


def _listing(query: FrameQuery, unit: FromClause, *named: ColumnElement[Any]) -> Select[Any]:
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


def _tuples(conn: Connection, listing: Select[Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield plain tuples from the driver: a Row object each takes a third of a million's time.

    Only text and integers pass here, which need no conversion by SQLAlchemy."""
    wanted = listing.compile(dialect=conn.dialect, compile_kwargs={"render_postcompile": True})
    named = wanted.params
    if conn.dialect.name == "sqlite":
        cursor = conn.connection.cursor()
        cursor.execute(str(wanted), [named[name] for name in wanted.positiontup or ()])
        fetches = iter(lambda: cursor.fetchmany(STREAM), [])
    else:
        cursor = conn.connection.cursor(name="frame")  # or the client would hold every row
        cursor.execute(str(wanted), named)
        fetches = _ahead(lambda: cursor.fetchmany(STREAM))
    with closing(cursor):
        yield from fetches


def _ahead(fetch: Callable[[], Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Let the server find the next rows while we work on these; both have a core of their own."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="frame") as beside:
        coming = beside.submit(fetch)
        while rows := coming.result():
            coming = beside.submit(fetch)
            yield rows


def _ordered(query: FrameQuery) -> list[Exclusion]:
    """Return the exclusions by code; parameters get names of their own, rules share none."""
    ordered = sorted(query.exclusions, key=lambda exclusion: exclusion.code)
    return [_named_apart(exclusion, place) for place, exclusion in enumerate(ordered)]


def _named_apart(exclusion: Exclusion, place: int) -> Exclusion:
    names = {name: f"x{place}_{n}" for n, name in enumerate(exclusion.params)}
    sql = _PARAMETER.sub(lambda found: ":" + names.get(found[1], found[1]), exclusion.sql)
    params = {names[name]: value for name, value in exclusion.params.items()}
    return Exclusion(code=exclusion.code, sql=sql, params=params)


def _codes(query: FrameQuery) -> list[str]:
    return [exclusion.code for exclusion in _ordered(query)]
