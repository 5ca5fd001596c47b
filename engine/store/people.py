"""Who the people are, which positions they hold, and from when to when.

People are nobody's history: they are changed in place, while every act of theirs is in a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from engine.errors import ProductError
from engine.store.tables import people, positions

LOGIN = re.compile(r"[a-z0-9][a-z0-9.\-]{1,39}")
LONGEST_NAME = 60


class LoginUnfit(ProductError):
    code = "login-unfit"
    zh = "登录名「{login}」不可用：须为小写字母、数字、点、横线，2 到 40 个字符。"
    en = "The login “{login}” cannot be used: 2 to 40 of a-z, 0-9, dot and hyphen."


class NameUnfit(ProductError):
    code = "name-unfit"
    zh = "请填写姓名，不超过 {most} 个字。"
    en = "Give a name of at most {most} characters."


class LoginTaken(ProductError):
    field = "login"
    code = "login-taken"
    zh = "登录名「{login}」已被使用，请换一个。"
    en = "The login “{login}” is taken; choose another."


class InspectorTaken(ProductError):
    field = "inspector_id"
    code = "inspector-taken"
    zh = "执法检查人员编号「{inspector}」已属于另一人，请核对。"
    en = "The inspector number “{inspector}” belongs to somebody else; check it."


class UnknownPerson(ProductError):
    code = "unknown-person"
    zh = "没有登录名为「{login}」的人员。"
    en = "There is nobody with the login “{login}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    department: str
    position: str
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether it is held at an instant; the instant it ends is already too late."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person with the positions held at the instant of reading."""

    id: str
    login: str
    name: str
    jurisdiction: str
    must_change: bool
    disabled: bool = False
    inspector_id: str | None = None
    positions: tuple[Position, ...] = ()

    def has(self, position: str, department: str | None = None) -> bool:
        return any(
            held.position == position and department in (None, held.department)
            for held in self.positions
        )

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(held.department for held in self.positions))

    @property
    def home(self) -> str:
        """Return the department a person is listed under; empty for one without a position."""
        return next(iter(self.departments), "")

    @property
    def at_a_desk(self) -> bool:
        """Tell whether they hold any position besides inspecting."""
        return any(held.position != "inspector" for held in self.positions)

    @property
    def seats(self) -> tuple[str, ...]:
        """Name every chair this person may sit on, as task lists store them."""
        chairs = [f"{held.department}/{held.position}" for held in self.positions]
        own = [f"person:{each}" for each in (self.id, self.inspector_id) if each]
        return (*dict.fromkeys(chairs), *own)


def check_entry(*, login: str, name: str) -> None:
    """Refuse a login nobody could type, and a name that is none; nothing is entered yet."""
    if not LOGIN.fullmatch(login):
        raise LoginUnfit(login=login[:LONGEST_NAME])
    if not name.strip() or len(name) > LONGEST_NAME:
        raise NameUnfit(most=LONGEST_NAME)


def add(
    tx: Connection,
    *,
    person: str,
    login: str,
    name: str,
    jurisdiction: str,
    at: datetime,
    password_hash: str | None = None,
    must_change: bool = True,
    inspector_id: str | None = None,
) -> None:
    """Enter a person; a login is used once, whatever its letters' case."""
    if _key_of(tx, login) is not None:
        raise LoginTaken(login=login)
    if inspector_id is not None and _inspects(tx, inspector_id):
        raise InspectorTaken(inspector=inspector_id)
    tx.execute(
        insert(people).values(
            person=person,
            login=login.lower(),
            name=name,
            jurisdiction=jurisdiction,
            password_hash=password_hash,
            must_change=must_change,
            inspector_id=inspector_id,
            created_at=at,
        )
    )


def grant(
    tx: Connection,
    person: str,
    *,
    department: str,
    position: str,
    since: datetime,
    until: datetime | None = None,
) -> None:
    """Give a position from an instant on; a position already held is left as it is."""
    held = select(positions.c.person).where(
        positions.c.person == person,
        positions.c.department == department,
        positions.c.position == position,
        or_(positions.c.until_at.is_(None), positions.c.until_at > since),
    )
    if tx.execute(held.limit(1)).first() is not None:
        return
    values = {"person": person, "department": department, "position": position}
    # withdrawn and given again within one instant: the same row counts again
    again = update(positions).filter_by(**values, from_at=since).values(until_at=until)
    if tx.execute(again).rowcount == 0:
        tx.execute(insert(positions).values(**values, from_at=since, until_at=until))


