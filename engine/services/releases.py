"""Releasing a version is a case: check the upload, have it countersigned, put it in force.

The check looks at what is in force and runs a trial in a process of its own, so a worker does it
(engine/store/release_checks.py) and its findings enter the history as an input.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine import version
from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.events import Fields
from engine.version import Fetch

DIAGRAM_SUFFIX = ".bpmn"
FORM_SUFFIX = ".json"


def check_inputs(settling: Settling) -> Fields:
    """Return what is to be checked: the uploaded files, under the law of this release."""
    return {
        "version": settling.version.digest,
        "jurisdiction": settling.case.jurisdiction,
        "turn": settling.case.turns.get("upload", 1),
        "files": list(settling.fields.get("release_files", ())),
        "effective_on": settling.fields["effective_on"],
        "today": settling.today.isoformat(),
    }


def uploaded(files: object, fetch: Fetch) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return uploaded (diagrams, forms) by name; a file is written `<sha256> <filename>`."""
    diagrams: dict[str, bytes] = {}
    forms: dict[str, bytes] = {}
    for written in files if isinstance(files, list | tuple) else ():
        place, _, filename = str(written).partition(" ")
        if filename.endswith(DIAGRAM_SUFFIX):
            diagrams[filename] = fetch(place)
        elif filename.endswith(FORM_SUFFIX):
            forms[filename.removesuffix(FORM_SUFFIX)] = fetch(place)
    return diagrams, forms


def activate(settling: Settling) -> Outcome:
    """Send every countersigned diagram to the shelf, with its forms and the law, from its day."""
    diagrams, fresh = uploaded(settling.fields.get("release_files"), settling.fetch)
    recorded: Mapping[str, str] = settling.fields["forms_in_force"]
    forms = {**{stem: settling.fetch(place) for stem, place in recorded.items()}, **fresh}
    messages = []
    artefacts: list[bytes] = []
    for content in diagrams.values():
        definition = version.definition_of(content, settling.law)
        files = version.compose(definition, forms, settling.law)
        artefacts.extend(files.values())
        messages.append(
            {
                "kind": "activate-version",
                "process": definition.id,
                "name": definition.name,
                "manifest": version.manifest_of(files, settling.case.jurisdiction),
                "effective_on": settling.fields["effective_on"],
            }
        )
    return Outcome(
        result={"released_on": settling.today.isoformat()},
        messages=tuple(messages),
        artefacts=tuple(artefacts),
    )


register(
    {
        "release.check": Binding(kind=Kind.EXTRACT, inputs=check_inputs),
        "release.activate": Binding(settle=activate),
    }
)
