"""My tasks: find one, take it, fill it in, check the answers, hand it in."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import clock
from engine.commands import ClaimTask, CompleteTask, ReleaseTask, SupplyFacts, TransferTask
from engine.errors import ProductError, Refusal, TaskNotOpen
from engine.history import address, canonical
from engine.store import drafts, worklists
from web import desk, dossier, promises, returned, unassigned, unsent
from web.access import STAFF, allow, signed_in
from web.asked import asked, word
from web.desk import Desk
from web.dossier import actor_of
from web.errors import status_of
from web.forms import check, rows
from web.forms.check import Problem
from web.language import gettext as _
from web.language import language
from web.named import named
from web.site import site

tasks = Blueprint("tasks", __name__, url_prefix="/tasks")

Page = str | Response | tuple[str, int]
STAY = frozenset(
    {
        "rule-broken",
        "reason-required",
        "facts-needed",
        "beacon-mismatch",
        "form-invalid",
        "draw-moment",
    }
)


class OldAnswers(ProductError):
    code = "answers-changed"
    zh = "核对后答案又有改动，请重新核对。"
    en = "The answers were changed after the check; check them again."


@tasks.get("")
@allow(STAFF)
def inbox() -> str:
    here, me, wanted = site(), signed_in(), asked()
    late = here.now() if request.args.get("late") else None
    with here.store.read() as tx:
        found = worklists.worklist_page(
            tx,
            actor_of(me),
            me.jurisdiction,
            process=word("process"),
            search=wanted.search or None,
            overdue_at=late,
            limit=wanted.limit,
            offset=wanted.offset,
        )
        total = worklists.worklist_count(tx, actor_of(me), me.jurisdiction)
        again = returned.again(tx, found)
        nobodys = unassigned.reminder(tx, me)
    return render_template(
        "tasks/inbox.html", found=found, total=total, wanted=wanted, nobodys=nobodys, again=again
    )


@tasks.get("/<number>/<path:element>")
@allow(STAFF)
def show(number: str, element: str) -> str:
    with desk.opened(number, element, signed_in()) as place:
        return _page(place, place.answers())


@tasks.post("/<number>/<path:element>")
@allow(STAFF)
def act(number: str, element: str) -> Page:
    """Fill in: keep a draft, change rows, or hand in; nothing typed is ever lost."""
    try:
        return _act(number, element)
    except TaskNotOpen as closed:
        _try_again(number, element)
        return _too_late(number, element, closed)


def _too_late(number: str, path: str, closed: TaskNotOpen) -> Page:
    """Say who did it meanwhile, and give back what was written."""
    page = render_template(
        "error.html",
        status=status_of(closed),
        code=closed.code,
        sentence=named(closed.sentence(language())),
        unsent=unsent.of(number, path, signed_in()),
    )
    return page, status_of(closed)


def _try_again(number: str, path: str) -> None:
    """Hand a closed step of a draw in all the same: the engine says why not, and keeps the try."""
    element, _at, key = path.partition("@")
    me = signed_in()
    with site().store.read() as tx:
        found = dossier.find(tx, number, me)
    known = found.version.definition.nodes
    form = found.version.form_of(element) if element in known else None
    if form is None or "x-docket" not in form.schema:
        return
    open_fields = set(form.schema.get("properties", ())) - form.personal - form.sealed
    data = {name: text for name, text in request.form.items() if name in open_fields and text}
    site().engine.handle(
        CompleteTask(case_id=found.row.case_id, actor=me.id, element=element, key=key, data=data)
    )


def _act(number: str, element: str) -> Page:
    action = request.form.get("_do", "submit")
    with desk.opened(number, element, signed_in()) as place:
        answers = place.posted(blank_rows=rows.is_edit(action))
        if rows.is_edit(action) and place.form:
            return _page(place, rows.edited(place.form, answers, action))
        if action in ("draft", "claim"):
            place.keep(answers)
            flash(_("草稿已保存。") if action == "draft" else _taken(place))
            return redirect(place.address(), 303)
        found = check.problems(place.form, answers, today=_today()) if place.form else ()
        found = found or place.not_offered(answers)
        if found:
            return _page(place, answers, found), 422
        if place.form and place.form.confirm:
            place.keep(answers)
            return redirect(place.address("check"), 303)
    return _hand_in(place, answers)


def _today() -> date:
    return clock.legal_day(site().now())


@tasks.get("/<number>/<path:element>/check")
@allow(STAFF)
def check_answers(number: str, element: str) -> Page:
    """Show every answer once more before what cannot be undone."""
    with desk.opened(number, element, signed_in()) as place:
        answers = place.answers()
        if place.form is None or check.problems(place.form, answers, today=_today()):
            return redirect(place.address(), 303)
        if place.not_offered(answers):  # retired since the draft was kept
            return redirect(place.address(), 303)
        seal = address(canonical(answers))
        return render_template("tasks/check.html", place=place, answers=answers, seal=seal)


@tasks.post("/<number>/<path:element>/check")
@allow(STAFF)
def confirm(number: str, element: str) -> Page:
    try:
        with desk.opened(number, element, signed_in()) as place:
            answers = place.answers()
            if request.form.get("seal") != address(canonical(answers)):
                raise OldAnswers
        return _hand_in(place, answers)
    except TaskNotOpen as closed:
        return _too_late(number, element, closed)


def _hand_in(place: Desk, answers: drafts.Answers) -> Page:
    """Send the one command; what the rules refuse comes back with everything still filled in."""
    here, me = site(), signed_in()
    command = CompleteTask(
        case_id=place.case_id,
        actor=me.id,
        element=place.element,
        key=place.key,
        data=answers,
        turn=place.turn_seen(),
    )
    try:
        handled = here.engine.handle(command)
    except Refusal as refused:
        if refused.code not in STAY:
            raise
        with desk.opened(place.number, place.path, me) as again:
            again.keep(answers)
            return _page(again, answers, tuple(again.problems(refused))), status_of(refused)
    flash(_("「%(task)s」已办理。", task=place.title))
    first = handled.records[0].seq
    return redirect(url_for("cases.step", number=place.number, seq=first), 303)


@tasks.post("/<number>/<path:element>/claim")
@allow(STAFF)
def claim(number: str, element: str) -> Page:
    place = _addressed(number, element)
    flash(_taken(place))
    return redirect(place.address(), 303)


def _taken(place: Desk) -> str:
    """Take the task, and say so."""
    command = ClaimTask(
        case_id=place.case_id, actor=signed_in().id, element=place.element, key=place.key
    )
    site().engine.handle(command)
    return _("已领取，由您办理。")


@tasks.post("/<number>/<path:element>/release")
@allow(STAFF)
def release(number: str, element: str) -> Page:
    place = _addressed(number, element)
    site().engine.handle(
        ReleaseTask(
            case_id=place.case_id,
            actor=signed_in().id,
            element=place.element,
            key=place.key,
            reason=request.form.get("reason", "").strip(),
        )
    )
    flash(_("已退回待办，同岗位的人都可以领取。"))
    return redirect(url_for("tasks.inbox"), 303)


@tasks.post("/<number>/<path:element>/transfer")
@allow(STAFF)
def transfer(number: str, element: str) -> Page:
    place = _addressed(number, element)
    site().engine.handle(
        TransferTask(
            case_id=place.case_id,
            actor=signed_in().id,
            element=place.element,
            key=place.key,
            to=request.form.get("to", ""),
            reason=request.form.get("reason", "").strip(),
        )
    )
    flash(_("已转办。"))
    return redirect(url_for("tasks.inbox"), 303)


@tasks.post("/<number>/<path:element>/facts")
@allow(STAFF)
def supply(number: str, element: str) -> Page:
    """Answer what a rule or a gateway still waits for."""
    with desk.opened(number, element, signed_in()) as place:
        fields = place.supplied()
    command = SupplyFacts(
        case_id=place.case_id,
        actor=signed_in().id,
        element=place.element,
        key=place.key,
        fields=fields,
    )
    handled = site().engine.handle(command)
    flash(_("已补充，案件继续办理。"))
    return redirect(url_for("cases.step", number=number, seq=handled.records[0].seq), 303)


def _addressed(number: str, element: str) -> Desk:
    with desk.opened(number, element, signed_in()) as place:
        return place


def _page(place: Desk, answers: drafts.Answers, found: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "tasks/task.html",
        place=place,
        promise_bits=promises.BITS,
        answers=answers,
        wrong={each.path: each.message for each in found},
        problems=[(each.path, each.message) for each in found],
    )
