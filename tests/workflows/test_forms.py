"""Every form is a valid schema in Chinese, is used, and speaks the vocabulary of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from engine import forms
from engine.store.lookups import LOOKUPS
from tests.workflows.shipped import JURISDICTIONS, WORKFLOWS, definition, everywhere, schema, shelf

STEMS = sorted(place.stem for place in (WORKFLOWS / "forms").glob("*.json"))
WIDGETS = frozenset(
    [
        "text",
        "textarea",
        "date",
        "number",
        "percent",
        "select",
        "radio",
        "checkbox",
        "checkboxes",
        "file",
        "department",
        "departments",
        "item",
        "items",
        "subject",
        "signature",
        "hidden",
        "rows",
    ]
)
EXTENSIONS = frozenset(
    [
        "x-stamps",
        "x-guards",
        "x-not-by",
        "x-shows",
        "x-event",
        "x-parties",
        "x-confirm",
        "x-reason-field",
        "x-check",
        "x-docket",
        "x-inherits",
        "x-in-order",
    ]
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("stem", STEMS)
def test_a_form_can_be_read(stem: str) -> None:
    form = forms.read(stem, (WORKFLOWS / "forms" / f"{stem}.json").read_bytes())
    assert form.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert form.schema["additionalProperties"] is False
    assert CHINESE.search(form.title)
    assert CHINESE.search(form.schema["description"])


@pytest.mark.parametrize("stem", STEMS)
def test_every_question_is_put_in_chinese(stem: str) -> None:
    for name, question in _questions(schema(stem)):
        assert CHINESE.search(question.get("title", "")), name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name), name
        assert question.get("x-widget", "text") in WIDGETS, name
        assert CHINESE.search(question.get("x-section", "节")), name


@pytest.mark.parametrize("stem", STEMS)
def test_only_dates_happen_and_stand_in_order(stem: str) -> None:
    form = schema(stem)
    named = {name for pair in form.get("x-in-order", ()) for name in pair}
    named |= {name for name, field in form["properties"].items() if field.get("x-happened")}
    assert {form["properties"][name].get("format") for name in named} <= {"date"}


@pytest.mark.parametrize("stem", STEMS)
def test_a_share_is_written_in_ascii_digits_and_no_more_than_all(stem: str) -> None:
    for name, field in _questions(schema(stem)):
        assert (field.get("x-widget") == "percent") == (field.get("format") == "share"), name
        assert "\\d" not in field.get("pattern", ""), name


@pytest.mark.parametrize("stem", STEMS)
def test_extensions_are_known_and_name_fields_of_their_own_form(stem: str) -> None:
    form = schema(stem)
    assert {key for key in form if key.startswith("x-")} <= EXTENSIONS
    own = set(form["properties"])
    assert set(form.get("x-parties", ())) <= own
    assert {name for pair in form.get("x-in-order", ()) for name in pair} <= own
    assert form.get("x-reason-field", next(iter(own))) in own
    assert set(form.get("x-stamps", {}).values()) <= {
        "person",
        "date",
        "department",
        "instant",
        "concerned",
        *LOOKUPS,
    }
    assert set(form.get("required", ())) <= own


@pytest.mark.parametrize("stem", STEMS)
def test_an_answer_fixed_in_advance_is_always_sent(stem: str) -> None:
    """A hidden constant is a fact for the rules; left out, it would be unknown."""
    form = schema(stem)
    for name, question in form["properties"].items():
        if question.get("x-widget") == "hidden":
            assert question["default"] == question["const"]
            assert name in form["required"]


def test_every_form_is_used_by_a_diagram() -> None:
    used = {
        node.form
        for jurisdiction, stem in everywhere()
        for node in definition(jurisdiction, stem).nodes.values()
    }
    assert set(STEMS) - used == set()


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_choices_are_words_of_the_vocabulary(jurisdiction: str) -> None:
    """A choice the vocabulary does not know could not be read by any rule."""
    law = shelf(jurisdiction).law
    listed = {
        str(term.origin).removeprefix("case."): (path, term.type)
        for path, term in law.program.names.terms.items()
        if str(term.origin).startswith("case.")
    }
    for stem in STEMS:
        for name, question in schema(stem)["properties"].items():
            chosen = question.get("enum") or ([question["const"]] if "const" in question else [])
            if name in listed and chosen:
                law.facts({f"case.{name}": chosen[0]})
                for word in chosen:
                    path, _ = listed[name]
                    assert law.facts({f"case.{name}": word}).get(path) is not None, (stem, name)


@pytest.mark.parametrize(("jurisdiction", "stem"), [*everywhere()])
def test_one_case_asks_each_question_once(jurisdiction: str, stem: str) -> None:
    """Two forms of one diagram that share a field would overwrite each other's answer.

    Allowed: the same form at two tasks, and a later step that settles what an earlier one found.
    """
    asked: dict[str, str] = {}
    for node in definition(jurisdiction, stem).nodes.values():
        for name in schema(node.form)["properties"] if node.form else ():
            assert asked.setdefault(name, node.form or "") == node.form or name in REPEATED, name
        if node.form:
            asked |= dict.fromkeys(schema(node.form)["properties"], node.form)


REPEATED = frozenset(
    [
        "filing_number",
        "suspected_crime",
        "suspected_crime_basis",
        "receipt_number",
        "receipt_files",
        "task_published_on",  # with its list, or alone where nobody could be drawn
        # a head signs what leaves the department, and again with the answers of the others
        "sign_off_decision",
        "sign_off_opinion",
        "withheld",
        "withholding_ground",
        "withholding_reason",
        "inspection_approval",
        "inspection_opinion",
        "unlicensed",
        "decision_on",
        "decision_kind",
        "order_issued_on",  # given on the spot, or served later
        # a visit is registered by one department or by several, never by both ways
        "certificate_shown",
        "started_on",
        "started_at",
        "ended_on",
        "ended_at",
        "place",
        "method",
        "entrusted_institution",
        "entrusted_report",
        "prior_notice_exception",
        # each department's list stands by itself; what was found comes together afterwards
        "item_results",
        "findings",
        "visit_files",
        "conformity_report_valid",
        "resampled",
        # what a department claims, whoever verifies it says again
        "e1_duty_performed",
        "e2_technical_limits",
        "e3_accident",
        "e3_no_causation",
        "e4_institution_entrusted",
        "e4_false_report",
        "e4_led_to_error",
        "e5_other_ground",
    ]
)


def _questions(form: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, question in form["properties"].items():
        yield name, question
        rows = question.get("items", {}).get("properties", {})
        yield from rows.items()


@pytest.mark.parametrize("stem", STEMS)
def test_a_rule_at_the_door_is_a_rule_of_some_city(stem: str) -> None:
    """A city without the rule skips it; a name no city knows is a slip of the pen."""
    known = {name for city in JURISDICTIONS for name in shelf(city).law.rule_names}
    assert set(schema(stem).get("x-guards", ())) - known == set()
