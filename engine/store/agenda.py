"""The agenda of the year: which obligation is looked at when, and what came of it.

A row moves from open (cases are opened for whom it falls on) to watch (is it done, or is a reminder
due), to late, to done. When the next look is due stands in one indexed column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from engine.registry.types import ItemStatus
from engine.store.queues import DueLook
from engine.store.tables import agenda, cases, versions
from engine.store.tables.registry import registry_batches, registry_inspectors, registry_items

OPEN, WATCH, LATE, DONE, PLAN = "open", "watch", "late", "done", "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the agenda; `department` is empty until the obligation falls on somebody."""

    jurisdiction: str
    obligation: str
    department: str
    period: str
    stage: str
    next_at: datetime | None
    due_at: datetime | None
    case_id: UUID | None = None
    supervision: UUID | None = None
    settled_on: str | None = None


def _place(entry: Entry) -> Any:
    return and_(
        agenda.c.jurisdiction == entry.jurisdiction,
        agenda.c.obligation == entry.obligation,
        agenda.c.department == entry.department,
        agenda.c.period == entry.period,
    )


def find(connection: Connection, entry: Entry) -> Entry | None:
    """Return the line as it stands."""
    row = connection.execute(select(agenda).where(_place(entry))).mappings().first()
    return None if row is None else _entry(row)


def named(connection: Connection, due: DueLook) -> Entry | None:
    """Return the line that is due."""
    place = Entry(
        jurisdiction=due.jurisdiction,
        obligation=due.obligation,
        department=due.department,
        period=due.period,
        stage="",
        next_at=None,
        due_at=None,
    )
    return find(connection, place)


def put(connection: Connection, entry: Entry) -> bool:
    """Enter a line that is not there; an open one takes its new days, a later one stays."""
    known = find(connection, entry)
    if known is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(agenda).values(**_values(entry)))
        except IntegrityError:  # another worker was quicker
            return False
        return True
    if known.stage in (OPEN, PLAN) and known.next_at is not None:
        moved = update(agenda).where(_place(entry), agenda.c.stage == known.stage)
        connection.execute(moved.values(next_at=entry.next_at, due_at=entry.due_at))
    return False


def note(connection: Connection, entry: Entry, **values: Any) -> None:
    """Note what became of a line and when to look again."""
    connection.execute(update(agenda).where(_place(entry)).values(**values))


def of_jurisdiction(connection: Connection, jurisdiction: str, year: int) -> tuple[Entry, ...]:
    """Return the lines of a year that fall on somebody or will, in the order they are due."""
    rows = connection.execute(
        select(agenda)
        .where(
            agenda.c.jurisdiction == jurisdiction,
            agenda.c.obligation != "",
            or_(agenda.c.period == str(year), agenda.c.period.startswith(f"{year}Q")),
        )
        .order_by(agenda.c.due_at, agenda.c.obligation, agenda.c.department)
    ).mappings()
    return tuple(_entry(row) for row in rows)


def jurisdictions(connection: Connection) -> tuple[str, ...]:
    """Return the jurisdictions that have anything on the shelf."""
    found = connection.execute(select(versions.c.jurisdiction).distinct()).scalars()
    return tuple(sorted(found))


# ---------------------------------------------------------------- whom an obligation falls on


def item_owners(connection: Connection, jurisdiction: str, *, joint: bool) -> list[str]:
    """Return the departments with items in force; `joint`: with items others take part in."""
    items = registry_items
    wanted = (
        select(items.c.department)
        .distinct()
        .where(
            items.c.jurisdiction == jurisdiction,
            items.c.to_batch.is_(None),
            items.c.status == ItemStatus.ACTIVE.value,
        )
    )
    if joint:
        wanted = wanted.where(func.length(items.c.partners) > 0)
    return sorted(connection.execute(wanted).scalars())


def batch_before(connection: Connection, jurisdiction: str, moment: datetime) -> int:
    """Return the last batch applied before an instant; 0 if there was none."""
    batches = registry_batches
    number = select(func.max(batches.c.batch)).where(
        batches.c.jurisdiction == jurisdiction, batches.c.applied_at < moment
    )
    return connection.execute(number).scalar() or 0


def staff_changed(connection: Connection, jurisdiction: str, batch: int) -> list[str]:
    """Return the departments whose inspectors changed after a batch (A-13)."""
    people = registry_inspectors
    wanted = (
        select(people.c.department)
        .distinct()
        .where(
            people.c.jurisdiction == jurisdiction,
            or_(people.c.from_batch > batch, people.c.to_batch > batch),
        )
    )
    return sorted(connection.execute(wanted).scalars())


def leads_of_open(connection: Connection, jurisdiction: str, process: str) -> list[str]:
    """Return the departments that lead an open case of a process."""
    wanted = (
        select(cases.c.lead)
        .distinct()
        .where(
            cases.c.jurisdiction == jurisdiction,
            cases.c.process == process,
            cases.c.closed_at.is_(None),
            cases.c.lead.is_not(None),
        )
    )
    return sorted(connection.execute(wanted).scalars())


def count_open(connection: Connection, jurisdiction: str, process: str, lead: str) -> int:
    """Return how many cases of a process a department has not closed."""
    wanted = select(func.count()).where(
        cases.c.jurisdiction == jurisdiction,
        cases.c.process == process,
        cases.c.closed_at.is_(None),
        cases.c.lead == lead,
    )
    return connection.execute(wanted).scalar_one()


def cases_of(
    connection: Connection, jurisdiction: str, process: str, lead: str, *, since: datetime
) -> tuple[UUID, ...]:
    """Return the cases of a process a department opened since an instant, the oldest first."""
    wanted = (
        select(cases.c.case_id)
        .where(
            cases.c.jurisdiction == jurisdiction,
            cases.c.process == process,
            cases.c.lead == lead,
            cases.c.opened_at >= since,
        )
        .order_by(cases.c.opened_at, cases.c.case_id)
    )
    return tuple(connection.execute(wanted).scalars())


def _values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**{str(name): value for name, value in row.items()})
