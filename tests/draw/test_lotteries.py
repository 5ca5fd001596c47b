"""A lottery draw is named only while nobody can know its numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import SHANGHAI
from engine.draw import beacon, lotteries, rounds
from engine.draw.refusals import ManifestProblem

FROZEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FOUR = "ssq:2026031 dlt:2026031 ssq:2026032 dlt:2026032"
FIELDS = {
    "beacon_kind": "公开彩票开奖",
    "beacon_round": FOUR,
    "beacon_until": "2026-04-10",
    "task_end": "2026-11-30",
}


def of(after: datetime = FROZEN, **said: object) -> list[beacon.Round]:
    return rounds.of_strategy({**FIELDS, **said}, meeting="CY-2026-RW-0001-1", not_before=after)


def test_four_draws_still_to_come_are_a_round() -> None:
    (this,) = of()
    assert list(this.draws) == FOUR.split()


@pytest.mark.parametrize(
    ("draw", "day"),
    [("ssq:2025001", "2025-01-02"), ("dlt:2026001", "2026-01-03"), ("ssq:2026031", "2026-03-12")],
)
def test_a_draw_is_never_earlier_than_its_number_says(draw: str, day: str) -> None:
    """In earnest it is later: both lotteries pause at the Spring Festival."""
    soonest = lotteries.earliest(draw)
    assert soonest is not None
    assert soonest.date() == date.fromisoformat(day)
    assert soonest.tzinfo is SHANGHAI


@pytest.mark.parametrize("draw", ["ssq:2026000", "dlt:2026999", "ssq:0000001"])
def test_a_number_that_no_year_has_is_no_draw(draw: str) -> None:
    assert lotteries.earliest(draw) is None
    with pytest.raises(ManifestProblem, match="没有"):
        of(beacon_round=f"{FOUR} {draw}")


@given(st.sampled_from(sorted(lotteries.EVENINGS)), st.integers(2020, 2040), st.integers(1, 155))
def test_later_numbers_are_later_evenings_of_the_same_year(
    game: str, year: int, place: int
) -> None:
    one, other = (lotteries.earliest(f"{game}:{year}{n:03d}") for n in (place, place + 1))
    assert one is not None
    assert one.year == year
    assert one.weekday() in lotteries.EVENINGS[game]
    assert other is None or timedelta(days=1) < other - one <= timedelta(days=3)


def test_no_draw_may_be_known_when_somebody_could_still_choose() -> None:
    """With a known value a list is padded, or a manifest withdrawn, until the outcome pleases."""
    soonest = lotteries.earliest("ssq:2026031")
    assert soonest is not None
    assert of(after=soonest - timedelta(seconds=1))
    with pytest.raises(ManifestProblem, match="最早可能在 2026-03-12 开奖"):
        of(after=soonest)
    with pytest.raises(ManifestProblem, match="已经知道"):
        of(beacon_round=f"{FOUR} ssq:2025100")


def _fallback(draws: str) -> list[dict[str, str]]:
    return [
        {
            "fallback_kind": "公开彩票开奖",
            "fallback_round": draws,
            "fallback_from": "2026-04-11",
            "fallback_until": "2026-06-30",
        }
    ]


def test_a_fallback_is_not_known_while_the_first_round_still_stands() -> None:
    """Else whoever says that the first round fell would choose between two values."""
    later = "ssq:2026060 dlt:2026060 ssq:2026061 dlt:2026061"
    assert len(of(beacon_fallbacks=_fallback(later))) == 2
    known = "ssq:2026035 dlt:2026035 ssq:2026036 dlt:2026036"
    with pytest.raises(ManifestProblem, match="已经知道"):
        of(beacon_fallbacks=_fallback(known))


def test_the_same_draws_in_another_order_are_no_second_round() -> None:
    turned = " ".join(reversed(FOUR.split()))
    with pytest.raises(ManifestProblem, match="写了两次"):
        of(beacon_fallbacks=_fallback(turned))


def test_one_draw_counts_once_however_often_it_is_named() -> None:
    with pytest.raises(ManifestProblem, match="一期只算一个值"):
        of(beacon_round=" ".join(["ssq:2026071"] * 4))
    with pytest.raises(ManifestProblem, match="一期只算一个值"):
        beacon.check(
            [
                beacon.lottery(
                    *["ssq:2026071"] * 4, at="2026-07-01T01:00:00Z", by="2026-07-20T01:00:00Z"
                )
            ],
            demo_database=False,
        )
