"""回避: declared relations between officers and units, kept apart from every history.

A draw freezes those that touch its pool: the list is confidential, the manifest holds its salted
hash, and evidence names only the teams that are barred from a unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine import history
from engine.errors import FileMissing
from engine.registry.types import RegistryKind
from engine.store import registry
from engine.store.tables import cases, confidential, personal, recusals
from engine.store.tables.registry import registry_inspectors

PREFIX = "confidential:"  # marks an address whose content no bundle and no evidence holds

Pairs = list[tuple[str, str]]


def enter(connection: Connection, case_id: UUID, body: Mapping[str, Any], *, at: datetime) -> None:
    """Enter a declared relation; its unit is read where personal values of the case stand."""
    kept = connection.execute(
        select(personal.c.salt, personal.c.value).where(
            personal.c.case_id == case_id, personal.c.digest == body["unit"]
        )
    ).one_or_none()
    if kept is None:
        return  # erased before it was entered: there is nothing to keep anybody from
    named = select(cases.c.jurisdiction).where(cases.c.case_id == case_id)
    city = connection.execute(named).scalar_one()
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        made.insert(recusals)
        .values(
            case_id=case_id,
            jurisdiction=city,
            inspector_id=_inspector(connection, city, str(body["inspector"]).strip()),
            unit_id=kept.value.strip().upper(),
            salt=kept.salt,
            entered_at=at,
        )
        .on_conflict_do_nothing()
    )


def _inspector(connection: Connection, city: str, written: str) -> str:
    """Return the number of an inspector who was named by number or by certificate."""
    table = registry_inspectors
    found = connection.execute(
        select(table.c.inspector_id).where(
            table.c.jurisdiction == city,
            table.c.to_batch.is_(None),
            or_(table.c.inspector_id == written.upper(), table.c.certificate_no == written),
        )
    ).scalars()
    return next(iter(found), written.upper())


def lift(connection: Connection, case_id: UUID, *, at: datetime) -> None:
    """End what a declaration entered; draws frozen before keep it."""
    connection.execute(
        update(recusals)
        .where(recusals.c.case_id == case_id, recusals.c.lifted_at.is_(None))
        .values(lifted_at=at)
    )


def frozen(
    connection: Connection, inputs: Mapping[str, Any], people: Sequence[str], *, salt: str
) -> tuple[str, tuple[str, Pairs]]:
    """Keep the list that touches these people; return where it is, and its salt and pairs.

    Nobody recused gives the empty place. A carrier is avoided with the subjects it hangs on."""
    rows = connection.execute(
        select(recusals.c.inspector_id, recusals.c.unit_id, recusals.c.salt)
        .where(
            recusals.c.jurisdiction == inputs["jurisdiction"],
            recusals.c.inspector_id.in_(people),
            recusals.c.lifted_at.is_(None),
        )
        .order_by(recusals.c.unit_id, recusals.c.inspector_id, recusals.c.salt)
    ).all()
    if not rows:
        return "", ("", [])
    grain = hashlib.sha256("|".join([salt, *(row.salt for row in rows)]).encode()).hexdigest()
    pairs = sorted(
        {
            (unit, row.inspector_id)
            for row in rows
            for unit in _units(connection, inputs, row.unit_id)
        }
    )
    content = history.canonical({"salt": grain, "pairs": [list(pair) for pair in pairs]})
    return PREFIX + keep(connection, content), (grain, pairs)


def keep(connection: Connection, content: bytes) -> str:
    """Keep a confidential file under its hash; a second time changes nothing."""
    place = history.address(content)
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        made.insert(confidential).values(address=place, content=content).on_conflict_do_nothing()
    )
    return place


def fetch(connection: Connection, place: str) -> bytes:
    """Return a confidential file; one that was lawfully erased is missing like any other."""
    address = place.removeprefix(PREFIX)
    found = connection.execute(
        select(confidential.c.content).where(confidential.c.address == address)
    ).scalar_one_or_none()
    if found is None:
        raise FileMissing(address=place)
    return bytes(found)


def _units(connection: Connection, inputs: Mapping[str, Any], subject: str) -> list[str]:
    """Return the units of a draw that stand for a subject: itself, or what hangs on it."""
    if inputs["unit"] != "carrier":
        return [subject]
    found = registry.carriers_of(connection, inputs["jurisdiction"], subject)
    is_carrier = registry.find(connection, inputs["jurisdiction"], RegistryKind.CARRIERS, subject)
    return [*found, *([subject] if is_carrier else [])]
