"""The people of a demonstration, with a password that is no secret; a real office has its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from engine.demo.registries import SEED
from engine.registry import synthetic
from engine.registry.synthetic import DemoPerson
from engine.service import Engine
from engine.store import passwords, people
from rules import organisation as organisations
from rules import pack

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "shuangsuiji-demo"  # noqa: S105 - printed on the sign-in page of a demo database


def settle_in(engine: Engine, packs: Path) -> int:
    """Enter the people of every jurisdiction once; returns how many were new."""
    at = engine.now()
    password = passwords.hashed(PASSWORD, login="demo")
    entered = 0
    for jurisdiction in pack.jurisdictions(packs):
        if jurisdiction not in synthetic.worlds():
            continue
        place = packs / jurisdiction / "organisation.toml"
        organisation = organisations.load(place.read_bytes(), str(place))
        seats = synthetic.seats_of(organisation)
        with engine.store.write() as connection:
            for person in everybody(jurisdiction, seats):
                if people.by_login(connection, person.login, at=at) is None:
                    _enter(connection, person, jurisdiction, password, at)
                    entered += 1
    return entered


def everybody(jurisdiction: str, seats: Mapping[str, Mapping[str, int]]) -> Iterator[DemoPerson]:
    """Yield a person for every seat, and one for every inspector a draw may choose."""
    known = set()
    for person in synthetic.demo_people(jurisdiction, seats=seats):
        known.add(person.inspector_id)
        yield person
    for row in synthetic.inspectors(synthetic.world(jurisdiction), seed=SEED):
        if row.inspector_id not in known:
            yield DemoPerson(
                login=row.inspector_id.lower(),
                name=row.name,
                seats=((row.department, "inspector"),),
                inspector_id=row.inspector_id,
            )


def _enter(
    connection: Connection, person: DemoPerson, jurisdiction: str, password: str, at: datetime
) -> None:
    identity = person_id(person.login)
    people.add(
        connection,
        person=identity,
        login=person.login,
        name=person.name,
        jurisdiction=jurisdiction,
        at=at,
        password_hash=password,
        must_change=False,
        inspector_id=person.inspector_id,
    )
    for department, position in person.seats:
        people.grant(connection, identity, department=department, position=position, since=SINCE)


def person_id(login: str) -> str:
    """Return the id of a demonstration's person: the same in every demonstration."""
    return f"demo-{hashlib.sha256(login.encode()).hexdigest()[:16]}"
