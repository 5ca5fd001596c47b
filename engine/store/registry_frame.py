"""What a frame of the registry holds, asked in small: rows for a page, counts, single units.

Nothing is frozen here; the file of a draw is written from `registry_lines`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, text

from engine.store.registry_answers import split, stratum_of
from engine.store.registry_select import STREAM
from engine.store.registry_units import (
    FrameQuery,
    codes,
    listing,
    unit_key,
    unit_table,
    verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a frame would hold: rows per stratum, rows each rule leaves out or cannot decide."""

    listed: Mapping[str, int]
    eligible: Mapping[str, int]
    excluded: Mapping[str, int]
    unknown: Mapping[str, int]


def frame_rows(
    conn: Connection, query: FrameQuery, *also: str
) -> Iterator[tuple[str, str, str | None, tuple[Any, ...]]]:
    """Yield (unit, stratum, first excluding rule or None, further columns) in id order."""
    unit = unit_table(query)
    further = [unit.c[name] for name in also]
    wanted = listing(query, unit, unit_key(query, unit), *verdict(query, unit), *further).order_by(
        unit_key(query, unit)
    )
    rules = codes(query)
    with conn.execute(wanted.execution_options(yield_per=STREAM)) as found:
        for unit_id, stratum, _, answers, *values in found:
            excluded, _ = split(rules, answers)
            yield unit_id, stratum_of(stratum), next(iter(excluded), None), tuple(values)


def survey(conn: Connection, query: FrameQuery) -> Survey:
    """Count what `frame_lines` would yield, in one statement, before anything is frozen."""
    unit = unit_table(query)
    stratum, _, answers = verdict(query, unit)
    wanted = listing(query, unit, stratum, answers, func.count()).group_by(stratum, answers)
    rules = codes(query)
    listed: Counter[str] = Counter()
    eligible: Counter[str] = Counter()
    excluded: Counter[str] = Counter(dict.fromkeys(rules, 0))
    unknown: Counter[str] = Counter(dict.fromkeys(rules, 0))
    for word, answer, number in conn.execute(wanted):
        out, doubtful = split(rules, answer)
        listed[stratum_of(word)] += number
        eligible[stratum_of(word)] += 0 if out else number
        excluded.update(dict.fromkeys(out, number))
        unknown.update(dict.fromkeys(doubtful, number))
    return Survey(listed=listed, eligible=eligible, excluded=excluded, unknown=unknown)


def undecided(conn: Connection, query: FrameQuery, code: str, *, limit: int) -> list[str]:
    """Return the first units for which one rule cannot be decided, in id order."""
    unit = unit_table(query)
    asked = next(exclusion for exclusion in query.exclusions if exclusion.code == code)
    unknown = text(f"({asked.sql}) IS NULL").bindparams(**asked.params)
    wanted = listing(query, unit, unit_key(query, unit)).where(unknown)
    return list(conn.execute(wanted.order_by(unit_key(query, unit)).limit(limit)).scalars())


def values_of(
    conn: Connection, query: FrameQuery, unit_id: str, columns: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the columns of a frame hold for one unit; NULL is what no source has stated."""
    unit = unit_table(query)
    named: list[ColumnElement[Any]] = [
        literal_column(sql).label(f"v{place}") for place, sql in enumerate(columns.values())
    ]
    wanted = listing(query, unit, *named).where(unit_key(query, unit) == unit_id)
    return dict(zip(columns, conn.execute(wanted).one(), strict=True))
