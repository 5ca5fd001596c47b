"""The way of a diagram into a version: read, lint, schema, trial.

Each stage runs only if the former found no error; inside a stage all problems are listed. The
editor asks the same function while somebody draws, so that it and the publisher never disagree.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

import SpiffWorkflow.bpmn.parser as library
from lxml import etree

from engine.process import lint, trial
from engine.process.errors import BadDiagram
from engine.process.graph import label
from engine.process.naming import Names
from engine.process.parser import BPMN, local
from engine.process.problems import Problem, in_order, problem
from engine.process.source import Source, read

__all__ = ["Names", "check"]

_SCHEMA = Path(library.__file__).parent / "schema" / "BPMN20.xsd"


def check(source: bytes, names: Names, *, file: str = "") -> tuple[Problem, ...]:
    """Return all problems of the first stage that found an error, else the warnings."""
    try:
        tree = read(source, file=file)
    except BadDiagram as unreadable:
        return unreadable.problems
    found = lint.judge(tree, names) or ()
    if _stops(found):
        return found
    found = in_order((*found, *_schema(tree)))
    if _stops(found):
        return found
    return in_order((*found, *_trial(tree, source, names)))


def _stops(found: tuple[Problem, ...]) -> bool:
    return any(problem.severity == "error" for problem in found)


@functools.cache
def _validator() -> Any:
    return etree.XMLSchema(etree.parse(str(_SCHEMA)))


def _schema(tree: Source) -> list[Problem]:
    validator = _validator()
    if validator.validate(tree.root.getroottree()):
        return []
    places: dict[int, Any] = {}
    for element in tree.root.iter():
        if isinstance(element.tag, str):
            places.setdefault(element.sourceline, element)
    return [_breach(tree, places.get(entry.line, tree.root)) for entry in validator.error_log]


def _breach(tree: Source, element: Any) -> Problem:
    return problem(
        "schema",
        file=tree.file,
        line=tree.line(element),
        element=str(element.get("id") or ""),
        label=label(element),
    )


def _trial(tree: Source, source: bytes, names: Names) -> list[Problem]:
    process = next(e for e in tree.root if local(e) == "process")
    called = _called(source, names)
    if called is None:
        element = process.find(f".//{{{BPMN}}}callActivity")
        facts = {"name": str(element.get("calledElement"))}
        return [_placed("call-cycle", tree, element, **facts)]
    outcome = trial.run(source, called)
    if not outcome.code:
        return []
    by_id = {e.get("id"): e for e in process.iter() if isinstance(e.tag, str)}
    element = by_id.get(outcome.element, process)
    if outcome.code == "trial-failed":
        # what failed is ours to find out: the diagram's hash names the incident in the log
        incident = hashlib.sha256(source).hexdigest()[:12]
        return [_placed("internal", tree, element, incident=incident)]
    return [_placed(outcome.code, tree, element)]


def _placed(code: str, tree: Source, element: Any, **facts: object) -> Problem:
    return problem(
        code,
        file=tree.file,
        line=tree.line(element),
        element=str(element.get("id") or ""),
        **{"label": label(element), **facts},
    )


def _called(source: bytes, names: Names) -> dict[str, bytes] | None:
    """Return the bytes of every process called, directly or not; None when one calls back."""
    called: dict[str, bytes] = {}
    own = _ids(source)

    def collect(source: bytes, path: tuple[str, ...]) -> bool:
        for target in _targets(source):
            if target in path:
                return False
            called[target] = names.processes[target]
            if not collect(called[target], (*path, target)):
                return False
        return True

    return called if collect(source, own) else None


def _ids(source: bytes) -> tuple[str, ...]:
    return tuple(e.get("id") for e in read(source).root if local(e) == "process")


def _targets(source: bytes) -> list[str]:
    return [e.get("calledElement") for e in read(source).root.iter(f"{{{BPMN}}}callActivity")]
