"""Walks that look for tasks nobody reached yet, until every task of every diagram was somebody's.

They are always the same walks; each ends with an audit of what it did.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest

from tests.engine.furnished import copied
from tests.engine.office import Office
from tests.engine.paths import JOINT, Walker, diagrams

FARTHEST = 60  # steps of a walk that looks for tasks nobody reached yet
MOST = 20  # such walks through one diagram
# What these walks do not come to, and which tests do, or why nobody does.
NOBODY_FITS = dict.fromkeys(("assign", "approve_assignment"), "test_direct_assignment.py")
ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "inspection": {"receipt_held": "test_sealed.py"},  # a visit of a surprise
    "inspection_task": {
        **NOBODY_FITS,
        "opened_supervise": "test_sealed.py",  # the list of an opened surprise comes late
        "withdraw": "test_chance.py",  # somebody objects before the value is known
        "account": "a visit is only concluded with a result or a cause for every item",
    },
    "replacement_draw": {
        **NOBODY_FITS,
        "seal": "test_sealed_replacement.py",
        "opened_receipt": "test_sealed_replacement.py",
        "opened_supervise": "test_sealed_replacement.py",
    },
}


def walker(office: Office, city: str, process: str, seed: str) -> Walker:
    dice = random.Random(f"{city}/{process}/{seed}")
    return Walker(office=office, city=city, process=process, dice=dice)


@pytest.mark.parametrize(("city", "process"), diagrams(), ids=lambda value: str(value))
def test_walks_reach_every_task_of_every_diagram(
    furnished_sqlite: Path, tmp_path: Path, city: str, process: str
) -> None:
    begun = [process, JOINT] if process == "inspection" else [process]
    wanted: set[str] = set()
    reached: set[str] = set()
    for number in range(MOST):
        office = copied(furnished_sqlite, tmp_path)
        office.engine.var = tmp_path
        walking = walker(office, city, begun[number % len(begun)], str(number))
        case_id = walking.begin()
        for _ in range(FARTHEST):
            if not walking.step(case_id):
                break
        wanted = tasks_of(office, case_id)
        reached |= walking.reached
        assert office.audit(case_id).is_clean
        office.engine.store.dispose()
        if reached >= wanted - set(ELSEWHERE.get(process, ())):
            break
    assert wanted - reached - set(ELSEWHERE.get(process, ())) == set()


def tasks_of(office: Office, case_id: UUID) -> set[str]:
    nodes = office.engine.shelf.get(office.version(case_id)).definition.nodes
    return {element for element, node in nodes.items() if node.tag == "userTask"}
