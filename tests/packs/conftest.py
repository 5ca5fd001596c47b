"""The two cities' laws, read once, and the files a third city is loaded from."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.pack import Law, load, read

PACKS = Path(__file__).parents[2] / "rules" / "packs"
FIXTURES = Path(__file__).parent / "fixtures"


def folder(root: Path, name: str) -> dict[str, bytes]:
    """The files of one folder, named as `load` wants them."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in (root / name).rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="session")
def chaoyang() -> Law:
    return read(PACKS, "chaoyang")


@pytest.fixture(scope="session")
def panjin() -> Law:
    return read(PACKS, "panjin")


@pytest.fixture(scope="session")
def yunze() -> Law:
    return load(folder(PACKS, "base") | folder(FIXTURES, "yunze"), "yunze")


@pytest.fixture(params=["chaoyang", "panjin"])
def law(request: pytest.FixtureRequest) -> Law:
    found: Law = request.getfixturevalue(request.param)
    return found
