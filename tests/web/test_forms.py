"""A form file asks its questions, types what was posted, and names every mistake at its field."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from web import language
from web.forms import check, posted, rows, schema
from web.forms.schema import Form

PLAN: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "编制联合抽查计划",
    "type": "object",
    "required": ["title", "ratio", "participants", "window_end", "agreed"],
    "properties": {
        "title": {"type": "string", "title": "计划名称", "maxLength": 60},
        "ratio": {
            "type": "string",
            "title": "抽查比例",
            "x-widget": "percent",
            "pattern": r"^\d+(\.\d+)?%$",
        },
        "size": {"type": "integer", "title": "抽查数量", "minimum": 1},
        "window_end": {"type": "string", "format": "date", "title": "检查截止日期"},
        "mode": {"enum": ["open", "sealed"], "x-enum-titles": ["公开", "封闭"], "title": "方式"},
        "participants": {
            "type": "array",
            "title": "参与部门",
            "x-widget": "departments",
            "items": {"type": "string"},
            "minItems": 1,
        },
        "sealed_reason": {"type": "string", "title": "突击检查理由"},
        "agreed": {"type": "boolean", "const": True, "title": "已核对"},
    },
    "if": {"properties": {"mode": {"const": "sealed"}}, "required": ["mode"]},
    "then": {"required": ["sealed_reason"]},
}
RESULTS: dict[str, Any] = {
    "title": "录入结果",
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "title": "逐项结果",
            "items": {
                "type": "object",
                "required": ["item", "codes"],
                "properties": {
                    "item": {"type": "string", "title": "事项", "x-widget": "hidden"},
                    "codes": {
                        "type": "array",
                        "title": "结果",
                        "items": {"enum": ["01", "02"], "x-enum-titles": ["未发现问题", "已改正"]},
                    },
                    "on_site": {"type": "boolean", "title": "实地"},
                },
            },
        }
    },
}


@pytest.fixture(params=["zh", "en"])
def tongue(request: pytest.FixtureRequest) -> Iterator[str]:
    """A request in Chinese and one in English."""
    app = Flask(__name__)
    language.init(app)
    cookie = {"Cookie": f"{language.COOKIE}={request.param}"}
    with app.test_request_context(headers=cookie):
        yield request.param


def plan() -> Form:
    return schema.read("plan", PLAN)


def good() -> MultiDict[str, str]:
    return MultiDict(
        [
            ("title", " 2026 年餐饮联合抽查 "),
            ("ratio", "3"),
            ("size", "12"),
            ("window_end", "2026-11-30"),
            ("mode", "open"),
            ("participants", "fire"),
            ("participants", "health"),
            ("agreed", "true"),
        ]
    )


def changed(**values: str) -> MultiDict[str, str]:
    form = good()
    for name, value in values.items():
        form.setlist(name, [value] if value else [])
    return form


def told(form: Form, given: MultiDict[str, str]) -> dict[str, str]:
    answers = posted.typed(form, given, {})
    return {each.path: each.message for each in check.problems(form, answers)}


def test_answers_are_typed_as_the_schema_says() -> None:
    assert posted.typed(plan(), good(), {}) == {
        "title": "2026 年餐饮联合抽查",
        "ratio": "3%",
        "size": 12,
        "window_end": "2026-11-30",
        "mode": "open",
        "participants": ["fire", "health"],
        "agreed": True,
    }


def test_a_complete_form_has_no_mistakes(tongue: str) -> None:
    assert told(plan(), good()) == {}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("3", "3%"),
        ("3%", "3%"),
        ("0.5", "0.5%"),
        (" 20 ％", "20%"),
        ("1/20", "1/20"),
        ("１", "1%"),
        ("２０％", "20%"),
        ("１／２０", "1/20"),
    ],
)
def test_a_share_is_written_with_its_sign(written: str, kept: str) -> None:
    assert posted.typed(plan(), changed(ratio=written), {})["ratio"] == kept


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("title", ""),
        ("title", "长" * 61),
        ("ratio", "很多"),
        ("size", "0"),
        ("size", "十二"),
        ("window_end", "11 月 30 日"),
        ("mode", "secret"),
        ("participants", ""),
        ("agreed", ""),
    ],
)
def test_every_mistake_is_named_at_its_field(tongue: str, field: str, written: str) -> None:
    found = told(plan(), changed(**{field: written}))
    assert list(found) == [field]
    title = plan().field(field)
    assert title is not None
    assert language.gettext(title.title) in found[field]


def test_what_could_not_be_typed_is_shown_again_as_written() -> None:
    assert posted.typed(plan(), changed(size="十二"), {})["size"] == "十二"


def test_mistakes_come_in_the_order_of_the_questions(tongue: str) -> None:
    found = told(plan(), MultiDict())
    assert list(found) == ["title", "ratio", "window_end", "participants", "agreed"]


def test_an_answer_may_make_another_one_necessary(tongue: str) -> None:
    assert list(told(plan(), changed(mode="sealed"))) == ["sealed_reason"]


def result_rows(*given: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict([("results.rows", "3"), *given])


def test_rows_become_objects_and_empty_rows_are_left_out() -> None:
    given = result_rows(
        ("results.0.item", "SPAQ-01"),
        ("results.0.codes", "01"),
        ("results.1.item", "SPAQ-02"),
        ("results.1.codes", "01"),
        ("results.1.codes", "02"),
        ("results.1.on_site", "true"),
    )
    assert posted.typed(schema.read("results", RESULTS), given, {}) == {
        "results": [
            {"item": "SPAQ-01", "codes": ["01"], "on_site": False},
            {"item": "SPAQ-02", "codes": ["01", "02"], "on_site": True},
        ]
    }


def test_a_mistake_in_a_row_names_the_row(tongue: str) -> None:
    form = schema.read("results", RESULTS)
    found = told(form, result_rows(("results.0.item", "A"), ("results.1.codes", "01")))
    assert list(found) == ["results.0.codes", "results.1.item"]


def test_rows_can_be_added_taken_out_and_answered_alike() -> None:
    form = schema.read("results", RESULTS)
    given = result_rows(("results.0.item", "A"), ("results.1.item", "B"), ("results.1.codes", "02"))
    answers = posted.typed(form, given, {}, blank_rows=True)
    held = answers["results"]
    assert isinstance(held, list)
    assert len(held) == 3
    shorter = rows.edited(form, answers, "drop:results.2")
    filled = rows.edited(form, shorter, "fill:results")
    assert filled["results"] == [
        {"item": "A", "codes": ["01"], "on_site": False},
        {"item": "B", "codes": ["02"], "on_site": False},
    ]
    longer = rows.edited(form, filled, "add:results")["results"]
    assert isinstance(longer, list)
    assert longer[-1] == {}


@pytest.mark.parametrize("action", ["add:title", "drop:nothing.1", "fill:plan", "burn:results"])
def test_an_unknown_button_changes_nothing(action: str) -> None:
    assert rows.edited(plan(), {"title": "x"}, action) == {"title": "x"}


def test_a_page_cannot_claim_more_rows_than_a_person_could_fill_in() -> None:
    form = schema.read("results", RESULTS)
    field = form.field("results")
    assert field is not None
    assert posted.row_count(field, MultiDict([("results.rows", "99999999")])) == posted.ROW_LIMIT


def test_an_upload_replaces_what_the_page_held() -> None:
    form = schema.read("f", {"properties": {"report": {"type": "string", "x-widget": "file"}}})
    old, new = "0" * 64 + " 旧.pdf", "1" * 64 + " 新.pdf"
    held = MultiDict([("report", old)])
    assert posted.typed(form, held, {}) == {"report": old}
    assert posted.typed(form, held, {"report": new}) == {"report": new}


def test_only_what_was_uploaded_counts_as_an_attachment() -> None:
    form = schema.read("f", {"properties": {"report": {"type": "string", "x-widget": "file"}}})
    assert posted.typed(form, MultiDict([("report", "../../etc/passwd")]), {}) == {}
