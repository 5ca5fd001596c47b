"""清单缺口 seen from the registries: what is used or regulated, and stands on no list of items.

Each finding names the import that says so: its case is the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from engine.oversight.seen import Unlisted
from engine.registry.types import ItemStatus
from engine.store.registry_select import standing
from engine.store.tables.registry import (
    registry_batches,
    registry_inspectors,
    registry_items,
    registry_lists,
    registry_subjects,
)


def departments(conn: Connection, jurisdiction: str) -> tuple[Unlisted, ...]:
    """Return the departments that subjects name as their regulator and that list no item.

    Source: CY 二 (清单之外无监管), 三（三）."""
    listed = {row.department for row in _active(conn, jurisdiction)}
    table = registry_subjects
    grouped = conn.execute(
        select(table.c.regulators, func.count().label("number"), func.min(table.c.from_batch))
        .where(standing(table, jurisdiction, None))
        .group_by(table.c.regulators)
    ).all()
    number: dict[str, int] = {}
    first: dict[str, int] = {}
    for regulators, subjects, batch in grouped:
        for each in regulators:
            number[each] = number.get(each, 0) + subjects
            first[each] = min(first.get(each, batch), batch)
    cases = _cases(conn, jurisdiction)
    return tuple(
        Unlisted(
            department=each, what=each, name="", number=number[each], case_id=cases.get(first[each])
        )
        for each in sorted(number)
        if each not in listed
    )


def items(conn: Connection, jurisdiction: str) -> tuple[Unlisted, ...]:
    """Return the items that registries use and that are not in force, by whom and since when."""
    in_force = {row.item_code for row in _active(conn, jurisdiction)}
    cases = _cases(conn, jurisdiction)
    used: dict[tuple[str, str], list[int]] = {}
    for department, code, batch in _used(conn, jurisdiction):
        if code not in in_force:
            used.setdefault((department, code), []).append(batch)
    return tuple(
        Unlisted(
            department=department,
            what=code,
            name=code,
            number=len(batches),
            case_id=cases.get(min(batches)),
        )
        for (department, code), batches in sorted(used.items())
    )


def _used(conn: Connection, jurisdiction: str) -> Iterator[tuple[str, str, int]]:
    """Yield (department, item, batch) for each special list and each inspector's field of work."""
    lists, people = registry_lists, registry_inspectors
    yield from (
        (row.department, row.item_code, row.from_batch)
        for row in conn.execute(
            select(lists.c.department, lists.c.item_code, lists.c.from_batch).where(
                standing(lists, jurisdiction, None), lists.c.item_code != ""
            )
        )
    )
    for row in conn.execute(
        select(people.c.department, people.c["items"], people.c.from_batch).where(
            standing(people, jurisdiction, None)
        )
    ):
        department, codes, batch = row
        yield from ((department, code, batch) for code in codes)


def _active(conn: Connection, jurisdiction: str) -> list[Any]:
    table = registry_items
    return list(
        conn.execute(
            select(table.c.item_code, table.c.department).where(
                standing(table, jurisdiction, None), table.c.status == ItemStatus.ACTIVE.value
            )
        ).all()
    )


def _cases(conn: Connection, jurisdiction: str) -> dict[int, str]:
    """Return the case of each import, whose history holds the file's hash and the root."""
    table = registry_batches
    rows = conn.execute(
        select(table.c.batch, table.c.case_id).where(
            table.c.jurisdiction == jurisdiction, table.c.case_id.is_not(None)
        )
    )
    return {row.batch: row.case_id for row in rows}
