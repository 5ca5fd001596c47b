"""Synthetic subjects in id order, so that a million of them stream into a registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.iso7064 import mod_11_10

from engine.registry import codes
from engine.registry.synthetic.dice import Dice
from engine.registry.synthetic.world import LABEL, SOURCE, District, Sector, World
from engine.registry.types import (
    Category,
    CreditLevel,
    KeyIndustry,
    RiskTier,
    Subject,
    SubjectKind,
    SubjectStatus,
)

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MARK = "XY"  # no 主体标识 has been issued that begins so
_CLASSIFIED_ON = date(2026, 5, 31)
_FIRST_DAY = date(2001, 1, 1)
_LAST_DAY = 9_100  # days after the first: the end of 2025
_SHUFFLE = 48_271  # coprime to the number of trade names: no two alike in a trade and district


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One stretch of the registry: how its ids begin, what it is, its share of a thousand."""

    prefix: str  # "" for a 15-digit number, "N" for an issued id
    kind: SubjectKind
    endings: str
    share: int


_STRETCHES = (  # in the order of their ids
    _Kind(prefix="12", kind=SubjectKind.INSTITUTION, endings="institution", share=18),
    _Kind(prefix="", kind=SubjectKind.SOLE_TRADER, endings="trader", share=12),
    _Kind(prefix="52", kind=SubjectKind.SOCIAL, endings="society", share=18),
    _Kind(prefix="91", kind=SubjectKind.ENTERPRISE, endings="enterprise", share=410),
    _Kind(prefix="92", kind=SubjectKind.SOLE_TRADER, endings="trader", share=502),
    _Kind(prefix="93", kind=SubjectKind.COOPERATIVE, endings="cooperative", share=30),
    _Kind(prefix="N", kind=SubjectKind.UNLICENSED, endings="trader", share=10),
)
_STATUSES = {
    SubjectStatus.ACTIVE: 905,
    SubjectStatus.DEREGISTERED: 30,
    SubjectStatus.LICENCE_REVOKED: 18,
    SubjectStatus.ANNULLED: 4,
    SubjectStatus.MOVED_OUT: 13,
    SubjectStatus.SUSPENDED: 30,
}


def subjects(world: World, *, seed: str, count: int) -> Iterator[Subject]:
    """Yield `count` subjects in the order of their ids; the same seed, the same subjects."""
    for stretch, number in zip(_STRETCHES, _apportioned(count), strict=True):
        rows = _stretch(world, stretch, seed=seed, count=number)
        yield from sorted(rows, key=_by_id) if stretch.prefix == "N" else rows


def _by_id(subject: Subject) -> str:
    return subject.subject_id


