"""The rules as people read and write them: the files, one rule, and a check of a new text."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from engine.errors import ProductError
from rules import pack
from rules.errors import Problem
from rules.language.phrase import said
from rules.language.words import keywords
from rules.pack import Law
from web import limits
from web.access import STAFF, STUDIO, allow, signed_in
from web.site import site

rulebook = Blueprint("rulebook", __name__, url_prefix="/studio/rules")

TEXT_LIMIT = 1024 * 1024
_BLOCK = re.compile(r"^(?:规则|例外|决策表)\s+(\S+)")


class UnknownRule(ProductError):
    code = "not-found"
    zh = "规则包里没有「{name}」。"
    en = "The rule pack has no “{name}”."


@rulebook.get("")
@allow(STAFF)
def index() -> str:
    """List the files of the pack and the rules in them; the search looks into both."""
    law = _law()
    wanted = request.args.get("q", "").strip()[:60]
    names = [name for name in law.rule_names if wanted in name]
    return render_template(
        "rulebook/index.html", paths=_texts(law), rules=[law.rule(name) for name in names]
    )


@rulebook.get("/named/<name>")
@allow(STAFF)
def rule(name: str) -> str:
    law = _law()
    if not law.has_rule(name):
        raise UnknownRule(name=name)
    found = law.rule(name)
    return render_template("rulebook/rule.html", rule=found, text=_block(law, found.file, name))


@rulebook.get("/files/<path:path>")
@allow(STAFF)
def text(path: str) -> str:
    law = _law()
    if path not in _texts(law):
        raise UnknownRule(name=path)
    content = law.files[path].decode("utf-8-sig")
    return render_template("rulebook/file.html", path=path, content=content, problems=None)


@rulebook.post("/files/<path:path>")
@allow(STUDIO)
@limits.limiter.limit(limits.CHECKS)
def check(path: str) -> str | tuple[str, int]:
    """Check a changed text in its place among the other files of the pack; nothing is stored."""
    law = _law()
    if path not in _texts(law):
        raise UnknownRule(name=path)
    written = request.form.get("text", "").replace("\r\n", "\n")
    found = problems_of(law, path, written.encode())
    wrong = any(each["severity"] == "error" for each in found)
    page = render_template("rulebook/file.html", path=path, content=written, problems=found)
    return page, 422 if wrong else 200


@rulebook.get("/words.json")
@allow(STUDIO)
def words() -> Response:
    """What the editor completes: the words of the language and the terms of the packs.

    A fact is offered as a value and as a sentence: 检查的已备案, 检查 已备案."""
    declared = _law().program.names.terms
    terms = [{"value": path, "label": str(term.type)} for path, term in declared.items()]
    facts = [path for path, term in declared.items() if term.type.truth and "的" in path]
    terms += [{"value": said(path), "label": str(declared[path].type)} for path in facts]
    return jsonify(keywords=sorted(keywords()), terms=terms)


def problems_of(law: Law, path: str, content: bytes) -> list[dict[str, Any]]:
    """Return what is wrong with one file, read together with the rest of its pack."""
    _law, found = pack.examine({**law.files, path: content}, law.jurisdiction)
    return [_record(each) for each in found if each.file in (path, "")]


def _record(found: Problem) -> dict[str, Any]:
    return {
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "element": None,
        "code": found.code,
        "message": found.message,
        "hint": found.hint,
        "severity": found.severity,
    }


def _law() -> Law:
    return site().shelves[signed_in().jurisdiction].law


def _texts(law: Law) -> list[str]:
    return sorted(path for path in law.files if path.endswith(".md"))


def _block(law: Law, path: str, name: str) -> str:
    """Return the lines of one rule as they stand in its file, from its heading word to 结束."""
    lines = law.files.get(path, b"").decode("utf-8-sig").splitlines()
    start = next((n for n, line in enumerate(lines) if _names(line, name)), None)
    if start is None:
        return ""
    end = next((n for n in range(start, len(lines)) if lines[n].strip() == "结束"), len(lines) - 1)
    return "\n".join(lines[start : end + 1])


def _names(line: str, name: str) -> bool:
    found = _BLOCK.match(line.strip())
    return found is not None and found[1] == name
