"""The pool of each item: who is entered for it, and whether the pool stays in the three classes.

Every item has its inspectors, taken from the registry of inspectors alone (CY 三（五）), so a pool
is a question to that registry and never a list of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from engine.registry.filters import Filters
from engine.registry.types import Inspector, InspectorClass, RegistryKind, Validity
from engine.store import registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Who may inspect one item on a day; `certified` of them count towards two officers."""

    item_code: str
    inspectors: tuple[str, ...]
    certified: tuple[str, ...]
    by_class: dict[InspectorClass, int]


def items_of_inspectors(
    conn: Connection,
    jurisdiction: str,
    items: Sequence[str],
    *,
    departments: Sequence[str] = (),
    batch: int | None = None,
) -> dict[str, frozenset[str]]:
    """Return inspector → those of `items` they are entered for, today or at `batch`.

    An inspector entered for none of them is not in the answer; a certificate that has run out is a
    question of the day and is not asked here."""
    wanted = frozenset(items)
    rows = registry.select_rows(
        conn,
        jurisdiction,
        RegistryKind.INSPECTORS,
        Filters(items=tuple(sorted(wanted)), departments=tuple(departments)),
        batch=batch,
    )
    return {row.row_id: wanted.intersection(_items(row)) for row in rows} if wanted else {}


def pools(conn: Connection, jurisdiction: str, *, on: date) -> dict[str, Pool]:
    """Return the pool of every item that somebody in service is entered for, by item code."""
    found: dict[str, list[Inspector]] = {}
    for row in registry.current(conn, jurisdiction, RegistryKind.INSPECTORS):
        assert isinstance(row, Inspector)
        if row.status is Validity.VALID:
            for item in row.items:
                found.setdefault(item, []).append(row)
    return {item: _pool(item, people, on) for item, people in sorted(found.items())}


def _pool(item: str, people: Sequence[Inspector], on: date) -> Pool:
    return Pool(
        item_code=item,
        inspectors=tuple(person.inspector_id for person in people),
        certified=tuple(person.inspector_id for person in people if person.is_certified(on)),
        by_class={
            each: sum(person.inspector_class is each for person in people)
            for each in InspectorClass
        },
    )


def _items(row: object) -> tuple[str, ...]:
    return row.items if isinstance(row, Inspector) else ()
