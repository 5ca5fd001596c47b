"""Proving one row of a frozen list to the business it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.log.merkle import inclusion_path, leaf_hash


def proof(lines: Iterable[bytes], unit: str) -> dict[str, Any]:
    """Return the row of `unit` with its inclusion paths in both trees (24 hashes at 10 million).

    An excluded unit has its codes and no place among the eligible; an unlisted one is a KeyError.
    """
    everyone, eligible = _Tree(), _Tree()
    found: tuple[str, str] | None = None
    wanted = f"{unit}|".encode()
    for line in lines:
        content, _, codes = line.rpartition(b"|")
        leaf = leaf_hash(content)
        mine = line.startswith(wanted)
        everyone.add(leaf, mine=mine)
        if codes == b"\n":
            eligible.add(leaf, mine=mine)
        if mine:
            found = content.decode(), codes.decode().rstrip("\n")
    if found is None:
        raise KeyError(unit)
    row, left_out = found
    return {
        "row": row,
        "codes": left_out.split(",") if left_out else [],
        "listed": everyone.path(),
        "eligible": eligible.path() if not left_out else None,
    }


class _Tree:
    """All leaf hashes of one tree, and where the wanted one stands."""

    def __init__(self) -> None:
        self.hashes: list[bytes] = []
        self.index = 0

    def add(self, leaf: bytes, *, mine: bool) -> None:
        if mine:
            self.index = len(self.hashes)
        self.hashes.append(leaf)

    def path(self) -> dict[str, Any]:
        steps = inclusion_path(self.hashes, self.index)
        return {
            "index": self.index,
            "size": len(self.hashes),
            "path": [step.hex() for step in steps],
        }
