"""Replacements of a draw for the eye: each one for staff, numbers and causes for everybody.

Who asked and who was replaced is for staff: the public is told how many fell away, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from engine.registry.types import Inspector, RegistryKind
from engine.store import disqualifications, people, registry
from engine.store.database import Connection
from engine.store.disqualifications import SUBJECTS, Replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffed:
    """The replacements of one task with the names of the people in them."""

    each: Sequence[Replaced]
    people: Mapping[str, str]
    officers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the public is told: how many fell away, why, and where each draw is proved."""

    subjects: Mapping[str, int]  # cause → how many
    officers: Mapping[str, int]
    numbers: Sequence[str]

    @property
    def lost(self) -> int:
        return sum(self.subjects.values())

    @property
    def changed(self) -> int:
        return sum(self.officers.values())


def of_task(tx: Connection, jurisdiction: str, task: UUID) -> Staffed:
    """Return everything asked for under a task, with names; drawn or not."""
    each = disqualifications.of_task(tx, task)
    officers = {name for one in each for name in (one.officer, one.successor) if name}
    found = registry.find_many(tx, jurisdiction, RegistryKind.INSPECTORS, sorted(officers))
    return Staffed(
        each=each,
        people=people.names(tx, frozenset(one.person for one in each)),
        officers={code: row.name for code, row in found.items() if isinstance(row, Inspector)},
    )


def counted(tx: Connection, task: UUID) -> Counted:
    """Return the figures of the replacements that were drawn; one only asked for is no figure."""
    subjects, officers = Counter[str](), Counter[str]()
    drawn = [one for one in disqualifications.of_task(tx, task) if one.is_drawn]
    for one in drawn:
        of_kind = subjects if one.kind == SUBJECTS else officers
        of_kind[one.cause] += len(one.units)
    return Counted(subjects=subjects, officers=officers, numbers=tuple(one.number for one in drawn))
