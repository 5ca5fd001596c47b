"""Cases: the list, one case with its diagram and its history, opening one, remarks, attachments."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine.case import Case
from engine.commands import AddComment
from engine.errors import ProductError
from engine.store import readings, shelf, worklists
from engine.store.database import Connection
from engine.store.people import Person
from engine.store.readings import CaseRow
from web import agendas, checklists, dockets, dossier, opening, releases, replacements, reviewing
from web.access import STAFF, allow, signed_in
from web.asked import asked, word
from web.draw_day import may_present
from web.language import gettext as _
from web.personal import withheld_in
from web.plans import PLANS
from web.recorded import recorded
from web.replay import Picture, pictures
from web.site import site
from web.told import Told
from web.words import documents_in

cases = Blueprint("cases", __name__, url_prefix="/cases")

STANDS = {"open": _l("办理中"), "closed": _l("已办结")}

LONGEST_REMARK = 2000


class RemarkUnfit(ProductError):
    code = "remark-unfit"
    zh = "请填写批注；批注最多 {most} 个字，没有记入。"
    en = "Write a remark of at most {most} characters; nothing was recorded."


@cases.get("")
@allow(STAFF)
def index() -> str:
    here, me, wanted = site(), signed_in(), asked()
    process, stands = word("process"), word("stands")
    with here.store.read() as tx:
        found = readings.cases_page(
            tx,
            me.jurisdiction,
            processes=(process,) if process else (),
            lead=word("lead"),
            search=wanted.search or None,
            is_open=None if stands is None else stands == "open",
            limit=wanted.limit,
            offset=wanted.offset,
        )
    return render_template("cases/index.html", found=found, wanted=wanted, stands=STANDS)


@cases.get("/new")
@allow(STAFF)
def new() -> str:
    return _openings(opening.offers(signed_in()), [])


@cases.post("/new")
@allow(STAFF)
def open_case() -> Response | tuple[str, int]:
    me = signed_in()
    command, problems = opening.command(me)
    if command is None:
        return _openings(opening.offers(me), problems), 422
    handled = site().engine.handle(command)
    flash(_("已立案：%(number)s", number=handled.number))
    return redirect(url_for("cases.show", number=handled.number), 303)


@cases.get("/<number>")
@allow(STAFF)
def show(number: str) -> str:
    me = signed_in()
    with site().store.read() as tx:
        found = dossier.find(tx, number, me)
        case = found.state(tx)
        records = found.records(tx)
        teller = found.teller(tx, records, case.fields)
        told = [teller.tell(record) for record in records]
        return render_template(
            "cases/case.html",
            found=found,
            case=case,
            told=told,
            recorded=recorded(teller.words, case.fields, records, told),
            documents=documents_in(case.fields),
            words=teller.words,
            has_personal=bool(withheld_in(case)),
            work=worklists.open_tasks(tx, case.case_id),
            timers=readings.timers_of(tx, case.case_id),
            progress=readings.progress(tx, case.case_id),
            children=readings.children(tx, case.case_id),
            docket=dockets.listed(case),
            sheets=checklists.sheets(case, teller.words),
            release_problems=releases.problems_in(case.fields),
            review=reviewing.of(tx, case, found.version),
            released=shelf.released_by(tx, case.case_id) if _releases(case) else (),
            replaced=replacements.of_task(tx, case.jurisdiction, case.case_id),
            computing=readings.work_of(tx, case.case_id),
            refusals=readings.refusals_of(tx, case.case_id),
            parent=_parent(tx, found.row),
            mine=_mine(case, me),
            presents=may_present(found, set(me.departments)),
            makes_tasks=found.row.process in PLANS and _makes_tasks(case, me),
            may_replace=_may_replace(case, me),
        )


@cases.get("/<number>/steps/<int:seq>")
@allow(STAFF)
def step(number: str, seq: int) -> str:
    """Show one step: what a person or the clock put in, and everything that followed from it."""
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
        records = found.records(tx)
        case = found.state(tx)
        teller = found.teller(tx, records, case.fields)
        told = _step(tuple(teller.tell(record) for record in records), seq)
        work = worklists.open_tasks(tx, found.row.case_id)
        mine = _mine(case, signed_in())
    return render_template("cases/step.html", found=found, told=told, work=work, mine=mine)


@cases.get("/<number>/diagram.bpmn")
@allow(STAFF)
def diagram(number: str) -> Response:
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
    return Response(found.version.definition.source, content_type="application/xml; charset=utf-8")


@cases.get("/<number>/events.json")
@allow(STAFF)
def events(number: str) -> Response:
    """The history as the replay viewer reads it: each event with the picture after it.

    Where an auditor steps through it, an event leads to its bytes and its place in the chain."""
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
        records = found.records(tx)
        teller = found.teller(tx, records, {})
        return jsonify(
            events=[
                _frame(teller.tell(record), picture, _place_of(record.seq, number))
                for record, _case, picture in pictures(records, found.version)
            ]
        )


@cases.post("/<number>/comments")
@allow(STAFF)
def comment(number: str) -> Response:
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    me = signed_in()
    with site().store.read() as tx:
        found = dossier.find(tx, number, me)
    if not 0 < len(text) <= LONGEST_REMARK:
        raise RemarkUnfit(most=LONGEST_REMARK)
    site().engine.handle(AddComment(case_id=found.row.case_id, actor=me.id, text=text))
    flash(_("批注已记入案件历史。"))
    return redirect(url_for("cases.show", number=number) + "#history", 303)


def _openings(offers: Sequence[opening.Offer], problems: Sequence[tuple[str, str]]) -> str:
    return render_template(
        "cases/new.html", offers=offers, groups=agendas.grouped(offers), problems=problems
    )


def _mine(case: Case, person: Person) -> set[tuple[str, str]]:
    """Return the open tasks of a case that this person may do."""
    seats = set(person.seats)
    return {slot for slot, offer in case.offers.items() if seats & set(offer.seats)}


def _releases(case: Case) -> bool:
    return case.process == releases.PROCESS and case.is_closed


def _makes_tasks(case: Case, person: Person) -> bool:
    """Tell whether this plan is approved and the reader may open tasks of it."""
    if not case.is_closed or not case.fields.get("plan_approved"):
        return False
    return any(offer.process == "inspection_task" for offer in opening.offers(person))


def _may_replace(case: Case, person: Person) -> bool:
    """Tell whether visits of this draw are under way and the reader leads it."""
    if case.process != "inspection_task" or case.is_closed:
        return False
    if "inspections_opened_on" not in case.fields:
        return False
    seats = {f"{department}/handler" for department in case.parties.get("lead", ())}
    return bool(seats & set(person.seats))


def _place_of(seq: int, number: str) -> str:
    if request.args.get("audit"):
        return url_for("audit.show", number=number, step=seq, _anchor="event")
    return url_for("cases.step", number=number, seq=seq)


def _frame(told: Told, picture: Picture, href: str) -> dict[str, object]:
    return {
        "seq": told.seq,
        "kind": told.kind,
        "label": told.label,
        "element": told.element,
        "at": told.at.isoformat(),
        "actor": told.who or None,
        "role": "consequence" if told.follows else "input",
        "href": href,
        "state": picture.record(),
    }


def _parent(tx: Connection, row: CaseRow) -> CaseRow | None:
    return None if row.parent_id is None else readings.case_by_id(tx, row.parent_id)


def _step(told: tuple[Told, ...], seq: int) -> tuple[Told, ...]:
    """Return the input at or before `seq` with what followed from it."""
    start = max((each.seq for each in told if each.seq <= seq and not each.follows), default=1)
    group = [told[start - 1]] if told else []
    for each in told[start:]:
        if not each.follows:
            break
        group.append(each)
    return tuple(group)
