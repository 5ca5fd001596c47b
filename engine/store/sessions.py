"""Who is signed in: only the token's hash is kept, and a look-up is one statement.

Named transactions of their own, outside every case: a session may end while a case goes on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from engine.store.people import Person, from_rows, held_at, person_columns
from engine.store.tables import hits, people, positions, sessions

LASTS = timedelta(hours=12)  # a working day; then the person signs in again
IDLE = timedelta(hours=2)
TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    token_hash: str
    person: Person
    seen_at: datetime
    language: str

    def wants_touch(self, at: datetime) -> bool:
        return at - self.seen_at >= TOUCH_EVERY


def token_hash(token: str) -> str:
    """Return what is stored of a token: its SHA-256; a token is 32 random bytes, so no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(tx: Connection, token: str, *, person: str, at: datetime, language: str) -> None:
    tx.execute(
        insert(sessions).values(
            token_hash=token_hash(token),
            person=person,
            created_at=at,
            seen_at=at,
            expires_at=at + LASTS,
            language=language,
        )
    )


def current(tx: Connection, token: str, *, at: datetime, acting_at: datetime) -> Session | None:
    """Find the live session of a token, with the person and the positions held at `acting_at`.

    `at` is the wall clock; `acting_at` may be a demo database's own present. One statement.
    """
    rows = tx.execute(
        select(sessions.c.token_hash, sessions.c.seen_at, sessions.c.language, *person_columns())
        .select_from(
            sessions.join(people, people.c.person == sessions.c.person).outerjoin(
                positions, held_at(acting_at)
            )
        )
        .where(
            sessions.c.token_hash == token_hash(token),
            sessions.c.expires_at > at,
            sessions.c.seen_at > at - IDLE,
            people.c.disabled_at.is_(None),
        )
    ).all()
    if not rows:
        return None
    return Session(
        token_hash=rows[0].token_hash,
        person=from_rows(rows)[0],
        seen_at=rows[0].seen_at,
        language=rows[0].language,
    )


def touch(tx: Connection, session: Session, *, at: datetime) -> None:
    tx.execute(
        update(sessions).where(sessions.c.token_hash == session.token_hash).values(seen_at=at)
    )


def speak(tx: Connection, session: Session, language: str) -> None:
    tx.execute(
        update(sessions)
        .where(sessions.c.token_hash == session.token_hash)
        .values(language=language)
    )


def end(tx: Connection, token: str) -> None:
    tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash(token)))


def end_all(tx: Connection, person: str) -> None:
    """Sign a person out everywhere; also done when their password changes."""
    tx.execute(delete(sessions).where(sessions.c.person == person))


def sweep(tx: Connection, *, at: datetime) -> None:
    """Drop what has run out: sessions past their day and limits past their window."""
    tx.execute(delete(sessions).where(sessions.c.expires_at <= at))
    tx.execute(delete(hits).where(hits.c.expires_at <= at))
