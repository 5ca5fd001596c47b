"""How many: exact fractions, rounding up per tier, bounds in total, small bases said aloud."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.draw.refusals import SizeProblem
from engine.draw.sizes import Bounds, SmallBase, Stratum, Tier, census, sizes, stated

GENERAL = Bounds(low=Fraction(3, 100), high=Fraction(1, 5))
KEY_ITEM = Bounds(low=Fraction(1, 5))


def tier(stratum: str, ratio: Fraction, floor: int = 0) -> Tier:
    return Tier(stratum=stratum, ratio=ratio, floor=floor)


def one(listed: int, ratio: Fraction = Fraction(1, 20), bounds: Bounds = GENERAL) -> Stratum:
    return sizes({"A": listed}, {"A": listed}, [tier("A", ratio)], bounds=bounds).strata[0]


@pytest.mark.parametrize("listed", [1, 2, 3, 4])
def test_a_base_of_one_to_four_draws_one_and_is_reported(listed: int) -> None:
    settled = sizes({"A": listed}, {"A": listed}, [tier("A", Fraction(1, 20))], bounds=GENERAL)
    assert settled.total == 1
    assert settled.small_base


@pytest.mark.parametrize("listed", [5, 6, 33, 34, 100])
def test_from_five_on_the_base_is_ordinary(listed: int) -> None:
    settled = sizes({"A": listed}, {"A": listed}, [tier("A", Fraction(3, 100))], bounds=GENERAL)
    assert not settled.small_base
    assert Fraction(settled.total, listed) >= GENERAL.low


def test_seven_percent_of_a_hundred_is_seven() -> None:
    assert one(100, Fraction(7, 100)).places == 7


def test_the_base_is_the_full_list_and_the_lack_is_shown() -> None:
    settled = sizes({"A": 100}, {"A": 4}, [tier("A", Fraction(1, 10))], bounds=GENERAL)
    assert (settled.strata[0].places, settled.strata[0].shortfall) == (4, 6)


def test_rounding_that_lifts_the_item_above_its_bound_is_taken_back() -> None:
    """Five tiers of 11 at 20 %: 3 each = 15 of 55, but 20 % are 11; 2.2 was rounded by .8."""
    listed = dict.fromkeys("ABCDE", 11)
    tiers = [tier(name, Fraction(1, 5)) for name in "ABCDE"]
    settled = sizes(listed, listed, tiers, bounds=GENERAL)
    assert settled.total == 11
    assert [s.taken_back for s in settled.strata] == [1, 1, 1, 1, 0]
    assert not settled.small_base


def test_the_place_goes_back_where_rounding_added_most_and_never_below_the_floor() -> None:
    listed = {"A": 11, "B": 14}
    tiers = [tier("A", Fraction(1, 5)), tier("B", Fraction(1, 5))]
    settled = sizes(listed, listed, tiers, bounds=GENERAL)
    assert [s.places for s in settled.strata] == [2, 3]
    kept = [tier("A", Fraction(1, 5), floor=3), tier("B", Fraction(1, 5))]
    assert [s.places for s in sizes(listed, listed, kept, bounds=GENERAL).strata] == [3, 2]


def test_if_no_place_can_be_taken_back_the_item_is_reported() -> None:
    listed = {"A": 11, "B": 14}
    tiers = [tier("A", Fraction(1, 5), floor=3), tier("B", Fraction(1, 5), floor=3)]
    settled = sizes(listed, listed, tiers, bounds=GENERAL)
    assert settled.total == 6
    assert settled.small_base


def test_key_items_have_no_upper_bound() -> None:
    assert one(10, Fraction(1, 2), KEY_ITEM).places == 5


@pytest.mark.parametrize(("ratio", "why"), [(Fraction(1, 100), "下限"), (Fraction(1, 2), "上限")])
def test_a_strategy_outside_the_bounds_is_refused(ratio: Fraction, why: str) -> None:
    with pytest.raises(SizeProblem, match=why):
        one(100, ratio)


def test_adjacent_strata_are_pooled_until_a_number_exists() -> None:
    listed = {"A": 3, "B": 1, "C": 40, "D": 2}
    tiers = [
        tier("A", Fraction(1, 20)),
        tier("B", Fraction(1, 20)),
        tier("C", Fraction(1, 20)),
        tier("D", Fraction(1, 5)),
    ]
    settled = sizes(listed, listed, tiers, bounds=GENERAL, policy=SmallBase.POOL)
    assert [s.members for s in settled.strata] == [("A", "B", "C", "D")]
    listed["B"] = 2
    settled = sizes(listed, listed, tiers, bounds=GENERAL, policy=SmallBase.POOL)
    assert [s.name for s in settled.strata] == ["A+B", "C+D"]
    assert settled.strata[1].ratio == Fraction(40 * 5 + 2 * 20, 100 * 42)


def test_the_ratio_may_hold_at_task_level() -> None:
    listed = {"A": 3, "B": 2}
    tiers = [tier("A", Fraction(1, 20)), tier("B", Fraction(1, 10))]
    settled = sizes(listed, listed, tiers, bounds=GENERAL, policy=SmallBase.TASK)
    assert [(s.name, s.places) for s in settled.strata] == [("A+B", 1)]


def test_an_empty_list_draws_nothing() -> None:
    settled = sizes({}, {}, [tier("A", Fraction(1, 20))], bounds=GENERAL)
    assert (settled.total, settled.small_base) == (0, False)


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [tier("A", Fraction(1, 2)), tier("A", Fraction(1, 2))],
        [tier("A", Fraction(3, 2))],
        [tier("A", Fraction(1, 2), floor=-1)],
    ],
)
def test_every_stratum_needs_one_sensible_ratio(tiers: list[Tier]) -> None:
    with pytest.raises(SizeProblem):
        sizes({"A": 10}, {"A": 10}, tiers)


def test_a_census_takes_everyone_eligible() -> None:
    settled = census({"A": 10, "B": 5}, {"A": 9, "B": 5}, ["A", "B"])
    assert [(s.places, s.shortfall) for s in settled.strata] == [(9, 1), (5, 0)]


def test_a_replacement_takes_the_lost_number() -> None:
    settled = stated({"A": 10, "B": 5}, {"A": 7, "B": 0}, {"A": 2, "B": 1})
    assert [(s.name, s.places, s.shortfall) for s in settled.strata] == [("A", 2, 0), ("B", 0, 1)]
    joined = stated(
        {"A": 10, "B": 5}, {"A": 1, "B": 1}, {"A+B": 3}, pooled={"A": "A+B", "B": "A+B"}
    )
    assert [(s.members, s.places, s.shortfall) for s in joined.strata] == [(("A", "B"), 2, 1)]


ratios = st.fractions(min_value=Fraction(3, 100), max_value=Fraction(1, 5), max_denominator=100)


@given(
    strata=st.lists(
        st.tuples(st.integers(0, 60), ratios, st.integers(0, 1)), min_size=1, max_size=5
    ),
    policy=st.sampled_from(SmallBase),
)
def test_the_item_stays_within_its_bounds_in_total(
    strata: list[tuple[int, Fraction, int]], policy: SmallBase
) -> None:
    listed = {f"S{index}": base for index, (base, _, _) in enumerate(strata)}
    tiers = [tier(f"S{i}", ratio, floor) for i, (_, ratio, floor) in enumerate(strata)]
    settled = sizes(listed, listed, tiers, bounds=GENERAL, policy=policy)
    base = sum(listed.values())
    if not settled.small_base:
        assert base * GENERAL.low <= settled.total <= base * Fraction(1, 5)
    assert settled.total >= (1 if base else 0)
    assert all(Stratum.read(s.document()) == s for s in settled.strata)
    assert sum(s.listed for s in settled.strata) == base
