"""Checking an uploaded release against what is in force: every problem with line and element."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine import catalogue, forms, version
from engine.bindings import Outcome
from engine.process import publish
from engine.services.releases import DIAGRAM_SUFFIX, FORM_SUFFIX, uploaded
from engine.store import eventstore, shelf
from rules.pack import Law

Problem = dict[str, object]

# What is wrong with the upload as a whole: message and hint, in Chinese and in English.
WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "diagram-missing": (
        "没有上传流程图",
        "至少选择一个 .bpmn 文件",
        "no diagram was uploaded",
        "choose at least one .bpmn file",
    ),
    "file-kind-unknown": (
        "「{file}」不是流程图或表单，不能随本次发布生效",
        "只上传 .bpmn 和 .json 文件；规则包随产品版本更新",
        "“{file}” is neither a diagram nor a form and cannot take effect with this release",
        "upload .bpmn and .json files only; rule packs come with an update of the product",
    ),
    "file-twice": (
        "有两个文件都叫「{file}」",
        "只留一个",
        "two files are called “{file}”",
        "keep one of them",
    ),
    "process-twice": (
        "「{file}」画的流程，本次发布的另一个文件已经画了",
        "一个流程只上传一个文件",
        "“{file}” draws a process that another file of this release draws already",
        "upload one file per process",
    ),
    "form-broken": (
        "表单文件有误：{reason}",
        "表单须是 JSON Schema 2020-12 文件",
        "the form file is broken: {reason}",
        "a form is a JSON Schema 2020-12 file",
    ),
    "form-rule-unknown": (
        "表单要核查的规则「{reason}」不在现行规则中",
        "改用现行规则的名称",
        "the form asks for the rule “{reason}”, which is not in force",
        "name a rule that is in force",
    ),
    "effective-past": (
        "生效日期 {reason} 已经过去",
        "填今天或以后的日期",
        "the day it takes effect, {reason}, is past",
        "enter today or a later day",
    ),
}


def check(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """List every problem of what was uploaded; one error keeps the whole release back."""
    diagrams, fresh = uploaded(inputs["files"], lambda place: eventstore.fetch(connection, place))
    standing = shelf.forms_in_force(connection, inputs["jurisdiction"])
    known = {stem: eventstore.fetch(connection, place) for stem, place in standing.items()}
    names = catalogue.names(law, {**known, **fresh})
    problems = [
        {**problem.record(), **_english(*problem.say("en"))}
        for filename, content in diagrams.items()
        for problem in publish.check(content, names, file=filename)
    ]
    problems += [each for stem, content in fresh.items() for each in _form(stem, content, law)]
    problems += _whole(inputs, diagrams)
    is_sound = not any(problem["severity"] == "error" for problem in problems)
    processes = _processes(diagrams, law) if is_sound else []
    if len(set(processes)) < len(processes):
        problems += _drawn_twice(diagrams, processes)
        is_sound, processes = False, []
    return Outcome(
        result={
            "release_check_passed": is_sound,
            "release_problems": problems,
            "release_processes": processes,
            "forms_in_force": standing,
        }
    )


def _processes(diagrams: Mapping[str, bytes], law: Law) -> list[str]:
    return [version.definition_of(content, law).id for content in diagrams.values()]


def _whole(inputs: Mapping[str, Any], diagrams: Mapping[str, bytes]) -> list[Problem]:
    """Return what is wrong with the upload as a whole, whatever stands in its files."""
    names = [written.partition(" ")[2] for written in inputs["files"]]
    found = [] if diagrams else [_said("diagram-missing")]
    found += [
        _said("file-kind-unknown", file=name)
        for name in names
        if not name.endswith((DIAGRAM_SUFFIX, FORM_SUFFIX))
    ]
    found += [_said("file-twice", file=n) for n in sorted(set(names)) if names.count(n) > 1]
    if inputs["effective_on"] < inputs["today"]:
        found.append(_said("effective-past", reason=inputs["effective_on"]))
    return found


def _form(stem: str, content: bytes, law: Law) -> list[Problem]:
    """Return what keeps a form from being used: no schema, or rules that are not in force."""
    file = f"{stem}{FORM_SUFFIX}"
    try:
        form = forms.read(stem, content)
    except forms.FormBroken as broken:
        return [_said("form-broken", file=file, reason=str(broken.facts["reason"]))]
    return [
        _said("form-rule-unknown", file=file, reason=name)
        for name in form.guards
        if not law.has_rule(name)
    ]


def _drawn_twice(diagrams: Mapping[str, bytes], processes: list[str]) -> list[Problem]:
    return [
        _said("process-twice", file=file)
        for place, file in enumerate(diagrams)
        if processes[place] in processes[:place]
    ]


def _said(code: str, *, file: str = "", reason: str = "") -> Problem:
    zh, hint, en, en_hint = (text.format(file=file, reason=reason) for text in WORDS[code])
    return {
        "file": file,
        "line": 1 if file else 0,
        "element": "",
        "code": code,
        "message": zh,
        "hint": hint,
        "severity": "error",
        **_english(en, en_hint),
    }


def _english(message: str, hint: str) -> Problem:
    """Return the same words for readers of English: the record cannot know who will read it."""
    return {"message_en": message, "hint_en": hint}
