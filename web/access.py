"""Who may come to which page. Every route says so, or the application does not start.

`decide` judges every act in a case again; these rules decide who may look and who may try.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import ProductError
from engine.store.people import Person
from web.site import site

View = TypeVar("View", bound=Callable[..., Any])


class RouteWithoutAccessRule(ProductError):
    code = "route-without-access-rule"
    zh = "这些页面没有写明谁可以访问：{routes}"
    en = "These routes state no access rule: {routes}"


class SignInFirst(ProductError):
    code = "sign-in-first"
    zh = "请先登录。"
    en = "Sign in first."


class NotAllowed(ProductError):
    code = "not-allowed"
    zh = "您的岗位不能访问此页。需要：{wanted}。"
    en = "Your positions do not open this page. Needed: {wanted_en}."


class OtherDepartment(ProductError):
    code = "other-department"
    zh = "数据专员只能办理本部门的数据，不能办理「{department}」的。"
    en = "A data steward handles the own department only, not “{department}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """A kind of reader; `admits` is None for everybody, signed in or not."""

    name: str
    en: str
    admits: Callable[[Person], bool] | None
    on_demo: bool = False  # a demo database lets everybody in


def _holds(*positions: str) -> Callable[[Person], bool]:
    return lambda person: any(person.has(position) for position in positions)


PUBLIC = Audience(name="公众", en="the public", admits=None)
STAFF = Audience(name="工作人员", en="staff", admits=lambda _: True)
STAFF_OR_DEMO = Audience(name="工作人员", en="staff", admits=lambda _: True, on_demo=True)
KEEPERS = Audience(
    name="数据专员、部门经办人或平台管理员",
    en="a data steward, a handler or a platform administrator",
    admits=_holds("steward", "handler", "process_admin"),
)
STUDIO = Audience(
    name="流程管理员或法制审核人",
    en="a process administrator or a legal reviewer",
    admits=_holds("process_admin", "legal"),
)
ADMIN = Audience(name="平台管理员", en="a platform administrator", admits=_holds("process_admin"))
STEERING = Audience(
    name="平台管理员或协调人",
    en="a platform administrator or coordinator",
    admits=_holds("process_admin", "coordinator"),
)


def allow(*audiences: Audience) -> Callable[[View], View]:
    """State who may come to a route; put it below the route's own decorator."""

    def mark(view: View) -> View:
        cast("Any", view).audiences = audiences
        return view

    return mark


def audiences_of(view: Callable[..., Any]) -> tuple[Audience, ...]:
    return cast("tuple[Audience, ...]", getattr(view, "audiences", ()))


def refuse_open_routes(app: Flask) -> None:
    """Refuse to start while a route says nothing about who may come."""
    silent = sorted(
        {
            f"{rule.rule} ({rule.endpoint})"
            for rule in app.url_map.iter_rules()
            if not audiences_of(app.view_functions[rule.endpoint])
        }
    )
    if silent:
        raise RouteWithoutAccessRule(routes=", ".join(silent))


def guard() -> Response | None:
    """Turn away whoever the route does not admit; runs before every request."""
    if request.endpoint is None:
        return None  # no such page: the 404 says so to everybody alike
    audiences = audiences_of(current_app.view_functions[request.endpoint])
    if any(each.admits is None or (each.on_demo and site().demo) for each in audiences):
        return None
    person = current_person()
    if person is None:
        if request.method == "GET" and not request.path.startswith("/api/"):
            back = request.full_path.rstrip("?")
            return redirect(url_for("auth.login", next=back))
        raise SignInFirst
    if person.must_change:
        return redirect(url_for("auth.password"))
    if not any(each.admits and each.admits(person) for each in audiences):
        raise NotAllowed(
            wanted="、".join(each.name for each in audiences),
            wanted_en=", ".join(each.en for each in audiences),
        )
    return None


def current_person() -> Person | None:
    """Return who is signed in, read once per request with the positions held now."""
    session = g.get("session")
    return None if session is None else cast("Person", session.person)


def signed_in() -> Person:
    """Return who is signed in; on a route that admits nobody else."""
    person = current_person()
    if person is None:
        raise SignInFirst
    return person


def own_department(person: Person, department: str) -> None:
    """Let a platform administrator pass, everybody else only to a department of their own."""
    if not person.has("process_admin") and department not in person.departments:
        raise OtherDepartment(department=department)
