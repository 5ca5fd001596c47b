"""Plans and tasks of a jurisdiction, and the board of what is overdue."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from engine.store import readings, worklists
from web.access import STAFF, allow, signed_in
from web.asked import asked, word
from web.site import site

plans = Blueprint("plans", __name__, url_prefix="/plans")

PLANS = ("joint_plan", "annual_plan", "ad_hoc_plan", "plan_amendment")
TASKS = ("inspection_task",)
SHOWN = {"plans": _l("计划"), "tasks": _l("任务")}


@plans.get("")
@allow(STAFF)
def index() -> str:
    """List plans, or the tasks made from them; filters are in the address."""
    here, me, wanted = site(), signed_in(), asked()
    shown = "tasks" if request.args.get("show") == "tasks" else "plans"
    with here.store.read() as tx:
        found = readings.cases_page(
            tx,
            me.jurisdiction,
            processes=TASKS if shown == "tasks" else PLANS,
            lead=word("lead"),
            search=wanted.search or None,
            limit=wanted.limit,
            offset=wanted.offset,
        )
    return render_template("plans/index.html", found=found, wanted=wanted, shown=shown, kinds=SHOWN)


@plans.get("/overdue")
@allow(STAFF)
def overdue() -> str:
    """The board of open tasks past their legal deadline, whoever holds them."""
    here, me = site(), signed_in()
    with here.store.read() as tx:
        late = worklists.overdue(tx, me.jurisdiction, now=here.now())
    return render_template("plans/overdue.html", late=late)
