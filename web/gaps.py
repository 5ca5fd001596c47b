"""Around the registries: special and joint lists, pools of inspectors, and what is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine import clock, listings
from engine.edge import new_case_id
from engine.registry.filters import Filters
from engine.registry.lists import ListKind, RegistryList
from engine.registry.types import InspectorClass, Item, RegistryKind
from engine.store import registry, registry_gaps, registry_lists, registry_pools
from engine.store.registry_gaps import GapKind
from web.access import KEEPERS, STAFF, allow, own_department, signed_in
from web.language import gettext as _
from web.site import site

gaps = Blueprint("gaps", __name__, url_prefix="/registries")

KINDS: Mapping[GapKind, Any] = {
    GapKind.NO_REGULATOR: _l("监管真空：没有监管部门的对象"),
    GapKind.NEVER_DRAWN: _l("多年没有抽到的对象"),
    GapKind.NO_SUBJECTS: _l("清单缺口：没有检查对象的事项"),
    GapKind.NO_INSPECTORS: _l("清单缺口：持证检查人员不足的事项"),
    GapKind.NO_LINK: _l("清单缺口：没有关联检查实施清单的事项"),
    GapKind.NO_ITEM: _l("清单缺口：监管着对象、清单里没有一项事项的部门"),
    GapKind.UNLISTED: _l("清单缺口：名录里用到、清单里没有的事项"),
}
OF_SUBJECTS = frozenset({GapKind.NO_REGULATOR, GapKind.NEVER_DRAWN})
WITHOUT_PAGE = frozenset({GapKind.NO_ITEM, GapKind.UNLISTED})
LISTS: Mapping[ListKind, Any] = {
    ListKind.SPECIAL: _l("专用名录"),
    ListKind.JOINT: _l("联合监管对象名录"),
}


@gaps.get("/gaps")
@allow(STAFF)
def report() -> str:
    """Show what nobody looks at and what nobody can do."""
    here, me = site(), signed_in()
    today = clock.legal_day(here.now())
    bounds = registry_gaps.bounds(here.shelves[me.jurisdiction].law, today)
    with here.store.read() as tx:
        found = registry_gaps.report(tx, me.jurisdiction, on=today, bounds=bounds)
    return render_template(
        "registries/gaps.html",
        found=found,
        kinds=KINDS,
        of_subjects=OF_SUBJECTS,
        without_page=WITHOUT_PAGE,
        bounds=bounds,
    )


@gaps.get("/pools")
@allow(STAFF)
def pools() -> str:
    """Show the pool of every item: three classes, and who counts towards two officers."""
    here, me = site(), signed_in()
    department = request.args.get("department", "")
    with here.store.read() as tx:
        found = registry_pools.pools(tx, me.jurisdiction, on=clock.legal_day(here.now()))
        items = [
            row
            for row in registry.select_rows(
                tx,
                me.jurisdiction,
                RegistryKind.ITEMS,
                Filters(departments=(department,) if department else ()),
            )
            if isinstance(row, Item)
        ]
    return render_template(
        "registries/pools.html", items=items, pools=found, classes=list(InspectorClass)
    )


@gaps.get("/lists")
@allow(STAFF)
def lists() -> str:
    """Show the special and joint registries with how many rows each finds today."""
    return render_template("registries/lists.html", problems=[], given={}, **_lists())


@gaps.post("/lists")
@allow(KEEPERS)
def set_list() -> str | Response | tuple[str, int]:
    """Set the conditions of a list through a case of its own; nobody names rows by hand."""
    me, form = signed_in(), request.form
    problems = [
        (name, message)
        for name, message in (
            ("code", _("请填写名录编号。")),
            ("name", _("请填写名录名称。")),
            ("source", _("请写明建库条件的依据。")),
        )
        if not form.get(name, "").strip()
    ]
    if problems:
        page = render_template("registries/lists.html", problems=problems, given=form, **_lists())
        return page, 422
    department = form.get("department", "") or me.home
    own_department(me, department)
    handled = listings.set_list(
        site().engine,
        me.jurisdiction,
        RegistryList(
            code=form["code"].strip()[:64],
            name=form["name"].strip()[:200],
            kind=ListKind(form.get("kind", ListKind.SPECIAL.value)),
            department=department,
            filters=_conditions(),
            item_code=form.get("item_code", ""),
        ),
        case_id=new_case_id(),
        by=me.id,
        source=form["source"].strip(),
    )
    flash(_("已提交名录批次 %(number)s，写入后生效。", number=handled.number))
    return redirect(url_for("gaps.lists"), 303)


def _conditions() -> Filters:
    industries = request.form.get("industries", "").replace("、", "\n").splitlines()
    return Filters(
        industries=tuple(dict.fromkeys(word.strip() for word in industries if word.strip())),
        regulators=tuple(request.form.getlist("regulators")),
        categories=tuple(request.form.getlist("categories")),
    )


def _lists() -> dict[str, Any]:
    here, me = site(), signed_in()
    with here.store.read() as tx:
        found = registry_lists.lists(tx, me.jurisdiction)
        counts = {
            each.code: registry.count(
                tx, me.jurisdiction, RegistryKind.SUBJECTS, filters=each.filters
            )
            for each in found
        }
        items = [
            (row.row_id, row.name)
            for row in registry.current(tx, me.jurisdiction, RegistryKind.ITEMS)
        ]
    return {"lists": found, "counts": counts, "kinds": LISTS, "items": items}
