"""Random time, content, method or area for each unit, by the same ticket (PJ 二: 凡不能随机…).

SHA256( hex(key) ":option:" dimension ":" unit ":" option ), the smallest win
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.draw import tickets
from engine.draw.terms import Choice


def choose(key: str, choice: Choice, unit: str, *, alg: str = "sha256") -> tuple[str, ...]:
    """Return the options drawn for `unit`, in ticket order; their listed order does not matter."""
    ranked = sorted(
        choice.options,
        key=lambda option: (
            tickets.purpose(key, "option", choice.dimension, unit, option, alg=alg),
            option.encode(),
        ),
    )
    return tuple(ranked[: choice.count])


def lines(
    key: str, choices: Iterable[Choice], units: Iterable[str], *, alg: str = "sha256"
) -> dict[str, list[str]]:
    """Return per dimension the published lines `unit|option,option` in the order of `units`."""
    everyone = list(units)
    return {
        choice.dimension: [
            f"{unit}|{','.join(choose(key, choice, unit, alg=alg))}" for unit in everyone
        ]
        for choice in choices
    }
