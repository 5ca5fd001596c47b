"""What rules ask about a registry as a whole, and what changed in it since a filing."""

from __future__ import annotations

from sqlalchemy import Connection, exists, func, or_, select

from engine.registry.diff import Diff, diff
from engine.registry.types import RegistryKind
from engine.store.registry import find_many
from engine.store.registry_select import KEYS, TABLES, standing
from engine.store.tables.registry import (
    registry_carrier_links,
    registry_carriers,
    registry_inspectors,
    registry_subjects,
)


def subjects_without_regulator(conn: Connection, jurisdiction: str) -> int:
    """Return how many subjects nobody is responsible for: 监管真空 (CY 三（五）)."""
    table = registry_subjects
    counted = select(func.count()).where(
        standing(table, jurisdiction, None), func.length(table.c.regulators) == 0
    )
    return conn.execute(counted).scalar_one()


def carriers_without_subject(conn: Connection, jurisdiction: str) -> int:
    """Return how many carriers hang on no subject of today's registry (PJ 任务 4)."""
    carriers, links, subjects = registry_carriers, registry_carrier_links, registry_subjects
    held = exists().where(
        standing(links, jurisdiction, None),
        links.c.carrier_id == carriers.c.carrier_id,
        standing(subjects, jurisdiction, None),
        subjects.c.subject_id == links.c.subject_id,
    )
    counted = select(func.count()).where(standing(carriers, jurisdiction, None), ~held)
    return conn.execute(counted).scalar_one()


def departures_without_reason(conn: Connection, jurisdiction: str, kind: RegistryKind) -> int:
    """Return how many rows left for good and no reason is on record; it should be nought."""
    table = TABLES[kind]
    later = table.alias("later")
    key = KEYS[kind]
    followed = exists().where(
        later.c.jurisdiction == jurisdiction,
        later.c[key] == table.c[key],
        later.c.from_batch == table.c.to_batch,
    )
    counted = select(func.count()).where(
        table.c.jurisdiction == jurisdiction,
        table.c.to_batch.is_not(None),
        table.c.reason.is_(None),
        ~followed,
    )
    return conn.execute(counted).scalar_one()


def staff_changes(conn: Connection, jurisdiction: str, department: str, batch: int) -> int:
    """Return how many inspectors of a department came, left or read differently after `batch`."""
    table = registry_inspectors
    touched = select(func.count(table.c.inspector_id.distinct())).where(
        table.c.jurisdiction == jurisdiction,
        table.c.department == department,
        or_(table.c.from_batch > batch, table.c.to_batch > batch),
    )
    return conn.execute(touched).scalar_one()


def changes_since(conn: Connection, jurisdiction: str, kind: RegistryKind, batch: int) -> Diff:
    """Return what changed after `batch`: the delta of a quarterly filing (CY 三（五）).

    A row that came and left again in between is not part of it."""
    table, key = TABLES[kind], KEYS[kind]
    touched = select(table.c[key]).where(
        table.c.jurisdiction == jurisdiction,
        or_(table.c.from_batch > batch, table.c.to_batch > batch),
    )
    row_ids = list(dict.fromkeys(conn.execute(touched).scalars()))
    before = find_many(conn, jurisdiction, kind, row_ids, batch=batch)
    after = find_many(conn, jurisdiction, kind, row_ids)
    left = [row_id for row_id in before if row_id not in after]
    return diff(before.values(), after.values(), removals=_reasons(conn, jurisdiction, kind, left))


def _reasons(
    conn: Connection, jurisdiction: str, kind: RegistryKind, row_ids: list[str]
) -> dict[str, str]:
    table, key = TABLES[kind], KEYS[kind]
    wanted = set(row_ids)
    found = conn.execute(
        select(table.c[key], table.c.reason)
        .where(table.c.jurisdiction == jurisdiction, table.c.reason.is_not(None))
        .order_by(table.c.to_batch)
    )
    return {row_id: reason for row_id, reason in found if row_id in wanted}
