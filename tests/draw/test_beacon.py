"""The random value: canonical text, enough bits, two people, fallbacks without a choice."""

from datetime import timedelta
from typing import Any

import pytest

from engine.draw import beacon, instants
from engine.draw.records import BeaconRecord, Entry, correct, record
from engine.draw.refusals import (
    BadText,
    BeaconEntriesDiffer,
    BeaconNeedsTwoPeople,
    BeaconProblem,
    DemoRefused,
    ManifestProblem,
    WrongMoment,
)
from tests.draw import example

AT, BY = example.AT, example.BY
SSQ = beacon.lottery("ssq:2026001", at=AT, by=BY)
FOUR = beacon.lottery("ssq:2026001", "dlt:2026001", "ssq:2026002", "dlt:2026002", at=AT, by=BY)


def test_thirty_five_throws_have_one_text_however_they_are_typed() -> None:
    typed = [
        "3 1 6 2 4 1 5 2 6 3 6 6 1 4 2 5 3 1 2 4 1 1 6 2 3 4 5 2 1 6 3 5 2 6 4",
        "３１６２４，15263、66142 53124\n11623.45216,35264",
        "dice:CY-2026-07-01=31624152636614253124116234521635264",
    ]
    values = {beacon.parse(example.MEETING, text) for text in typed}
    assert values == {("dice:CY-2026-07-01=31624152636614253124116234521635264",)}


@pytest.mark.parametrize("text", ["123", "7" * 35, "1" * 36, "0" * 35, ""])
def test_a_wrong_throw_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BeaconProblem, match=r"应有 35 个数|1–6") as refused:
        beacon.parse(example.MEETING, text)
    assert "dice" in refused.value.sentence("en")


def test_a_ball_machine_gives_two_digits_each() -> None:
    machine = beacon.balls("M1", faces=20, count=21, at=AT, by=BY)
    beacon.check([machine], demo_database=False)
    text = " ".join(str(number) for number in range(1, 21)) + " 7"
    assert beacon.parse(machine, text)[0].startswith("balls:M1=01,02,")
    with pytest.raises(BeaconProblem):
        beacon.parse(machine, text.replace("20", "21"))


@pytest.mark.parametrize(
    "text", ["01 02 03 04 05 06 + 07", "6,5,4,3,2,1|7", "ssq:2026001=01,02,03,04,05,06+07"]
)
def test_a_lottery_result_is_sorted_within_its_sets(text: str) -> None:
    assert beacon.parse(SSQ, text) == ("ssq:2026001=01,02,03,04,05,06+07",)


@pytest.mark.parametrize(
    "text",
    [
        "1 1 3 4 5 6 7",
        "1 2 3 4 5 34 7",
        "1 2 3 4 5 6 17",
        "1 2 3",
        "0 2 3 4 5 6 7",
        "ssq:2026002=01,02,03,04,05,06+07",
        "1 2 3 4 5 6 7; 1 2 3 4 5 6 7",
        "",
    ],
)
def test_a_result_that_no_draw_can_have_is_refused(text: str) -> None:
    with pytest.raises(BeaconProblem):
        beacon.parse(SSQ, text)


def test_several_draws_are_entered_in_the_named_order() -> None:
    values = beacon.parse(FOUR, "1 2 3 4 5 6+7; 1 2 3 4 5+1 2\n7 8 9 10 11 12+1；6 7 8 9 10+11 12")
    assert values[1] == "dlt:2026001=01,02,03,04,05+01,02"
    assert len(values) == 4


def test_the_outcomes_of_the_public_games_are_counted_exactly() -> None:
    assert SSQ.outcomes == 17_721_088
    assert beacon.lottery("dlt:2026001", at=AT, by=BY).outcomes == 21_425_712
    assert FOUR.outcomes.bit_length() - 1 >= 90
    assert example.MEETING.outcomes.bit_length() - 1 == 90


@pytest.mark.parametrize(
    "rounds",
    [
        [],
        [SSQ],
        [beacon.dice("M", at=AT, by=BY, throws=34)],
        [beacon.dice("M", at=BY, by=AT)],
        [beacon.dice("M", at="2026-07-01 09:00", by=BY)],
        [beacon.dice("M", at="tomorrow", by=BY)],
        [example.MEETING, example.MEETING],
        [example.MEETING, beacon.dice("N", at=AT, by=BY)],
        [beacon.lottery("ssq:26001", at=AT, by=BY)],
        [beacon.lottery("kl8:2026001", at=AT, by=BY)],
        [beacon.Round(source="random.org", at=AT, by=BY)],
    ],
)
def test_a_rule_that_is_weak_or_ambiguous_is_refused(rounds: list[beacon.Round]) -> None:
    with pytest.raises(ManifestProblem):
        beacon.check(rounds, demo_database=False)


