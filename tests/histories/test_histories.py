"""An old history audits clean under today's code. Where it does not, the change is wrong.

A changed algorithm gets a new name; the old one stays as long as a case names it. Before the first
release, and only then, `python -m tests.histories.record` may record anew.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from engine import history, version
from engine.audit import audit_stored
from engine.history import Stored
from engine.version import Version
from tests.histories import FILES, FOLDER

RECORDED = sorted(FOLDER.glob("*.jsonl"))


@cache
def files() -> dict[str, bytes]:
    texts = (place.read_text("utf-8") for place in sorted(FILES.glob("*.jsonl")))
    lines = (json.loads(line) for text in texts for line in text.splitlines())
    return {line["address"]: line["text"].encode() for line in lines}


def recorded(place: Path) -> tuple[Version, tuple[Stored, ...]]:
    head, *events = map(json.loads, place.read_text("utf-8").splitlines())
    pinned = version.build(head["version"], files().__getitem__)
    return pinned, tuple((line["body"].encode(), bytes.fromhex(line["hash"])) for line in events)


@pytest.mark.parametrize("place", RECORDED, ids=lambda place: place.stem)
def test_a_recorded_case_audits_clean(place: Path) -> None:
    pinned, stored = recorded(place)
    found = audit_stored(stored, pinned)
    assert found.is_clean, [each.sentence("zh") for each in found.discrepancies]
    assert found.events == len(stored)


def test_every_file_is_what_its_address_says() -> None:
    assert {address: history.address(content) for address, content in files().items()} == {
        address: address for address in files()
    }


@pytest.mark.parametrize("city", ["chaoyang", "panjin"])
def test_the_whole_chain_of_each_city_is_recorded(city: str) -> None:
    chain = {"joint_plan", "inspection_task", "inspection", "rectification", "transfer"}
    assert chain <= {
        place.stem.partition("-")[2] for place in RECORDED if place.stem.startswith(city)
    }
