"""Stage one: teams. Per slot the inspectors are ranked by ticket; team g takes the g-th of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.draw import tickets
from engine.draw.refusals import TeamsShort
from engine.draw.terms import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    inspector: str
    department: str
    leader: bool = False  # may lead a team
    certified: bool = True  # counts as an enforcement officer
    items: frozenset[str] = frozenset()  # certificates
    load: int = 0  # visits of earlier months; changes quotas, never a ticket

    @property
    def flags(self) -> str:
        """The flags column of the inspector's row in the frozen pool; `read` takes it back."""
        words = ["leader"] * self.leader + ["certified"] * self.certified
        words += [f"load={self.load}"] * bool(self.load)
        return ";".join([*words, *(f"item={code}" for code in sorted(self.items))])

    @classmethod
    def read(cls, inspector: str, department: str, flags: str) -> Inspector:
        words = flags.split(";")
        return cls(
            inspector=inspector,
            department=department,
            leader="leader" in words,
            certified="certified" in words,
            items=items_in(flags),
            load=sum(int(word[5:]) for word in words if word.startswith("load=")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    name: str  # T0000, T0001 … in rank order; the number is the team index
    members: tuple[str, ...]  # one per slot, in the order of the slots
    leader: str | None = None
    items: frozenset[str] = frozenset()  # certificates of its certified members together
    load: int = 0


def items_in(flags: str) -> frozenset[str]:
    """Return the item codes named in a flags column, e.g. `key;item=SC-012;item=SC-013`."""
    return frozenset(word[5:] for word in flags.split(";") if word.startswith("item="))


def teams(
    key: str,
    inspectors: Iterable[Inspector],
    slots: Sequence[Slot],
    count: int,
    *,
    alg: str = "sha256",
) -> tuple[Team, ...]:
    """Return `count` teams: team g holds the g-th ranked person of each slot.

    A department with several slots fills them in order, each from those its earlier slots left.
    """
    ranked = _ranked(key, inspectors, alg)
    taken: set[str] = set()
    columns: list[list[Inspector]] = []
    for slot in slots:
        able = [
            person
            for person in ranked.get(slot.department, [])
            if person.inspector not in taken
            and (person.leader or not slot.leader)
            and (person.certified or not slot.certified)
        ]
        if len(able) < count:
            raise TeamsShort(
                department=slot.department,
                available=len(able),
                teams=count,
                slot="组长人选" if slot.leader else "执法检查人员",
                slot_en="leader" if slot.leader else "inspector",
            )
        columns.append(able[:count])
        taken.update(person.inspector for person in able[:count])
    return tuple(
        _team(index, slots, [column[index] for column in columns]) for index in range(count)
    )


def _ranked(key: str, inspectors: Iterable[Inspector], alg: str) -> dict[str, list[Inspector]]:
    by_department: dict[str, list[Inspector]] = {}
    for person in inspectors:
        by_department.setdefault(person.department, []).append(person)
    for department, people in by_department.items():
        people.sort(
            key=lambda person: (
                tickets.purpose(key, "team", department, person.inspector, alg=alg),
                person.inspector.encode(),
            )
        )
    return by_department


def _team(index: int, slots: Sequence[Slot], members: Sequence[Inspector]) -> Team:
    leader = next(
        (m.inspector for slot, m in zip(slots, members, strict=True) if slot.leader), None
    )
    certificates = [member.items for member in members if member.certified]
    return Team(
        name=f"T{index:04d}",
        members=tuple(member.inspector for member in members),
        leader=leader,
        items=frozenset[str]().union(*certificates),
        load=sum(member.load for member in members),
    )
