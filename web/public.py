"""For everybody, without signing in: what was published, and how to check a draw oneself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from engine.clock import instant
from engine.registry import export
from engine.registry.types import RegistryKind
from engine.services import publication
from engine.store import outbox, readings, registry
from engine.store.database import Connection
from web import limits, shown
from web.access import PUBLIC, allow
from web.asked import Asked, asked, word
from web.choices import Choices
from web.draws import folder_of, winners_of
from web.forms.schema import Field
from web.language import gettext as _
from web.own_words import OWN_WORDS
from web.site import site

public = Blueprint("public", __name__, url_prefix="/public")

KINDS: Mapping[str, Any] = {
    "plan": _l("抽查计划"),
    "manifest": _l("抽取清单"),
    "task": _l("抽查任务"),
    "empty_task": _l("抽查对象为空"),
    "list": _l("检查对象名单"),
    "result": _l("抽查检查结果"),
    "measure": _l("处理措施"),
    "item_list": _l("抽查事项清单"),
    "inspection_rules": _l("抽查工作细则"),
    "scheme": _l("实施方案"),
    "material": _l("其他公示"),
    "correction": _l("公示更正"),
    "withdrawal": _l("公示撤回"),
}
Published = dict[str, Any]
# What a manifest is published for: whoever notes it before the value can hold the draw to it.
ANCHORS = frozenset({"manifest_hash", "frame_changes_file"})
MOMENTS = frozenset({"cutoff", "reveal_by", "campaign_until"})
# The order in which each kind of record is told: that of its publication.
ORDER: Mapping[str, tuple[str, ...]] = {
    "manifest": (
        "disclosure",
        "task_name",
        "draw_campaign",
        "draw_campaign_tasks",
        "replacement_kind",
        "replacement_cause",
        "lost_count",
        "items",
        "manifest_seq",
        "manifest_state",
        "withdrawal_reason",
        "void_reason",
        "manifest_hash",
        "frame_total",
        "frame_eligible",
        "frame_changes_told",
        "frame_changes_file",
        "sample_size",
        "cutoff",
        "promises",
        "reveal_by",
        "campaign_until",
        "beacon_kind",
        "beacon_round",
        "beacon_rounds",
    ),
    "plan": publication.PLAN,
    "task": (*publication.TASK, *publication.OF_PLAN),
    "empty_task": (*publication.EMPTY_TASK, *publication.OF_PLAN),
    "result": publication.RESULT,
    "measure": publication.MEASURE,
    "scheme": publication.SCHEME,
    "inspection_rules": publication.INSPECTION_RULES,
    "item_list": publication.ITEM_LIST,
    "material": publication.MATERIAL,
    "correction": publication.CORRECTION,
    "withdrawal": publication.WITHDRAWAL,
}


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
        choices = Choices(tx=tx, where=found.jurisdiction, fields={})
        content = list(_told(found.kind, json.loads(found.body), choices))
        drawn = _drawn(tx, found.jurisdiction, found.number) if found.kind == "task" else []
    return render_template(
        "public/record.html", found=found, kinds=KINDS, content=content, drawn=drawn
    )


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


def _told(kind: str, content: Mapping[str, Any], choices: Choices) -> Iterator[tuple[str, str]]:
    """Yield a published record question by question, in the order in which it was decided.

    Hashes and tables of the draw have a page of their own; the JSON of the board has them all.
    """
    questions = site().questions.get(choices.where, {})
    order = {name: place for place, name in enumerate(ORDER.get(kind, ()))}
    for name in sorted(content, key=lambda each: order.get(each, len(order))):
        question, value = questions.get(name), content[name]
        if name in MOMENTS:
            yield _title(name, question), shown.instant(instant(str(value)))
        elif kind == "manifest" and name in ANCHORS:
            yield _title(name, question), str(value)
        elif question is not None or not _is_technical(value):
            yield (
                _title(name, question),
                choices.words(value, question or _ask(name), choices.where),
            )


def _is_technical(value: Any) -> bool:
    nested = isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict) for each in value)
    )
    return nested or (isinstance(value, str) and len(value) == 64)


def _ask(name: str) -> Field | None:
    widget = "items" if name == "items" else None
    if widget is None:
        return None
    return Field(path=name, title="", help="", widget=widget, required=False, schema={})


def _drawn(tx: Connection, where: str, number: str) -> list[tuple[str, str, str]]:
    """Return (stratum, number, name) of every subject a published draw has drawn."""
    folder = folder_of(number)
    if folder is None:
        return []
    winners = winners_of(json.loads((folder / "evidence.json").read_bytes()))
    units = [winner.unit for winner in winners]
    kinds = (RegistryKind.SUBJECTS, RegistryKind.CARRIERS)
    names = {
        unit: row.name
        for kind in kinds
        for unit, row in registry.find_many(tx, where, kind, units).items()
    }
    return [(each.stratum, each.unit, names.get(each.unit, "")) for each in winners]


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
