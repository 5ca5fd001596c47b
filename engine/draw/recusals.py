"""The avoidance list (回避): frozen before the draw as salted hashes, so nobody is named."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

Pairs = Iterable[tuple[str, str]]  # (unit, inspector)


def commitment(salt: str, pairs: Pairs) -> str:
    """Return the hash that stands in the manifest; the empty list has the empty text."""
    hashes = sorted(
        sha256(f"ssyg/recusal/v1|{salt}|{unit}|{inspector}".encode()).hexdigest()
        for unit, inspector in set(pairs)
    )
    if not hashes:
        return ""
    return sha256("".join(f"{line}\n" for line in hashes).encode()).hexdigest()


def by_unit(pairs: Pairs) -> dict[str, frozenset[str]]:
    """Return whom each unit must not meet."""
    found: dict[str, set[str]] = {}
    for unit, inspector in pairs:
        found.setdefault(unit, set()).add(inspector)
    return {unit: frozenset(people) for unit, people in found.items()}
