"""复制上年计划: a plan's draft begins with the department's last approved plan, a year later."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from engine.case import Case
from engine.history import Json
from engine.registry.types import Item, ItemStatus, RegistryKind
from engine.service import load
from engine.store import eventstore, readings, registry
from engine.store.database import Connection
from web import desk
from web.access import STAFF, allow, signed_in
from web.forms.schema import Form
from web.language import gettext as _
from web.site import site

carryover = Blueprint("carryover", __name__, url_prefix="/plans")

NOT_COPIED = frozenset({"hidden", "file"})  # attachments and fixed facts belong to their own year
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=\s*年)")
Answers = dict[str, Json]


@carryover.post("/copy/<number>/<path:element>")
@allow(STAFF)
def copy(number: str, element: str) -> Response:
    """Fill the draft with last year's plan; it is a draft, and nothing is handed in."""
    with desk.opened(number, element, signed_in()) as place:
        with site().store.read() as tx:
            last = latest_plan(tx, place.case)
            known = _in_force(tx, last) if last else frozenset()
        if last is None or place.form is None:
            flash(_("没有找到本部门上一年已批准的同类计划。"))
            return redirect(place.address(), 303)
        place.keep({**place.answers(), **carried(place.form, last.fields, place.case, known)})
    flash(_("已带入 %(number)s 的内容，请逐项核对后提交。", number=last.number))
    return redirect(place.address(), 303)


def latest_plan(tx: Connection, case: Case) -> Case | None:
    """Return the newest closed plan of the same kind and lead from an earlier year."""
    lead = next(iter(case.parties.get("lead", ())), None)
    year = _year(case)
    rows = readings.cases_page(
        tx, case.jurisdiction, processes=(case.process,), lead=lead, is_open=False, limit=50
    )
    for row in rows:
        head = eventstore.lock(tx, row.case_id, for_update=False)
        assert head is not None
        found = load(tx, head, site().engine.shelf.get(head.version))
        planned = found.fields.get("plan_year")
        if row.case_id != case.case_id and isinstance(planned, int) and planned < year:
            return found
    return None


def carried(form: Form, last: Mapping[str, Any], case: Case, in_force: Collection[str]) -> Answers:
    """Return last year's answers, moved to the year of the new plan; retired items stay behind."""
    later = _year(case) - int(last["plan_year"])
    answers: Answers = {}
    for field in form.fields:
        value = last.get(field.name)
        if value is None or field.widget in NOT_COPIED:
            continue
        if field.widget == "items" and isinstance(value, list):
            value = [code for code in value if code in in_force]
        answers[field.name] = _moved(value, later)
    answers["plan_year"] = _year(case)
    return answers


def _moved(value: Any, years: int) -> Json:
    """Return a value some years later: a date on the same day, a year named in a text."""
    if not isinstance(value, str):
        moved: Json = value
        return moved
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _YEAR.sub(lambda found: str(int(found[1]) + years), value)
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last).isoformat()


def _year(case: Case) -> int:
    planned = case.fields.get("plan_year")
    return planned if isinstance(planned, int) else case.opened_at.year


def _in_force(tx: Connection, plan: Case) -> frozenset[str]:
    codes = tuple(map(str, plan.fields.get("items", ())))
    rows = registry.find_many(tx, plan.jurisdiction, RegistryKind.ITEMS, codes)
    return frozenset(
        code
        for code, row in rows.items()
        if isinstance(row, Item) and row.status is ItemStatus.ACTIVE
    )
