"""The proof behind a direct assignment is checked from the documents, without a search."""

from __future__ import annotations

from typing import Any

from engine.draw import witness

MANIFEST = {"assignment": {"items": ["SC-1"]}}
RESULT = {"winners": ["全部|0|A1", "全部|1|A2", "全部|2|A3"]}
TEAMS = [{"team": "T0000", "items": ["SC-1"]}, {"team": "T0001", "items": []}]


def matched(**changes: Any) -> dict[str, Any]:
    proof = {"stuck": "A2", "teams": ["T0000"], "units": ["A1", "A2", "A3"], "places": 2}
    return {"teams": TEAMS, "visits": {}, "quotas": [2, 1], "infeasible": proof, **changes}


def test_a_proof_that_holds_opens_the_door() -> None:
    assert witness.holds(MANIFEST, RESULT, matched())


def test_a_pairing_that_exists_is_no_ground() -> None:
    assert not witness.holds(MANIFEST, RESULT, matched(infeasible=None))


def test_a_proof_that_forgets_a_team_with_places_does_not_hold() -> None:
    capable = [TEAMS[0], {"team": "T0001", "items": ["SC-1"]}]
    assert not witness.holds(MANIFEST, RESULT, matched(teams=capable))


def test_a_proof_that_counts_too_few_places_does_not_hold() -> None:
    assert not witness.holds(MANIFEST, RESULT, matched(quotas=[3, 0]))


def test_barred_teams_count_as_unable() -> None:
    capable = [TEAMS[0], {"team": "T0001", "items": ["SC-1"]}]
    barred = {unit: {"items": ["SC-1"], "barred": ["T0001"]} for unit in ("A1", "A2", "A3")}
    assert witness.holds(MANIFEST, RESULT, matched(teams=capable, visits=barred))


def test_without_a_single_team_the_count_over_the_pool_is_the_proof() -> None:
    none = {"teams": [], "infeasible": {"teams": "「fire」符合条件的组长人选只有 0 人"}}
    assert witness.holds(MANIFEST, RESULT, none)
