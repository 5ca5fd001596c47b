"""People with the seats the lanes name can bring every case to its end, through the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.bindings import BINDINGS, Kind
from tests.workflows.office import work
from tests.workflows.shipped import definition, everywhere


def _is_self_contained(jurisdiction: str, stem: str) -> bool:
    """Whether every service of a diagram is bound and looks at nothing but the case."""
    named = [
        node.implementation or ""
        for node in definition(jurisdiction, stem).nodes.values()
        if node.tag == "serviceTask"
    ]
    return all(name in BINDINGS and BINDINGS[name].kind is Kind.PURE for name in named)


UPLOADED = ("release", "registry_batch")  # their cases open with a file
TOLD = ("supervision",)  # ends when the agenda sees that the obligation is met
WHOLE = [
    place
    for place in everywhere()
    if _is_self_contained(*place) and place[1] not in (*UPLOADED, *TOLD)
]
EVERYWHERE = pytest.mark.parametrize(("jurisdiction", "stem"), WHOLE)


@EVERYWHERE
def test_a_case_without_objections_ends(jurisdiction: str, stem: str) -> None:
    ended = work(jurisdiction, stem, {})
    assert ended.case.is_closed, (ended.done, sorted(ended.case.offers))


OBJECTIONS: Mapping[str, Mapping[str, Any]] = {
    "chaoyang/joint_plan": {"ratio": "2%"},
    "chaoyang/annual_plan": {"ratio": "21%", "count_open_joint_plans": 1},
    "chaoyang/non_random_inspection": {"urgent": True, "disposition": "责令改正"},
    "panjin/joint_plan": {"filing_decision": "退回补正"},
    "panjin/annual_plan": {"filing_decision": "退回补正"},
    "chaoyang/inspection": {"disposition": "移送", "outside_scope_found": True},
    "panjin/inspection": {"surprise": True, "special_case": True},
    "chaoyang/rectification": {"reinspection_outcome": "转立案"},
    "chaoyang/own_case": {"suspected_crime": True},
    "panjin/own_case": {"own_case_decision": "不予立案"},
}


@pytest.mark.parametrize("place", OBJECTIONS)
def test_a_case_with_objections_ends_too(place: str) -> None:
    jurisdiction, stem = place.split("/")
    ended = work(jurisdiction, stem, OBJECTIONS[place])
    assert ended.case.is_closed, (ended.done, sorted(ended.case.offers))


def test_a_ratio_outside_the_usual_range_wants_a_reason_and_an_approval() -> None:
    usual = work("chaoyang", "joint_plan", {})
    unusual = work("chaoyang", "joint_plan", {"ratio": "2%"})
    assert {"explain", "approve_deviation"} <= set(unusual.done) - set(usual.done)


def test_a_window_beyond_the_year_sends_the_plan_back_to_its_author() -> None:
    ended = work("chaoyang", "joint_plan", {"window_end": "2026-12-31"})
    assert ended.done.count("draft") > 1
    assert "review" not in ended.done


def test_silence_of_the_participants_is_no_veto() -> None:
    answered = work("chaoyang", "joint_plan", {"countersign_opinion": "提出意见"})
    assert answered.case.is_closed
    assert len(answered.case.fields["countersign_answers"]) == 2


def test_a_filing_in_panjin_does_not_hold_up_the_publication() -> None:
    ended = work("panjin", "joint_plan", {"filing_decision": "退回补正"})
    assert {"receipt", "confirm_filing"} <= set(ended.done)


def test_a_surprise_inspection_is_not_announced() -> None:
    usual = work("chaoyang", "inspection", {})
    assert usual.done[0] == "serve_notice"
