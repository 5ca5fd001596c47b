"""What somebody wrote into a form whose task closed meanwhile: shown back to them, kept nowhere."""

from __future__ import annotations

from flask import request

from engine.store import drafts
from engine.store.drafts import Answers
from engine.store.people import Person
from web import dossier
from web.choices import Choices
from web.forms import posted
from web.forms.schema import Form
from web.site import site


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
