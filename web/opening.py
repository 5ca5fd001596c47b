"""Which cases a person may open, and the command that opens one.

`decide` judges again whether the first lane is theirs; here it is only not offered otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from engine.commands import OpenCase
from engine.edge import new_case_id
from engine.history import Json
from engine.opening import LONGEST_TITLE, title_trouble
from engine.store import readings, shelf
from engine.store.people import Person
from engine.store.readings import CaseRow
from engine.version import Version
from web.language import gettext as _
from web.plans import PLANS
from web.site import site

# Opened by the engine for what a task draws or finds; nobody opens one by hand.
BY_THE_ENGINE = frozenset({"inspection", "rectification", "own_case", "transfer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A process a person may open, and for which of their departments."""

    process: str
    name: str
    documentation: str
    party: str | None
    departments: tuple[str, ...]


def offers(person: Person) -> tuple[Offer, ...]:
    """List what this person may open, one line per process in force."""
    here = site()
    with here.store.read() as tx:
        rows = shelf.released(tx, person.jurisdiction)
    current: dict[str, Offer] = {}
    for row in rows:
        if row.effective_at <= here.now() and row.process not in current:
            offer = _offer(here.engine.shelf.get(row.version), row.process, person)
            if offer is not None:
                current[row.process] = offer
    return tuple(each for code, each in current.items() if code not in BY_THE_ENGINE)


def command(person: Person) -> tuple[OpenCase | None, list[tuple[str, str]]]:
    """Return the command a posted page asks for, or what is wrong with the page."""
    offer = next((o for o in offers(person) if o.process == request.form.get("process")), None)
    title = request.form.get("title", "").strip()
    problems = []
    if offer is None:
        problems.append(("process", _("请选择要办理的事项。")))
    problems += _untitled(title)
    if offer is None or problems:
        return None, problems
    department = request.form.get("department", "") or next(iter(offer.departments), "")
    number = request.form.get("parent", "").strip()
    parent = _parent(person, number)
    problems = [*_foreign(offer, department), *_unknown(number, parent)]
    if problems:
        return None, problems
    return OpenCase(
        case_id=new_case_id(),
        actor=person.id,
        process=offer.process,
        jurisdiction=person.jurisdiction,
        title=title,
        parties=_parties(offer, department),
        fields={"lead_department": department} | _plan_named(parent),
        parent=parent.case_id if parent else None,
    ), []


def _untitled(title: str) -> list[tuple[str, str]]:
    if not title:
        return [("title", _("请填写标题。"))]
    if title_trouble(title):
        say = _("标题要有看得见的字，不含不能显示的字符，最多 %(n)s 个字。", n=LONGEST_TITLE)
        return [("title", say)]
    return []


def _foreign(offer: Offer, department: str) -> list[tuple[str, str]]:
    if department in offer.departments:
        return []
    return [("department", _("您不能以这个部门的名义办理，请重新选择。"))]


def _unknown(number: str, parent: CaseRow | None) -> list[tuple[str, str]]:
    if not number or parent is not None:
        return []
    return [("parent", _("没有编号为「%(number)s」的案件，请核对。", number=number[:40]))]


def _parties(offer: Offer, department: str) -> dict[str, tuple[str, ...]]:
    """Bind the opening department to its own part; alone in a case it is both lead and actor."""
    names = {"lead", "department", offer.party or "lead"}
    return dict.fromkeys(sorted(names), (department,))


def _offer(version: Version, process: str, person: Person) -> Offer | None:
    role = version.law.organisation.roles.get(version.definition.start.lane or "")
    if role is None or role.position is None:
        return None
    bound = version.law.organisation.bind(role.name, {}) if role.department else None
    seats = {(seat.department, seat.position) for seat in bound or ()}
    held = tuple(
        seat.department
        for seat in person.positions
        if (
            seat.position in role.positions
            if bound is None
            else (seat.department, seat.position) in seats
        )
    )
    if not held:
        return None
    return Offer(
        process=process,
        name=version.definition.name,
        documentation=version.definition.documentation,
        party=role.party,
        departments=tuple(dict.fromkeys(held)),
    )


def _plan_named(parent: CaseRow | None) -> dict[str, Json]:
    """Return the number of the plan a case is made from, so that its forms need not ask again."""
    return {"plan_case": parent.number} if parent and parent.process in PLANS else {}


def _parent(person: Person, number: str) -> CaseRow | None:
    """Return the case this one belongs to; one of another jurisdiction is as unknown as none."""
    if not number:
        return None
    with site().store.read() as tx:
        row = readings.case_by_number(tx, number)
    return row if row and row.jurisdiction == person.jurisdiction else None
