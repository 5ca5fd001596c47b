"""The manifest: everything fixed in advance, one canonical form, one hash."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.draw import beacon
from engine.draw.manifest import Manifest, Mode, check
from engine.draw.refusals import BadText, DemoRefused, ManifestProblem, StrategyNotByInitiator
from engine.draw.terms import Choice, Commit, Replaces, Slot
from tests.draw import example

TASK = example.task(
    options=(Choice(dimension="time", options=("2026-07-06", "2026-07-07", "2026-07-08")),)
)


def test_the_document_reads_back_to_the_same_manifest() -> None:
    stored = json.loads(TASK.manifest.canonical())
    assert Manifest.read(stored) == TASK.manifest
    assert Manifest.read(stored).hash == TASK.manifest.hash


def test_any_change_of_a_field_changes_the_hash() -> None:
    document = TASK.manifest.document()
    words = {"v", "method", "mode", "policy"}
    texts = [name for name, value in document.items() if isinstance(value, str)]
    changed = [
        Manifest.read(document | {name: document[name] + "X"}).hash
        for name in texts
        if name not in words
    ]
    assert {"task", "counter_snapshot", "rules_version", "list_root"} <= set(texts)
    assert len({TASK.manifest.hash, *changed}) == len(changed) + 1


def test_another_version_is_not_guessed() -> None:
    with pytest.raises(ManifestProblem, match="第 1 版"):
        Manifest.read(TASK.manifest.document() | {"v": 2})


def test_only_the_lead_department_sets_the_strategy() -> None:
    with pytest.raises(StrategyNotByInitiator, match="fire") as refused:
        example.task(strategy_by="fire")
    assert refused.value.grave


def test_a_demo_round_is_refused_in_earnest() -> None:
    rounds = (beacon.demo("R", at=example.AT, by=example.BY),)
    with pytest.raises(DemoRefused):
        example.task(rounds=rounds)
    assert example.task(rounds=rounds, demo=True).manifest.is_demo
    assert not TASK.manifest.is_demo


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cutoff": example.CUTOFF + timedelta(hours=2)}, "cutoff"),
        ({"cutoff": example.CUTOFF.replace(tzinfo=None)}, "instant"),
        ({"reveal_by": example.CUTOFF + timedelta(hours=2)}, "reveal_by"),
        ({"reveal_by": None}, "reveal_by"),
        ({"seq": 0}, "seq"),
        ({"alg": "md5"}, "alg"),
        ({"rounds": ()}, "beacon_rule"),
        ({"mode": Mode.SEALED}, "reveal_commits"),
        ({"parties": ("公证处", "公证处")}, "reveal_commits"),
        ({"options": (Choice(dimension="time", options=("a", "a")),)}, "options"),
        ({"options": (Choice(dimension="time", options=("a",), count=2),)}, "options"),
        ({"replaces": Replaces(manifest="0" * 64, lost=())}, "replaces"),
    ],
)
def test_a_manifest_that_could_be_bent_is_refused(change: dict[str, Any], field: str) -> None:
    if not change.get("rounds", True):
        with pytest.raises(ManifestProblem, match=field):
            check(replace(TASK.manifest, beacon_rule=()), demo_database=False)
        return
    with pytest.raises(ManifestProblem, match=field):
        example.task(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"options": (Choice(dimension="ti:me", options=("a",)),)},
        {"options": (Choice(dimension="time", options=("10:00",)),)},
        {"reveal_commits": (Commit(party="公证|处", commit="0" * 64),)},
    ],
)
def test_a_text_with_a_separator_cannot_enter(change: dict[str, Any]) -> None:
    with pytest.raises(BadText):
        check(replace(TASK.manifest, **change), demo_database=False)


def test_a_team_has_places_and_departments_without_separators() -> None:
    assignment = TASK.manifest.assignment
    assert assignment is not None
    nobody = replace(assignment, slots=())
    with pytest.raises(ManifestProblem, match="检查组没有席位"):
        check(replace(TASK.manifest, assignment=nobody), demo_database=False)
    odd = replace(assignment, slots=(*assignment.slots, Slot(department="a:b")))
    with pytest.raises(BadText, match="部门"):
        check(replace(TASK.manifest, assignment=odd), demo_database=False)


def test_a_manifest_names_its_places_and_the_strata_they_cover() -> None:
    assert TASK.manifest.places == {"A": 2, "B": 3, "C": 6, "D": 4}
    assert TASK.manifest.pooled == {"A": "A", "B": "B", "C": "C", "D": "D"}
    assert TASK.manifest.needs_beacon
