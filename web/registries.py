"""Registries: browse, one row with all it ever was, upload with the difference shown first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.registry import export
from engine.registry.columns import COLUMNS, REMOVAL, Column
from engine.registry.diff import Diff
from engine.registry.filters import Filters
from engine.registry.types import Carrier, InspectorClass, RegistryKind, Row, Subject
from engine.store import readings, registry
from engine.store.database import Connection
from web import files, imports, limits
from web.access import KEEPERS, STAFF, allow, signed_in
from web.language import gettext as _
from web.site import site

registries = Blueprint("registries", __name__, url_prefix="/registries")

NAMES: Mapping[RegistryKind, Any] = {
    RegistryKind.SUBJECTS: _l("检查对象名录库"),
    RegistryKind.CARRIERS: _l("行为载体名录库"),
    RegistryKind.INSPECTORS: _l("执法检查人员名录库"),
    RegistryKind.ITEMS: _l("抽查事项清单"),
    RegistryKind.INSTITUTIONS: _l("委托专业机构名录"),
}
# The columns of the table; the page of one row has all of them.
IN_BRIEF: Mapping[RegistryKind, tuple[str, ...]] = {
    RegistryKind.SUBJECTS: ("name", "subject_id", "kind", "status", "risk_tier", "district"),
    RegistryKind.CARRIERS: ("name", "carrier_id", "carrier_type", "risk_tier", "status"),
    RegistryKind.INSPECTORS: (
        "name",
        "department",
        "inspector_class",
        "certificate_until",
        "status",
    ),
    RegistryKind.ITEMS: ("name", "item_code", "item_class", "department", "ratio", "status"),
    RegistryKind.INSTITUTIONS: (
        "name",
        "department",
        "qualification_until",
        "contract_no",
        "contract_until",
        "status",
    ),
}
FILTER_WORDS = {
    "tier": "tiers",
    "status": "statuses",
    "department": "departments",
    "category": "categories",
    "class": "inspector_classes",
    "item": "items",
}
SHOWN_CHANGES = 100
PAGE = 50


@registries.get("")
@allow(STAFF)
def index() -> str:
    me = signed_in()
    with site().store.read() as tx:
        counts = {kind: registry.count(tx, me.jurisdiction, kind) for kind in RegistryKind}
        batches = registry.batches(tx, me.jurisdiction, limit=20)
    return render_template("registries/index.html", counts=counts, batches=batches, names=NAMES)


@registries.get("/<kind>")
@allow(STAFF)
def browse(kind: str) -> str:
    which, me = _kind(kind), signed_in()
    filters = _filters()
    with site().store.read() as tx:
        page = registry.page(
            tx,
            me.jurisdiction,
            which,
            filters=filters,
            after=request.args.get("after", ""),
            limit=PAGE,
        )
        total = registry.count(tx, me.jurisdiction, which, filters=filters)
    return render_template(
        "registries/browse.html",
        kind=which,
        names=NAMES,
        columns=_columns(which, IN_BRIEF[which]),
        classes=[each.value for each in InspectorClass],
        page=page,
        total=total,
    )


@registries.get("/<kind>/template.csv")
@allow(STAFF)
def template(kind: str) -> Response:
    which = _kind(kind)
    return _csv(export.template(which), which)


@registries.get("/<kind>/rows/<path:row_id>")
@allow(STAFF)
def row(kind: str, row_id: str) -> str:
    """One row: as it reads today, every reading it ever had, every case about it (一户一档)."""
    which, me = _kind(kind), signed_in()
    with site().store.read() as tx:
        stands = registry.history(tx, me.jurisdiction, which, row_id)
        archive = readings.archive_of(tx, row_id) if which is RegistryKind.SUBJECTS else ()
        linked = _linked(tx, stands[-1].row) if stands else {}
        batches = {each.number: each for each in registry.batches(tx, me.jurisdiction, which)}
    if not stands:
        raise NotFound
    return render_template(
        "registries/row.html",
        kind=which,
        names=NAMES,
        columns=_columns(which, None),
        stands=stands,
        archive=[each for each in archive if each.jurisdiction == me.jurisdiction],
        personal=_sees_personal(stands[-1].row),
        linked=linked,
        batches=batches,
    )


@registries.get("/<kind>/upload")
@allow(KEEPERS)
def choose_file(kind: str) -> str:
    return render_template("registries/upload.html", kind=_kind(kind), names=NAMES, problems=[])


@registries.post("/<kind>/upload")
@allow(KEEPERS)
@limits.limiter.limit(limits.UPLOADS)
def preview(kind: str) -> str | tuple[str, int]:
    """Read a file and show what it would change; nothing counts yet."""
    which = _kind(kind)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        problems = [("file", _("请选择文件。"))]
        page = render_template("registries/upload.html", kind=which, names=NAMES, problems=problems)
        return page, 422
    name = files.plain_name(upload.filename)
    stored = files.keep(site().settings.var / "files", upload.stream)
    supplement = request.form.get("supplement") == "yes"
    offered = imports.read(signed_in(), which, stored.sha256, name, supplement=supplement)
    page = render_template(
        "registries/preview.html",
        kind=which,
        names=NAMES,
        offered=offered,
        changes=list(islice(_changes(which, offered.diff), SHOWN_CHANGES)),
    )
    return page, 200 if offered.may_count else 422


@registries.post("/<kind>/apply")
@allow(KEEPERS)
def apply(kind: str) -> Response:
    """Make a file count that was shown before, against the registry it was shown against."""
    which, me = _kind(kind), signed_in()
    offered = imports.read(
        me,
        which,
        request.form.get("sha256", ""),
        request.form.get("filename", ""),
        supplement=request.form.get("supplement") == "yes",
    )
    handled = imports.apply(
        me,
        offered,
        shown=request.form.get("before", ""),
        source=request.form.get("source", "")[:500],
    )
    flash(_("已提交名录批次 %(number)s，写入后生效。", number=handled.number))
    return redirect(url_for("cases.show", number=handled.number), 303)


def _kind(written: str) -> RegistryKind:
    try:
        return RegistryKind(written)
    except ValueError:
        raise NotFound from None


def _filters() -> Filters:
    words = {
        field: (value,)
        for name, field in FILTER_WORDS.items()
        if (value := request.args.get(name, "").strip())
    }
    return Filters(text=request.args.get("q", "").strip()[:100], **words)


def _columns(kind: RegistryKind, names: tuple[str, ...] | None) -> list[Column]:
    known = {column.field: column for column in COLUMNS[kind] if column.field != REMOVAL}
    return list(known.values()) if names is None else [known[name] for name in names]


def _changes(kind: RegistryKind, diff: Diff) -> Iterator[tuple[Row, str, str, str]]:
    """Yield (row, column, before, after) for every field that reads differently."""
    titles = {column.field: column.title for column in COLUMNS[kind]}
    departments = site().shelves[signed_in().jurisdiction].law.organisation.departments
    names = {code: department.name for code, department in departments.items()}
    for change in diff.changed:
        for one in change.fields:
            before, after = (export.spoken(one.field, v, names) for v in (one.before, one.after))
            yield change.after, titles.get(one.field, one.field), before, after


def _linked(tx: Connection, row: Row) -> Mapping[str, Row]:
    """Return the carriers of a subject, or the subjects of a carrier (PJ 任务 4)."""
    where = signed_in().jurisdiction
    if isinstance(row, Carrier):
        return registry.find_many(tx, where, RegistryKind.SUBJECTS, row.subjects)
    return registry.carriers_of(tx, where, row.row_id) if isinstance(row, Subject) else {}


def _sees_personal(row: Row) -> bool:
    """A data steward sees names and telephones of the own department's rows only."""
    me = signed_in()
    owners = {getattr(row, "department", None), *getattr(row, "regulators", ())}
    return me.has("process_admin") or any(me.has("steward", code) for code in owners if code)


def _csv(content: bytes, kind: RegistryKind) -> Response:
    """Send a file under its Chinese name; a header carries it encoded, beside a plain one."""
    response = Response(content, content_type="text/csv; charset=utf-8")
    names = {
        "filename": f"{kind.value}.csv",
        "filename*": f"UTF-8''{quote(f'{NAMES[kind]}.csv', safe='')}",
    }
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