def test_a_round_used_as_its_own_fallback_is_refused() -> None:
    later = beacon.dice("CY-2026-07-01", at=BY, by="2026-07-02T00:00:00Z")
    with pytest.raises(ManifestProblem, match="既是首选又是后备"):
        beacon.check([example.MEETING, later], demo_database=False)


def test_a_name_with_a_separator_is_refused() -> None:
    with pytest.raises(BadText):
        beacon.check([beacon.dice("M|N", at=AT, by=BY)], demo_database=False)


def test_the_demo_source_is_refused_outside_a_demo_database() -> None:
    round_ = beacon.demo("2026-07", at=AT, by=BY)
    with pytest.raises(DemoRefused):
        beacon.check([round_], demo_database=False)
    beacon.check([round_], demo_database=True)
    value = beacon.demo_value("2026-07")
    assert value.startswith("demo:2026-07=")
    assert beacon.parse(round_, value) == (value,)
    with pytest.raises(BeaconProblem):
        beacon.parse(round_, "demo:2026-07=00")


MANIFEST = example.task().manifest


def entered(first: str = example.DICE, second: str = example.DICE, **rest: Any) -> BeaconRecord:
    return record(
        MANIFEST,
        Entry(person=rest.pop("one", "p1"), text=first),
        Entry(person=rest.pop("two", "p2"), text=second),
        **{"at": AT, "published": "抽签笔录", **rest},
    )


def test_two_people_enter_the_same_value_in_their_own_way() -> None:
    kept = entered(second=example.DICE.replace(" ", ","))
    assert kept.values == ("dice:CY-2026-07-01=31624152636614253124116234521635264",)
    assert BeaconRecord.read(kept.document()) == kept


def test_one_person_cannot_be_both() -> None:
    with pytest.raises(BeaconNeedsTwoPeople) as refused:
        entered(two="p1")
    assert refused.value.grave


def test_two_different_entries_are_shown_side_by_side() -> None:
    with pytest.raises(BeaconEntriesDiffer, match="32624"):
        entered(second=example.DICE.replace("31624", "32624"))


def test_a_value_before_its_round_is_refused_to_the_microsecond() -> None:
    with pytest.raises(WrongMoment):
        entered(at="2026-07-01T00:59:59.999999Z")
    assert entered(at="2026-07-01T01:00:00.000001Z").round == 0


def test_the_fallback_counts_only_after_the_earlier_round_has_fallen() -> None:
    results = "1 2 3 4 5 6+7;1 2 3 4 5+1 2;1 2 3 4 5 6+7;1 2 3 4 5+1 2"
    with pytest.raises(WrongMoment, match="仍有效"):
        entered(results, results, stalled=("停电",))
    later = example.LOTTERY.at
    with pytest.raises(WrongMoment, match="原因"):
        entered(results, results, stalled=(" ",), at=later)
    with pytest.raises(WrongMoment):
        entered(results, results, stalled=("停电", "停售"), at=later)
    assert entered(results, results, stalled=("停电",), at=later).round == 1


def test_a_corrected_value_keeps_the_wrong_one_beside_it() -> None:
    wrong = entered()
    again = example.DICE.replace("31624", "41624")
    kept = correct(
        MANIFEST,
        wrong,
        Entry(person="p2", text=again),
        Entry(person="p3", text=again),
        at="2026-07-01T02:00:00Z",
        published="抽签笔录（更正）",
    )
    assert kept.values != wrong.values
    assert kept.earlier[0]["values"] == list(wrong.values)
    assert kept.earlier[0]["entered_by"] == ["p1", "p2"]


def test_instants_are_whole_aware_seconds() -> None:
    assert instants.text(example.CUTOFF) == "2026-07-01T00:00:00Z"
    for moment in (example.CUTOFF.replace(tzinfo=None), example.CUTOFF + timedelta(microseconds=1)):
        with pytest.raises(ManifestProblem):
            instants.text(moment)
