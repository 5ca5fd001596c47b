"""Checking the proof that no pairing exists, from the documents alone and without any search.

It is the only door to 直接指派: without a proof that holds nobody is assigned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.draw.matching import Infeasible, check_witness

Json = Mapping[str, Any]


def holds(manifest: Json, result: Json, matched: Json) -> bool:
    """Return whether the matching result proves that chance could not pair; False if it paired.

    Too few people for a single team is a count over the frozen pool that every audit repeats."""
    proof = matched["infeasible"]
    if proof is None:
        return False
    if not matched["teams"]:
        return bool(proof["teams"])
    names = [team["team"] for team in matched["teams"]]
    index = {name: place for place, name in enumerate(names)}
    stated = Infeasible(
        stuck=proof["stuck"],
        saturated=tuple(index[name] for name in proof["teams"]),
        units=tuple(proof["units"]),
        places=proof["places"],
    )
    return check_witness(stated, _masks(manifest, result, matched), matched["quotas"])


def _masks(manifest: Json, result: Json, matched: Json) -> dict[str, int]:
    """Return per drawn unit a bit mask of the teams that may take it."""
    usual = {"items": manifest["assignment"]["items"], "barred": []}
    masks = {}
    for line in result["winners"]:
        unit = line.rpartition("|")[2]
        visit = matched["visits"].get(unit, usual)
        masks[unit] = sum(
            1 << place
            for place, team in enumerate(matched["teams"])
            if set(visit["items"]) <= set(team["items"]) and team["team"] not in visit["barred"]
        )
    return masks
