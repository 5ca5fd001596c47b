"""Synthetic inspectors of the three classes, and the people of a demonstration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.registry.synthetic.dice import Dice
from engine.registry.synthetic.items import items
from engine.registry.synthetic.world import SOURCE, World, world
from engine.registry.types import Inspector, InspectorClass, PositionRank, Validity
from rules.organisation import Organisation

WITH_LOGIN = 6  # inspectors per department who can sign in to a demonstration

_CLASSES = {
    InspectorClass.CIVIL_SERVANT: 45,
    InspectorClass.QUALIFIED: 37,
    InspectorClass.ROUTINE: 18,
}
_TITLES = {
    PositionRank.SECTION_HEAD: "科长",
    PositionRank.SENIOR: "一级主任科员",
    PositionRank.ORDINARY: "四级主任科员",
}
_EXPIRED = date(2026, 3, 31)
_FIRST_EXPIRY = date(2027, 1, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """A person of a demonstration; `seats` are (department, position)."""

    login: str
    name: str
    seats: tuple[tuple[str, str], ...]
    inspector_id: str | None = None


def inspectors(place: World, *, seed: str, scale: int = 1) -> Iterator[Inspector]:
    """Yield the inspectors of every department, `scale` times as many as the world says.

    The first of a department is always a certified section head, so a team can have a leader."""
    district = place.districts[0].code if len(place.districts) == 1 else ""
    codes = [(item.department, item.item_code) for item in items(place)]
    for department, number in place.inspectors.items():
        own = tuple(code for owner, code in codes if owner == department)
        for index in range(number * scale):
            dice = Dice(seed, place.jurisdiction, "inspector", department, index)
            yield _inspector(place, department, own, dice, index=index, district=district)


def _inspector(
    place: World,
    department: str,
    own: tuple[str, ...],
    dice: Dice,
    *,
    index: int,
    district: str,
) -> Inspector:
    leads = index == 0
    inspector_class = InspectorClass.CIVIL_SERVANT if leads else dice.weighted(_CLASSES)
    rank = _rank(dice, leads=leads)
    return Inspector(
        **_certificate(place, department, inspector_class, dice, index=index),
        inspector_id=f"{place.prefix}-{department.upper()}-{index + 1:03d}",
        name=_person(place, dice),
        department=department,
        inspector_class=inspector_class,
        position_rank=rank,
        position_title=_TITLES[rank],
        items=own if leads or dice.chance(70) else own[: 1 + dice.below(max(len(own), 1))],
        level="区" if district else "市",
        district=district,
        expert=dice.chance(5),
        phone=f"{place.phone}{dice.below(10_000):04d}",
        status=Validity.INVALID if not leads and dice.chance(3) else Validity.VALID,
        login=_login(place, department, str(index + 1)) if index < WITH_LOGIN else None,
        source=SOURCE,
    )


def _certificate(
    place: World, department: str, inspector_class: InspectorClass, dice: Dice, *, index: int
) -> dict[str, Any]:
    if inspector_class is InspectorClass.ROUTINE:
        return {}
    is_expired = index > 0 and dice.chance(4)
    return {
        "certificate_no": f"{place.code}{department.upper()}{index + 1:04d}",
        "certificate_issuer": place.authority,
        "certificate_until": _EXPIRED
        if is_expired
        else _FIRST_EXPIRY + timedelta(days=dice.below(1400)),
    }


def _login(place: World, department: str, who: str) -> str:
    return f"{place.prefix}-{department}-{who}".lower().replace("_", "-")


def _rank(dice: Dice, *, leads: bool) -> PositionRank:
    if leads or dice.chance(15):
        return PositionRank.SECTION_HEAD
    return PositionRank.SENIOR if dice.chance(28) else PositionRank.ORDINARY


def _person(place: World, dice: Dice) -> str:
    given = dice.pick(place.names["given"])
    more = dice.pick(place.names["given"]) if dice.chance(60) else ""
    return dice.pick(place.names["surnames"]) + given + more


# ---------------------------------------------------------------- people


def demo_people(
    jurisdiction: str, *, seats: Mapping[str, Mapping[str, int]] | None = None, seed: str = "demo"
) -> tuple[DemoPerson, ...]:
    """Return people for every seat of a jurisdiction, and its first inspectors.

    `seats` maps a department to how many people hold each position; the world's own otherwise.
    Nobody holds two seats, so four eyes can always be found."""
    place = world(jurisdiction)
    officers = [
        person
        for department, positions in (seats or _seats(place)).items()
        for person in _officers(place, department, positions, seed)
    ]
    enforcers = [
        DemoPerson(
            login=inspector.login,
            name=inspector.name,
            seats=((inspector.department, "inspector"),),
            inspector_id=inspector.inspector_id,
        )
        for inspector in inspectors(place, seed=seed)
        if inspector.login
    ]
    return (*officers, *enforcers)


def seats_of(organisation: Organisation) -> dict[str, dict[str, int]]:
    """Return how many people each seat of an organisation needs: one per role that names it.

    A party's role may fall to any department, so every department gets its positions; two
    handlers at least, because what one drafts another checks."""
    seats: dict[str, Counter[str]] = {code: Counter() for code in organisation.departments}
    for role in organisation.roles.values():
        if role.position:
            for code in [role.department] if role.department else seats:
                seats[code][role.position] += 1
    return {code: _bounded(wanted) for code, wanted in seats.items()}


def _bounded(wanted: Mapping[str, int]) -> dict[str, int]:
    return {
        position: 2 if position == "handler" else 1 if position == "head" else min(number, 3)
        for position, number in wanted.items()
    }


def _seats(place: World) -> dict[str, Mapping[str, int]]:
    default = place.seats["default"]
    named = {name: seats for name, seats in place.seats.items() if name != "default"}
    return dict.fromkeys(place.inspectors, default) | named


def _officers(
    place: World, department: str, positions: Mapping[str, int], seed: str
) -> Iterator[DemoPerson]:
    for position, number in positions.items():
        for index in range(1, number + 1):
            dice = Dice(seed, place.jurisdiction, "officer", department, position, index)
            suffix = str(index) if number > 1 else ""
            yield DemoPerson(
                login=_login(place, department, f"{position}{suffix}"),
                name=_person(place, dice),
                seats=((department, position),),
            )
