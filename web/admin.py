"""People of a jurisdiction: entering them, their positions, their way back in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.clock import end_of_day
from engine.edge import new_case_id
from engine.errors import ProductError
from engine.store import accounts, passwords, people, sessions
from engine.store.people import Person
from web.access import ADMIN, allow, signed_in
from web.asked import asked, day, word
from web.language import gettext as _
from web.language import language
from web.site import site

if TYPE_CHECKING:
    from rules.organisation import Organisation

admin = Blueprint("admin", __name__, url_prefix="/admin")
FARTHEST = date(2200, 1, 1)


class NoSuchPosition(ProductError):
    code = "no-such-position"
    zh = "没有这样的部门或岗位「{named}」，请从列表中选择。"
    en = "There is no department or position “{named}”; choose from the list."


class NoSuchDay(ProductError):
    code = "no-such-day"
    zh = "截止日期「{day}」不可用：请写今天或以后的日期。"
    en = "The last day “{day}” cannot be used; give today or a later day."


class OwnAccount(ProductError):
    code = "own-account"
    zh = "不能停用自己的账号；请另一位平台管理员办理。"
    en = "You cannot close your own account; ask another administrator."


@admin.get("/people")
@allow(ADMIN)
def people_list() -> str:
    """List people by the page; one is found by name, login or department."""
    here, wanted, department = site(), asked(), word("department")
    with here.store.read() as tx:
        everyone = people.everyone(tx, signed_in().jurisdiction, at=here.now())
    fitting = [each for each in everyone if _fits(each, wanted.search, department)]
    return render_template(
        "admin/people.html",
        found=fitting[wanted.offset : wanted.offset + wanted.limit],
        total=len(fitting),
        wanted=wanted,
    )


def _fits(person: Person, search: str, department: str | None) -> bool:
    sought = search.casefold()
    named = sought in person.name.casefold() or sought in person.login
    return named and (department is None or department in person.departments)


@admin.get("/people/new")
@allow(ADMIN)
def new_person() -> str:
    return render_template("admin/new.html", problems=[])


@admin.post("/people/new")
@allow(ADMIN)
def add_person() -> str | tuple[str, int]:
    login, name = request.form.get("login", "").strip(), request.form.get("name", "").strip()
    inspector = request.form.get("inspector_id", "").strip()
    problems = _problems(login, name, inspector)
    if problems:
        return render_template("admin/new.html", problems=problems), 422
    password = passwords.fresh()
    here = site()
    try:
        with here.store.write() as tx:
            people.add(
                tx,
                person=str(new_case_id()),
                login=login,
                name=name,
                jurisdiction=signed_in().jurisdiction,
                at=here.now(),
                password_hash=passwords.hashed(password, login=login),
                inspector_id=inspector or None,
            )
    except (people.LoginTaken, people.InspectorTaken) as taken:
        problems = [(taken.field, taken.sentence(language()))]
        return render_template("admin/new.html", problems=problems), 422
    return _page(login, fresh=password)


@admin.get("/people/<login>")
@allow(ADMIN)
def person_page(login: str) -> str:
    return _page(login)


@admin.post("/people/<login>/password")
@allow(ADMIN)
def reset_password(login: str) -> str:
    """Make a password to hand over in person; whoever was signed in with the old one is out."""
    person = _known(login)
    password = passwords.fresh()
    with site().store.write() as tx:
        stored = passwords.hashed(password, login=login)
        accounts.set_password(tx, person.id, stored, must_change=True)
        sessions.end_all(tx, person.id)
    return _page(login, fresh=password)


@admin.post("/people/<login>/positions")
@allow(ADMIN)
def grant(login: str) -> Response:
    person, here = _known(login), site()
    department = _one_of(_organisation().departments, "department")
    position = _one_of(_organisation().positions, "position")
    until = _last_day()
    with here.store.write() as tx:
        people.grant(
            tx,
            person.id,
            department=department,
            position=position,
            since=here.now(),
            until=end_of_day(until) if until else None,
        )
    flash(_("已授予岗位。"))
    return _back(login)


@admin.post("/people/<login>/positions/withdraw")
@allow(ADMIN)
def withdraw(login: str) -> Response:
    person, here = _known(login), site()
    with here.store.write() as tx:
        people.withdraw(
            tx,
            person.id,
            department=request.form.get("department", ""),
            position=request.form.get("position", ""),
            at=here.now(),
        )
    flash(_("已免去岗位，立即生效。"))
    return _back(login)


@admin.post("/people/<login>/account")
@allow(ADMIN)
def close_account(login: str) -> Response:
    person, here = _known(login), site()
    closed = request.form.get("closed") == "yes"
    if closed and person.id == signed_in().id:
        raise OwnAccount
    with here.store.write() as tx:
        accounts.disable(tx, person.id, at=here.now() if closed else None)
        sessions.end_all(tx, person.id)
    flash(_("账号已停用。") if closed else _("账号已恢复。"))
    return _back(login)


def _organisation() -> Organisation:
    return site().shelves[signed_in().jurisdiction].law.organisation


def _known(login: str) -> Person:
    """Return a person of the administrator's own jurisdiction; others do not exist here."""
    here = site()
    with here.store.read() as tx:
        person = people.by_login(tx, login, at=here.now())
    if person is None or person.jurisdiction != signed_in().jurisdiction:
        raise people.UnknownPerson(login=login)
    return person


def _page(login: str, *, fresh: str = "") -> str:
    organisation = _organisation()
    return render_template(
        "admin/person.html",
        person=_known(login),
        fresh=fresh,
        is_locked=_is_locked(login),
        departments=[(code, each.name) for code, each in organisation.departments.items()],
        positions=list(organisation.positions.items()),
    )


def _is_locked(login: str) -> bool:
    """Tell whether wrong passwords keep somebody out just now; resetting the password ends it."""
    here = site()
    with here.store.read() as tx:
        found = accounts.credentials(tx, login)
    until = found.locked_until if found else None
    return until is not None and until > here.wall()


def _back(login: str) -> Response:
    return redirect(url_for("admin.person_page", login=login), 303)


def _one_of(known: Collection[str], name: str) -> str:
    chosen = request.form.get(name, "")
    if chosen not in known:
        raise NoSuchPosition(named=chosen[:40])
    return chosen


def _last_day() -> date | None:
    """Return the last day of a position that ends; one that is over already cannot be given."""
    written = request.form.get("until", "").strip()
    last = day(written) if written else None
    if written and (last is None or not site().today() <= last <= FARTHEST):
        raise NoSuchDay(day=written[:40])
    return last


def _problems(login: str, name: str, inspector: str) -> list[tuple[str, str]]:
    problems = []
    if not name or len(name) > people.LONGEST_NAME:
        problems.append(("name", _("请填写姓名，不超过 %(n)s 个字。", n=people.LONGEST_NAME)))
    if not people.LOGIN.fullmatch(login):
        problems.append(("login", _("登录名须为小写字母、数字、点、横线，2 到 40 个字符。")))
    if len(inspector) > people.LONGEST_NAME:
        problems.append(("inspector_id", _("执法检查人员编号太长，请核对。")))
    return problems
