"""Pairing: teams by rank, quotas, repair, and a witness that anybody checks in one pass."""

from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.draw import matching, verify
from engine.draw.matching import Infeasible, Matching
from engine.draw.refusals import TeamsShort
from engine.draw.teams import Inspector, Team, teams
from engine.draw.terms import Slot
from tests.draw import example

KEYS = [sha256(f"fixed key {number}".encode()).hexdigest() for number in range(600)]
KEY = KEYS[0]
LEADER, MEMBER = Slot(department="samr", leader=True), Slot(department="fire")


@st.composite
def instances(draw: st.DrawFn) -> tuple[str, dict[str, int], list[str]]:
    count = draw(st.integers(1, 4))
    names = [f"T{index:04d}" for index in range(count)]
    masks = draw(
        st.dictionaries(
            st.text(alphabet="AB12", min_size=1, max_size=3),
            st.integers(0, 2**count - 1),
            max_size=7,
        )
    )
    return draw(st.sampled_from(KEYS)), masks, names


def brute_force(masks: dict[str, int], room: tuple[int, ...]) -> bool:
    for choice in product(range(len(room)), repeat=len(masks)):
        fits = all(mask >> team & 1 for mask, team in zip(masks.values(), choice, strict=True))
        if fits and all(choice.count(team) <= places for team, places in enumerate(room)):
            return True
    return False


