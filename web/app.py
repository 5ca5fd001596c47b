"""The application: its parts in order, and the refusal to start with an unguarded route."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from engine import catalogue, config
from engine.catalogue import Shelf
from engine.edge import Clock, wall_clock
from engine.service import Engine
from rules import pack
from web import (
    access,
    admin,
    api,
    audit,
    auth,
    carryover,
    cases,
    diagrams,
    display,
    dockets,
    draw_day,
    draws,
    errors,
    gaps,
    headers,
    health,
    holidays,
    incidents,
    language,
    limits,
    organisation,
    oversight,
    papers,
    personal,
    plain_text,
    plans,
    public,
    registries,
    rulebook,
    shown,
    studio,
    tasks,
    unassigned,
    yearly,
)
from web.forms import schema
from web.forms.schema import Field
from web.site import Site, WebSettings

BLUEPRINTS = (
    tasks.tasks,
    cases.cases,
    personal.personal,
    papers.papers,
    plans.plans,
    yearly.yearly,
    carryover.carryover,
    gaps.gaps,
    registries.registries,
    organisation.organisation,
    holidays.holidays,
    studio.studio,
    rulebook.rulebook,
    audit.audit,
    oversight.oversight,
    public.public,
    draws.draws,
    dockets.dockets,
    draw_day.draw_day,
    admin.admin,
    incidents.incidents,
    unassigned.unassigned,
    api.api,
)

# Flask-WTF serves for its CSRF token only. Its form classes would be a second judge beside the
# JSON Schema files, which decide alone what may be submitted.
csrf = CSRFProtect()


def create_app(
    engine: Engine,
    *,
    secret_key: str,
    var: Path,
    demo: bool,
    secure: bool = False,
    processes: int = 1,
    proxies: int = 0,
    metrics_token: str = "",
    shelves: Mapping[str, Shelf] | None = None,
    wall: Clock = wall_clock,
) -> Flask:
    """Build the application over the running engine; without `shelves` it reads what ships."""
    settings = WebSettings(
        secret=secret_key,
        var=var,
        secure=secure,
        processes=processes,
        proxies=proxies,
        metrics_token=metrics_token,
    )
    return build(_site(engine, settings, shelves or read_shelves(), demo=demo, wall=wall))


def _site(
    engine: Engine,
    settings: WebSettings,
    shelves: Mapping[str, Shelf],
    *,
    demo: bool,
    wall: Clock,
) -> Site:
    return Site(
        engine=engine,
        shelves=shelves,
        settings=settings,
        processes={
            code: diagrams.names(shelf.diagrams.values()) for code, shelf in shelves.items()
        },
        questions={code: _questions(shelf) for code, shelf in shelves.items()},
        demo=demo,
        wall=wall,
    )


def read_shelves(
    workflows: Path = config.WORKFLOWS, packs: Path = config.PACKS
) -> dict[str, Shelf]:
    """Read diagrams, forms and law of every jurisdiction that has a pack."""
    return {code: catalogue.shipped(workflows, packs, code) for code in pack.jurisdictions(packs)}


def _questions(shelf: Shelf) -> dict[str, Field]:
    """Index every question of the shipped forms, for records that outlive the case's page."""
    return schema.words(
        {stem: schema.read(stem, json.loads(content)) for stem, content in shelf.forms.items()}
    )


def build(here: Site) -> Flask:
    """Put the parts together in order; refuse to start with an unguarded route."""
    app = Flask(__name__)
    app.extensions["ssj"] = here
    _configure(app, here)
    language.init(app)
    shown.init(app)
    auth.init(app)
    app.before_request(access.guard)
    limits.init(app, here)
    csrf.init_app(app)
    app.before_request(_check_form_token)
    app.before_request(plain_text.refuse_the_unwritable)
    headers.init(app)
    errors.init(app)
    health.init(app)
    display.init(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.view_functions["static"] = access.allow(access.PUBLIC)(app.view_functions["static"])
    access.refuse_open_routes(app)
    return app


def _configure(app: Flask, here: Site) -> None:
    settings = here.settings
    app.secret_key = settings.secret
    app.config.update(
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_PARTS=20_000,  # a large inspection form: one part per answer
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME="ssj_form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # checked after access, by ourselves
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: forms are filled in over hours
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _check_form_token() -> None:
    """Check the form token of every change, except a program's that sends no session cookie.

    A browser never sends a bearer token on its own, so nobody can borrow it.
    """
    by_program = request.path.startswith("/api/") and not auth.came_by_cookie()
    if not by_program:
        csrf.protect(apply_exemptions=True)
