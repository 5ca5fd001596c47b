"""Checking an uploaded release against what is in force: every problem with line and element."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine import catalogue, version
from engine.bindings import Outcome
from engine.process import publish
from engine.services.releases import DIAGRAM_SUFFIX, FORM_SUFFIX, uploaded
from engine.store import eventstore, shelf
from rules.pack import Law

NOTHING: dict[str, object] = {
    "file": "",
    "line": 0,
    "element": "",
    "code": "diagram-missing",
    "message": "没有上传流程图",
    "hint": "至少选择一个 .bpmn 文件",
    "severity": "error",
}


def check(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """List every problem of the uploaded diagrams; one error keeps the whole release back."""
    diagrams, fresh = uploaded(inputs["files"], lambda place: eventstore.fetch(connection, place))
    standing = shelf.forms_in_force(connection, inputs["jurisdiction"])
    known = {stem: eventstore.fetch(connection, place) for stem, place in standing.items()}
    names = catalogue.names(law, {**known, **fresh})
    problems = [
        problem.record()
        for filename, content in diagrams.items()
        for problem in publish.check(content, names, file=filename)
    ]
    if not diagrams:
        problems.append(dict(NOTHING))
    problems += [_unknown(name) for name in _unreleasable(inputs["files"])]
    is_sound = not any(problem["severity"] == "error" for problem in problems)
    processes = (
        [version.definition_of(content, law).id for content in diagrams.values()]
        if is_sound
        else []
    )
    return Outcome(
        result={
            "release_check_passed": is_sound,
            "release_problems": problems,
            "release_processes": processes,
            "forms_in_force": standing,
        }
    )


def _unreleasable(files: list[str]) -> list[str]:
    """Return the uploaded names that are neither a diagram nor a form."""
    names = [written.partition(" ")[2] for written in files]
    return [name for name in names if not name.endswith((DIAGRAM_SUFFIX, FORM_SUFFIX))]


def _unknown(name: str) -> dict[str, object]:
    return {
        **NOTHING,
        "file": name,
        "code": "file-kind-unknown",
        "message": f"「{name}」不是流程图或表单，不能随本次发布生效",
        "hint": "只上传 .bpmn 和 .json 文件；规则包随产品版本更新",
    }