@given(instance=instances(), order=st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_a_pairing_is_found_exactly_when_one_exists(
    instance: tuple[str, dict[str, int], list[str]], order: object
) -> None:
    key, masks, names = instance
    room = matching.quotas(key, len(masks), names)
    outcome = matching.pair(key, masks, names, room)
    shuffled = list(masks.items())
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' own reproducible shuffle
    assert matching.pair(key, dict(shuffled), names, room) == outcome
    assert brute_force(masks, room) == isinstance(outcome, Matching)
    if isinstance(outcome, Matching):
        assert set(outcome.team_of) == set(masks)
        assert all(masks[unit] >> team & 1 for unit, team in outcome.team_of.items())
        loads = list(outcome.team_of.values())
        assert all(loads.count(team) == places for team, places in enumerate(room))
    else:
        assert matching.check_witness(outcome, masks, room)
        assert len(outcome.units) > outcome.places


@given(instance=instances())
@settings(max_examples=150, deadline=None)
def test_the_stand_alone_verifier_pairs_alike(
    instance: tuple[str, dict[str, int], list[str]],
) -> None:
    key, masks, names = instance
    room = matching.quotas(key, len(masks), names)
    outcome = matching.pair(key, masks, names, room)
    feasible = {u: [t for t in range(len(names)) if m >> t & 1] for u, m in masks.items()}
    team_of, stuck = verify.pair("sha256", key, feasible, names, list(room))
    if isinstance(outcome, Matching):
        assert (team_of, stuck) == (outcome.team_of, None)
    else:
        assert stuck == (outcome.stuck, list(outcome.saturated))


def test_probes_are_even_for_any_number_of_teams() -> None:
    """A word beyond the last whole multiple is skipped; with 2³¹+1 teams that is every second."""
    many = 2**31 + 1
    tried = list(matching.probes(KEY, "A1", many))
    assert tried == list(verify._probes("sha256", KEY, "A1", many))
    assert 0 < len(tried) < 32
    assert len(list(matching.probes(KEY, "A1", 3))) == 32


def test_a_repair_moves_an_earlier_unit_along() -> None:
    """Somewhere among fixed keys a unit finds its only team full, and the seated one moves."""
    masks = {"A1": 0b01, "A2": 0b01, "A3": 0b11, "A4": 0b11}
    names = ["T0000", "T0001"]
    outcomes = [matching.pair(key, masks, names, (2, 2)) for key in KEYS]
    repaired = [
        outcome for outcome in outcomes if isinstance(outcome, Matching) and outcome.repairs
    ]
    assert repaired
    for outcome in repaired:
        assert outcome.team_of == {"A1": 0, "A2": 0, "A3": 1, "A4": 1}


def test_a_false_witness_does_not_check() -> None:
    masks = {"A1": 1, "A2": 1, "A3": 3}
    true = matching.pair(KEY, masks, ["T0000", "T0001"], (1, 2))
    assert isinstance(true, Infeasible)
    assert matching.check_witness(true, masks, (1, 2))
    for stuck, saturated, units in (
        ("A3", (0,), true.units),
        (true.stuck, (0, 1), true.units),
        (true.stuck, (0,), ("A1",)),
        (true.stuck, (0,), ("A1", "A2", "A3")),
        ("A1", (0,), ("A2", "A2")),
    ):
        false = Infeasible(stuck=stuck, saturated=saturated, units=units, places=1)
        assert not matching.check_witness(false, masks, (1, 2))


def test_a_unit_no_team_may_take_is_its_own_witness() -> None:
    outcome = matching.pair(KEY, {"A1": 0}, ["T0000"], (1,))
    assert isinstance(outcome, Infeasible)
    assert (outcome.stuck, outcome.saturated, outcome.places) == ("A1", (), 0)
    assert matching.check_witness(outcome, {"A1": 0}, (1,))


def test_without_teams_nobody_can_be_visited() -> None:
    assert isinstance(matching.match(KEY, [matching.Visit(unit="A1")], []), Infeasible)
    assert matching.match(KEY, [], []) == Matching(team_of={}, quotas=())


def test_team_g_takes_the_g_th_of_each_slot() -> None:
    people = example.inspectors()
    drawn = teams(KEY, people, (LEADER, MEMBER), 4)
    assert teams(KEY, people[::-1], (LEADER, MEMBER), 4) == drawn
    assert [team.name for team in drawn] == ["T0000", "T0001", "T0002", "T0003"]
    by_id = {person.inspector: person for person in people}
    for team in drawn:
        leader, member = (by_id[person] for person in team.members)
        assert (leader.department, member.department) == ("samr", "fire")
        assert leader.leader
        assert leader.certified
        assert member.certified
        assert team.leader == leader.inspector
        assert team.items == leader.items | member.items
        assert team.load == leader.load + member.load
    assert len({person for team in drawn for person in team.members}) == 8


def test_one_more_team_keeps_the_earlier_teams() -> None:
    people = example.inspectors()
    assert teams(KEY, people, (LEADER, MEMBER), 5)[:4] == teams(KEY, people, (LEADER, MEMBER), 4)


def test_a_department_fills_its_two_slots_from_one_ranking() -> None:
    people = example.inspectors()
    pair = Slot(department="samr", certified=False)
    for team in teams(KEY, people, (LEADER, pair), 4):
        assert len(set(team.members)) == 2
    helper = Inspector(inspector="P1", department="samr", certified=False, items=frozenset({"X"}))
    lead = Inspector(inspector="P2", department="samr", leader=True)
    (team,) = teams(KEY, [helper, lead], (LEADER, pair), 1)
    assert team.members == ("P2", "P1")
    assert team.items == frozenset()  # an assistant's certificates do not count


def test_too_few_people_are_named_with_their_department() -> None:
    with pytest.raises(TeamsShort, match=r"samr.*组长人选"):
        teams(KEY, example.inspectors(4), (LEADER, MEMBER), 2)
    with pytest.raises(TeamsShort, match=r"health.*执法检查人员只有 0 人"):
        teams(KEY, example.inspectors(), (LEADER, Slot(department="health")), 1)


def test_a_team_without_a_leader_slot_has_no_leader() -> None:
    plain = Slot(department="samr")
    (team,) = teams(KEY, example.inspectors(), (plain, MEMBER), 1)
    assert team.leader is None


@given(
    person=st.builds(
        Inspector,
        inspector=st.just("P1"),
        department=st.just("samr"),
        leader=st.booleans(),
        certified=st.booleans(),
        items=st.frozensets(st.sampled_from(["SC-1", "SC-2"])),
        load=st.integers(0, 9),
    )
)
def test_flags_say_what_the_draw_needs_to_know(person: Inspector) -> None:
    assert Inspector.read("P1", "samr", person.flags) == person


def test_quotas_are_even_and_the_rest_goes_by_ticket() -> None:
    names = [f"T{index:04d}" for index in range(7)]
    room = matching.quotas(KEY, 100, names)
    assert sum(room) == 100
    assert set(room) == {14, 15}
    assert matching.quotas(KEY, 100, []) == ()


def test_past_work_changes_quotas_and_never_a_ticket() -> None:
    names = ["T0000", "T0001", "T0002"]
    assert matching.quotas(KEY, 9, names, load={"T0000": 3}) == (1, 4, 4)
    masks = dict.fromkeys(["A1", "A2", "A3"], 0b111)
    loaded = matching.pair(KEY, masks, names, (1, 1, 1))
    assert loaded == matching.pair(KEY, masks, names, matching.quotas(KEY, 3, names))


def test_a_recused_inspector_bars_the_whole_team_from_the_unit() -> None:
    crew = [
        Team(name="T0000", members=("P1", "P2"), items=frozenset({"SC-1"})),
        Team(name="T0001", members=("P3", "P4"), items=frozenset({"SC-1", "SC-2"})),
    ]
    visits = [
        matching.Visit(unit="A1", items=frozenset({"SC-1"}), avoid=frozenset({"P2", "P9"})),
        matching.Visit(unit="A2", items=frozenset({"SC-2"})),
        matching.Visit(unit="A3"),
    ]
    assert matching.feasibility(visits, crew) == {"A1": 0b10, "A2": 0b10, "A3": 0b11}


def test_every_pair_is_drawn_equally_often() -> None:
    """χ² over fixed keys, 24 units, 6 teams: 115 df after margins, .999 quantile 167."""
    units = [f"91220104MA{number:08d}" for number in range(24)]
    names = [f"T{index:04d}" for index in range(6)]
    seen = {(unit, team): 0 for unit in units for team in range(6)}
    for key in KEYS:
        outcome = matching.pair(
            key, dict.fromkeys(units, 0b111111), names, matching.quotas(key, 24, names)
        )
        assert isinstance(outcome, Matching)
        for pair in outcome.team_of.items():
            seen[pair] += 1
    expected = len(KEYS) / 6
    spread = sum((count - expected) ** 2 / expected for count in seen.values()) * 23 / 24
    assert spread < 167
