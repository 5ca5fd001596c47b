"""Who is asking, with the positions held at this instant: a revoked one counts at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, or_, select

from engine.commands import SYSTEM, Actor
from engine.errors import Refusal
from engine.events import Seat
from engine.store.prepared import Asked
from engine.store.tables import people, positions


class UnknownPerson(Refusal):
    code = "unknown-person"
    zh = "没有编号为「{person}」的人员，或其账号已停用。"
    en = "There is no person “{person}”, or the account is disabled."


_HELD = Asked(
    select(
        people.c.name,
        people.c.login,
        people.c.inspector_id,
        people.c.jurisdiction,
        positions.c.department,
        positions.c.position,
    )
    .select_from(
        people.outerjoin(
            positions,
            and_(
                positions.c.person == people.c.person,
                positions.c.from_at <= bindparam("moment"),
                or_(
                    positions.c.until_at.is_(None),
                    positions.c.until_at > bindparam("moment"),
                ),
            ),
        )
    )
    .where(people.c.person == bindparam("who"), people.c.disabled_at.is_(None))
    .order_by(positions.c.department, positions.c.position)
)


def actor(connection: Connection, person: str, *, at: datetime) -> Actor:
    """Return the actor with the seats valid at `at`, in one statement."""
    if person == SYSTEM:
        return Actor(person=SYSTEM, name="系统")
    rows = _HELD.all(connection, who=person, moment=at)
    if not rows:
        raise UnknownPerson(person=person)
    name, login, inspector, jurisdiction, _, _ = rows[0]
    return Actor(
        person=person,
        name=name,
        inspector=inspector,
        login=login,
        jurisdiction=jurisdiction,
        seats=tuple(
            Seat(department=department, position=position)
            for *_, department, position in rows
            if department is not None
        ),
    )
