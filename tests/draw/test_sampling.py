"""Selection: fair, independent of order, nested, mergeable, local in every correction."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.draw import sampling, tickets
from engine.draw.refusals import BadText, ManifestProblem, SizeProblem

KEYS = [sha256(f"fixed key {number}".encode()).hexdigest() for number in range(2_000)]
KEY = KEYS[0]

units = st.lists(
    st.text(alphabet="ABCDEFGH0123456789", min_size=1, max_size=6), unique=True, max_size=60
)


def rows_of(names: list[str]) -> list[tuple[str, str]]:
    return [(name, "AB"[len(name) % 2]) for name in names]


def places_of(rows: list[tuple[str, str]], third: int = 3) -> dict[str, int]:
    counts = {s: sum(1 for _, stratum in rows if stratum == s) for s in "AB"}
    return {s: -(-count // third) for s, count in counts.items()}


@given(names=units, order=st.randoms(use_true_random=False))
def test_the_order_of_the_list_never_matters(names: list[str], order: object) -> None:
    rows = rows_of(names)
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' own reproducible shuffle
    places = places_of(rows)
    assert sampling.select(KEY, rows, places) == sampling.select(KEY, shuffled, places)


@given(names=units)
def test_one_place_more_keeps_every_earlier_winner(names: list[str]) -> None:
    rows = [(name, "A") for name in names]
    for k in range(len(rows)):
        fewer = sampling.select(KEY, rows, {"A": k}).units
        assert sampling.select(KEY, rows, {"A": k + 1}).units[:k] == fewer


@given(names=units, new=st.text(alphabet="XYZ", min_size=7, max_size=8))
def test_adding_a_unit_never_reorders_the_others(names: list[str], new: str) -> None:
    before = sampling.select(KEY, [(n, "A") for n in names], {"A": len(names)}).units
    more = [*((n, "A") for n in names), (new, "A")]
    after = sampling.select(KEY, more, {"A": len(more)}).units
    assert tuple(unit for unit in after if unit != new) == before


@given(names=units, shards=st.integers(1, 7))
def test_shards_drawn_apart_merge_to_the_whole(names: list[str], shards: int) -> None:
    rows = rows_of(names)
    places = places_of(rows)
    parts = [sampling.partial(KEY, rows[start::shards], places) for start in range(shards)]
    assert sampling.merge(parts, places) == sampling.select(KEY, rows, places)


@given(names=units, sigmas=st.sampled_from([-50, 0, 6]))
def test_the_threshold_never_changes_a_winner(names: list[str], sigmas: int) -> None:
    rows = rows_of(names)
    places = places_of(rows)
    able = {s: sum(1 for _, stratum in rows if stratum == s) for s in "AB"}
    guessed = sampling.select(KEY, rows, places, eligible=able, sigmas=sigmas)
    assert guessed == sampling.select(KEY, iter(rows), places)


def test_a_limit_that_tightens_while_reading_keeps_the_winners() -> None:
    rows = [(f"U{number:06d}", "A") for number in range(20_000)]
    everyone = sorted((tickets.ticket(KEY, unit), unit) for unit, _ in rows)
    drawn = sampling.select(KEY, iter(rows), {"A": 50})
    assert [(w.ticket, w.unit) for w in drawn.winners] == everyone[:50]
    assert drawn.thresholds == {"A": everyone[49][0]}


def test_a_misclassified_unit_keeps_its_ticket() -> None:
    rows = [(f"U{number}", "A") for number in range(10)]
    moved = [("U3", "B"), *(row for row in rows if row[0] != "U3")]
    before = {w.unit: w.ticket for w in sampling.select(KEY, rows, {"A": 10}).winners}
    after = {w.unit: w.ticket for w in sampling.select(KEY, moved, {"A": 9, "B": 1}).winners}
    assert before == after


def test_every_unit_is_drawn_equally_often() -> None:
    """χ² over fixed keys: 40 units, 8 places, 2,000 draws; .999 quantile of χ²(39) is 72.1."""
    rows = [(f"91220104MA{number:08d}", "A") for number in range(40)]
    seen = dict.fromkeys((unit for unit, _ in rows), 0)
    pairs = 0
    for key in KEYS:
        drawn = sampling.select(key, rows, {"A": 8}).units
        for unit in drawn:
            seen[unit] += 1
        pairs += rows[0][0] in drawn and rows[1][0] in drawn
    expected = len(KEYS) * 8 / 40
    spread = sum((count - expected) ** 2 / expected for count in seen.values()) * 39 / 32
    assert spread < 72.1
    together = len(KEYS) * 8 * 7 / (40 * 39)
    assert abs(pairs - together) < 4 * together**0.5


def test_strata_do_not_influence_each_other() -> None:
    both = sampling.select(KEY, [("A1", "A"), ("A2", "A"), ("B1", "B")], {"A": 1, "B": 1})
    alone = sampling.select(KEY, [("A1", "A"), ("A2", "A")], {"A": 1})
    assert both.winners[:1] == alone.winners


def test_a_stratum_without_places_is_read_past() -> None:
    assert sampling.select(KEY, [("A1", "A"), ("B1", "B")], {"A": 0, "B": 1}).units == ("B1",)


def test_more_places_than_rows_is_an_error_not_a_short_list() -> None:
    with pytest.raises(sampling.ThresholdMissed):
        sampling.select(KEY, [("A1", "A")], {"A": 2})
    with pytest.raises(SizeProblem, match="2 户"):
        sampling.require_places({"A": 2}, {"A": 1})
    sampling.require_places({"A": 1}, {"A": 1})


def test_the_threshold_of_a_stratum_taken_whole_lets_everything_through() -> None:
    assert sampling.threshold(5, 5) == b"\xff" * 8
    assert sampling.threshold(1, 0) == b"\xff" * 8


def test_sm3_draws_by_the_same_rules() -> None:
    rows = [(f"U{number}", "A") for number in range(50)]
    ranked = sorted((tickets.ticket(KEY, unit, "sm3"), unit) for unit, _ in rows)
    drawn = sampling.select(KEY, rows, {"A": 5}, alg="sm3")
    assert [(w.ticket, w.unit) for w in drawn.winners] == ranked[:5]
    assert drawn != sampling.select(KEY, rows, {"A": 5})
    with pytest.raises(ManifestProblem, match="md5"):
        sampling.select(KEY, rows, {"A": 5}, alg="md5")


@pytest.mark.parametrize("value", ["", "A:1", "A|1", "A 1", "Ａ1", "A​1", "A\\1", "A\n1"])
def test_a_name_with_two_spellings_cannot_enter_a_hash(value: str) -> None:
    with pytest.raises(BadText):
        tickets.require_text(value, what="编号")


@settings(max_examples=30)
@given(value=st.text(alphabet="朝阳区A1-_.", min_size=1, max_size=9))
def test_ordinary_names_may_enter(value: str) -> None:
    assert tickets.require_text(value, what="编号") == value


def test_a_key_is_made_of_hashes_only() -> None:
    with pytest.raises(BadText, match="摘要"):
        tickets.key("M", [], ["dice:X=1"])
