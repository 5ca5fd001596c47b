"""The clauses a manifest may hold besides its sizes: promises, choices, assignment, replacement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A party's promise: the salted hash of a value it reveals before the random value."""

    party: str
    commit: str

    def document(self) -> dict[str, str]:
        return {"party": self.party, "commit": self.commit}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something drawn for each unit besides itself: a time, an item, a method, an area."""

    dimension: str
    options: tuple[str, ...]
    count: int = 1

    def document(self) -> dict[str, Any]:
        return {"dimension": self.dimension, "options": list(self.options), "count": self.count}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Choice:
        return cls(**{**document, "options": tuple(document["options"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place in every team: a department, and what its holder must be."""

    department: str
    leader: bool = False
    certified: bool = True

    def document(self) -> dict[str, Any]:
        return {
            "department": self.department,
            "leader": self.leader,
            "certified": self.certified,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """How inspectors are drawn: the frozen pool, the slots of a team, the number of teams.

    `recusals` is the hash over the frozen avoidance list (salted hashes); `items` are what every
    unit needs certificates for, unless its own flags name others.
    """

    pool: Mapping[str, Any]
    slots: tuple[Slot, ...]
    teams: int
    items: tuple[str, ...] = ()
    recusals: str = ""

    def document(self) -> dict[str, Any]:
        return {
            "pool": dict(self.pool),
            "slots": [slot.document() for slot in self.slots],
            "teams": self.teams,
            "items": list(self.items),
            "recusals": self.recusals,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Assignment:
        return cls(
            pool=dict(document["pool"]),
            slots=tuple(Slot(**slot) for slot in document["slots"]),
            teams=document["teams"],
            items=tuple(document["items"]),
            recusals=document["recusals"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A winner that fell away, with the objective reason code."""

    unit: str
    stratum: str
    reason: str

    def document(self) -> dict[str, str]:
        return {"unit": self.unit, "stratum": self.stratum, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaces:
    manifest: str
    lost: tuple[Lost, ...]

    def document(self) -> dict[str, Any]:
        return {"manifest": self.manifest, "lost": [entry.document() for entry in self.lost]}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Replaces:
        return cls(
            manifest=document["manifest"],
            lost=tuple(Lost(**entry) for entry in document["lost"]),
        )
