"""Moves that some case has made already, so that the library need not make them again.

The library finds its way through a diagram step by step, at a cost that has nothing to do with the
case. Every other case of the same definition that stands at the same place, does the same and gets
the same answers arrives at the same place; so a diagram becomes an automaton, built as it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process.awaited import Place
from engine.process.patch import Answer, Facts, answer

MOST = 4096  # moves remembered of one definition; shipped diagrams have some dozens
Act = tuple[str, str, str]  # operation, element, key
START: Act = ("start", "", "")


@dataclass(frozen=True, slots=True)
class Move:
    """Where a move ends; `kept` maps each timer that went on waiting to its number before."""

    place: Place
    kept: Mapping[int, int]


@dataclass(slots=True)
class Fork:
    """A question that was asked on the way, and what followed from each answer."""

    condition: Any
    ways: dict[Answer, Fork | Move] = field(default_factory=dict)


class Memory:
    """The moves of one definition that were made already; forgets all when it is full.

    Threads may share it: an entry is written whole, and two who write it write the same.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._moves: dict[tuple[bytes, Act], Fork | Move] = {}
        self._places: dict[bytes, Place] = {}
        self.size = 0

    def recall(self, state: bytes, act: Act, facts: Facts) -> Move | None:
        """Return the move that these facts lead to; None if nobody has made it."""
        found = self._moves.get((state, act))
        while isinstance(found, Fork):
            found = found.ways.get(answer(found.condition, facts))
        return found

    def learn(
        self, state: bytes, act: Act, asked: Iterable[tuple[Any, Answer]], move: Move
    ) -> None:
        """Remember a move under the answers that led to it."""
        self._make_room()
        self.size += 1
        ways: dict[Any, Fork | Move] = self._moves
        here: Any = (state, act)
        for condition, said in asked:
            fork = ways.setdefault(here, Fork(condition))
            assert isinstance(fork, Fork), "the same past asks the same questions"
            ways, here = fork.ways, said
        ways[here] = move
        self._places[move.place.state] = move.place

    def place(self, state: bytes) -> Place | None:
        return self._places.get(state)

    def keep(self, place: Place) -> None:
        self._make_room()
        self._places[place.state] = place

    def _make_room(self) -> None:
        if max(self.size, len(self._places)) >= self._most:
            self._moves, self._places, self.size = {}, {}, 0
