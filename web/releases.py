"""A new version on its way: the uploaded diagram is checked, and its release case opened."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from flask import url_for

from engine.commands import OpenCase
from engine.edge import new_case_id
from engine.events import Fields
from engine.service import Handled
from engine.store import drafts, eventstore
from engine.store.people import Person
from web import diagrams, files
from web.language import gettext as _
from web.language import language
from web.site import site

PROCESS = "release"
PROBLEMS = "release_problems"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A diagram file as somebody handed it in."""

    name: str
    source: bytes


def begin(person: Person, drawing: Drawing) -> str:
    """Open the release of a drawing, its upload form already filled in; return where that is."""
    here = site()
    reference = _keep(drawing)
    handled = here.engine.handle(
        OpenCase(
            case_id=new_case_id(),
            actor=person.id,
            process=PROCESS,
            jurisdiction=person.jurisdiction,
            title=_("发布 %(name)s", name=_process_in(drawing)),
            parties={"lead": (person.home,), "department": (person.home,)},
            fields={"lead_department": person.home},
        )
    )
    element, key = next(iter(handled.case.offers))
    _prepare(handled, element, key, person, reference)
    path = f"{element}@{key}" if key else element
    return url_for("tasks.show", number=handled.number, element=path)


def _process_in(drawing: Drawing) -> str:
    """Return what a checked drawing's process is called: a file may have any name."""
    return "、".join(diagrams.names([drawing.source]).values()) or drawing.name


def _keep(drawing: Drawing) -> str:
    """Store the file with the attachments, and in the record that versions are rebuilt from."""
    here = site()
    files.keep(here.settings.var / "files", io.BytesIO(drawing.source))
    with here.store.write() as tx:
        eventstore.keep(tx, (drawing.source,), media="application/xml", at=here.now())
    return files.reference(hashlib.sha256(drawing.source).hexdigest(), drawing.name)


def _prepare(handled: Handled, element: str, key: str, person: Person, reference: str) -> None:
    here = site()
    with here.store.write() as tx:
        drafts.save(
            tx,
            handled.case_id,
            element,
            key,
            person.id,
            answers={"release_files": [reference]},
            at=here.now(),
        )


def problems_in(fields: Fields) -> list[dict[str, object]]:
    """Return what the last check of an upload found, in the reader's language where it is held."""
    held = fields.get(PROBLEMS)
    listed = [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []
    if language() != "en":
        return [dict(each) for each in listed]
    return [
        {**each, **{name: each.get(f"{name}_en", each.get(name)) for name in ("message", "hint")}}
        for each in listed
    ]
