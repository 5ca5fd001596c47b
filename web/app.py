"""The application: its parts in order, and the refusal to start with an unguarded route."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from web import (
    access,
    admin,
    auth,
    display,
    errors,
    headers,
    health,
    language,
    limits,
    shown,
)
from web.site import Site

# Flask-WTF serves for its CSRF token only. Its form classes would be a second judge beside the
# JSON Schema files, which decide alone what may be submitted.
csrf = CSRFProtect()


def create_app(here: Site) -> Flask:
    """Build the application over a store, a service and the laws; refuse any unguarded route."""
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
    headers.init(app)
    errors.init(app)
    health.init(app)
    display.init(app)
    for blueprint in (admin.admin,):
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
    """Check the form token of every change, except where a bearer token came with the request.

    A browser never sends a bearer token on its own, so nobody can borrow it.
    """
    bearer = request.headers.get("Authorization", "").startswith("Bearer ")
    if not (bearer and request.path.startswith("/api/")):
        csrf.protect(apply_exemptions=True)
