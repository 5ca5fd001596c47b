"""An office per test: a copy of one furnished database, on SQLite and on PostgreSQL.

A plugin of the whole suite, so that a process furnishes each kind of database once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import boot, config
from engine.store.database import Store
from tests.engine.office import Office, furnish
from tests.toolchain.postgres import PostgresServer

FURNISHED = "furnished"


def _furnish(url: str, var: Path) -> None:
    settings = config.read({"SSJ_DATABASE_URL": url, "SSJ_VAR": str(var)})
    engine = boot.initialise(settings, demo=True)
    furnish(engine, settings.packs)
    engine.store.dispose()


@pytest.fixture(scope="session")
def furnished_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished SQLite file, made once per test process and then only copied."""
    folder = tmp_path_factory.mktemp("furnished")
    _furnish(f"sqlite:///{folder / 'ssj.db'}", folder)
    with Store(f"sqlite:///{folder / 'ssj.db'}").engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.rollback()
    return folder / "ssj.db"


@pytest.fixture(scope="session")
def furnished_postgresql(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a furnished PostgreSQL database, made once and then used as a template."""
    postgres_server.administer(f"CREATE DATABASE {FURNISHED} TEMPLATE template0")
    _furnish(postgres_server.address(FURNISHED), tmp_path_factory.mktemp("furnished-pg"))
    return FURNISHED


def copied(furnished: Path, folder: Path) -> Office:
    """Open an office of its own on a copy of the furnished file."""
    copy = folder / "ssj.db"
    shutil.copy(furnished, copy)
    return Office.at(f"sqlite:///{copy}", synchronous="OFF")


@pytest.fixture
def sqlite_office(furnished_sqlite: Path, tmp_path: Path) -> Iterator[Office]:
    office = copied(furnished_sqlite, tmp_path)
    yield office
    office.engine.store.dispose()


@pytest.fixture
def postgresql_office(
    postgres_server: PostgresServer, furnished_postgresql: str
) -> Iterator[Office]:
    with postgres_server.database(template=furnished_postgresql) as url:
        office = Office.at(url)
        yield office
        office.engine.store.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Office:
    """The same office on both databases."""
    found: Office = request.getfixturevalue(f"{request.param}_office")
    return found
