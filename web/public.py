"""For everybody, without signing in: what was published, and how to check a draw oneself."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, send_file
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from engine.draw import verify
from engine.registry import export
from engine.store import outbox, readings
from web import limits
from web.access import PUBLIC, allow
from web.asked import Asked, asked, word
from web.forms.schema import Field
from web.language import gettext as _
from web.own_words import OWN_WORDS
from web.shown import answer
from web.site import site

public = Blueprint("public", __name__, url_prefix="/public")

KINDS: Mapping[str, Any] = {
    "plan": _l("抽查计划"),
    "task": _l("抽查任务"),
    "list": _l("检查对象名单"),
    "result": _l("抽查检查结果"),
    "measure": _l("处理措施"),
}
_NUMBER = re.compile(r"[A-Z0-9-]{3,64}")

Published = dict[str, Any]


@public.get("")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def index() -> str:
    wanted = asked()
    return render_template(
        "public/index.html",
        found=_board(wanted),
        wanted=wanted,
        kinds=KINDS,
        jurisdictions={code: shelf.law.organisation.name for code, shelf in site().shelves.items()},
    )


@public.get("/board.json")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def as_json() -> Response:
    return jsonify(records=[_open(each) for each in _board(asked())])


@public.get("/board.csv")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def as_csv() -> Response:
    """The same list for a spreadsheet; nothing in it can run as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["公示日期", "种类", "编号", "标题", "部门", "内容"])
    for each in _board(asked()):
        opened = _open(each)
        content = json.dumps(opened.pop("content"), ensure_ascii=False)
        writer.writerow([export.written(value) for value in [*opened.values(), content][:6]])
    response = Response(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="board.csv")
    return response


@public.get("/records/<uuid:case_id>/<int:seq>/<int:part>")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def record(case_id: UUID, seq: int, part: int) -> str:
    """One published record under an address that stays."""
    with site().store.read() as tx:
        found = readings.published(tx, case_id, seq, part)
    if found is None:
        raise NotFound
    content = json.loads(found.body)
    return render_template(
        "public/record.html",
        found=found,
        kinds=KINDS,
        content=_told(content, found.jurisdiction),
        has_draw=_folder(found.number) is not None,
    )


@public.get("/draws/<number>")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def draw(number: str) -> str:
    """How a draw was made and how anyone can make it again."""
    folder = _folder(number)
    if folder is None:
        raise NotFound
    evidence = json.loads((folder / "evidence.json").read_bytes())
    listed = sorted(path.name for path in folder.iterdir() if path.is_file())
    return render_template(
        "public/draw.html", number=number, facts=list(_evidence(evidence)), listed=listed
    )


@public.get("/draws/<number>/<name>")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def evidence_file(number: str, name: str) -> Response:
    folder = _folder(number)
    if folder is None or name not in {path.name for path in folder.iterdir() if path.is_file()}:
        raise NotFound
    return send_file((folder / name).absolute(), as_attachment=True, download_name=name)


@public.get("/verify.py")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def verifier() -> Response:
    """The program that checks a draw: one file, nothing but Python's own library."""
    return send_file(str(verify.__file__), as_attachment=True, download_name="verify.py")


def _board(wanted: Asked) -> list[Published]:
    kind, place = word("kind"), word("place")
    with site().store.read() as tx:
        return outbox.board(
            tx,
            jurisdiction=place if place in site().shelves else None,
            kind=kind if kind in KINDS else None,
            limit=wanted.limit,
            offset=wanted.offset,
        )


def _folder(number: str) -> Path | None:
    """Return where the evidence of a draw lies; None while there is none, or for no number."""
    folder = site().settings.var / "evidence" / number
    known = _NUMBER.fullmatch(number) and (folder / "evidence.json").is_file()
    return folder if known else None


def _evidence(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a reader compares first; the files hold everything else."""
    manifest, result = evidence.get("manifest") or {}, evidence.get("result") or {}
    yield _("抽取清单哈希"), str(evidence.get("manifest_hash", ""))
    yield _("完整名录的根"), str(manifest.get("list_root", ""))
    yield _("可抽名录的根"), str(manifest.get("elig_root", ""))
    yield _("截止时间"), str(manifest.get("cutoff", ""))
    for stratum in manifest.get("strata", ()):
        words = "；".join(f"{name} {value}" for name, value in stratum.items())
        yield _("分层"), words
    beacon = evidence.get("beacon") or {}
    for name, value in beacon.items():
        yield _("随机值") + f" {name}", str(value)
    yield _("抽取密钥"), str(result.get("key", ""))
    yield _("抽取结果哈希"), str(result.get("digest", ""))


def _told(content: Mapping[str, Any], where: str) -> list[tuple[str, str]]:
    """Return a published record question by question, in the words of the forms that asked."""
    questions = site().questions.get(where, {})
    return [
        (_title(name, questions.get(name)), answer(value, questions.get(name), where))
        for name, value in content.items()
    ]


def _title(name: str, question: Field | None) -> str:
    return _(question.title) if question else _(OWN_WORDS.get(name, name))


def _open(each: Published) -> Published:
    return {
        "published_at": each["published_at"].isoformat(),
        "kind": each["kind"],
        "number": each["number"],
        "title": each["title"],
        "department": each["department"],
        "content": each["body"],
    }
