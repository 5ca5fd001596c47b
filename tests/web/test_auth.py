"""Signing in: what is kept, what is refused, and how long it lasts."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import event, select

from engine.store.tables import sessions
from tests.web.conftest import PASSWORD, House
from tests.web.visitor import Visitor, readable
from web.app import create_app
from web.auth import COOKIE


def sign_in(visitor: Visitor, login: str, password: str = PASSWORD, **more: str) -> int:
    return visitor.post("/login", {"login": login, "password": password, **more}).status_code


def cookie(visitor: Visitor) -> str:
    found = visitor.client.get_cookie(COOKIE)
    assert found is not None
    return found.value


def test_only_the_hash_of_a_session_is_kept(house: House) -> None:
    visitor = house.visitor()
    assert sign_in(visitor, house.newcomer("hash-only")) == 303
    token = cookie(visitor)
    with house.office.engine.store.read() as tx:
        kept = tx.execute(select(sessions.c.token_hash)).scalars().all()
    assert hashlib.sha256(token.encode()).hexdigest() in kept
    assert token not in kept


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    visitor = house.visitor()
    answer = visitor.post("/login", {"login": house.newcomer("flags"), "password": PASSWORD})
    set_cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie


def test_behind_https_the_cookie_is_bound_to_the_host_and_to_https(house: House) -> None:
    app = create_app(
        house.office.engine,
        secret_key="s" * 32,
        var=house.var,
        demo=True,
        secure=True,
        shelves=house.shelves,
    )
    with app.test_client() as client:
        page = client.get("/login", base_url="https://ssj.example")
        assert "max-age" in page.headers["Strict-Transport-Security"]
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(
            "/login/demo",
            data={"login": "cy-samr-handler1", "csrf_token": token},
            base_url="https://ssj.example",
            headers={"Referer": "https://ssj.example/login"},
        )
    set_cookie = next(c for c in answer.headers.getlist("Set-Cookie") if COOKIE in c)
    assert set_cookie.startswith(f"__Host-{COOKIE}=")
    assert "Secure" in set_cookie
    assert "Path=/" in set_cookie


def test_an_unknown_login_and_a_wrong_password_look_the_same(house: House) -> None:
    visitor = house.visitor()
    login = house.newcomer("same-answer")
    wrong = visitor.post("/login", {"login": login, "password": "not the password"})
    unknown = visitor.post("/login", {"login": "nobody-here", "password": "not the password"})
    assert wrong.status_code == unknown.status_code == 401
    assert readable(wrong.text) == readable(unknown.text)


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(house: House) -> None:
    visitor, login = house.visitor(), house.newcomer("locked-out")
    for _ in range(5):
        assert sign_in(visitor, login, "not the password") == 401
    assert sign_in(visitor, login) == 401
    house.wall.pass_by(minutes=15)
    assert sign_in(visitor, login) == 303


def test_too_many_attempts_from_one_address_are_slowed_down(house: House) -> None:
    visitor = house.visitor(address="203.0.113.7")
    answers = [sign_in(visitor, "nobody-at-all", "not the password") for _ in range(21)]
    assert answers[-1] == 429
    assert sign_in(house.visitor(address="203.0.113.8"), "nobody-at-all", "x") == 401


def test_the_first_sign_in_must_change_the_password(house: House) -> None:
    visitor, login = house.visitor(), house.newcomer("first-time", must_change=True)
    assert sign_in(visitor, login) == 303
    assert visitor.get("/tasks").headers["Location"] == "/password"
    new = {"old": PASSWORD, "new": "another long sentence", "again": "another long sentence"}
    assert visitor.post("/password", new).status_code == 303
    assert visitor.get("/tasks").status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"old": "wrong"}, "原密码不正确"),
        ({"again": "something else"}, "两次填写的新密码不一致"),
        ({"new": "short", "again": "short"}, "密码须为 10 到 128 个字符"),
        ({"new": "a" * 20, "again": "a" * 20}, "至少 4 种不同的字符"),
        ({"new": PASSWORD, "again": PASSWORD}, "不得与原密码相同"),
    ],
)
def test_a_bad_new_password_is_refused_with_the_reason(
    house: House, change: dict[str, str], said: str
) -> None:
    visitor = house.visitor()
    login = house.newcomer(f"bad-new-{abs(hash(said)) % 10_000}")
    sign_in(visitor, login)
    form = {"old": PASSWORD, "new": "a fine new password", "again": "a fine new password"}
    answer = visitor.post("/password", form | change)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_changed_password_ends_every_other_session(house: House) -> None:
    login = house.newcomer("two-devices")
    desk, phone = house.visitor(), house.visitor()
    sign_in(desk, login)
    sign_in(phone, login)
    desk.post(
        "/password", {"old": PASSWORD, "new": "a fine new password", "again": "a fine new password"}
    )
    assert desk.get("/tasks").status_code == 200
    assert phone.get("/tasks").headers["Location"].startswith("/login")


def test_one_can_sign_out_everywhere(house: House) -> None:
    login = house.newcomer("everywhere")
    desk, phone = house.visitor(), house.visitor()
    sign_in(desk, login)
    sign_in(phone, login)
    desk.post("/logout/everywhere")
    for visitor in (desk, phone):
        assert visitor.get("/tasks").status_code == 302


def test_a_session_ends_after_two_idle_hours(house: House) -> None:
    visitor = house.visitor()
    sign_in(visitor, house.newcomer("idle"))
    house.wall.pass_by(hours=1, minutes=59)
    assert visitor.get("/tasks").status_code == 200
    house.wall.pass_by(hours=2, minutes=1)
    assert visitor.get("/tasks").status_code == 302


def test_a_session_is_touched_at_most_every_five_minutes(house: House) -> None:
    visitor = house.visitor()
    sign_in(visitor, house.newcomer("touched"))
    writes: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE sessions"):
            writes.append(statement)

    engine = house.office.engine.store.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for minutes in (1, 3, 1, 4, 1):
            house.wall.pass_by(minutes=minutes)
            visitor.get("/tasks")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(writes) == 2


def test_a_form_without_its_token_is_refused(house: House) -> None:
    visitor = house.visitor("cy-samr-handler1")
    answer = visitor.client.post("/logout/everywhere")
    assert answer.status_code == 400
    assert visitor.get("/tasks").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://other.example/", "//other.example", "/\\other.example", "/\t/other.example"]
)
def test_signing_in_never_leads_to_another_site(house: House, target: str) -> None:
    visitor = house.visitor()
    answer = visitor.post("/login/demo", {"login": "cy-samr-handler1", "next": target})
    assert answer.headers["Location"] == "/tasks"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(house: House) -> None:
    visitor = house.visitor()
    wanted = visitor.get("/cases?stands=open").headers["Location"]
    assert wanted == "/login?next=/cases?stands%3Dopen"
    answer = visitor.post(
        "/login/demo", {"login": "cy-samr-handler1", "next": "/cases?stands=open"}
    )
    assert answer.headers["Location"] == "/cases?stands=open"


def test_only_a_demonstration_lets_people_in_without_a_password(house: House) -> None:
    app = create_app(
        house.office.engine,
        secret_key="r" * 32,
        var=house.var,
        demo=False,
        shelves=house.shelves,
    )
    visitor = Visitor(app)
    assert visitor.post("/login/demo", {"login": "cy-samr-handler1"}).status_code == 403
    assert "cy-samr-handler1" not in visitor.get("/login").text


def test_several_processes_count_attempts_together(house: House) -> None:
    def another_process() -> Visitor:
        app = create_app(
            house.office.engine,
            secret_key="p" * 32,
            var=house.var,
            demo=True,
            processes=2,
            shelves=house.shelves,
            wall=house.wall,
        )
        return Visitor(app, "203.0.113.9")

    one, two = another_process(), another_process()
    answers = [
        sign_in(visitor, "nobody-at-all", "not the password")
        for _ in range(11)
        for visitor in (one, two)
    ]
    assert answers[19:] == [401, 429, 429]
