"""A task's form: JSON Schema 2020-12 plus what the engine needs to know of it.

The extensions are declared, never computed: who is stamped, which rules stand at the door, who
may not sign twice, which field binds a party.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from engine.errors import ProductError
from engine.events import Fields
from engine.form_dates import misdated

FORMATS = FormatChecker(formats=["date", "uuid"])
SHARE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)%|([0-9]{1,12}/[0-9]{1,12})")


@FORMATS.checks("share", raises=ZeroDivisionError)
def is_share(said: object) -> bool:
    """Tell whether a text is a part of a whole: `5%`, `1/20`; no more than all of it."""
    if not isinstance(said, str):
        return True  # the type is another keyword's to refuse
    found = SHARE.fullmatch(said)
    if found is None:
        return False
    return (Fraction(found[1]) / 100 if found[1] else Fraction(found[2])) <= 1


class FormBroken(ProductError):
    code = "form-broken"
    zh = "表单「{form}」不是有效的 JSON Schema：{reason}"
    en = "Form “{form}” is not a valid JSON Schema: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form; `schema` is what the browser sees, the rest is what `decide` obeys."""

    name: str
    schema: Mapping[str, Any] = field(repr=False)
    validator: Draft202012Validator = field(repr=False, compare=False)
    stamps: Mapping[str, str]  # field → "person" | "date" | "department" | "instant"
    guards: tuple[str, ...]
    not_by: tuple[str, ...]
    parties: Mapping[str, str]  # field → party it binds
    event: str
    reason_field: str | None
    personal: frozenset[str]
    sealed: frozenset[str]  # secrets: encrypted outside the history, which holds their promise
    check: str | None  # a check by name, for what a schema cannot say
    inherits: tuple[str, ...]  # fields a child case takes over from its parent

    @property
    def title(self) -> str:
        return str(self.schema.get("title", self.name))

    def mistakes(self, data: Fields, *, today: date | None = None) -> tuple[tuple[str, str], ...]:
        """Return (field title, what is wrong) for every field that breaks the schema.

        With `today` a date that is said to have happened must not lie after it."""
        shown = {name: value for name, value in data.items() if not _is_withheld(value)}
        withheld = set(data) - set(shown)
        found = sorted(self.validator.iter_errors(shown), key=lambda error: list(error.path))
        return tuple(
            (self._label(error), _sentence(error))
            for error in found
            if not (error.validator == "required" and _missing_name(error) in withheld)
        ) + tuple(
            (self._named(each.field), f"不能早于「{self._named(each.before)}」")
            if each.before
            else (self._named(each.field), "是已经发生的日期，不能晚于今天")
            for each in misdated(self.schema, shown, today=today)
        )

    def _named(self, field: str) -> str:
        return str(self.schema["properties"].get(field, {}).get("title", field))

    def _label(self, error: ValidationError) -> str:
        """Return the title of the field at fault, and in a list of rows its line and column."""
        path = [str(part) for part in error.absolute_path]
        missing = _missing_name(error)
        steps = [*path, missing] if missing else path or [""]
        schema, label = self.schema, ""
        for step in steps:
            if step.isdigit():
                label += f"第{int(step) + 1}行"
                schema = schema.get("items", {})
                continue
            schema = schema.get("properties", {}).get(step, {})
            label += schema.get("title", step)
        return label


def read(name: str, content: bytes) -> Form:
    """Read a form file; a broken one says where."""
    try:
        schema = json.loads(content)
        Draft202012Validator.check_schema(schema)
    except (ValueError, TypeError) as error:
        raise FormBroken(form=name, reason=str(error)[:200]) from error
    except Exception as error:
        if type(error).__name__ != "SchemaError":
            raise
        raise FormBroken(form=name, reason=getattr(error, "message", "")[:200]) from error
    properties = schema.get("properties", {}) if isinstance(schema, dict) else None
    if properties is None or not all(isinstance(each, dict) for each in properties.values()):
        raise FormBroken(form=name, reason="properties: {…: {…}}")
    return Form(
        name=name,
        schema=schema,
        validator=Draft202012Validator(schema, format_checker=FORMATS),
        stamps=schema.get("x-stamps", {}),
        guards=tuple(schema.get("x-guards", ())),
        not_by=tuple(schema.get("x-not-by", ())),
        parties=schema.get("x-parties", {}),
        event=schema.get("x-event", "task-completed"),
        reason_field=schema.get("x-reason-field"),
        check=schema.get("x-check"),
        inherits=tuple(schema.get("x-inherits", ())),
        personal=frozenset(key for key, value in properties.items() if value.get("x-personal")),
        sealed=frozenset(key for key, value in properties.items() if value.get("x-sealed")),
    )


def _is_withheld(value: object) -> bool:
    return isinstance(value, dict) and set(value) in ({"personal"}, {"sealed"})


def _missing_name(error: ValidationError) -> str:
    if error.validator != "required":
        return ""
    present = error.instance if isinstance(error.instance, dict) else {}
    wanted: list[str] = error.schema.get("required", []) if isinstance(error.schema, dict) else []
    return next((name for name in wanted if name not in present), "")


_SENTENCES = {
    "required": "为必填项",
    "minLength": "不能为空或过短",
    "maxLength": "超过字数上限",
    "enum": "不在可选范围内",
    "const": "须确认后才能提交",
    "pattern": "格式不正确",
    "format": "格式不正确",
    "minimum": "低于下限",
    "maximum": "高于上限",
    "exclusiveMinimum": "低于下限",
    "exclusiveMaximum": "高于上限",
    "minItems": "至少填写一项",
    "maxItems": "超过项数上限",
    "uniqueItems": "有重复项",
    "type": "填写的类型不正确",
    "additionalProperties": "含有表单以外的字段",
    "unevaluatedProperties": "含有表单以外的字段",
    "dependentRequired": "还缺少相关的必填项",
}


def _sentence(error: ValidationError) -> str:
    return _SENTENCES.get(str(error.validator), "填写不正确")
