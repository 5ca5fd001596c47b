"""The same chains on PostgreSQL: what is law must not depend on where it is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_bdd import scenarios

from tests.engine.conftest import _furnish
from tests.engine.office import Office
from tests.toolchain.postgres import PostgresServer

TEMPLATE = "furnished_for_features"


@pytest.fixture(scope="session")
def template(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a furnished database, made once and then copied."""
    postgres_server.administer(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    _furnish(postgres_server.address(TEMPLATE), tmp_path_factory.mktemp(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def office(postgres_server: PostgresServer, template: str) -> Iterator[Office]:
    with postgres_server.database(template=template) as url:
        office = Office.at(url)
        yield office
        office.engine.store.dispose()


scenarios(
    "朝阳-全流程.feature",
    "盘锦-全流程.feature",
    "朝阳-年历和机构.feature",
    "盘锦-年历和名录.feature",
    "朝阳-4-监督.feature",
)
