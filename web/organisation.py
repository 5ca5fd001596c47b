"""Departments and who stands in for whom: merging, renaming, and people who leave."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine import departures, handover
from engine.errors import ProductError
from engine.store import people, successions
from engine.store.people import Person
from engine.store.successions import Succession
from web.access import ADMIN, STAFF, allow, signed_in
from web.asked import NotADay, day
from web.language import gettext as _
from web.language import language
from web.registries import NAMES
from web.site import site

organisation = Blueprint("organisation", __name__, url_prefix="/organisation")

Page = str | Response | tuple[str, int]


@organisation.get("")
@allow(STAFF)
def index() -> str:
    """Show the departments with their people and tasks, the roles, and every succession."""
    here, me = site(), signed_in()
    law = here.shelves[me.jurisdiction].law
    with here.store.read() as tx:
        return render_template(
            "organisation/index.html",
            departments=law.organisation.departments.values(),
            roles=law.organisation.roles.values(),
            heads=successions.head_counts(tx, me.jurisdiction, at=here.now()),
            tasks=successions.task_counts(tx, me.jurisdiction),
            known={each.former: each for each in successions.known(tx, me.jurisdiction)},
            keeper=me.has("process_admin"),
        )


@organisation.get("/merge")
@allow(ADMIN)
def merge() -> str:
    return render_template("organisation/merge.html", problems=[], **_choices())


@organisation.post("/merge")
@allow(ADMIN)
def preview_merge() -> Page:
    """Show every case, person and row that would go over; a second press confirms."""
    try:
        asked = _asked()
        if request.form.get("_do") == "confirm":
            handover.apply(site().engine, asked)
            flash(_("已登记划转，在办任务、人员和名录按生效日期交接。"))
            return redirect(url_for("organisation.index"), 303)
        found = handover.preview(site().engine, asked)
    except ProductError as wrong:
        problems = [("basis", wrong.sentence(language()))]
        return render_template("organisation/merge.html", problems=problems, **_choices()), 422
    return render_template(
        "organisation/merge_preview.html", asked=asked, found=found, registry_names=NAMES
    )


@organisation.get("/people/<login>")
@allow(ADMIN)
def leave(login: str) -> str:
    leaver = _known(login)
    found = departures.of_person(site().engine, leaver)
    return render_template(
        "organisation/leave.html",
        person=leaver,
        found=found,
        problems=[],
        colleagues=_colleagues(leaver),
    )


@organisation.post("/people/<login>")
@allow(ADMIN)
def confirm_leave(login: str) -> Page:
    """Free what somebody holds and put the successor in their place; each case records it."""
    leaver = _known(login)
    heir = request.form.get("successor", "")
    try:
        found = departures.replace_person(
            site().engine,
            leaver,
            _known(heir) if heir else None,
            reason=request.form.get("reason", ""),
            by=signed_in().id,
            closes_account=request.form.get("leaves") == "yes",
        )
    except ProductError as wrong:
        problems = [(getattr(wrong, "field", "reason"), wrong.sentence(language()))]
        return render_template(
            "organisation/leave.html",
            person=leaver,
            found=departures.of_person(site().engine, leaver),
            problems=problems,
            colleagues=_colleagues(leaver),
        ), 422
    flash(_("已交接 %(n)s 件案件，各案件均有记录。", n=len(found.cases)))
    return redirect(url_for("admin.person_page", login=login), 303)


def _asked() -> Succession:
    me = signed_in()
    written = request.form.get("effective_on", "").strip()
    effective = day(written) if written else None
    if written and effective is None:
        raise NotADay(day=written[:40])
    return handover.wanted(
        site().engine,
        me.jurisdiction,
        former=request.form.get("former", ""),
        successor=request.form.get("successor", ""),
        basis=request.form.get("basis", ""),
        effective_on=effective,
        with_people=request.form.get("with_people") == "yes",
        by=me.id,
    )


def _choices() -> dict[str, object]:
    law = site().shelves[signed_in().jurisdiction].law
    named = [(code, each.name) for code, each in law.organisation.departments.items()]
    return {"departments": named, "given": request.form}


def _known(login: str) -> Person:
    here = site()
    with here.store.read() as tx:
        found = people.by_login(tx, login, at=here.now())
    if found is None or found.jurisdiction != signed_in().jurisdiction:
        raise NotFound
    return found


def _colleagues(leaver: Person) -> list[tuple[str, str]]:
    """Return who may take a place: people in a seat of the leaver's who are still here."""
    here = site()
    with here.store.read() as tx:
        listed = people.everyone(tx, leaver.jurisdiction, at=here.now())
    return [
        (each.login, f"{each.name}（{each.login}）")
        for each in listed
        if each.id != leaver.id
        and not each.disabled
        and set(each.seats) & set(leaver.seats)
        and (each.inspector_id is not None or leaver.inspector_id is None)
    ]
