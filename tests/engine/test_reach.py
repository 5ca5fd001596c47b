"""Walks that look for tasks nobody reached yet, until every task of every diagram was somebody's.

They are always the same walks; each ends with an audit of what it did. Those that came farthest
are taken first; where a diagram has changed and they no longer reach everything, others follow.
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
# Found by walking with twenty seeds and taking, again and again, the walk that adds most tasks.
FARTHEST_FIRST: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("chaoyang", "inspection_task"): (14, 2, 18),
    ("panjin", "inspection_task"): (17, 16, 15, 11),
    ("chaoyang", "replacement_draw"): (6,),
    ("panjin", "replacement_draw"): (12,),
}
# What these walks do not come to, and which tests do.
NOBODY_FITS = dict.fromkeys(("assign", "approve_assignment"), "test_direct_assignment.py")
ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "inspection": {"receipt_held": "test_sealed.py"},  # a visit of a surprise
    "inspection_task": {
        **NOBODY_FITS,
        "opened_supervise": "test_sealed.py",  # the list of an opened surprise comes late
        "withdraw": "test_chance.py",  # somebody objects before the value is known
    },
    "replacement_draw": {
        **NOBODY_FITS,
        "unmanned": "test_replacement.py",  # an officer whom nobody can replace
        "seal": "test_sealed_replacement.py",
        "opened_receipt": "test_sealed_replacement.py",
        "opened_supervise": "test_sealed_replacement.py",
    },
}
# What nobody comes to, and why: an answer to facts that a sound history does not have.
NOBODY: Mapping[str, Mapping[str, str]] = {
    "inspection_task": {
        "account": "a visit is only concluded with a result or a cause for every item",
    },
}


def beyond(process: str) -> set[str]:
    return {*ELSEWHERE.get(process, ()), *NOBODY.get(process, ())}


def seeds(city: str, process: str) -> list[int]:
    first = FARTHEST_FIRST.get((city, process), ())
    return list(dict.fromkeys((*first, *range(MOST))))


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
    for number in seeds(city, process):
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
        if reached >= wanted - beyond(process):
            break
    assert wanted - reached - beyond(process) == set()


def test_what_is_reached_elsewhere_is_named_there() -> None:
    here = Path(__file__).parent
    for process, places in ELSEWHERE.items():
        for element, name in places.items():
            text = (here / name).read_text("utf-8")
            assert f'"{element}"' in text, f"{name} does not speak of {element} of {process}"
            if process == "replacement_draw":
                assert "request(" in text, f"{name} opens no replacement"


def tasks_of(office: Office, case_id: UUID) -> set[str]:
    nodes = office.engine.shelf.get(office.version(case_id)).definition.nodes
    return {element for element, node in nodes.items() if node.tag == "userTask"}
