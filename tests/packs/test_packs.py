"""Each city's pack loads without a problem and means what its examples say."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from rules.language.check import check
from rules.language.examples import run_examples
from rules.pack import Law, examine, jurisdictions
from tests.packs.conftest import PACKS, folder

QUOTE = re.compile(r"「([^」]*)」")
PAGE_NUMBER = re.compile(r"\s*-\d+-\s*")
SHARED = re.compile(r"^\| (\S+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
SOURCES = {"chaoyang": "CY2021", "panjin": "PJ2020"}
PINNED = {
    "chaoyang": "8f914dce533d4b3066bc9411ccca6fafb7a185c680326506de1db1a100726623",
    "panjin": "852ea16997c985391b6f8265df039620d4109355091d9b821ad90fd4212f8961",
}


def squeezed(text: str) -> str:
    """Words without white space and page numbers, comma and percent sign in one width."""
    lines = (line for line in text.splitlines() if not PAGE_NUMBER.fullmatch(line))
    words = re.sub(r"\s", "", "".join(lines))
    return words.replace("，", ",").replace("％", "%")


def source(city: str) -> str:
    return squeezed((PACKS / city / "sources" / f"{SOURCES[city]}.txt").read_text("utf-8"))


def shared_names() -> list[str]:
    """The rule names every jurisdiction must supply, from the table of the vocabulary."""
    text = (PACKS / "base" / "词汇.md").read_text("utf-8")
    _, _, chapter = text.partition("## 十三、")
    return [name for name in SHARED.findall(chapter) if name not in {"规则名", "---"}]


def test_the_two_cities_are_the_jurisdictions() -> None:
    assert jurisdictions(PACKS) == ("chaoyang", "panjin")


@pytest.mark.parametrize("city", ["chaoyang", "panjin"])
def test_a_pack_has_no_errors(city: str) -> None:
    _, problems = examine(folder(PACKS, "base") | folder(PACKS, city), city)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


def test_a_pack_leaves_the_checker_nothing_to_say(law: Law) -> None:
    assert [str(problem) for problem in check(law)] == []


def test_every_example_of_a_city_yields_its_verdict(law: Law) -> None:
    results, unreadable = run_examples(law)
    assert unreadable == ()
    assert [result for result in results if not result.passed] == []


def test_every_rule_has_an_example(law: Law) -> None:
    bare = [
        rule.name for rule in law.program.all_rules if rule.kind == "rule" and not rule.examples
    ]
    assert bare == []


def test_a_duty_is_shown_on_both_sides_of_its_boundary(law: Law) -> None:
    one_sided = []
    for rule in law.program.all_rules:
        if rule.kind != "rule" or rule.strength == "仅记录":
            continue
        if rule.conclusion is None or rule.conclusion.kind not in {"must", "mustnot"}:
            continue
        verdicts = {example.verdict for example in rule.examples}
        if "合规" not in verdicts or not verdicts & {"违反", "偏离"}:
            one_sided.append(rule.name)
    assert one_sided == []


@pytest.mark.parametrize("city", ["chaoyang", "panjin"])
def test_every_quote_stands_in_the_regulation_word_for_word(city: str) -> None:
    words = source(city)
    invented = [
        (path.name, quote)
        for path in sorted((PACKS / city).glob("*.md"))
        for quote in QUOTE.findall(path.read_text("utf-8"))
        if squeezed(quote) not in words
    ]
    assert invented == []


@pytest.mark.parametrize("city", ["chaoyang", "panjin"])
def test_the_regulation_is_the_pinned_text(city: str) -> None:
    text = (PACKS / city / "sources" / f"{SOURCES[city]}.txt").read_bytes()
    assert hashlib.sha256(text).hexdigest() == PINNED[city]
    assert PINNED[city] in (PACKS / city / "总则.md").read_text("utf-8")


def test_the_shared_vocabulary_holds_no_duty_and_no_number() -> None:
    text = (PACKS / "base" / "词汇.md").read_text("utf-8")
    blocks = re.findall(r"^(\S+) ", text, re.MULTILINE)
    assert not {"规则", "例外", "参数", "决策表"} & set(blocks)


def test_a_city_supplies_every_rule_the_common_processes_name(law: Law) -> None:
    assert len(shared_names()) > 30
    assert [name for name in shared_names() if not law.has_rule(name)] == []


def test_a_rule_without_words_of_the_law_says_who_signed_its_reading(law: Law) -> None:
    unsigned = [
        rule.name
        for rule in law.program.all_rules
        if rule.kind != "table" and not rule.citations and not rule.interpretations
    ]
    assert unsigned == []


def test_no_city_file_names_the_other_city_as_its_source() -> None:
    for city, other in (("chaoyang", "PJ2020"), ("panjin", "CY2021")):
        for path in Path(PACKS / city).glob("*.md"):
            assert other not in path.read_text("utf-8"), path.name


def test_one_recorded_value_is_never_read_as_two_kinds_of_thing(law: Law) -> None:
    kinds: dict[str, set[str]] = {}
    for term in law.program.names.terms.values():
        if term.key is not None:
            kinds.setdefault(term.key, set()).add(str(term.type))
    assert {key: types for key, types in kinds.items() if len(types) > 1} == {}
