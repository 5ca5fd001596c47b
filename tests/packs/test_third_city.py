"""A third city is data: other ideas of ratio, cap, window, secrecy and review, and no Python."""

from __future__ import annotations

from datetime import date

import pytest

from rules.language.check import check
from rules.language.examples import run_examples
from rules.pack import Law
from rules.verdict import Verdict
from tests.packs.conftest import FIXTURES
from tests.packs.test_packs import shared_names

ON = date(2026, 11, 2)


def test_it_is_made_of_text_alone() -> None:
    kinds = {path.suffix for path in (FIXTURES / "yunze").rglob("*") if path.is_file()}
    assert kinds == {".md", ".toml", ".txt"}


def test_the_checker_has_nothing_to_say(yunze: Law) -> None:
    assert [str(problem) for problem in check(yunze)] == []


def test_its_examples_hold(yunze: Law) -> None:
    results, unreadable = run_examples(yunze)
    assert unreadable == ()
    assert [result for result in results if not result.passed] == []


def test_it_supplies_what_the_common_processes_name(yunze: Law) -> None:
    assert [name for name in shared_names() if not yunze.has_rule(name)] == []


def test_it_inherits_no_number_from_the_other_cities(yunze: Law) -> None:
    for name in ("一般事项抽查比例", "频次上限", "计划截止日"):
        assert not yunze.has_rule(name)


@pytest.mark.parametrize(
    ("officers", "ratio", "expected"),
    [(10, "5%", Verdict.COMPLIANT), (10, "6%", Verdict.BREACH)],
)
def test_the_ratio_follows_the_number_of_officers(
    yunze: Law, officers: int, ratio: str, expected: Verdict
) -> None:
    facts = yunze.facts({"count.certified_staff": officers, "case.ratio": ratio})
    assert yunze.assess("人少部门抽查比例", facts, on=ON).verdict is expected


def test_each_tier_has_its_own_floor(yunze: Law) -> None:
    floors = {
        tier: yunze.parameter("分级抽查比例下限", on=ON, keys=(tier,))
        for tier in ("低风险", "中风险", "高风险")
    }
    assert len(set(floors.values())) == 3


def test_caps_count_the_authority_and_the_level_apart(yunze: Law) -> None:
    extents = {
        path: term.count.extent
        for path, term in yunze.program.names.terms.items()
        if term.count is not None
    }
    assert set(extents.values()) == {"本部门", "本层级"}


def test_its_publication_clock_starts_at_the_end_of_the_visit(yunze: Law) -> None:
    due = yunze.due("名单公示期限", yunze.facts({"case.ended_on": "2026-09-24"}), on=ON)
    assert due.last_day == date(2026, 10, 9)


def test_its_organisation_has_two_review_stages(yunze: Law) -> None:
    roles = yunze.organisation.roles
    assert {"法制机构初审人", "司法局复审人"} <= set(roles)
