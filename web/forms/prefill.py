"""What is known before a form is filled in: nothing recorded once is asked for again empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from engine.history import Json
from web.forms.schema import Field, Form, Option, widget_of

Answers = dict[str, Json]


# how a judgement is given; ticks and days of a form that judges may still be known
_JUDGEMENT = ("radio", "select", "textarea", "text")


def of(form: Form, known: Mapping[str, Any], *, judges: bool = False) -> Answers:
    """Return what the case says of each question, else the form's own default.

    A form that judges another's work begins without a judgement, however often it comes."""
    answers: Answers = {}
    for field in form.fields:
        default = field.schema.get("default")
        is_given = judges and field.widget in _JUDGEMENT
        value = default if is_given else known.get(field.name, default)
        if isinstance(value, dict) and set(value) == {"personal"}:
            continue  # kept apart from the history: entered anew
        if field.widget == "rows" and not value:
            value = _row_per_item(field, known)
        if value is not None:
            answers[field.name] = value
    return answers


def _row_per_item(field: Field, known: Mapping[str, Any]) -> Json:
    """Begin one row for every item of the case where the rows are about items."""
    column = next((each for each in field.columns if each.widget == "item"), None)
    items = known.get("items")
    if column is None or not isinstance(items, list):
        return None
    return [{column.name: code} for code in items]


class AskedTerm(Protocol):
    """What is needed of a declared fact of the rules."""

    @property
    def path(self) -> str: ...
    @property
    def key(self) -> str | None: ...
    @property
    def type(self) -> Any: ...


def question(
    term: AskedTerm, enums: Mapping[str, tuple[str, ...]], questions: Mapping[str, Field]
) -> Field:
    """Return the question for a fact a rule misses: the form's own, else one made from its type."""
    name = (term.key or term.path).removeprefix("case.")
    known = questions.get(name)
    if known is not None:
        return replace(known, path=name, required=True)
    words = enums.get(term.type.name, ())
    given: dict[str, Any] = dict(_BY_KIND.get(term.type.kind, {"type": "string"}))
    if words:
        given["enum"] = list(words)
    return Field(
        path=name,
        title=term.path,
        help="",
        widget=widget_of(given),
        required=True,
        schema=given,
        options=tuple(Option(value=word, title=word) for word in words)
        or _YES_NO.get(given["type"], ()),
    )


_BY_KIND: Mapping[str, Mapping[str, Any]] = {
    "ratio": {"type": "string", "x-widget": "percent"},
    "count": {"type": "integer"},
    "wdays": {"type": "integer"},
    "days": {"type": "integer"},
    "year": {"type": "integer"},
    "number": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "bool": {"type": "boolean", "x-widget": "radio"},
    "human": {"type": "boolean", "x-widget": "radio"},
}
_YES_NO: Mapping[str, tuple[Option, ...]] = {
    "boolean": (Option(value="true", title="是"), Option(value="false", title="否"))
}