def withdraw(tx: Connection, person: str, *, department: str, position: str, at: datetime) -> None:
    """End a position at an instant; what was done while it was held stays valid."""
    tx.execute(
        update(positions)
        .where(
            positions.c.person == person,
            positions.c.department == department,
            positions.c.position == position,
            or_(positions.c.until_at.is_(None), positions.c.until_at > at),
        )
        .values(until_at=at)
    )


def by_id(tx: Connection, person: str, *, at: datetime) -> Person | None:
    return next(iter(_read(tx, _with_positions(at).where(people.c.person == person))), None)


def by_login(tx: Connection, login: str, *, at: datetime) -> Person | None:
    wanted = people.c.login == login.strip().lower()
    return next(iter(_read(tx, _with_positions(at).where(wanted))), None)


def everyone(tx: Connection, jurisdiction: str | None, *, at: datetime) -> tuple[Person, ...]:
    """List people by department order of entry; closed accounts come with them, marked."""
    query = _with_positions(at).order_by(people.c.jurisdiction, people.c.login)
    if jurisdiction is not None:
        query = query.where(people.c.jurisdiction == jurisdiction)
    return _read(tx, query)


def holders(
    tx: Connection, jurisdiction: str, *, department: str, position: str, at: datetime
) -> tuple[Person, ...]:
    """List who may be handed a task of a department's position."""
    return tuple(
        person
        for person in everyone(tx, jurisdiction, at=at)
        if not person.disabled and person.has(position, department)
    )


def names(tx: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return shown names by id; unknown ids (the clock, another case) are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = tx.execute(select(people.c.person, people.c.name).where(people.c.person.in_(wanted)))
    return {row.person: row.name for row in rows}


def how_many(tx: Connection) -> int:
    return int(tx.execute(select(func.count()).select_from(people)).scalar_one())


def person_columns() -> tuple[Any, ...]:
    """Name the columns `from_rows` needs, for queries that join people with something else."""
    return (
        people.c.person,
        people.c.login,
        people.c.name,
        people.c.jurisdiction,
        people.c.must_change,
        people.c.disabled_at,
        people.c.inspector_id,
        positions.c.department,
        positions.c.position,
        positions.c.from_at,
        positions.c.until_at,
    )


def held_at(at: datetime) -> Any:
    """Join condition: the positions held at an instant."""
    return and_(
        positions.c.person == people.c.person,
        positions.c.from_at <= at,
        or_(positions.c.until_at.is_(None), positions.c.until_at > at),
    )


def from_rows(rows: Sequence[Row[Any]]) -> tuple[Person, ...]:
    """Fold joined rows, one per position, into people in the order they came."""
    gathered: dict[str, list[Row[Any]]] = {}
    for row in rows:
        gathered.setdefault(row.person, []).append(row)
    return tuple(_person(own) for own in gathered.values())


def _with_positions(at: datetime) -> Select[Any]:
    return select(*person_columns()).select_from(people.outerjoin(positions, held_at(at)))


def _read(tx: Connection, query: Select[Any]) -> tuple[Person, ...]:
    return from_rows(tx.execute(query).all())


def _person(rows: list[Row[Any]]) -> Person:
    first = rows[0]
    return Person(
        id=first.person,
        login=first.login,
        name=first.name,
        jurisdiction=first.jurisdiction,
        must_change=first.must_change,
        disabled=first.disabled_at is not None,
        inspector_id=first.inspector_id,
        positions=tuple(
            Position(
                department=row.department,
                position=row.position,
                since=row.from_at,
                until=row.until_at,
            )
            for row in rows
            if row.department is not None
        ),
    )


def _inspects(tx: Connection, inspector_id: str) -> bool:
    found = select(people.c.person).where(people.c.inspector_id == inspector_id)
    return tx.execute(found).first() is not None


def _key_of(tx: Connection, login: str) -> str | None:
    found = select(people.c.person).where(people.c.login == login.strip().lower())
    return tx.execute(found).scalar_one_or_none()
