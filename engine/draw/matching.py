"""Stage two: units to teams, by ticket and with a repair (normative).

Algorithm A: every unit, in ticket order, takes the first open team among its own random probes,
then its ranking; if all are full, a breadth-first search moves earlier units along. When no
pairing exists the search itself is the proof, and checking that proof needs no search.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from engine.draw import tickets
from engine.draw.teams import Inspector, Team, teams

__all__ = [
    "Infeasible",
    "Inspector",
    "Matching",
    "Team",
    "Visit",
    "check_witness",
    "digest",
    "feasibility",
    "match",
    "pair",
    "quotas",
    "teams",
]

PROBE_BLOCKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A unit to be visited: the certificates it needs, the inspectors it must not meet (回避)."""

    unit: str
    items: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    team_of: Mapping[str, int]
    quotas: tuple[int, ...]
    repairs: int = 0

    def lines(self, teams: Sequence[str]) -> list[str]:
        """Return `unit|team` by the bytes of the unit: what is published and digested."""
        pairs = sorted(self.team_of.items(), key=lambda pair: pair[0].encode())
        return [f"{unit}|{teams[team]}" for unit, team in pairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasible:
    """Proof that no pairing exists: `units` can only go to `saturated` teams, which lack a place.

    An empty `saturated` says that no team may take `stuck` at all. Ground for 直接指派, always
    disclosed.
    """

    stuck: str
    saturated: tuple[int, ...]
    units: tuple[str, ...]
    places: int


def quotas(
    key: str,
    count: int,
    names: Sequence[str],
    *,
    load: Mapping[str, int] | None = None,
    alg: str = "sha256",
) -> tuple[int, ...]:
    """Return the places of each team: even, the remainder by the smallest quota tickets.

    With `load` (earlier visits per team) places go one by one to the least loaded team, so past
    work changes quotas and never a ticket.
    """
    places = [0] * len(names)
    heap = [
        ((load or {}).get(name, 0), tickets.purpose(key, "quota", name, alg=alg), index)
        for index, name in enumerate(names)
    ]
    heapq.heapify(heap)
    for _ in range(count if names else 0):
        burden, ticket, index = heap[0]
        places[index] += 1
        heapq.heapreplace(heap, (burden + 1, ticket, index))
    return tuple(places)


def match(
    key: str,
    visits: Sequence[Visit],
    teams: Sequence[Team],
    *,
    alg: str = "sha256",
) -> Matching | Infeasible:
    """Return a team index for every visit, or the proof that there is none."""
    names = [team.name for team in teams]
    load = {team.name: team.load for team in teams}
    room = quotas(key, len(visits), names, load=load, alg=alg)
    return pair(key, feasibility(visits, teams), names, room, alg=alg)


def feasibility(visits: Iterable[Visit], teams: Sequence[Team]) -> dict[str, int]:
    """Return per unit a bit mask of the teams that may take it."""
    seat_of = {member: index for index, team in enumerate(teams) for member in team.members}
    able: dict[frozenset[str], int] = {}
    masks: dict[str, int] = {}
    for visit in visits:
        if visit.items not in able:
            able[visit.items] = sum(
                1 << index for index, team in enumerate(teams) if visit.items <= team.items
            )
        mask = able[visit.items]
        for person in visit.avoid:
            if person in seat_of:
                mask &= ~(1 << seat_of[person])
        masks[visit.unit] = mask
    return masks


def pair(
    key: str,
    masks: Mapping[str, int],
    names: Sequence[str],
    room: Sequence[int],
    *,
    alg: str = "sha256",
) -> Matching | Infeasible:
    """Run algorithm A over units with their feasible teams as bit masks (bit t = team t)."""
    state = _Pairing(key, masks, names, room, alg)
    for unit in sorted(
        masks, key=lambda unit: (tickets.purpose(key, "order", unit, alg=alg), unit.encode())
    ):
        if not state.take_open(unit):
            saturated = state.repair(unit)
            if saturated is not None:
                return _witness(unit, saturated, masks, room)
    return Matching(team_of=state.team_of, quotas=tuple(room), repairs=state.repairs)


def probes(key: str, unit: str, count: int, *, alg: str = "sha256") -> Iterator[int]:
    """Yield the random team indexes a unit tries first: words of its probe hashes, unbiased."""
    fair = (1 << 32) // count * count  # a word beyond it would favour the first teams
    for block in range(PROBE_BLOCKS):
        words = bytes.fromhex(tickets.purpose(key, "probe", unit, str(block), alg=alg))
        for at in range(0, 32, 4):
            value = int.from_bytes(words[at : at + 4], "big")
            if value < fair:
                yield value % count


def check_witness(witness: Infeasible, masks: Mapping[str, int], room: Sequence[int]) -> bool:
    """Tell in one pass whether the witness proves that no pairing exists."""
    allowed = sum(1 << team for team in set(witness.saturated))
    only = {unit for unit, mask in masks.items() if not mask & ~allowed}
    return (
        witness.stuck in only
        and set(witness.units) <= only
        and witness.stuck in witness.units
        and len(set(witness.units)) > sum(room[team] for team in set(witness.saturated))
    )


def digest(lines: Iterable[str]) -> str:
    """Return SHA-256 over the published pairs, one per line."""
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


class _Pairing:
    """The state of one run: who sits where, and how many places are left."""

    def __init__(
        self,
        key: str,
        masks: Mapping[str, int],
        names: Sequence[str],
        room: Sequence[int],
        alg: str,
    ) -> None:
        self.key, self.masks, self.names, self.alg = key, masks, names, alg
        self.left = list(room)
        self.members: list[set[str]] = [set() for _ in names]
        self.team_of: dict[str, int] = {}
        self.repairs = 0

    def take_open(self, unit: str) -> bool:
        """Seat `unit` in the first feasible team with a place: probes, then the full ranking."""
        mask = self.masks[unit]
        for team in probes(self.key, unit, len(self.names), alg=self.alg) if self.names else ():
            if self.left[team] and mask >> team & 1:
                self._seat(unit, team)
                return True
        best = next(iter(self._ranking(unit, _bits(mask & self._open()))), None)
        if best is not None:
            self._seat(unit, best)
        return best is not None

    def repair(self, unit: str) -> tuple[int, ...] | None:
        """Make room by moving earlier units; None when done, else the saturated teams."""
        self.repairs += 1
        queue = self._ranking(unit, _bits(self.masks[unit]))
        came: dict[int, tuple[int | None, str]] = dict.fromkeys(queue, (None, unit))
        seen = self.masks[unit]
        for team in queue:  # grows while it is read
            for other in sorted(self.members[team], key=str.encode):
                for reached in _bits(self.masks[other] & ~seen):
                    came[reached] = (team, other)
                    queue.append(reached)
                    seen |= 1 << reached
                    if self.left[reached]:
                        self._shift(reached, came)
                        return None
        return tuple(sorted(came))

    def _shift(self, end: int, came: Mapping[int, tuple[int | None, str]]) -> None:
        self.left[end] -= 1
        team: int | None = end
        while team is not None:
            before, moved = came[team]
            if before is not None:
                self.members[before].discard(moved)
            self.members[team].add(moved)
            self.team_of[moved] = team
            team = before

    def _seat(self, unit: str, team: int) -> None:
        self.left[team] -= 1
        self.members[team].add(unit)
        self.team_of[unit] = team

    def _open(self) -> int:
        return sum(1 << team for team, left in enumerate(self.left) if left)

    def _ranking(self, unit: str, teams: Iterable[int]) -> list[int]:
        return sorted(
            teams,
            key=lambda team: (
                tickets.purpose(self.key, "pair", unit, self.names[team], alg=self.alg),
                team,
            ),
        )


def _witness(
    stuck: str, saturated: tuple[int, ...], masks: Mapping[str, int], room: Sequence[int]
) -> Infeasible:
    allowed = sum(1 << team for team in saturated)
    only = [unit for unit, mask in masks.items() if not mask & ~allowed]
    return Infeasible(
        stuck=stuck,
        saturated=saturated,
        units=tuple(sorted(only, key=str.encode)),
        places=sum(room[team] for team in saturated),
    )


def _bits(mask: int) -> Iterator[int]:
    """Yield the team indexes of a mask in ascending order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
