"""A demonstration office behind the pages: real database, real packs, a clock the tests move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import cast

import pytest
from flask import Flask

from engine.catalogue import Shelf
from engine.edge import new_case_id
from engine.store import passwords, people
from tests.engine.furnished import copied
from tests.engine.office import Office
from tests.web.visitor import Visitor
from web.app import create_app, read_shelves
from web.limits import limiter
from web.site import Site

PASSWORD = "correct horse battery"


class WallClock:
    """The wall clock of a test: it moves when told."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **time: float) -> None:
        self.moment += timedelta(**time)


@dataclass(frozen=True, kw_only=True)
class House:
    """The application with what is behind it."""

    app: Flask
    office: Office
    wall: WallClock
    var: Path

    def visitor(self, login: str | None = None, address: str = "127.0.0.1") -> Visitor:
        visitor = Visitor(self.app, address)
        return visitor.signed_in_as(login) if login else visitor

    @property
    def shelves(self) -> Mapping[str, Shelf]:
        return cast("Site", self.app.extensions["ssj"]).shelves

    def newcomer(self, login: str, *, must_change: bool = False) -> str:
        """Enter somebody with the password above and without any position."""
        with self.office.engine.store.write() as tx:
            people.add(
                tx,
                person=str(new_case_id()),
                login=login,
                name="新人",
                jurisdiction="chaoyang",
                at=self.office.engine.now(),
                password_hash=passwords.hashed(PASSWORD, login=login),
                must_change=must_change,
            )
        return login


@cache
def shipped_shelves() -> Mapping[str, Shelf]:
    """Read diagrams, forms and law once for all houses of a process: they never change."""
    return read_shelves()


def open_house(furnished: Path, folder: Path) -> Iterator[House]:
    """Open a house on a copy of the furnished database, with a clock of its own."""
    office = copied(furnished, folder)
    office.engine.var = folder  # where the evidence of draws is written
    wall = WallClock()
    app = create_app(
        office.engine,
        secret_key="k" * 32,
        var=folder,
        demo=True,
        shelves=shipped_shelves(),
        wall=wall,
    )
    yield House(app=app, office=office, wall=wall, var=folder)
    office.engine.store.dispose()


def unhurried(house: House) -> House:
    """The same house with every rate limit fresh."""
    with house.app.app_context():
        limiter.reset()
    return house


@pytest.fixture
def house(furnished_sqlite: Path, tmp_path: Path) -> Iterator[House]:
    """A house of one test alone: what it does to people, cases and clock disturbs no other."""
    for house in open_house(furnished_sqlite, tmp_path):
        yield unhurried(house)
