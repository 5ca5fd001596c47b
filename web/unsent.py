"""What somebody wrote into a form that came too late: shown back to them, kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from engine.store import drafts
from engine.store.drafts import Answers
from engine.store.people import Person
from web import dossier
from web.choices import Choices
from web.forms import posted
from web.forms.schema import Field, Form
from web.site import site

# Questions that no form file asks.
QUESTIONS: Mapping[str, Any] = {
    "title": _l("标题"),
    "text": _l("文字"),
    "reason": _l("原因"),
    "parent": _l("所属案件编号"),
    "basis": _l("依据"),
    "source": _l("依据"),
    "name": _l("名称"),
}
SECRET_PAGES = ("auth", "display")


def of(number: str, path: str, person: Person) -> list[tuple[str, str]]:
    """Return each question with its answer in words; of a checked form, what was checked.

    Secrets are left out, and so is what the page itself sent along."""
    element, _at, key = path.partition("@")
    with site().store.read() as tx:
        found = dossier.find(tx, number, person)
        form = found.form_of(element) if element in found.version.definition.nodes else None
        if form is None:
            return []
        answers = _written(form) or drafts.load(tx, found.row.case_id, element, key, person.id)
        choices = Choices(tx=tx, where=found.row.jurisdiction, fields={})
        asked = found.version.form_of(element)
        sealed = asked.sealed if asked else frozenset()
        return [
            (field.title, choices.words(answers[field.name], field, found.row.jurisdiction))
            for field in form.fields
            if answers
            and answers.get(field.name) not in (None, "", [], False)
            and field.widget not in ("hidden", "file")
            and field.name not in sealed
        ]


def _written(form: Form) -> Answers:
    """Return what the page brought; an unticked box brings nothing, and says nothing."""
    typed = posted.typed(form, request.form, {})
    return {name: value for name, value in typed.items() if value is not False}


def to_nobody() -> list[tuple[str, str]]:
    """Return what came from a page whose reader is signed out: no case is looked into.

    What a page sends along itself and what is ticked in long lists is left out, and so are
    passwords and secrets; a question that no form of any place asks keeps no answer."""
    if request.method != "POST" or request.blueprint in SECRET_PAGES:
        return []
    known: dict[str, Field] = {}
    for questions in site().questions.values():
        known = {**questions, **known}
    return [
        (title, "\n".join(words))
        for name, values in request.form.lists()
        if (title := _question(name, known)) and (words := _said(values, known.get(name)))
    ]


def _question(name: str, known: Mapping[str, Field]) -> str | None:
    """Return a question in words, of a row with the row's number; None for what is not shown."""
    first, *rest = name.split(".")
    field = known.get(first)
    if field is None:
        return str(QUESTIONS[name]) if name in QUESTIONS else None
    for part in rest:
        if not part.isdigit():
            field = next((column for column in field.columns if column.name == part), None)
        if field is None:
            return None
    if field.widget in ("hidden", "checkbox") or {"const", "x-sealed"} & set(field.schema):
        return None
    row = next((f"{int(part) + 1} " for part in rest if part.isdigit()), "")
    return f"{row}{field.title}"


def _said(values: list[str], field: Field | None) -> list[str]:
    """Return what was written, and of a choice its words."""
    titles = {option.value: option.title for option in field.options} if field else {}
    return [titles.get(value, value) for value in values if value.strip()]
