"""How many places each stratum has: exact fractions, a named rounding, nothing guessed.

Ratios, bounds, floors and the treatment of a small base come from the rule pack as arguments;
this module only does the arithmetic (readings A-7, A-8, A-36 of the register).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.draw.refusals import SizeProblem
from engine.draw.strata import Bounds, SmallBase, Stratum, Tier

__all__ = [
    "Bounds",
    "Sizes",
    "SmallBase",
    "Stratum",
    "Tier",
    "census",
    "limits",
    "rounded_up",
    "sizes",
    "stated",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    strata: tuple[Stratum, ...]  # lowest risk first, as the pack orders them
    small_base: bool
    bounds: Bounds | None = None
    policy: SmallBase = SmallBase.DRAW_ONE

    @property
    def total(self) -> int:
        return sum(stratum.places for stratum in self.strata)


def rounded_up(listed: int, ratio: Fraction) -> int:
    """Return the places of one stratum: N·r rounded up, in integers."""
    return -(-listed * ratio.numerator // ratio.denominator)


def sizes(
    listed: Mapping[str, int],
    eligible: Mapping[str, int],
    tiers: Sequence[Tier],
    *,
    bounds: Bounds | None = None,
    policy: SmallBase = SmallBase.DRAW_ONE,
) -> Sizes:
    """Return the places per stratum; `tiers` stand in order of risk, the lowest first.

    The ratio base is the full list; places are capped by eligible rows and a shortfall is shown.
    """
    _require_tiers(listed, tiers)
    wanted = [_rounded(group, listed) for group in _groups(listed, tiers, bounds, policy)]
    small = False
    if bounds is not None:
        wanted, small = _bounded(wanted, bounds)
    return Sizes(
        strata=tuple(_capped(stratum, eligible) for stratum in wanted),
        small_base=small,
        bounds=bounds,
        policy=policy,
    )


def census(listed: Mapping[str, int], eligible: Mapping[str, int], order: Sequence[str]) -> Sizes:
    """Return the sizes of a complete inspection: everyone eligible, nobody drawn (100 %)."""
    tiers = [Tier(stratum=name, ratio=Fraction(1)) for name in order]
    return sizes(listed, eligible, tiers)


def stated(
    listed: Mapping[str, int],
    eligible: Mapping[str, int],
    places: Mapping[str, int],
    *,
    pooled: Mapping[str, str] | None = None,
) -> Sizes:
    """Return the sizes of a replacement draw: so many places as units were lost per stratum.

    `pooled` maps the frame's strata to those of the draw that is being replaced.
    """
    members: dict[str, list[str]] = {}
    for stratum in sorted(listed, key=str.encode):
        members.setdefault((pooled or {}).get(stratum, stratum), []).append(stratum)
    strata = [
        Stratum(
            name=name,
            members=tuple(group),
            listed=sum(listed[member] for member in group),
            eligible=0,
            places=places.get(name, 0),
        )
        for name, group in members.items()
    ]
    return Sizes(strata=tuple(_capped(stratum, eligible) for stratum in strata), small_base=False)


def limits(listed: int, bounds: Bounds) -> tuple[int, int | None, bool]:
    """Return the least and the most places of an item, and whether its base is small (A-8)."""
    least = max(rounded_up(listed, bounds.low), 1 if listed else 0)
    if bounds.high is None:
        return least, None, False
    most = listed * bounds.high.numerator // bounds.high.denominator
    return least, max(most, least), most < least


def _groups(
    listed: Mapping[str, int], tiers: Sequence[Tier], bounds: Bounds | None, policy: SmallBase
) -> list[list[Tier]]:
    if policy is SmallBase.TASK:
        return [list(tiers)]
    if policy is SmallBase.DRAW_ONE or bounds is None:
        return [[tier] for tier in tiers]
    groups: list[list[Tier]] = []
    for tier in tiers:
        if groups and limits(_base(groups[-1], listed), bounds)[2]:
            groups[-1].append(tier)
        else:
            groups.append([tier])
    if len(groups) > 1 and limits(_base(groups[-1], listed), bounds)[2]:
        last = groups.pop()
        groups[-1] += last
    return groups


def _rounded(group: Sequence[Tier], listed: Mapping[str, int]) -> Stratum:
    base = _base(group, listed)
    share = sum((listed.get(tier.stratum, 0) * tier.ratio for tier in group), Fraction(0))
    ratio = share / base if base else group[0].ratio
    return Stratum(
        name="+".join(tier.stratum for tier in group),
        members=tuple(tier.stratum for tier in group),
        listed=base,
        eligible=0,
        places=rounded_up(base, ratio),
        ratio=ratio,
        floor=sum(tier.floor for tier in group),
    )


def _bounded(wanted: list[Stratum], bounds: Bounds) -> tuple[list[Stratum], bool]:
    listed = sum(stratum.listed for stratum in wanted)
    exact = sum((s.listed * s.ratio for s in wanted if s.ratio is not None), Fraction(0))
    least, most, small = limits(listed, bounds)
    if exact < listed * bounds.low:
        raise SizeProblem(
            why=f"策略合计比例低于事项的下限 {bounds.low}（名录 {listed} 户）",
            why_en=f"the strategy is below the item's lower bound {bounds.low} of {listed}",
        )
    if most is None:
        return wanted, small
    if bounds.high is not None and exact > listed * bounds.high:
        raise SizeProblem(
            why=f"策略合计比例高于事项的上限 {bounds.high}（名录 {listed} 户）",
            why_en=f"the strategy is above the item's upper bound {bounds.high} of {listed}",
        )
    assert least <= most
    while sum(stratum.places for stratum in wanted) > most:
        taken = _take_back(wanted)
        if taken is None:
            return wanted, True
        wanted = taken
    return wanted, small


def _take_back(wanted: list[Stratum]) -> list[Stratum] | None:
    """Take one place from where rounding added most; the earlier (lower-risk) one on a tie."""
    able = [index for index, s in enumerate(wanted) if s.places > s.floor]
    if not able:
        return None
    most = max(able, key=lambda index: (_added(wanted[index]), -index))
    fewer = replace(
        wanted[most], places=wanted[most].places - 1, taken_back=wanted[most].taken_back + 1
    )
    return [*wanted[:most], fewer, *wanted[most + 1 :]]


def _added(stratum: Stratum) -> Fraction:
    return stratum.places - stratum.listed * (stratum.ratio or Fraction(0))


def _capped(stratum: Stratum, eligible: Mapping[str, int]) -> Stratum:
    available = sum(eligible.get(member, 0) for member in stratum.members)
    places = min(stratum.places, available)
    return replace(stratum, eligible=available, places=places, shortfall=stratum.places - places)


def _base(group: Sequence[Tier], listed: Mapping[str, int]) -> int:
    return sum(listed.get(tier.stratum, 0) for tier in group)


def _require_tiers(listed: Mapping[str, int], tiers: Sequence[Tier]) -> None:
    named = [tier.stratum for tier in tiers]
    missing = sorted(set(listed) - set(named))
    if missing or len(set(named)) < len(named):
        raise SizeProblem(
            why=f"分层「{'、'.join(missing) or '重复'}」没有唯一的抽取比例",
            why_en=f"stratum {missing or named} has no single ratio",
        )
    for tier in tiers:
        if not 0 <= tier.ratio <= 1 or tier.floor < 0:
            raise SizeProblem(
                why=f"分层「{tier.stratum}」的比例 {tier.ratio} 不在 0–100% 之间",
                why_en=f"the ratio {tier.ratio} of `{tier.stratum}` is not within 0–100 %",
            )
