"""The lines of a draw: what the strategy asks of a stratum, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any


class SmallBase(StrEnum):
    """What to do when no whole number satisfies the bounds (N = 1–4 at 3–20 %)."""

    DRAW_ONE = "draw-one"  # draw one and say 小基数
    POOL = "pool"  # join adjacent strata, in the pack's order, until a number exists
    TASK = "task"  # one stratum: the ratio at task level


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The strategy for one stratum; `floor` places are never taken back."""

    stratum: str
    ratio: Fraction
    floor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Lowest and highest share of the item in total; no `high` means no upper bound."""

    low: Fraction
    high: Fraction | None = None

    def document(self) -> dict[str, Any]:
        return {"low": _pair(self.low), "high": _pair(self.high) if self.high is not None else None}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Bounds:
        high = document["high"]
        return cls(low=Fraction(*document["low"]), high=Fraction(*high) if high else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One line of the manifest: `listed` is the ratio base N, `places` are drawn.

    `members` are the strata of the frame pooled here; `shortfall` places could not be filled.
    """

    name: str
    members: tuple[str, ...]
    listed: int
    eligible: int
    places: int
    shortfall: int = 0
    ratio: Fraction | None = None  # none: a stated number, as in a replacement draw
    floor: int = 0
    taken_back: int = 0

    def document(self) -> dict[str, Any]:
        return {
            "s": self.name,
            "members": list(self.members),
            "N": self.listed,
            "eligible": self.eligible,
            "k": self.places,
            "shortfall": self.shortfall,
            "ratio": _pair(self.ratio) if self.ratio is not None else None,
            "floor": self.floor,
            "taken_back": self.taken_back,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Stratum:
        ratio = document["ratio"]
        return cls(
            name=document["s"],
            members=tuple(document["members"]),
            listed=document["N"],
            eligible=document["eligible"],
            places=document["k"],
            shortfall=document["shortfall"],
            ratio=Fraction(*ratio) if ratio else None,
            floor=document["floor"],
            taken_back=document["taken_back"],
        )


def _pair(ratio: Fraction) -> list[int]:
    return [ratio.numerator, ratio.denominator]
