"""The year of each city: complete, without a number of its own, and known to rules and diagrams."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from engine import catalogue
from engine.config import PACKS, WORKFLOWS
from rules import almanac, pack
from rules.almanac import Obligation, Period
from rules.errors import PackProblems
from rules.pack import Law

CITIES = pack.jurisdictions(PACKS)


@pytest.fixture(scope="module", params=CITIES)
def law(request: pytest.FixtureRequest) -> Law:
    return pack.read(PACKS, request.param)


def test_rules_parameters_departments_and_processes_of_the_year_exist(law: Law) -> None:
    shipped = catalogue.shipped(WORKFLOWS, PACKS, law.jurisdiction)
    processes = frozenset(shipped.definition(stem).id for stem in shipped.diagrams)
    assert almanac.of(law)
    assert list(almanac.problems(law, processes)) == []


def test_no_date_and_no_lead_time_stands_in_the_year_itself(law: Law) -> None:
    content = (PACKS / law.jurisdiction / almanac.FILE).read_text("utf-8")
    entries = [line for line in content.splitlines() if not line.startswith("#")]
    assert not re.search(r"\d", "\n".join(entries))


def test_every_obligation_has_a_last_day_after_it_opens_and_is_reminded_of(law: Law) -> None:
    for each in almanac.of(law):
        for period in each.periods(2026):
            last = each.last_day(law, period)
            assert last is not None
            opens = each.days(law, each.opens_before, period)
            reminds = each.days(law, each.reminds_before, period)
            assert opens >= reminds
            assert reminds.days > 0


@pytest.mark.parametrize(
    ("code", "period", "last"),
    [
        ("joint-plan", "2026", date(2026, 3, 1)),
        ("annual-plan", "2026", date(2026, 4, 1)),
        ("inspector-filing", "2026Q1", date(2026, 3, 31)),
        ("inspector-filing", "2026Q4", date(2026, 12, 31)),
        ("task-completion", "2026", date(2026, 11, 30)),
        ("circular", "2026Q1", date(2026, 4, 15)),
    ],
)
def test_the_days_of_chaoyang_are_those_of_its_text(code: str, period: str, last: date) -> None:
    law = pack.read(PACKS, "chaoyang")
    obligation = next(each for each in almanac.of(law) if each.code == code)
    assert obligation.last_day(law, Period.read(period)) == last


def test_a_period_knows_its_days_and_how_it_is_written() -> None:
    quarter = Period.read("2026Q2")
    assert (quarter.start, quarter.end) == (date(2026, 4, 1), date(2026, 6, 30))
    assert str(quarter) == "2026Q2"
    year = Period.read("2024")
    assert (year.start, year.end, str(year)) == (date(2024, 1, 1), date(2024, 12, 31), "2024")


def test_a_broken_year_is_told_with_its_file() -> None:
    with pytest.raises(PackProblems) as broken:
        almanac.load(b'[[obligations]]\ncode = "x"\n', "x/almanac.toml")
    assert broken.value.problems[0].file == "x/almanac.toml"
    with pytest.raises(PackProblems):
        almanac.load(b"[[", "x/almanac.toml")


def test_what_the_year_names_and_nobody_knows_is_a_problem() -> None:
    law = pack.read(PACKS, "chaoyang")
    strange = almanac.load(
        b"""[[obligations]]
code = "x"
name = "x"
every = "month"
who = ["nobody"]
process = "nothing"
due = "none"
opens_before = "a"
reminds_before = "b"
""",
        "x",
    )
    assert isinstance(strange[0], Obligation)
    found = [problem.message for problem in almanac.examine(law, strange, frozenset())]
    assert len(found) == 6


def test_record_upload_and_publication_are_three_clocks(law: Law) -> None:
    """A-26: one visit, three rules, three clocks that hang on three different steps."""
    shipped = catalogue.shipped(WORKFLOWS, PACKS, law.jurisdiction)
    nodes = shipped.definition("inspection").nodes.values()
    clocks = {node.timer.rule: node.attached_to for node in nodes if node.timer}
    wanted = ["检查登记期限", "结果上传期限", "结果公示期限"]
    assert len({clocks[name] for name in wanted}) == len(wanted)
    record: dict[str, Any] = {
        "case.ended_on": "2026-09-24",
        "case.special_case": True,
        "case.special_reason_given": True,
        "case.result_formed_on": "2026-09-28",
    }
    facts = law.facts(record)
    days = [law.due(name, facts, on=date(2026, 9, 24)) for name in wanted]
    assert len({due.last_day for due in days}) == len(wanted), days
