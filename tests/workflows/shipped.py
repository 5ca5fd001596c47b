"""The shipped diagrams and forms of each jurisdiction, read once for all tests of this room."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from engine import catalogue, services
from engine.catalogue import Shelf
from engine.process.definition import Definition
from engine.process.naming import Names
from rules import pack

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / "workflows"
PACKS = ROOT / "rules" / "packs"
JURISDICTIONS = ("chaoyang", "panjin")

assert services  # importing it fills the table of bindings


@cache
def shelf(jurisdiction: str) -> Shelf:
    return catalogue.shipped(WORKFLOWS, PACKS, jurisdiction)


@cache
def names(jurisdiction: str) -> Names:
    """Return what a diagram of this jurisdiction may name."""
    found = shelf(jurisdiction)
    return catalogue.names(found.law, found.forms)


@cache
def definition(jurisdiction: str, stem: str) -> Definition:
    return shelf(jurisdiction).definition(stem)


@cache
def schema(stem: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads((WORKFLOWS / "forms" / f"{stem}.json").read_text())
    return content


def everywhere() -> Iterator[tuple[str, str]]:
    """Yield each jurisdiction with each of its diagrams."""
    assert set(JURISDICTIONS) <= set(pack.jurisdictions(PACKS))
    for jurisdiction in JURISDICTIONS:
        for folder in ("common", jurisdiction):
            for place in sorted((WORKFLOWS / folder).glob("*.bpmn")):
                yield jurisdiction, place.stem
