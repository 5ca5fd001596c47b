"""How the site is shown: language, letter size, the head of every page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, g, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.store import sessions
from web.access import ADMIN, PUBLIC, STUDIO, Audience, allow, current_person
from web.asked import way_back
from web.auth import safe_target
from web.language import COOKIE, LANGUAGES
from web.oversight import OVERSIGHT
from web.site import site

display = Blueprint("display", __name__)
SIZE_COOKIE = "ssj_size"
A_YEAR = 365 * 24 * 3600

# (endpoint, words, who sees it): the same order on every page
PLACES: tuple[tuple[str, Any, Audience | None], ...] = (
    ("tasks.inbox", _l("我的任务"), None),
    ("cases.index", _l("案件"), None),
    ("plans.index", _l("计划"), None),
    ("registries.index", _l("名录"), None),
    ("studio.index", _l("流程与规则"), STUDIO),
    ("audit.index", _l("审计"), None),
    ("oversight.index", _l("监督"), OVERSIGHT),
    ("public.index", _l("公示"), None),
    ("admin.people_list", _l("人员"), ADMIN),
)

# sections that stand under another one's heading
UNDER = {
    "yearly": "plans",
    "carryover": "plans",
    "gaps": "registries",
    "holidays": "admin",
    "organisation": "admin",
    "rulebook": "studio",
    "draws": "public",
    "incidents": "admin",
    "unassigned": "admin",
}


def init(app: Flask) -> None:
    app.register_blueprint(display)
    app.jinja_env.globals.update(token=_token, hidden_next=_hidden_next, unsaved=_unsaved)

    @app.context_processor
    def around_every_page() -> dict[str, Any]:
        here = site()
        return {
            "me": current_person(),
            "demo_now": here.now() if here.demo else None,
            "large": request.cookies.get(SIZE_COOKIE) == "large",
            "sections": _places(app),
            "with_query": with_query,
            **_options(),
        }


def _options() -> dict[str, list[tuple[str, str]]]:
    """Return what the filters of a list offer: the jurisdiction's processes and departments."""
    person = current_person()
    here = site()
    if person is None or person.jurisdiction not in here.shelves:
        return {"process_options": [], "department_options": []}
    departments = here.shelves[person.jurisdiction].law.organisation.departments
    return {
        "process_options": list(here.processes.get(person.jurisdiction, {}).items()),
        "department_options": [(code, each.name) for code, each in departments.items()],
    }


def _token() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _unsaved() -> str:
    """Mark a form whose answers are not left without a question; a posted one came back unkept."""
    return " data-unsaved data-dirty" if request.method == "POST" else " data-unsaved"


def _hidden_next() -> Markup:
    """The form token, and the way back to this page after a change of how it is shown."""
    return _token() + Markup('<input type="hidden" name="next" value="{}">').format(way_back())


def _places(app: Flask) -> list[tuple[str, str, bool]]:
    """List where this person may go: address, words, and whether it is here."""
    person = current_person()
    if person is None:
        return []
    section = (request.endpoint or "").split(".")[0]
    section = UNDER.get(section, section)
    return [
        (url_for(endpoint), str(words), endpoint.split(".")[0] == section)
        for endpoint, words, audience in PLACES
        if endpoint in app.view_functions
        and (audience is None or (audience.admits is not None and audience.admits(person)))
    ]


def with_query(**changes: object) -> str:
    """Return this page's address with some query values changed; None takes a value out."""
    kept: dict[str, Any] = {
        name: values for name, values in request.args.lists() if name not in changes
    }
    added = {name: value for name, value in changes.items() if value is not None}
    query = urlencode(kept | added, doseq=True)
    return f"{request.path}?{query}" if query else request.path


@display.get("/")
@allow(PUBLIC)
def home() -> Response:
    return redirect(url_for("tasks.inbox" if current_person() else "public.index"))


@display.post("/display")
@allow(PUBLIC)
def switch() -> Response:
    """Change language or letter size and come back to the same page."""
    response = redirect(safe_target(request.form.get("next", ""), otherwise="/"), 303)
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        _keep(response, COOKIE, chosen)
        if g.session is not None:
            with site().store.write() as tx:
                sessions.speak(tx, g.session, chosen)
    if request.form.get("size") in ("large", "normal"):
        _keep(response, SIZE_COOKIE, request.form["size"])
    return response


def _keep(response: Response, name: str, value: str) -> None:
    secure = site().settings.secure
    response.set_cookie(
        name, value, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax", path="/"
    )
