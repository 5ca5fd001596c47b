"""What registries leave open: 监管真空, subjects nobody looks at; 清单缺口, items nobody can do.

A report, no gate: it says how many and names the first ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from engine import clock
from engine.oversight.seen import Unlisted
from engine.registry.filters import Filters
from engine.registry.types import Item, ItemStatus, RegistryKind, SubjectStatus
from engine.store import registry, registry_lists, registry_pools, unlisted
from engine.store.registry_select import standing
from engine.store.tables import cases
from engine.store.tables.registry import registry_subjects
from rules import almanac
from rules.law import Law

SHOWN = 50  # rows named; the rest are counted
VISIT = "inspection"
OFFICERS = "检查组最少持证人数"  # a parameter every pack supplies (common vocabulary)


class GapKind(StrEnum):
    NO_REGULATOR = "no-regulator"
    NEVER_DRAWN = "never-drawn"
    NO_SUBJECTS = "no-subjects"
    NO_INSPECTORS = "no-inspectors"
    NO_LINK = "no-link"
    NO_ITEM = "no-item"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """One subject or item; `number` says how many it does have, where that matters."""

    row_id: str
    name: str
    department: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    kind: GapKind
    total: int
    rows: tuple[Lacking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a pack says: since when a subject was not drawn, how many officers a visit needs."""

    since: date | None
    officers: int


def bounds(law: Law, on: date) -> Bounds:
    """Return what the pack of a jurisdiction says on a day; a number it lacks asks nothing."""
    officers = _number(law, OFFICERS, on)
    years = _number(law, almanac.YEARS_UNDRAWN, on)
    return Bounds(since=_years_before(on, years) if years else None, officers=officers or 1)


def _number(law: Law, name: str, on: date) -> int | None:
    value = law.parameter(name, on=on)
    return int(value) if isinstance(value, int | Fraction) else None


def _years_before(day: date, years: int) -> date:
    """Return the same day so many years ago; 29 February becomes the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year - years, day=last)


def report(
    conn: Connection, jurisdiction: str, *, on: date, bounds: Bounds, shown: int = SHOWN
) -> tuple[Gap, ...]:
    """Return every kind of gap, those without a finding too."""
    found = [_of_subjects(conn, jurisdiction, GapKind.NO_REGULATOR, _unregulated(), shown)]
    if bounds.since is not None:
        undrawn = _undrawn(jurisdiction, bounds.since)
        found.append(_of_subjects(conn, jurisdiction, GapKind.NEVER_DRAWN, undrawn, shown))
    return (
        *found,
        *_of_items(conn, jurisdiction, on=on, officers=bounds.officers, shown=shown),
        _not_listed(GapKind.NO_ITEM, unlisted.departments(conn, jurisdiction), shown),
        _not_listed(GapKind.UNLISTED, unlisted.items(conn, jurisdiction), shown),
    )


def _not_listed(kind: GapKind, found: Sequence[Unlisted], shown: int) -> Gap:
    rows = tuple(
        Lacking(row_id=each.what, name=each.name, department=each.department, number=each.number)
        for each in found[:shown]
    )
    return Gap(kind=kind, total=len(found), rows=rows)


def _unregulated() -> ColumnElement[bool]:
    return func.length(registry_subjects.c.regulators) == 0


def _undrawn(jurisdiction: str, since: date) -> ColumnElement[bool]:
    """Return the condition that an old enough subject was not visited since a day."""
    subjects = registry_subjects
    visited = exists().where(
        cases.c.jurisdiction == jurisdiction,
        cases.c.process == VISIT,
        cases.c.subject_id == subjects.c.subject_id,
        cases.c.opened_at >= clock.end_of_day(since),
    )
    is_old = or_(subjects.c.registered_on.is_(None), subjects.c.registered_on <= since)
    return and_(is_old, ~visited)


def _of_subjects(
    conn: Connection, jurisdiction: str, kind: GapKind, lacking: ColumnElement[bool], shown: int
) -> Gap:
    table = registry_subjects
    where = and_(
        standing(table, jurisdiction, None),
        table.c.status == SubjectStatus.ACTIVE.value,
        lacking,
    )
    total = conn.execute(select(func.count()).select_from(table).where(where)).scalar_one()
    rows = conn.execute(
        select(table.c.subject_id, table.c.name)
        .where(where)
        .order_by(table.c.subject_id)
        .limit(shown)
    ).all()
    named = tuple(Lacking(row_id=row.subject_id, name=row.name) for row in rows)
    return Gap(kind=kind, total=total, rows=named)


def _of_items(
    conn: Connection, jurisdiction: str, *, on: date, officers: int, shown: int
) -> Iterator[Gap]:
    listed = [
        row
        for row in registry.current(conn, jurisdiction, RegistryKind.ITEMS)
        if isinstance(row, Item) and row.status is ItemStatus.ACTIVE
    ]
    subjects = _subjects_of(conn, jurisdiction, listed)
    pools = registry_pools.pools(conn, jurisdiction, on=on)
    certified = {code: len(pool.certified) for code, pool in pools.items()}
    found = {
        GapKind.NO_SUBJECTS: [item for item in listed if not subjects[item.item_code]],
        GapKind.NO_INSPECTORS: [
            item for item in listed if certified.get(item.item_code, 0) < officers
        ],
        GapKind.NO_LINK: [item for item in listed if not item.impl_item_code],
    }
    for kind, items in found.items():
        rows = tuple(
            Lacking(
                row_id=item.item_code,
                name=item.name,
                department=item.department,
                number=certified.get(item.item_code, 0) if kind is GapKind.NO_INSPECTORS else 0,
            )
            for item in items[:shown]
        )
        yield Gap(kind=kind, total=len(items), rows=rows)


def _subjects_of(conn: Connection, jurisdiction: str, items: list[Item]) -> Counter[str]:
    """Return how many subjects each item has: of its list, else those its department keeps."""
    lists = {each.item_code: each.filters for each in registry_lists.lists(conn, jurisdiction)}
    counted: dict[Filters, int] = {}
    found: Counter[str] = Counter()
    for item in items:
        filters = lists.get(item.item_code) or Filters(regulators=(item.department,))
        if filters not in counted:
            counted[filters] = registry.count(
                conn, jurisdiction, RegistryKind.SUBJECTS, filters=filters
            )
        found[item.item_code] = counted[filters]
    return found
