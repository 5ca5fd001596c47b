"""Oversight: what the record shows of duties not done, refused acts, officers and businesses.

These pages open nothing and accuse nobody. Whoever may begin a case of 追责 begins one from a
finding, with its evidence filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from engine import clock, supervise
from engine.edge import new_case_id
from engine.errors import ProductError
from engine.oversight.findings import Finding
from engine.oversight.pairs import Pair
from engine.registry.types import Inspector, RegistryKind, Subject
from engine.store import disqualifications, people, registry
from engine.store.people import Person
from engine.supervise import Overview
from rules.supervision import ASKED, FOUND_BY_PEOPLE, SEEN
from web.access import Audience, allow, signed_in
from web.asked import asked, word
from web.language import gettext as _
from web.language import language
from web.site import site

oversight = Blueprint("oversight", __name__, url_prefix="/oversight")

STARTS = "监督发起人"  # the role that may begin a case of 追责 or 免责
DECIDES = "监督决定人"
STANDINGS = {SEEN: _l("系统可见"), ASKED: _l("待人工认定"), FOUND_BY_PEOPLE: _l("由人发现")}
TABS = {
    "oversight.index": _l("线索"),
    "oversight.refused": _l("被拒绝的尝试"),
    "oversight.officers": _l("人员资格"),
    "oversight.pairs": _l("人员与对象"),
    "oversight.replaced": _l("替补"),
}


class NoSuchFinding(ProductError):
    code = "not-found"
    zh = "案件「{case}」没有「{branch}」这条线索；可能已经不再成立。"
    en = "Case “{case}” has no finding “{branch}”; it may no longer hold."


def starts_cases(person: Person) -> bool:
    """Return whether somebody may begin a case of 追责: holds a seat of that role now."""
    return _holds(person, STARTS)


def _holds(person: Person, role: str) -> bool:
    law = site().law(person.jurisdiction)
    if law is None or role not in law.organisation.roles:
        return False
    seats = {(seat.department, seat.position) for seat in law.organisation.bind(role, {})}
    return any((held.department, held.position) in seats for held in person.positions)


def oversees(person: Person) -> bool:
    """Return whether somebody may look: auditors, and whoever begins or decides such cases."""
    return person.has("auditor") or _holds(person, STARTS) or _holds(person, DECIDES)


OVERSIGHT = Audience(name="审计员或监督人员", en="an auditor or supervisor", admits=oversees)


@oversight.context_processor
def tabs() -> dict[str, object]:
    return {"tabs": TABS, "standings": STANDINGS}


@oversight.get("")
@allow(OVERSIGHT)
def index() -> str:
    """List the findings of the year; filters are in the address."""
    me, wanted = signed_in(), asked()
    found = supervise.overview(site().engine, me.jurisdiction)
    listed = [each for each in found.findings if _is_wanted(each, wanted.search)]
    start = wanted.offset
    return render_template(
        "oversight/index.html",
        found=listed[start : start + wanted.limit],
        total=len(listed),
        overview=found,
        wanted=wanted,
        branches=found.watch.branches,
        manual=[each for each in found.watch.branches if each.standing == FOUND_BY_PEOPLE],
        may_start=starts_cases(me),
    )


def _is_wanted(finding: Finding, search: str) -> bool:
    return (
        word("branch") in (None, finding.branch.code)
        and word("department") in (None, finding.department)
        and word("standing") in (None, finding.standing)
        and (not search or search in finding.number or search in finding.title)
    )


@oversight.get("/finding/<branch>/<number>")
@allow(OVERSIGHT)
def show(branch: str, number: str) -> str:
    """One finding with every event that shows it and the rule that judged."""
    me = signed_in()
    found, finding = _find(me, branch, number)
    return render_template(
        "oversight/finding.html",
        each=finding,
        overview=found,
        taken=found.taken(finding),
        sentences=[evidence.sentence(language()) for evidence in finding.evidence],
        may_start=starts_cases(me),
    )


@oversight.post("/finding/<branch>/<number>")
@allow(OVERSIGHT)
def take_up(branch: str, number: str) -> Response:
    """Begin a case of 追责 about a finding; the engine asks again whether the person may."""
    me = signed_in()
    _found, finding = _find(me, branch, number)
    command = supervise.take_up(
        finding, case_id=new_case_id(), actor=me.id, jurisdiction=me.jurisdiction
    )
    opened = site().engine.handle(command)
    flash(_("已立案：%(number)s", number=opened.number))
    return redirect(url_for("cases.show", number=opened.number), code=303)


def _find(me: Person, branch: str, number: str) -> tuple[Overview, Finding]:
    found = supervise.overview(site().engine, me.jurisdiction)
    department = word("department")
    for each in found.findings:
        if (each.branch.code, each.number) == (branch, number) and department in (
            None,
            each.department,
        ):
            return found, each
    raise NoSuchFinding(case=number, branch=branch)


@oversight.get("/refused")
@allow(OVERSIGHT)
def refused() -> str:
    """Who tried what and was refused, by department; attempts with legal weight are history."""
    me, wanted = signed_in(), asked()
    found = supervise.overview(site().engine, me.jurisdiction)
    acts = supervise.refused(site().engine, me.jurisdiction, found.scene.cases)
    department = word("department")
    shown = [each for each in acts if department is None or department in each.departments]
    return render_template(
        "oversight/refused.html",
        counted=supervise.by_department(acts),
        found=shown[wanted.offset : wanted.offset + wanted.limit],
        wanted=wanted,
    )


@oversight.get("/officers")
@allow(OVERSIGHT)
def officers() -> str:
    """Officers whom a rule kept out of draws, and how often."""
    me = signed_in()
    found = supervise.overview(site().engine, me.jurisdiction)
    listed = supervise.barred(site().engine, found.scene.cases)
    return render_template(
        "oversight/officers.html",
        found=listed,
        names=_names(me.jurisdiction, RegistryKind.INSPECTORS, (each.officer for each in listed)),
    )


@oversight.get("/pairs")
@allow(OVERSIGHT)
def pairs() -> str:
    """How often officers and businesses met in draws, against what chance would have it."""
    me, wanted = signed_in(), asked()
    found = supervise.overview(site().engine, me.jurisdiction)
    listed = supervise.meetings(site().engine, found)
    again = [each for each in listed if len(each.tasks) > 1]  # who met once met by chance alone
    shown = listed if word("once") else again
    page = shown[wanted.offset : wanted.offset + wanted.limit]
    return render_template(
        "oversight/pairs.html",
        once=bool(word("once")),
        again=len(again),
        found=page,
        wanted=wanted,
        striking=sum(1 for each in listed if each.is_striking),
        total=len(listed),
        draws=len({task for each in listed for task in each.tasks}),
        reading=reading,
        decimal=decimal,
        officers=_names(me.jurisdiction, RegistryKind.INSPECTORS, (p.officer for p in page)),
        subjects=_names(me.jurisdiction, RegistryKind.SUBJECTS, (p.subject for p in page)),
    )


@oversight.get("/replacements")
@allow(OVERSIGHT)
def replaced() -> str:
    """Who had winners replaced this year, how many of how many, and why."""
    me, here = signed_in(), site()
    with here.store.read() as tx:
        found = disqualifications.by_officer(
            tx, me.jurisdiction, year=clock.legal_day(here.now()).year
        )
        names = people.names(tx, frozenset(each.person for each in found))
    return render_template("oversight/replaced.html", found=found, names=names)


def _names(place: str, kind: RegistryKind, ids: Iterable[str]) -> Mapping[str, str]:
    with site().store.read() as tx:
        found = registry.find_many(tx, place, kind, tuple(dict.fromkeys(ids)))
    return {key: row.name for key, row in found.items() if isinstance(row, Inspector | Subject)}


def decimal(value: Fraction) -> str:
    """Write an exact ratio with two decimals, rounded half up, for reading only."""
    hundredths = (value.numerator * 200 + value.denominator) // (2 * value.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def reading(pair: Pair) -> str:
    """Say in plain words what a pair's numbers mean."""
    said = _(
        "平均应相遇 %(expected)s 次，实际 %(observed)s 次",
        expected=decimal(pair.expected),
        observed=pair.observed,
    )
    if pair.is_striking:
        return said + _(
            "，是期望的 %(times)s 倍，请看一看；不等于有问题", times=decimal(pair.excess)
        )
    return said + _("，没有到提示的程度")
