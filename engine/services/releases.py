"""Releasing a version is a case: check the upload, have it countersigned, put it in force."""

from __future__ import annotations

from typing import Any

from engine import catalogue, version
from engine.bindings import Binding, Outcome, Settling, register
from engine.process import publish

DIAGRAM_SUFFIX = ".bpmn"
FORM_SUFFIX = ".json"


def check(settling: Settling) -> Outcome:
    """List every problem of the uploaded files; the version may go on only without an error."""
    uploaded = _uploaded(settling)
    forms = {**_forms_in_force(settling), **uploaded["forms"]}
    problems: list[dict[str, Any]] = []
    processes: list[str] = []
    for filename, content in uploaded["diagrams"].items():
        found = publish.check(content, catalogue.names(settling.law, forms), file=filename)
        problems.extend(problem.record() for problem in found)
        if not any(problem["severity"] == "error" for problem in problems):
            processes.append(version.definition_of(content, settling.law).id)
    if not uploaded["diagrams"]:
        problems.append(_nothing())
    broken = any(problem["severity"] == "error" for problem in problems)
    return Outcome(
        result={
            "release_check_passed": not broken,
            "release_problems": problems,
            "release_processes": processes,
        }
    )


def _nothing() -> dict[str, Any]:
    return {
        "file": "",
        "line": 0,
        "element": "",
        "code": "diagram-missing",
        "message": "没有上传流程图",
        "hint": "至少选择一个 .bpmn 文件",
        "severity": "error",
    }


def _uploaded(settling: Settling) -> dict[str, dict[str, bytes]]:
    """Return the uploaded files by kind; a file is named `<sha256> <filename>` in the form."""
    diagrams: dict[str, bytes] = {}
    forms: dict[str, bytes] = {}
    for written in settling.fields.get("release_files", ()):
        place, _, filename = str(written).partition(" ")
        content = settling.fetch(place)
        if filename.endswith(DIAGRAM_SUFFIX):
            diagrams[filename] = content
        elif filename.endswith(FORM_SUFFIX):
            forms[filename.removesuffix(FORM_SUFFIX)] = content
    return {"diagrams": diagrams, "forms": forms}


def _forms_in_force(settling: Settling) -> dict[str, bytes]:
    """Return the forms that shipped when the release was opened, recorded by the command."""
    listed: dict[str, str] = settling.fields.get("forms_in_force", {})
    return {stem: settling.fetch(place) for stem, place in listed.items()}


def activate(settling: Settling) -> Outcome:
    """Send every countersigned diagram to the shelf, with its forms and the law, from its day."""
    uploaded = _uploaded(settling)
    forms = {**_forms_in_force(settling), **uploaded["forms"]}
    messages = []
    artefacts: list[bytes] = []
    for content in uploaded["diagrams"].values():
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
                "released_on": settling.today.isoformat(),
            }
        )
    return Outcome(
        result={"released_on": settling.today.isoformat()},
        messages=tuple(messages),
        artefacts=tuple(artefacts),
    )


register({"release.check": Binding(settle=check), "release.activate": Binding(settle=activate)})
