"""The desk of every scenario, and the clauses that may tag one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from engine.config import PACKS
from tests.engine.office import Office
from tests.steps.desk import Desk

STEPS = (
    "opening",
    "work",
    "record",
    "deadlines",
    "draws",
    "campaigns",
    "frames",
    "laws",
    "registries",
    "oversight",
    "choosing",
    "years",
    "visits",
    "browsing",
    "board",
)
REGISTER = PACKS / "register" / "clauses.toml"


def pytest_configure(config: pytest.Config) -> None:
    """A tag must be the id of a clause in the register: a misspelt one is an error."""
    for clause in tomllib.loads(Path(REGISTER).read_text("utf-8"))["clause"]:
        config.addinivalue_line("markers", f"{clause['id']}: {clause['number']}")
    for module in STEPS:
        config.pluginmanager.import_plugin(f"tests.steps.{module}")


@pytest.fixture(autouse=True)
def both(office: Office) -> Office:
    """Every scenario on both databases: what is law must not depend on where it is kept.

    Autouse, because steps ask for their office only while they run, too late to be run twice."""
    return office


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office=office)
