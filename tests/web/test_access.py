"""Every route says who may come, and turns everybody else away in a way they can act on."""

from __future__ import annotations

import pytest

from engine.store import accounts, people
from tests.web.conftest import House
from web import access
from web.app import create_app


def test_the_application_does_not_start_with_a_route_that_says_nothing(house: House) -> None:
    app = create_app(
        house.office.engine,
        secret_key="o" * 32,
        var=house.var,
        demo=True,
        shelves=house.shelves,
    )
    app.add_url_rule("/loose", "loose", lambda: "")
    with pytest.raises(access.RouteWithoutAccessRule, match="/loose"):
        access.refuse_open_routes(app)


def test_no_route_of_the_product_is_silent(house: House) -> None:
    access.refuse_open_routes(house.app)


def test_a_visitor_is_led_to_the_sign_in_page(house: House) -> None:
    answer = house.visitor().get("/tasks")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/tasks"


def test_a_program_without_a_token_gets_problems_it_can_read(house: House) -> None:
    answer = house.visitor().get("/api/v1/tasks")
    assert answer.status_code == 401
    assert answer.get_json()["problems"][0]["code"] == "sign-in-first"


@pytest.mark.parametrize("path", ["/admin/people", "/admin/people/new", "/studio"])
def test_a_page_for_other_positions_says_which_one_is_needed(house: House, path: str) -> None:
    text = house.visitor("cy-fire-handler1").page(path, 403)
    assert "您的岗位不能访问此页" in text
    assert "平台管理员" in text or "流程管理员" in text


def test_the_position_that_is_needed_is_named_in_both_languages(house: House) -> None:
    told = house.visitor("cy-fire-handler1").english().page("/admin/people", 403)
    assert "Needed: a platform administrator." in told


def test_a_withdrawn_position_counts_at_once(house: House) -> None:
    person = house.newcomer("short-lived")
    engine = house.office.engine
    with engine.store.write() as tx:
        known = people.by_login(tx, person, at=engine.now())
        assert known is not None
        people.grant(tx, known.id, department="samr", position="process_admin", since=engine.now())
    visitor = house.visitor(person)
    assert visitor.get("/admin/people").status_code == 200
    with engine.store.write() as tx:
        people.withdraw(tx, known.id, department="samr", position="process_admin", at=engine.now())
    assert visitor.get("/admin/people").status_code == 403


def test_a_closed_account_is_out_at_once(house: House) -> None:
    login = house.newcomer("closed-now")
    visitor = house.visitor(login)
    engine = house.office.engine
    with engine.store.write() as tx:
        known = people.by_login(tx, login, at=engine.now())
        assert known is not None
        accounts.disable(tx, known.id, at=engine.now())
    assert visitor.get("/tasks").status_code == 302


def test_staff_of_one_jurisdiction_do_not_read_the_cases_of_another(house: House) -> None:
    number = house.office.case(
        house.office.open("joint_plan", by="cy-samr-handler1", lead="samr")
    ).number
    assert house.visitor("cy-fire-handler1").get(f"/cases/{number}").status_code == 200
    assert "另一辖区" in house.visitor("pj-samr-handler1").page(f"/cases/{number}", 403)


def test_every_page_forbids_foreign_scripts_styles_and_frames(house: House) -> None:
    visitor = house.visitor("cy-samr-handler1")
    for path in ("/tasks", "/public", "/login"):
        policy = visitor.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_pages_with_a_person_on_them_are_kept_by_no_cache(house: House) -> None:
    answer = house.visitor("cy-samr-handler1").get("/tasks")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_no_page_carries_inline_scripts_or_styles(house: House) -> None:
    visitor = house.visitor("cy-samr-handler1")
    for path in ("/tasks", "/cases", "/registries", "/public", "/cases/new", "/audit"):
        markup = visitor.get(path).text
        assert "<style" not in markup
        assert " style=" not in markup
        assert " onclick=" not in markup
        assert "<script>" not in markup
