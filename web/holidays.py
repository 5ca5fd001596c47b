"""A published year of holidays: every due date that would move first; confirmed, it counts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import calendars
from rules.errors import PackProblems
from web import files, limits
from web.access import ADMIN, allow, signed_in
from web.language import gettext as _
from web.site import site

holidays = Blueprint("holidays", __name__, url_prefix="/holidays")


@holidays.get("")
@allow(ADMIN)
def choose_file() -> str:
    return render_template("admin/holidays.html", problems=[], years=_years())


@holidays.post("")
@allow(ADMIN)
@limits.limiter.limit(limits.UPLOADS)
def preview() -> str | tuple[str, int]:
    """Read a year and list every due date that would move; nothing counts yet."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _again([("file", _("请选择文件。"))])
    name = files.plain_name(upload.filename)
    stored = files.keep(site().settings.var / "files", upload.stream)
    try:
        years = _read(stored.sha256, name)
        moves = calendars.moves(site().engine, years, among=signed_in().jurisdiction)
    except PackProblems as wrong:
        return _again([("file", problem.message) for problem in wrong.problems])
    return render_template(
        "admin/holidays_moves.html", moves=moves, sha256=stored.sha256, filename=name
    )


@holidays.post("/apply")
@allow(ADMIN)
def apply() -> Response:
    """Make the year count: every case it touches records who confirmed it."""
    read = _read(request.form.get("sha256", ""), request.form.get("filename", ""))
    moved = calendars.apply(site().engine, read, by=signed_in().id, among=signed_in().jurisdiction)
    flash(_("节假日安排已生效，%(n)s 个期限已重新计算，各案件均有记录。", n=len(moved)))
    return redirect(url_for("holidays.choose_file"), 303)


def _read(sha256: str, filename: str) -> dict[str, bytes]:
    content = files.path_of(site().settings.var / "files", sha256).read_bytes()
    return calendars.read({files.plain_name(filename): content})


def _again(problems: list[tuple[str, str]]) -> tuple[str, int]:
    return render_template("admin/holidays.html", problems=problems, years=_years()), 422


def _years() -> tuple[int, ...]:
    law = site().law(signed_in().jurisdiction)
    known = set(law.calendar.years) if law else set()
    with site().store.read() as tx:
        published = calendars.published(tx, signed_in().jurisdiction)
    return tuple(sorted(known | published))
