"""What a browser posted, as the typed JSON the schema judges.

An answer that cannot be typed stays the text it was: the schema then refuses it by name, and the
page shows again exactly what the person wrote. An empty answer is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Protocol

from engine.history import Json
from engine.registry.codes import normal
from web.files import parts
from web.forms.schema import Field, Form, kind_of

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_RATIO = re.compile(r"[0-9]+(\.[0-9]+)?")
ROW_LIMIT = 500


class Posted(Protocol):
    """The part of Werkzeug's MultiDict that is needed."""

    def getlist(self, key: str) -> list[str]: ...
    def __contains__(self, key: object) -> bool: ...


def typed(
    form: Form, posted: Posted, files: Mapping[str, Json], *, blank_rows: bool = False
) -> dict[str, Json]:
    """Build the fields of a form; `files` holds, by page name, what was stored of each upload.

    Rows nobody wrote in are left out, unless the page is only being changed.
    """
    answers = _object(form.fields, posted, files, inside="")
    if not blank_rows:
        for field in form.fields:
            rows = answers.get(field.name)
            if field.widget == "rows" and isinstance(rows, list):
                _keep_written(answers, field.name, rows)
    return answers


def _keep_written(answers: dict[str, Json], name: str, rows: list[Json]) -> None:
    written: list[Json] = [
        row for row in rows if isinstance(row, dict) and any(v is not False for v in row.values())
    ]
    if written:
        answers[name] = written
    else:
        del answers[name]


def row_count(field: Field, posted: Posted) -> int:
    """Return how many rows the page had: it says so itself, within reason."""
    told = posted.getlist(f"{field.path}.rows")
    rows = int(told[0]) if told and _WHOLE.fullmatch(told[0]) else 0
    return max(0, min(rows, ROW_LIMIT))


def _object(
    fields: tuple[Field, ...], posted: Posted, files: Mapping[str, Json], *, inside: str
) -> dict[str, Json]:
    answers: dict[str, Json] = {}
    for field in fields:
        path = f"{inside}{field.name}"
        answer = _answer(field, path, posted, files)
        if answer is not None:
            answers[field.name] = answer
    return answers


def _answer(field: Field, path: str, posted: Posted, files: Mapping[str, Json]) -> Json:
    if field.widget == "rows":
        return _rows(field, path, posted, files)
    if field.widget == "group":
        return _object(field.columns, posted, files, inside=f"{path}.") or None
    if field.widget == "file":
        return _file(field, path, posted, files)
    if field.many:
        return _many(field, posted.getlist(path))
    given = posted.getlist(path)
    if kind_of(field.schema) == "boolean" and field.widget == "checkbox":
        return _ticked(field, given)
    return one(field, given)


def _rows(field: Field, path: str, posted: Posted, files: Mapping[str, Json]) -> Json:
    rows: list[Json] = [
        _object(field.columns, posted, files, inside=f"{path}.{number}.")
        for number in range(row_count(field, posted))
    ]
    return rows or None


def _many(field: Field, given: list[str]) -> Json:
    if field.widget in ("list", "text", "textarea"):
        given = [line for each in given for line in re.split(r"[\r\n]+", each)]
    each_kind = kind_of(field.schema.get("items", {}))
    chosen = [_of_kind(each_kind, text.strip()) for text in given if text.strip()]
    return chosen or None


def _file(field: Field, path: str, posted: Posted, files: Mapping[str, Json]) -> Json:
    """New uploads come to those the page kept, in the place of one with the same name; of a
    single file the newest stands."""
    found = files.get(path)
    new: list[Json] = found if isinstance(found, list) else [found] if found is not None else []
    names = {named[1] for text in new if (named := parts(str(text)))}
    kept: list[Json] = [
        text for text in posted.getlist(path) if (named := parts(text)) and named[1] not in names
    ]
    kept += new
    if field.many:
        return kept or None
    return kept[-1] if kept else None


def _ticked(field: Field, given: list[str]) -> Json:
    """A box the law wants ticked (`const: true`) is missing when it is not, never false."""
    if "true" in given:
        return True
    return None if field.schema.get("const") is True else False


def one(field: Field, given: list[str]) -> Json:
    """Type the single answer of a question; None when nothing was written."""
    if not given:
        return None
    text = given[-1].replace("\r\n", "\n").strip()
    if not text:
        return None
    if field.widget == "percent":
        return _percent(text)
    if field.widget == "subject":
        return normal(text)
    if field.schema.get("format") == "date" or "pattern" in field.schema:
        text = _narrow(text)
    return _of_kind(kind_of(field.schema), text)


def _percent(text: str) -> str:
    """Write a share as the record does; the bare number of the widget gets its sign."""
    plain = _narrow(text).replace(" ", "")
    return f"{plain}%" if _RATIO.fullmatch(plain) else plain


def _narrow(text: str) -> str:
    """Write what an input method left in full width as the record does: ２ is 2, ： is a colon."""
    return unicodedata.normalize("NFKC", text).strip()


def _of_kind(kind: str, text: str) -> Json:
    return _TYPED.get(kind, str)(text)


def _whole(text: str) -> Json:
    plain = _narrow(text).replace(",", "")
    return int(plain) if _WHOLE.fullmatch(plain) else text


def _truth(text: str) -> Json:
    return {"true": True, "false": False}.get(text, text)


_TYPED: Mapping[str, Callable[[str], Json]] = {
    "integer": _whole,
    "number": _whole,
    "boolean": _truth,
}
