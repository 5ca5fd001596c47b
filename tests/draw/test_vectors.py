"""The frozen test vectors: whoever builds this again must get the same numbers."""

from fractions import Fraction
from hashlib import sha256

import pytest

from engine.draw import frame, matching, sampling, sizes, tickets

TEAMS = ["T0000", "T0001", "T0002"]
UNITS = ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]
KEY = "8e867aa673740c56cfd4e4ff47bd1c6118180f56a0c0cede2bebc3b62125f90c"
ANY = 0b111


def h(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_the_ticket_is_one_sha256sum_of_key_colon_id() -> None:
    key = h("demo-draw-key")
    assert key == "7a0da09d405b0e32e74a31986abb497a70c437ad56481bea9cee1652c3e6586a"
    assert (
        tickets.ticket(key, "91220104MA0EXAMP1E")
        == "5e7d9af1554edf709d1b1ed33fc7746764a98f85a1bd9f715e621ec5e30a9b9f"
        == h(f"{key}:91220104MA0EXAMP1E")
    )


def test_the_key_joins_manifest_reveals_and_random_value() -> None:
    reveals = [h("demo-reveal-1"), h("demo-reveal-2")]
    value = "ssq:2026001=01,02,03,04,05,06+07"
    assert tickets.key(h("demo-manifest"), reveals, [value]) == KEY


def test_the_two_smallest_of_five_tickets_win() -> None:
    begins = {
        "A1": "49aa6b5a51dfbb96",
        "A2": "d8a7a90ea6207317",
        "A3": "70b634c34e04939e",
        "A4": "b62e13975f1195dd",
        "A5": "237b6d0bd630ef79",
    }
    for unit, start in begins.items():
        assert tickets.ticket(KEY, unit).startswith(start)
    drawn = sampling.select(KEY, [(unit, "0") for unit in begins], {"0": 2})
    assert drawn.units == ("A5", "A1")


def test_the_root_of_three_rows() -> None:
    content, frozen = frame.freeze(
        [frame.Row("A3", "1"), frame.Row("A1", "0"), frame.Row("A2", "0")]
    )
    assert content == b"A1|0||\nA2|0||\nA3|1||\n"
    assert (
        frozen.list_root
        == frozen.elig_root
        == "7034c7634ee76cada7f02abac2a319b673912838cddac121118b2f4f2f796e47"
    )


@pytest.mark.parametrize(
    ("listed", "places"), [*((n, 1) for n in range(1, 34)), (34, 2), (100, 3), (101, 4)]
)
def test_three_in_a_hundred_rounds_up(listed: int, places: int) -> None:
    assert sizes.rounded_up(listed, Fraction(3, 100)) == places


def test_quotas_and_an_unconstrained_pairing() -> None:
    room = matching.quotas(KEY, 7, TEAMS)
    assert room == (2, 3, 2)
    order = sorted(UNITS, key=lambda unit: tickets.purpose(KEY, "order", unit))
    assert order == ["A6", "A3", "A1", "A5", "A7", "A2", "A4"]
    paired = matching.pair(KEY, dict.fromkeys(UNITS, ANY), TEAMS, room)
    assert isinstance(paired, matching.Matching)
    assert paired.team_of == {"A1": 0, "A2": 1, "A3": 0, "A4": 2, "A5": 2, "A6": 1, "A7": 1}


def test_a_constrained_pairing() -> None:
    masks = {"A1": 1, "A2": 3, "A3": 3, "A4": 5, "A5": 2, "A6": 6, "A7": ANY}
    paired = matching.pair(KEY, masks, TEAMS, matching.quotas(KEY, 7, TEAMS))
    assert isinstance(paired, matching.Matching)
    assert paired.team_of == {"A1": 0, "A2": 1, "A3": 0, "A4": 2, "A5": 1, "A6": 2, "A7": 1}


def test_four_units_for_two_places_are_proved_impossible() -> None:
    masks = dict.fromkeys(UNITS[:4], 1) | dict.fromkeys(UNITS[4:], ANY)
    room = matching.quotas(KEY, 7, TEAMS)
    witness = matching.pair(KEY, masks, TEAMS, room)
    assert isinstance(witness, matching.Infeasible)
    assert (witness.stuck, witness.saturated) == ("A2", (0,))
    assert (len(witness.units), witness.places) == (4, 2)
    assert matching.check_witness(witness, masks, room)


def test_sm3_is_the_published_hash() -> None:
    digest = tickets.hasher("sm3")(b"abc").hexdigest()
    assert digest == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
