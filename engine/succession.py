"""What changes in a case when a department is merged or a person leaves: pure renaming.

Who stands in for a department that the law names is a party of the case, under `department:<code>`;
`Organisation.bind` reads it. What was signed stays signed: only who acts from now on changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

STANDS_IN = "department:"  # the party under which a department's successor is kept
SENT = "team:"  # the party of those whom a department sent to a joint visit
PERSON = "person:"
CONCERNED = "person_concerned"  # whom a case of 追责 is about: nobody answers in their place

K = TypeVar("K")


def parties(
    bound: Mapping[str, tuple[str, ...]], former: str, successor: str
) -> dict[str, tuple[str, ...]]:
    """Return the parties with the successor in place of the former, each named once."""
    return {name: renamed(ids, former, successor) for name, ids in bound.items()}


def stand_in(
    bound: Mapping[str, tuple[str, ...]], former: str, successor: str
) -> dict[str, tuple[str, ...]]:
    """Return the parties after a succession, with who now answers for what the law names."""
    named = sent(parties(bound, former, successor), former, successor)
    return {**named, f"{STANDS_IN}{former}": (successor,)}


def sent(
    bound: Mapping[str, tuple[str, ...]], former: str, successor: str
) -> dict[str, tuple[str, ...]]:
    """Return the parties with those a department sent to a visit sent by its successor."""
    merged: dict[str, tuple[str, ...]] = {}
    for name, ids in bound.items():
        now = f"{SENT}{successor}" if name == f"{SENT}{former}" else name
        merged[now] = tuple(dict.fromkeys((*merged.get(now, ()), *ids)))
    return merged


def acting(bound: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the parties in which somebody may be replaced: all but whom the case is about."""
    return {name: ids for name, ids in bound.items() if name != CONCERNED}


def renamed(names: tuple[str, ...], former: str, successor: str) -> tuple[str, ...]:
    """Return names with one put in place of another; an empty successor leaves it out."""
    changed = (successor if name == former else name for name in names)
    return tuple(dict.fromkeys(name for name in changed if name))


def seats(offered: tuple[str, ...], former: str, successor: str) -> tuple[str, ...]:
    """Return the seats `department/position` of an offer after a succession."""
    return tuple(
        f"{successor}/{seat.partition('/')[2]}" if seat.partition("/")[0] == former else seat
        for seat in offered
    )


def persons(offered: tuple[str, ...], former: str, successor: str) -> tuple[str, ...]:
    """Return the seats `person:<id>` of an offer after somebody has been replaced."""
    whole = renamed(offered, f"{PERSON}{former}", f"{PERSON}{successor}" if successor else "")
    return tuple(whole)


def value(said: Any, former: str, successor: str) -> Any:
    """Return a field that names departments, or people, with the new name in it."""
    if said == former:
        return successor
    if isinstance(said, list) and former in said:
        return list(renamed(tuple(said), former, successor))
    return said


def keys(
    held: Mapping[tuple[str, str], K], former: str, successor: str
) -> dict[tuple[str, str], K]:
    """Return what is kept per (element, department); what the successor has itself comes first."""
    moved = {
        (element, successor if key == former else key): each
        for (element, key), each in held.items()
    }
    own = {slot: each for slot, each in held.items() if slot[1] != former}
    return {**moved, **own}
