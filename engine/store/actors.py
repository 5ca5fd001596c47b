"""Who is asking, with the positions held at this instant: a revoked one counts at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, or_, select

from engine.commands import SYSTEM, Actor
from engine.errors import Refusal
from engine.events import Seat
from engine.store.tables import people, positions


class UnknownPerson(Refusal):
    code = "unknown-person"
    zh = "没有编号为「{person}」的人员，或其账号已停用。"
    en = "There is no person “{person}”, or the account is disabled."


_HELD = (
    select(
        people.c.name,
        people.c.login,
        people.c.inspector_id,
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
    rows = connection.execute(_HELD, {"who": person, "moment": at}).all()
    if not rows:
        raise UnknownPerson(person=person)
    return Actor(
        person=person,
        name=rows[0].name,
        inspector=rows[0].inspector_id,
        login=rows[0].login,
        seats=tuple(
            Seat(department=row.department, position=row.position)
            for row in rows
            if row.department is not None
        ),
    )
