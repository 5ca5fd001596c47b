"""The day of a draw as it is projected in a hall: what is frozen, entered, drawn, as it happens.

It only reads the case. The lead department presents it, and may open it to everybody for the
meeting. Of a surprise inspection nothing is ever projected before its end.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from engine import chances
from engine.commands import LookAtSealed
from engine.errors import ProductError
from engine.store import settings
from engine.store.database import Connection
from web import dossier, limits, streams
from web.access import PUBLIC, STAFF, allow, current_person, signed_in
from web.dossier import Dossier
from web.draw_board import read
from web.language import gettext as _
from web.site import site

draw_day = Blueprint("draw_day", __name__)

OPENED = "draw-day."  # and the case's hex: it may be seen by everybody
PROCESS = "inspection_task"
READ = limits.limiter.limit(limits.PUBLIC_PAGES)


class OnlyTheLead(ProductError):
    code = "not-allowed"
    zh = "现场抽取大屏由发起（牵头）部门演示，您不在该部门。"
    en = "The department that leads the draw presents it; you are not in it."


class SurpriseIsSilent(ProductError):
    code = "not-allowed"
    zh = "这是突击检查：最后一户检查结束以前，抽取过程和结果不作任何演示或公开。"
    en = "A surprise inspection: nothing of its draw is shown before the last visit has ended."


@draw_day.get("/draw-day/<number>")
@allow(STAFF)
def show(number: str) -> str:
    """The whole page; a plain reload shows the same as the live one."""
    with site().store.read() as tx:
        found = presented(tx, number)
        board = read(tx, found)
        is_public = _is_opened(tx, found)
    return render_template(
        "draw_day/page.html",
        board=board,
        part=url_for("draw_day.part", number=number),
        stream=url_for("draw_day.stream", number=number),
        is_public=is_public,
        presents=True,
    )


@draw_day.get("/draw-day/<number>/part")
@allow(STAFF)
def part(number: str) -> str:
    """What changes, for a browser that follows the events."""
    with site().store.read() as tx:
        return render_template("draw_day/board.html", board=read(tx, presented(tx, number)))


@draw_day.get("/draw-day/<number>/stream")
@allow(STAFF)
def stream(number: str) -> Response:
    with site().store.read() as tx:
        found = presented(tx, number)
    return streams.of_case(found.row.case_id)


@draw_day.post("/draw-day/<number>/audience")
@allow(STAFF)
def audience(number: str) -> Answer:
    """Open the page to everybody for the meeting, or close it again."""
    opens = request.form.get("public") == "yes"
    with site().store.write() as tx:
        found = presented(tx, number)
        settings.put(tx, _mark(found), "yes" if opens else "no")
    flash(_("大屏已向公众开放。") if opens else _("大屏已不再向公众开放。"))
    return redirect(url_for("draw_day.show", number=number), 303)


@draw_day.get("/public/draw-day/<number>")
@allow(PUBLIC)
@READ
def watch(number: str) -> str:
    with site().store.read() as tx:
        board = read(tx, _opened(tx, number))
    return render_template(
        "draw_day/page.html",
        board=board,
        part=url_for("draw_day.watch_part", number=number),
        stream=url_for("draw_day.watch_stream", number=number),
        is_public=True,
        presents=False,
    )


@draw_day.get("/public/draw-day/<number>/part")
@allow(PUBLIC)
@READ
def watch_part(number: str) -> str:
    with site().store.read() as tx:
        return render_template("draw_day/board.html", board=read(tx, _opened(tx, number)))


@draw_day.get("/public/draw-day/<number>/stream")
@allow(PUBLIC)
@READ
def watch_stream(number: str) -> Response:
    with site().store.read() as tx:
        found = _opened(tx, number)
    return streams.of_case(found.row.case_id)


def presented(tx: Connection, number: str) -> Dossier:
    """Return a task whose draw this person may present; anything else is refused or not there."""
    me = signed_in()
    found = dossier.find(tx, number, me)
    if found.row.process != PROCESS:
        raise NotFound
    case = found.state(tx)
    if not set(case.parties.get("lead", ())) & set(me.departments):
        raise OnlyTheLead
    _require_open(found, tx)
    return found


def may_present(found: Dossier, departments: set[str]) -> bool:
    """Tell whether a link to the page makes sense for somebody of these departments."""
    is_led = found.row.process == PROCESS and found.row.lead in departments
    return is_led and found.row.closed_at is None


def _opened(tx: Connection, number: str) -> Dossier:
    """Return a task that its lead has opened to everybody; any other is not there."""
    found = dossier.find(tx, number, None)
    if found.row.process != PROCESS or not _is_opened(tx, found):
        raise NotFound
    _require_open(found, tx)
    return found


def _require_open(found: Dossier, tx: Connection) -> None:
    """Refuse a surprise inspection; a look at what is already drawn stays in its history."""
    case = found.state(tx)
    person = current_person()
    if person is not None and "draw" in case.fields and chances.is_sealed(case):
        site().engine.handle(LookAtSealed(case_id=case.case_id, actor=person.id))
    is_surprise = case.fields.get("surprise") and case.fields.get("surprise_approved") is not False
    if is_surprise and not case.is_closed and "seal_opened_on" not in case.fields:
        raise SurpriseIsSilent


def _mark(found: Dossier) -> str:
    return OPENED + found.row.case_id.hex[:30]


def _is_opened(tx: Connection, found: Dossier) -> bool:
    return settings.get(tx, _mark(found)) == "yes"
