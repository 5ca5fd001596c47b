"""The way into an account: its password, its lock, and whether it is open at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from engine.store import passwords
from engine.store.tables import people

FAILURES_BEFORE_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)


def set_password(tx: Connection, person: str, password_hash: str, *, must_change: bool) -> None:
    """Store a new password; it also ends a lock and forgets failed attempts."""
    tx.execute(
        update(people)
        .where(people.c.person == person)
        .values(password_hash=password_hash, must_change=must_change, failures=0, locked_until=None)
    )


def reset(tx: Connection, person: str) -> str:
    """Give a one-time password and return it, to be handed over in person and changed at once."""
    login = tx.execute(select(people.c.login).where(people.c.person == person)).scalar_one()
    password = passwords.fresh()
    set_password(tx, person, passwords.hashed(password, login=login), must_change=True)
    return password


def disable(tx: Connection, person: str, *, at: datetime | None) -> None:
    """Close an account at an instant; None opens it again. A person is never deleted."""
    tx.execute(update(people).where(people.c.person == person).values(disabled_at=at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    person: str
    password_hash: str | None
    disabled: bool
    locked_until: datetime | None


def credentials(tx: Connection, login: str) -> Credentials | None:
    row = tx.execute(
        select(
            people.c.person, people.c.password_hash, people.c.disabled_at, people.c.locked_until
        ).where(people.c.login == login.strip().lower())
    ).first()
    if row is None:
        return None
    return Credentials(
        person=row.person,
        password_hash=row.password_hash,
        disabled=row.disabled_at is not None,
        locked_until=row.locked_until,
    )


def note_failure(tx: Connection, person: str, *, at: datetime) -> None:
    """Count a wrong password; the fifth in a row locks the account for a quarter of an hour."""
    tx.execute(
        update(people).where(people.c.person == person).values(failures=people.c.failures + 1)
    )
    tx.execute(
        update(people)
        .where(people.c.person == person, people.c.failures >= FAILURES_BEFORE_LOCK)
        .values(failures=0, locked_until=at + LOCKED_FOR)
    )


def note_success(tx: Connection, person: str) -> None:
    tx.execute(
        update(people).where(people.c.person == person).values(failures=0, locked_until=None)
    )
