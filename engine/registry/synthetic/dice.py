"""Chosen values from a seed and a place: SHA-256 of both, so every run and machine agrees.

Only for synthetic data. A draw never comes here: its randomness is a recorded fact."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A supply of choices for one place, taken from one hash; some twenty choices fit in it."""

    __slots__ = ("_left",)

    def __init__(self, seed: str, *place: object) -> None:
        written = "\x1f".join((seed, *map(str, place)))
        self._left = int.from_bytes(sha256(written.encode()).digest(), "big")

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` − 1."""
        self._left, number = divmod(self._left, limit)
        return number

    def chance(self, share: int, of: int = 100) -> bool:
        """Return yes in `share` of `of` cases."""
        return self.below(of) < share

    def pick(self, words: Sequence[T]) -> T:
        """Return one of some words."""
        return words[self.below(len(words))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """Return one word, as often as its weight says."""
        words = list(weights)
        number = self.below(sum(weights.values()))
        bounds = list(accumulate(weights.values()))
        return words[bisect_right(bounds, number)]
