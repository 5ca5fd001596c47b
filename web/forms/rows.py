"""Rows of a form without a script: add one, take one out, answer all empty ones alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.history import Json
from web.asked import whole
from web.forms.schema import Field, Form, kind_of

Answers = dict[str, Json]


def is_edit(action: str) -> bool:
    return action.partition(":")[0] in _EDITS


def edited(form: Form, answers: Answers, action: str) -> Answers:
    """Return the answers after a button of a row table; an unknown button changes nothing."""
    verb, _colon, place = action.partition(":")
    name, _dot, number = place.partition(".")
    field = form.field(name)
    edit = _EDITS.get(verb)
    if field is None or field.widget != "rows" or edit is None:
        return answers
    held = answers.get(name)
    rows = list(held) if isinstance(held, list) else []
    return {**answers, name: edit(field, rows, whole(number, otherwise=-1))}


def _add(_field: Field, rows: list[Json], _number: int) -> list[Json]:
    return [*(rows or [{}]), {}]


def _drop(_field: Field, rows: list[Json], number: int) -> list[Json]:
    return [row for place, row in enumerate(rows) if place != number]


def _fill(field: Field, rows: list[Json], _number: int) -> list[Json]:
    """Give every row that has no answer yet the one that says nothing was found."""
    if field.clear is None:
        return rows
    name, option = field.clear
    column = next(each for each in field.columns if each.name == name)
    several = kind_of(column.schema) == "array"
    value: Json = [option.value] if several else option.value
    return [
        {**row, name: value} if isinstance(row, dict) and not row.get(name) else row for row in rows
    ]


_EDITS: Mapping[str, Callable[[Field, list[Json], int], list[Json]]] = {
    "add": _add,
    "drop": _drop,
    "fill": _fill,
}
