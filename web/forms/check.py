"""The schema's judgement as sentences at the field, in Chinese or English.

Source: JSON Schema 2020-12, validation vocabulary; `format: date` is asserted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from engine.form_dates import misdated
from engine.forms import FORMATS
from engine.history import Json
from web.forms.schema import Form, Schema
from web.language import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to correct: `path` names the field in the page, empty for the form as a whole."""

    path: str
    message: str


def problems(
    form: Form, answers: Mapping[str, Json], *, today: date | None = None
) -> tuple[Problem, ...]:
    """List everything the form refuses, in the order of the questions, one per field."""
    validator = Draft202012Validator(_plain(form.schema), format_checker=FORMATS)
    found: dict[str, Problem] = {}
    for error in validator.iter_errors(dict(answers)):
        for problem in _told(form, error):
            found.setdefault(problem.path, problem)
    for problem in _misdated(form, answers, today):
        found.setdefault(problem.path, problem)
    order = {field.name: place for place, field in enumerate(form.fields)}
    return tuple(sorted(found.values(), key=lambda each: order.get(each.path.split(".")[0], 999)))


def _misdated(form: Form, answers: Mapping[str, Json], today: date | None) -> Iterator[Problem]:
    for each in misdated(form.schema, answers, today=today):
        title = _title(form, each.field)
        if each.before:
            other = _title(form, each.before)
            say = _("「%(title)s」不能早于「%(other)s」。", title=title, other=other)
        else:
            say = _("「%(title)s」是已经发生的日期，不能晚于今天。", title=title)
        yield Problem(path=each.field, message=say)


def _plain(schema: Schema) -> dict[str, Any]:
    """Leave our own `x-` words out: they are not the validator's business."""
    return {key: value for key, value in schema.items() if not key.startswith("x-")}


def _told(form: Form, error: ValidationError) -> Iterator[Problem]:
    if error.validator == "anyOf" and all(e.validator == "required" for e in error.context or ()):
        yield _one_of_several(form, error)
        return
    if error.validator in ("allOf", "if") or (error.context and error.validator != "oneOf"):
        inner = list(error.context or ())
        if inner:
            for each in inner:
                yield from _told(form, each)
            return
    where = [str(step) for step in error.absolute_path]
    if error.validator == "required":
        for name in _names(error):
            if name not in _names_given(error):
                path = ".".join([*where, name])
                say = _("请填写「%(title)s」。", title=_title(form, path))
                yield Problem(path=path, message=say)
        return
    path = ".".join(where)
    own = error.schema.get("x-message") if isinstance(error.schema, dict) else None
    yield Problem(path=path, message=_(own) if own else _sentence(form, path, error))


def _one_of_several(form: Form, error: ValidationError) -> Problem:
    """Say that one of some questions wants an answer, at the first of them."""
    where = [str(step) for step in error.absolute_path]
    names = dict.fromkeys(name for each in error.context or () for name in _names(each))
    paths = [".".join([*where, name]) for name in names if name not in _names_given(error)]
    titles = "".join(f"「{_title(form, path)}」" for path in paths)
    return Problem(path=paths[0], message=_("%(titles)s至少填写一项。", titles=titles))


def _names(error: ValidationError) -> list[str]:
    wanted = error.validator_value
    return [str(name) for name in wanted] if isinstance(wanted, list) else []


def _names_given(error: ValidationError) -> set[str]:
    return set(error.instance) if isinstance(error.instance, dict) else set()


def _title(form: Form, path: str) -> str:
    field = form.field(path)
    return _(field.title) if field else path


def _sentence(form: Form, path: str, error: ValidationError) -> str:
    kind = str(error.validator)
    limit = error.validator_value
    say = _SENTENCES.get(kind)
    title = _title(form, path)
    if kind == "type":
        return _type_sentence(title, limit)
    if say is None:
        return _("「%(title)s」不符合要求。", title=title)
    return say(title, limit)


def _type_sentence(title: str, wanted: object) -> str:
    if wanted in ("integer", "number"):
        return _("「%(title)s」须填整数，例如 12。", title=title)
    return _("「%(title)s」的内容不能识别，请重新填写。", title=title)


def _format_sentence(title: str, wanted: object) -> str:
    if wanted == "date":
        return _("「%(title)s」须填日期，例如 2026-06-15。", title=title)
    if wanted == "share":
        return _("「%(title)s」须填不超过 100%% 的比例，例如 5%% 或 1/20。", title=title)
    return _("「%(title)s」的格式不对。", title=title)


_SENTENCES: Mapping[str, Callable[[str, Any], str]] = {
    "enum": lambda title, _limit: _("「%(title)s」：请从所列选项中选择。", title=title),
    "const": lambda title, _limit: _("请确认「%(title)s」。", title=title),
    "minimum": lambda title, least: _(
        "「%(title)s」不得小于 %(least)s。", title=title, least=least
    ),
    "maximum": lambda title, most: _("「%(title)s」不得大于 %(most)s。", title=title, most=most),
    "minLength": lambda title, least: _(
        "「%(title)s」至少 %(least)s 个字。", title=title, least=least
    ),
    "maxLength": lambda title, most: _("「%(title)s」最多 %(most)s 个字。", title=title, most=most),
    "minItems": lambda title, least: _(
        "「%(title)s」至少选 %(least)s 项。", title=title, least=least
    ),
    "maxItems": lambda title, most: _("「%(title)s」最多选 %(most)s 项。", title=title, most=most),
    "uniqueItems": lambda title, _limit: _("「%(title)s」中有重复的内容。", title=title),
    "pattern": lambda title, _limit: _("「%(title)s」的写法不对，请对照填写说明。", title=title),
    "format": _format_sentence,
    "additionalProperties": lambda _title, _limit: _("表单含有不认识的内容，请刷新页面后重填。"),
}
