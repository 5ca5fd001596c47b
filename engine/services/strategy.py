"""What the strategy and the pack say of a draw: shares per tier, bounds, places of a team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from engine.bindings import Settling
from engine.draw import sizes
from engine.draw.frame import Frame
from engine.events import Fields

# the strategy form's field for each tier of the registry, lowest risk first
TIERS: Sequence[tuple[str, str]] = (
    ("A", "ratio_a"),
    ("低", "ratio_a"),
    ("B", "ratio_b"),
    ("中", "ratio_b"),
    ("未分类", "ratio_unclassified"),
    ("C", "ratio_c"),
    ("D", "ratio_d"),
    ("高", "ratio_d"),
)
EVERYONE = "全覆盖"
CARRIERS = "行为载体"

# names of parameters a pack may state; without one that city has no such limit
LOW, HIGH, KEY_LOW = "一般事项抽查比例下限", "一般事项抽查比例上限", "重点事项抽查比例下限"
CERTIFIED = "检查组最少持证人数"
FLOOR, SMALL_BASE = "分层最少户数", "小基数处理"
SMALL_BASES = {  # the pack's words for what is done where no whole number satisfies the bounds
    "抽一户": sizes.SmallBase.DRAW_ONE,
    "合并相邻分层": sizes.SmallBase.POOL,
    "任务合并计算": sizes.SmallBase.TASK,
}
KEY_ITEM = "重点"


def unit(fields: Fields) -> str:
    """Return what is drawn: subjects, or the carriers (产品、项目、场所) that hang on them."""
    return "carrier" if fields.get("draw_unit") == CARRIERS else "subject"


def is_surprise(settling: Settling) -> bool:
    """Return whether the task is an approved surprise: nothing of it is public before the end."""
    fields = settling.fields
    return bool(fields.get("surprise")) and bool(fields.get("surprise_approved"))


def sizes_of(settling: Settling, frozen: Frame) -> sizes.Sizes:
    fields = settling.fields
    if fields.get("object_method") == EVERYONE:
        return sizes.census(frozen.listed, frozen.eligible, _risk_order(frozen.listed))
    chosen = dict(TIERS)
    floor = int(str(_stated(settling, FLOOR) or 0))
    tiers = [
        sizes.Tier(
            stratum=name,
            ratio=_ratio(fields.get(chosen.get(name, "")) or fields["ratio"]),
            floor=floor,
        )
        for name in _risk_order(frozen.listed)
    ]
    policy = SMALL_BASES.get(str(_stated(settling, SMALL_BASE)), sizes.SmallBase.DRAW_ONE)
    return sizes.sizes(
        frozen.listed, frozen.eligible, tiers, bounds=_bounds(settling), policy=policy
    )


def _risk_order(listed: Mapping[str, int]) -> list[str]:
    order = [name for name, _ in TIERS]
    return sorted(listed, key=lambda name: (order.index(name) if name in order else 99, name))


def _ratio(written: str) -> Fraction:
    if written.endswith("%"):
        return Fraction(written[:-1]) / 100
    return Fraction(written)


def _bounds(settling: Settling) -> sizes.Bounds | None:
    """Return the pack's lowest and highest share of an item in total; None where it states none."""
    is_key = settling.fields.get("item_class") == KEY_ITEM
    low = _stated(settling, KEY_LOW if is_key else LOW)
    high = None if is_key else _stated(settling, HIGH)
    if low is None:
        return None
    return sizes.Bounds(low=Fraction(str(low)), high=None if high is None else Fraction(str(high)))


def _stated(settling: Settling, name: str) -> object | None:
    """Return a parameter of the pack; None where that city states none."""
    return settling.law.parameter(name, on=settling.today)


def team_size(settling: Settling, departments: Sequence[str]) -> int:
    """Return the places of a team: as the strategy says, never fewer than the pack asks."""
    least = _stated(settling, CERTIFIED)
    wanted = int(settling.fields.get("team_size", 0))
    return max(wanted, len(set(departments)), int(str(least or 0)))
