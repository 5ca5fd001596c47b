"""A random path through any diagram, restarted from the database after every step.

The single most valuable test of an engine whose state is a fold: on both databases the same path
ends in the same digest, whatever is cached may vanish, and every prefix audits clean.

`SSJ_WALK_SEED=…` walks elsewhere; a failure prints the seed it walked with.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from engine import state
from engine.audit import commands_of
from engine.store.tables import cases
from tests.engine.office import Office
from tests.engine.paths import Walker, beginnings

SEED = os.environ.get("SSJ_WALK_SEED", "2026")
STEPS = 12  # through one diagram, at most
FEWEST = 6  # a case that ends before is followed by another of its kind
CASES = 6  # at most: the shortest diagram is two steps long
FORGETFUL = 0.3  # how often the cached state is gone after the restart


def walker(office: Office, city: str, process: str, seed: str) -> Walker:
    dice = random.Random(f"{city}/{process}/{seed}")
    return Walker(office=office, city=city, process=process, dice=dice)


def restart(walking: Walker, var: Path) -> None:
    """Let the walk go on from what the database holds, sometimes without its cached states."""
    walking.office = walking.office.restarted()
    walking.office.engine.var = var
    if walking.dice.random() < FORGETFUL:
        with walking.office.engine.store.write() as connection:
            connection.execute(update(cases).values(state=None))


def digests_of_a_walk(walking: Walker, case_id: UUID, var: Path, most: int) -> list[str]:
    """Return the digest after each step until the case ends, with a restart before each."""
    seen: list[str] = []
    while len(seen) < most:
        restart(walking, var)
        if not walking.step(case_id):
            break
        seen.append(walking.office.records(case_id)[-1].digest or "")
    return seen


def digests_of_walks(walking: Walker, var: Path) -> list[list[str]]:
    """Return what each case of the walks went through; each is audited at every prefix."""
    walks: list[list[str]] = []
    while len(walks) < CASES and (walked := sum(map(len, walks))) < FEWEST:
        restart(walking, var)
        case_id = walking.begin()
        walks.append(digests_of_a_walk(walking, case_id, var, STEPS - walked))
        assert_clean_at_every_prefix(walking.office, case_id)
    return walks


def assert_clean_at_every_prefix(office: Office, case_id: UUID) -> None:
    ends = [group[-1].seq for group in commands_of(office.records(case_id))]
    dirty = [end for end in ends if not office.audit(case_id, upto=end).is_clean]
    assert not dirty, office.audit(case_id, upto=dirty[0]).discrepancies


@pytest.mark.parametrize(("city", "process"), beginnings(), ids=lambda value: str(value))
def test_a_random_path_is_the_same_after_every_restart(
    sqlite_office: Office, postgresql_office: Office, tmp_path: Path, city: str, process: str
) -> None:
    print(f"SSJ_WALK_SEED={SEED}")  # shown when it fails
    found: list[list[list[str]]] = []
    for office in (sqlite_office, postgresql_office):
        var = tmp_path / office.engine.store.engine.name
        walks = digests_of_walks(walker(office, city, process, SEED), var)
        assert all(walks), "a case ends where it began"
        assert sum(map(len, walks)) >= FEWEST
        found.append(walks)
    assert found[0] == found[1]


def test_two_folds_of_a_history_are_equal_and_match_the_cache(sqlite_office: Office) -> None:
    walking = walker(sqlite_office, "chaoyang", "joint_plan", "folds")
    case_id = walking.begin()
    for _ in range(8):
        walking.step(case_id)
    first, second = sqlite_office.folded(case_id), sqlite_office.folded(case_id)
    assert state.digest(first) == state.digest(second)
    assert state.digest(sqlite_office.case(case_id)) == state.digest(first)
    assert state.dump(first) == state.dump(sqlite_office.case(case_id))