def _apportioned(count: int) -> list[int]:
    whole = [count * stretch.share // 1000 for stretch in _STRETCHES]
    whole[3] += count - sum(whole)  # what rounding leaves goes to the enterprises
    return whole


def _stretch(world: World, stretch: _Kind, *, seed: str, count: int) -> Iterator[Subject]:
    trades = [sector for sector in world.sectors if stretch.endings in sector.endings]
    weights = {place: sector.weight for place, sector in enumerate(trades)}
    used = [0] * len(trades)  # names of each trade that are taken
    for district, number in _per_district(world.districts, count):
        for index in range(number):
            dice = Dice(seed, world.jurisdiction, stretch.prefix, district.code, index)
            trade = dice.weighted(weights)
            yield _subject(
                world, stretch, district, trades[trade], dice, index=index, place=used[trade]
            )
            used[trade] += 1


def _per_district(districts: Sequence[District], count: int) -> list[tuple[District, int]]:
    total = sum(district.weight for district in districts)
    shares = [count * district.weight // total for district in districts]
    shares[0] += count - sum(shares)
    return list(zip(districts, shares, strict=True))


def _subject(
    world: World,
    stretch: _Kind,
    district: District,
    sector: Sector,
    dice: Dice,
    *,
    index: int,
    place: int,
) -> Subject:
    name = _name(world, district, stretch, sector, dice, place)
    address = f"{district.name}{dice.pick(district.streets)}{dice.below(2800) + 1}号"
    return Subject(
        **_identity(stretch, district, name, address, index),
        **_risk(world, stretch, sector, dice),
        name=name,
        kind=stretch.kind,
        category=_category(stretch.kind),
        status=dice.weighted(_STATUSES) if stretch.prefix != "N" else SubjectStatus.ACTIVE,
        district=district.code,
        address=address,
        industry=sector.industry,
        legal_person=dice.pick(world.names["surnames"]) + dice.pick(world.names["given"]),
        phone=f"{world.phone}{dice.below(10_000):04d}",
        registered_on=_FIRST_DAY + timedelta(days=dice.below(_LAST_DAY)),
        regulators=sector.regulators,
        labels=(LABEL,),
        source=SOURCE,
    )


def _risk(world: World, stretch: _Kind, sector: Sector, dice: Dice) -> dict[str, Any]:
    tier = dice.weighted(world.tiers["enterprise" if stretch.prefix == "91" else "other"])
    credit = dice.weighted(world.credit[tier])
    is_classified = tier != RiskTier.UNCLASSIFIED
    flags = {
        "abnormal_listed": dice.chance(3),
        "repeated_complaints": dice.chance(15, 1000),
        "serious_violation": dice.chance(5, 1000),
        "special_key_field": dice.chance(1),
    }
    return flags | {
        "risk_tier": RiskTier(tier),
        "tier_source": LABEL if is_classified else "",
        "tier_date": _CLASSIFIED_ON if is_classified else None,
        "credit_level": CreditLevel(credit),
        "key_industry": KeyIndustry(sector.key_industry),
        "key_grounds": _grounds(sector, flags, tier, dice),
    }


def _category(kind: SubjectKind) -> Category:
    non_profit = kind in (SubjectKind.INSTITUTION, SubjectKind.SOCIAL)
    return Category.NON_PROFIT if non_profit else Category.PROFIT


def _name(
    world: World, district: District, stretch: _Kind, sector: Sector, dice: Dice, place: int
) -> str:
    letters = world.names["trade"]
    space = len(letters) ** 3
    start = 30_011 * (1 + _STRETCHES.index(stretch)) + 7_001 * world.sectors.index(sector)
    word, number = "", (place * _SHUFFLE + start) % space
    for _ in range(3):
        number, letter = divmod(number, len(letters))
        word += letters[letter]
    again = place // space
    area = world.city.removesuffix("市") if stretch.prefix == "91" else district.name
    return (
        f"{area}{word}{'' if not again else again + 1}{dice.pick(sector.endings[stretch.endings])}"
    )


def _identity(
    stretch: _Kind, district: District, name: str, address: str, index: int
) -> dict[str, Any]:
    if stretch.prefix == "N":
        issued = codes.issued_id(
            district=district.code, kind=stretch.kind, name=name, address=address
        )
        return {"subject_id": issued}
    if not stretch.prefix:
        body = f"{district.code}9{index:07d}"
        number = body + str(mod_11_10.calc_check_digit(body))
        return {"subject_id": number, "registration_no": number}
    code = _uscc(stretch.prefix, district.code, index)
    return {"subject_id": code, "uscc": code}


def _uscc(prefix: str, district: str, index: int) -> str:
    tail = ""
    for _ in range(6):
        index, place = divmod(index, len(_ALPHABET))
        tail = _ALPHABET[place] + tail
    body = _MARK + tail
    front = f"{prefix}{district}{body}{codes.inner_check(body)}"
    return front + codes.check(front)


def _grounds(sector: Sector, flags: Mapping[str, bool], tier: str, dice: Dice) -> tuple[str, ...]:
    grounds = [
        word
        for name, word in (
            ("abnormal_listed", "列入经营异常名录"),
            ("repeated_complaints", "有多次被投诉举报"),
            ("serious_violation", "严重违法违规"),
        )
        if flags[name]
    ]
    if tier in (RiskTier.D, RiskTier.HIGH):
        grounds.append("信用风险程度较高")
    if sector.key_industry != KeyIndustry.OTHER and dice.chance(8):
        grounds.append(f"重点行业（{sector.key_industry}）")
    return tuple(grounds)
