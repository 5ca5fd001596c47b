"""The clause register agrees with the regulations and with the rules it points at."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import Any

import pytest

from rules.language.example_coverage import uncovered
from rules.language.exception_coverage import unshown
from rules.pack import Law
from tests.packs.conftest import PACKS
from tests.packs.test_packs import QUOTE, source, squeezed

KINDS = {"rule", "diagram", "screen", "record", "open"}
PROCESS = re.compile(r'process id="(\w+)"')
PAGE = re.compile(r"screen:([a-z_/]+)（(.+)）")
READING = re.compile(r"A-\d+")
NORMATIVE = re.compile("应当|必须|不得|要|原则上|可以|不超过|均应|截止")


def register() -> dict[str, Any]:
    return tomllib.loads((PACKS / "register" / "clauses.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def clauses() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = register()["clause"]
    return found


def test_every_clause_has_its_own_id(clauses: list[dict[str, Any]]) -> None:
    ids = [clause["id"] for clause in clauses]
    assert len(ids) == len(set(ids))


def test_every_clause_is_quoted_word_for_word(clauses: list[dict[str, Any]]) -> None:
    texts = {city: source(city) for city in ("chaoyang", "panjin")}
    wrong = [c["id"] for c in clauses if squeezed(c["quote"]) not in texts[c["jurisdiction"]]]
    assert wrong == []


def test_every_clause_says_where_it_works(clauses: list[dict[str, Any]]) -> None:
    for clause in clauses:
        assert clause["works"], clause["id"]
        assert set(clause["strength"]) <= set("HSRI"), clause["id"]
        assert {place.split(":", 1)[0] for place in clause["works"]} <= KINDS, clause["id"]


def test_a_rule_the_register_names_exists(
    clauses: list[dict[str, Any]], chaoyang: Law, panjin: Law
) -> None:
    laws = {"chaoyang": chaoyang, "panjin": panjin}
    missing = [
        (clause["id"], place)
        for clause in clauses
        for place in clause["works"]
        if place.startswith("rule:")
        and not laws[clause["jurisdiction"]].has_rule(place.removeprefix("rule:"))
    ]
    assert missing == []


def test_a_process_the_register_names_is_drawn(clauses: list[dict[str, Any]]) -> None:
    drawn = {
        (path.parent.name, found)
        for path in (PACKS.parents[1] / "workflows").rglob("*.bpmn")
        for found in PROCESS.findall(path.read_text("utf-8"))
    }
    missing = [
        (clause["id"], place)
        for clause in clauses
        for place in clause["works"]
        if place.startswith("diagram:")
        and not drawn & {(folder, place[8:]) for folder in ("common", clause["jurisdiction"])}
    ]
    assert missing == []


def test_a_page_the_register_names_is_there_and_shows_it(clauses: list[dict[str, Any]]) -> None:
    templates = PACKS.parents[1] / "web" / "templates"
    for clause in clauses:
        for place in clause["works"]:
            if not place.startswith("screen:"):
                continue
            found = PAGE.fullmatch(place)
            assert found, place
            page = templates / f"{found[1]}.html"
            assert page.is_file(), place
            assert found[2] in page.read_text("utf-8"), place


def decisions(clauses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [clause for clause in clauses if {"H", "S"} & set(clause["strength"])]


def named_rules(clause: dict[str, Any]) -> list[str]:
    return [work[5:] for work in clause["works"] if work.startswith("rule:")]


def test_every_hard_or_soft_clause_is_a_rule_or_says_why_not(
    clauses: list[dict[str, Any]],
) -> None:
    without = [clause for clause in decisions(clauses) if not named_rules(clause)]
    assert [clause["id"] for clause in without if not clause.get("no_rule")] == []
    assert len(without) < 4


def test_the_rule_of_a_clause_quotes_it_or_signs_how_it_is_read(
    clauses: list[dict[str, Any]], chaoyang: Law, panjin: Law
) -> None:
    laws = {"chaoyang": chaoyang, "panjin": panjin}
    silent = [
        (clause["id"], name)
        for clause in decisions(clauses)
        for name in named_rules(clause)
        if not (rule := laws[clause["jurisdiction"]].rule(name)).citations
        and not rule.interpretations
    ]
    assert silent == []


def test_the_rules_of_a_clause_have_examples_on_both_sides_of_every_boundary(
    chaoyang: Law, panjin: Law
) -> None:
    for law in (chaoyang, panjin):
        missing = [text for rule in law.program.all_rules for text in uncovered(law, rule)]
        assert missing == []


def test_every_exception_is_shown_where_it_applies_and_where_it_just_does_not(
    chaoyang: Law, panjin: Law
) -> None:
    for law in (chaoyang, panjin):
        missing = [text for rule in law.program.all_rules for text in unshown(law, rule)]
        assert missing == []


def test_every_rule_of_a_clause_has_an_example(
    clauses: list[dict[str, Any]], chaoyang: Law, panjin: Law
) -> None:
    laws = {"chaoyang": chaoyang, "panjin": panjin}
    bare = [
        name
        for clause in clauses
        for name in named_rules(clause)
        if not laws[clause["jurisdiction"]].rule(name).examples
    ]
    assert bare == []


def test_accountability_and_exemption_are_complete(clauses: list[dict[str, Any]]) -> None:
    ids = {clause["id"] for clause in clauses}
    named = {"L01", "L02", "L03", "L04", "L05a", "L05b", "L06", "L07", "L08", "L09"}
    assert named | {"L10", "L11", "L12", "E1", "E2", "E3", "E4", "E5"} <= ids


def test_every_ambiguity_has_a_reading_that_some_rule_carries(chaoyang: Law, panjin: Law) -> None:
    readings = {entry["id"]: entry for entry in register()["interpretation"]}
    assert set(readings) == {f"A-{number}" for number in range(1, 39)}
    carried = {
        found
        for law in (chaoyang, panjin)
        for rule in law.program.all_rules
        for reading in rule.interpretations
        for found in READING.findall(reading.text)
    }
    assert set(readings) <= carried


def test_every_reading_is_signed_as_a_local_default_awaiting_review(
    chaoyang: Law, panjin: Law
) -> None:
    entries = register()["interpretation"]
    signers = {(entry["signer"], entry["signed_on"]) for entry in entries} | {
        (reading.signer, reading.signed_on)
        for law in (chaoyang, panjin)
        for rule in law.program.all_rules
        for reading in rule.interpretations
    }
    assert signers == {("本地默认，待法制核对", date(2026, 11, 1))}


@pytest.mark.parametrize("city", ["chaoyang", "panjin"])
def test_no_normative_sentence_is_forgotten(city: str) -> None:
    entries = register()
    known = [
        squeezed(entry["quote"])
        for entry in (*entries["clause"], *entries["outside"])
        if entry["jurisdiction"] == city
    ] + [squeezed(quote) for quote in quotes_of(city)]
    text = source(city)
    covered = [span for quote in known for span in spans(text, quote)]
    forgotten = [
        text[start:end]
        for start, end in sentences(text)
        if NORMATIVE.search(text[start:end])
        and not any(first < end and last > start for first, last in covered)
    ]
    assert forgotten == []


def quotes_of(city: str) -> list[str]:
    files = sorted((PACKS / city).glob("*.md"))
    return [quote for path in files for quote in QUOTE.findall(path.read_text("utf-8"))]


def spans(text: str, quote: str) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(re.escape(quote), text)]


def sentences(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer("[^。；]+[。；]?", text)]
