"""Signing in and out, one's own password, and the session behind every page."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask import session as csrf_session
from werkzeug.wrappers import Response

from engine.store import accounts, passwords, people, sessions
from engine.store.people import Person
from web import demonstration, limits
from web.access import PUBLIC, NotAllowed, allow, current_person, signed_in
from web.language import gettext as _
from web.language import language
from web.site import site

auth = Blueprint("auth", __name__)
COOKIE = "ssj_session"


def init(app: Flask) -> None:
    app.before_request(load_session)
    app.register_blueprint(auth)


def cookie_name() -> str:
    """A secure site uses the prefix that binds a cookie to this host and to HTTPS."""
    return f"__Host-{COOKIE}" if site().settings.secure else COOKIE


def load_session() -> None:
    """Read who asks: one statement, and one write at most every five minutes."""
    g.session = None
    token = _token()
    if not token or request.endpoint == "static":
        return
    here = site()
    at = here.wall()
    with here.store.read() as tx:
        found = sessions.current(tx, token, at=at, acting_at=here.now())
    if found is None:
        return
    g.session = found
    if found.wants_touch(at):
        with here.store.write() as tx:
            sessions.touch(tx, found, at=at)


def _token() -> str | None:
    scheme, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer" and request.path.startswith("/api/"):
        return bearer.strip()
    return request.cookies.get(cookie_name())


def came_by_cookie() -> bool:
    """Tell whether a browser's own cookie vouches for this request, and nothing else does."""
    bearer = request.headers.get("Authorization", "").startswith("Bearer ")
    return not bearer and cookie_name() in request.cookies


@auth.get("/login")
@allow(PUBLIC)
def login() -> str:
    return _login_page()


@auth.post("/login")
@allow(PUBLIC)
@limits.limiter.limit(limits.SIGN_IN)
def sign_in() -> Response | tuple[str, int]:
    name = request.form.get("login", "")
    person = check(name, request.form.get("password", ""))
    if person is None:
        return _login_page(wrong=True, login=name), 401
    return enter(person)


@auth.post("/login/demo")
@allow(PUBLIC)
@limits.limiter.limit(limits.SIGN_IN)
def sign_in_demo() -> Response:
    """Sign in as one of the people of a demo database, by one click."""
    here = site()
    if not here.demo:
        raise NotAllowed(wanted="演示库", wanted_en="a demonstration")
    with here.store.read() as tx:
        person = people.by_login(tx, request.form.get("login", ""), at=here.now())
    if person is None or person.disabled:
        raise people.UnknownPerson(login=request.form.get("login", ""))
    return enter(person)


def check(login: str, password: str) -> Person | None:
    """Return the person whose password this is; a locked or closed account has none that fits."""
    here = site()
    at = here.wall()
    with here.store.read() as tx:
        found = accounts.credentials(tx, login)
    fits = passwords.matches(found.password_hash if found else None, password)
    if found is None or found.disabled or (found.locked_until and found.locked_until > at):
        return None
    with here.store.write() as tx:
        if not fits:
            accounts.note_failure(tx, found.person, at=at)
            return None
        accounts.note_success(tx, found.person)
    with here.store.read() as tx:
        return people.by_id(tx, found.person, at=here.now())


def new_session(person: str) -> str:
    """Open a session and return its token, which is kept nowhere on the server."""
    here = site()
    token = secrets.token_urlsafe(32)
    with here.store.write() as tx:
        sessions.sweep(tx, at=here.wall())
        sessions.start(tx, token, person=person, at=here.wall(), language=language())
    return token


def enter(person: Person) -> Response:
    target = url_for("auth.password") if person.must_change else _next()
    csrf_session.clear()  # a form token from before the sign-in must not outlive it
    response = redirect(target, 303)
    response.set_cookie(
        cookie_name(),
        new_session(person.id),
        max_age=int(sessions.LASTS.total_seconds()),
        secure=site().settings.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@auth.post("/logout")
@allow(PUBLIC)
def logout() -> Response:
    token = _token()
    if token:
        with site().store.write() as tx:
            sessions.end(tx, token)
    return _left()


@auth.post("/logout/everywhere")
@allow(PUBLIC)
def logout_everywhere() -> Response:
    person = current_person()
    if person is not None:
        with site().store.write() as tx:
            sessions.end_all(tx, person.id)
        flash(_("已在所有设备上退出。"))
    return _left()


@auth.get("/password")
@allow(PUBLIC)
def password() -> str | Response:
    if current_person() is None:
        return redirect(url_for("auth.login"))
    return render_template("auth/password.html", problems=[])


@auth.post("/password")
@allow(PUBLIC)
@limits.limiter.limit(limits.SIGN_IN)
def change_password() -> Response | tuple[str, int]:
    person = signed_in()
    wrong = _password_problem(person)
    if wrong is not None:
        return render_template("auth/password.html", problems=[wrong]), 422
    try:
        stored = passwords.hashed(request.form["new"], login=person.login)
    except passwords.WeakPassword as weak:
        problems = [("new", weak.sentence(language()))]
        return render_template("auth/password.html", problems=problems), 422
    with site().store.write() as tx:
        accounts.set_password(tx, person.id, stored, must_change=False)
        sessions.end_all(tx, person.id)
    flash(_("密码已修改，其他设备上的登录已退出。"))
    with site().store.read() as tx:
        renewed = people.by_id(tx, person.id, at=site().now())
    assert renewed is not None
    return enter(renewed)


def _password_problem(person: Person) -> tuple[str, str] | None:
    if check(person.login, request.form.get("old", "")) is None:
        return ("old", _("原密码不正确。"))
    if request.form.get("new", "") != request.form.get("again", ""):
        return ("again", _("两次填写的新密码不一致。"))
    if request.form.get("new") == request.form.get("old"):
        return ("new", _("新密码不得与原密码相同。"))
    return None


def _left() -> Response:
    csrf_session.clear()
    response = redirect(url_for("auth.login"), 303)
    response.delete_cookie(cookie_name(), path="/", secure=site().settings.secure)
    return response


def _login_page(*, wrong: bool = False, login: str = "") -> str:
    here = site()
    found: tuple[Person, ...] = ()
    if here.demo:
        with here.store.read() as tx:
            found = people.everyone(tx, None, at=here.now())
    return render_template(
        "auth/login.html",
        wrong=wrong,
        login=login,
        offices=demonstration.offices(found),
        demo_password=demonstration.password() if here.demo else None,
    )


def _next() -> str:
    return safe_target(request.form.get("next", ""), otherwise=url_for("tasks.inbox"))


def safe_target(target: str, *, otherwise: str) -> str:
    """Return where to go next: a page of this site, never another one."""
    inside = target.startswith("/") and not target.startswith(("//", "/\\"))
    # Browsers drop tabs and line breaks inside an address, so "/<tab>/other.example" leaves too.
    if inside and target.isprintable() and not urlsplit(target).netloc:
        return target
    return otherwise
