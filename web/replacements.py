"""Replacements of a draw for the eye: each one for staff, numbers and causes for everybody.

Who asked and who was replaced is for staff: the public is told how many fell away, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    vacant: Mapping[str, int]  # cause → subjects that nobody was left to step in for
    unmanned: Mapping[str, int]  # cause → officers of whom the same holds

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
    """Return the figures of what was drawn, or could not be; one only asked for is no figure."""
    asked = disqualifications.of_task(tx, task)
    drawn = [one for one in asked if one.is_drawn]
    lacking = [one for one in asked if one.is_exhausted and not one.is_drawn]
    return Counted(
        subjects=_causes(one for one in drawn if one.kind == SUBJECTS),
        officers=_causes(one for one in drawn if one.kind != SUBJECTS),
        numbers=tuple(one.number for one in drawn),
        vacant=_causes(one for one in lacking if one.kind == SUBJECTS),
        unmanned=_causes(one for one in lacking if one.kind != SUBJECTS),
    )


def _causes(replaced: Iterable[Replaced]) -> Mapping[str, int]:
    causes = Counter[str]()
    for one in replaced:
        causes[one.cause] += len(one.units)
    return causes
