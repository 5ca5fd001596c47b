"""Whatever is sent, the answer is a sentence with the right status, and nothing is half-written."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tests.web.conftest import House
from tests.web.visitor import Visitor
from web.limits import limiter

HANDLER, ADMIN = "cy-samr-handler1", "cy-samr-process-admin1"
LISTS = ("/tasks", "/cases", "/plans", "/audit", "/public", "/public/board.json")


@pytest.fixture
def number(house: House) -> str:
    case_id = house.office.open("joint_plan", by=HANDLER, lead="samr", title="被攻击的计划")
    return house.office.case(case_id).number


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<a>" * 3_000_000)
    return packed.getvalue()


@pytest.mark.parametrize("page", ["²", "-1", "0", "abc", "9" * 30, "٣", ""])
def test_an_odd_page_number_is_the_first_page(house: House, page: str) -> None:
    visitor = house.visitor(HANDLER)
    for path in LISTS:
        assert visitor.get(path, query_string={"page": page}).status_code == 200, path


@pytest.mark.parametrize("step", ["²", "9" * 5000, "-3", "x"])
def test_an_odd_step_is_the_last_one(house: House, number: str, step: str) -> None:
    answer = house.visitor(HANDLER).get(f"/audit/{number}", query_string={"step": step})
    assert answer.status_code == 200


def test_a_number_no_database_counts_to_is_not_found(house: House, number: str) -> None:
    visitor = house.visitor(HANDLER)
    nobody = "00000000-0000-0000-0000-000000000000"
    for path in (f"/public/records/{nobody}/{'9' * 20}/0", f"/cases/{number}/steps/{'9' * 20}"):
        answer = visitor.get(path)
        assert answer.status_code == 404, path
        assert "没有这个页面" in answer.text


def test_characters_no_database_takes_are_refused_in_words(house: House, number: str) -> None:
    visitor = house.visitor(HANDLER)
    answers = (
        visitor.get("/cases?q=a%00b"),
        visitor.get("/cases/%00"),
        visitor.post("/cases/new", {"process": "joint_plan", "title": "a\0b"}),
        visitor.post(f"/tasks/{number}/draft", {"_do": "draft", "plan_name": "\0"}),
        visitor.post(f"/cases/{number}/comments", {"text": "\0"}),
        visitor.post("/cases/new", {"process": "joint_plan", "title": "计划\u202e（6100）"}),
        visitor.get("/public?q=%E2%81%A7"),
    )
    for answer in answers:
        assert answer.status_code == 400
        assert "不能保存的字符" in answer.text
    assert "a\0b" not in visitor.page("/cases")


def test_a_remark_is_kept_whole_or_refused(house: House, number: str) -> None:
    visitor = house.visitor(HANDLER)
    for text, told in (("  ", "请填写批注"), ("长" * 2001, "批注最多 2000 个字")):
        answer = visitor.post(f"/cases/{number}/comments", {"text": text})
        assert (answer.status_code, told in answer.text) == (422, True)
    assert "长长" not in visitor.page(f"/cases/{number}")
    assert visitor.post(f"/cases/{number}/comments", {"text": "长" * 2000}).status_code == 303
    assert "长" * 2000 in visitor.page(f"/cases/{number}")


@pytest.mark.parametrize(
    "sent",
    [
        b"x",
        b"[]",
        b'{"data": "x"}',
        b'{"data": [1]}',
        b'{"data": {"plan_name": "\\ud800"}}',
        b'{"data": {"plan_name": "\\u0000"}}',
        b'{"data": {"plan_year": 1e999}}',
        b'{"data": {"plan_year": 99999999999999999999}}',
        b'{"turn": -1}',
        b"[" * 100_000,
        b'{"data":' * 3000,
        b'{"data":' * 60 + b"1" + b"}" * 60,
    ],
)
def test_a_program_that_sends_nonsense_is_told_so(house: House, number: str, sent: bytes) -> None:
    visitor = house.visitor(HANDLER)
    before = visitor.get(f"/api/v1/cases/{number}/events").get_json()["events"]
    answer = visitor.client.post(
        f"/api/v1/cases/{number}/tasks/draft",
        data=sent,
        content_type="application/json",
        headers={"X-CSRFToken": visitor.token()},
        environ_overrides=visitor.environment,
    )
    assert answer.status_code in (400, 409, 422), answer.text
    (problem,) = answer.get_json()["problems"]
    assert problem["code"] != "internal"
    assert problem["message"]
    assert visitor.get(f"/api/v1/cases/{number}/events").get_json()["events"] == before


@pytest.mark.parametrize("action", ["drop:items.²", "drop:items." + "9" * 5000, "add:nowhere", "²"])
def test_an_odd_button_changes_nothing(house: House, number: str, action: str) -> None:
    answer = house.visitor(HANDLER).post(f"/tasks/{number}/draft", {"_do": action})
    assert answer.status_code in (200, 422)


def test_a_form_full_of_nonsense_comes_back_with_its_mistakes(house: House, number: str) -> None:
    visitor = house.visitor(HANDLER)
    nonsense = {
        "_do": "submit",
        "turn": "²",
        "plan_name": "长" * 100_000,
        "plan_year": "1e400",
        "ratio": "NaN%",
        "base_count": "9" * 400,
        "window_start": "0000-00-00",
        "items": ["<script>", "CY-SAMR-01", "CY-SAMR-01"],
        "participants": ["nowhere"],
    }
    answer = visitor.post(f"/tasks/{number}/draft", nonsense)
    assert answer.status_code == 422
    assert "处需要改正" in answer.text
    assert "<script>" not in answer.text.replace('<script src="/static', "")
    kinds = [
        each["kind"] for each in visitor.get(f"/api/v1/cases/{number}/events").get_json()["events"]
    ]
    assert "task-completed" not in kinds


def test_a_form_without_its_token_is_refused(house: House, number: str) -> None:
    visitor = house.visitor(HANDLER)
    for token in ({}, {"csrf_token": "made up"}):
        answer = visitor.client.post(
            f"/tasks/{number}/draft",
            data={"_do": "draft", **token},
            environ_overrides=visitor.environment,
        )
        assert answer.status_code == 400
        assert "请从原页面重新提交" in answer.text


@pytest.mark.parametrize("kind", ["subjects", "items"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("null.csv", b"\0" * 500),
        ("cut.csv", "统一社会信用代码,名称\n".encode("gb18030") + b"\xff\xfe\x81"),
        ("quotes.csv", b'"' * 9999),
        ("wide.csv", b"x," * 100_000),
        ("no.xlsx", b"PK\x03\x04 not a workbook"),
        ("bomb.xlsx", bomb()),
        ("../../../etc/passwd", b"MZ"),
    ],
)
def test_a_file_that_is_no_registry_is_named_as_such(
    house: House, kind: str, name: str, content: bytes
) -> None:
    answer = house.visitor(HANDLER).post(
        f"/registries/{kind}/upload", {"file": (io.BytesIO(content), name)}
    )
    assert answer.status_code == 422
    assert "内部错误" not in answer.text
    with house.app.app_context():
        limiter.reset()


@pytest.mark.parametrize("sha256", ["", "x", "../../secret.key", "a" * 64, "²" * 64])
def test_only_a_file_that_was_shown_can_count(house: House, sha256: str) -> None:
    answer = house.visitor(HANDLER).post(
        "/registries/items/apply", {"sha256": sha256, "filename": "x.csv"}
    )
    assert answer.status_code in (404, 422)


def test_methods_a_page_does_not_know_are_refused(house: House) -> None:
    visitor = house.visitor(HANDLER)
    assert visitor.client.head("/tasks").status_code == 200
    assert visitor.client.options("/tasks").status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        answer = visitor.client.open("/tasks", method=method)
        assert (answer.status_code, "不接受这种操作" in answer.text) == (405, True)


def test_a_case_is_opened_under_a_parent_that_exists_and_a_department_of_ones_own(
    house: House,
) -> None:
    visitor = house.visitor(HANDLER)
    asked: dict[str, Any] = {"process": "joint_plan", "title": "从哪里来"}
    for wrong, told in (
        ({"parent": "CY-1900-LH-0001"}, "没有编号为「CY-1900-LH-0001」的案件"),
        ({"parent": "../../etc"}, "没有编号为"),
        ({"department": "fire"}, "您不能以这个部门的名义办理"),
    ):
        answer = visitor.post("/cases/new", {**asked, **wrong})
        assert answer.status_code == 422
        assert told in answer.text
    assert "从哪里来" not in visitor.page("/cases")


def entered(house: House, login: str, **more: str) -> tuple[Visitor, Any]:
    admin = house.visitor(ADMIN)
    return admin, admin.post("/admin/people/new", {"login": login, "name": "某人", **more})


def test_an_inspector_is_one_person_only(house: House) -> None:
    _admin, first = entered(house, "inspects.one", inspector_id="CY-ZZZ-001")
    assert first.status_code == 200
    _admin, second = entered(house, "inspects.two", inspector_id="CY-ZZZ-001")
    assert second.status_code == 422
    assert "已属于另一人" in second.text
    _admin, third = entered(house, "inspects.three", inspector_id="x" * 500)
    assert third.status_code == 422


def test_a_position_is_granted_for_days_that_come(house: House) -> None:
    admin, _answer = entered(house, "grant.me")
    seat = {"department": "samr", "position": "handler"}
    place = "/admin/people/grant.me/positions"
    for until in ("²", "2026-13-45", "1900-01-01", "9999-12-31", "20260615"):
        answer = admin.post(place, {**seat, "until": until})
        assert answer.status_code == 422, until
        assert "截止日期" in answer.text
    for wrong in ({}, {**seat, "department": "mars"}, {**seat, "position": "emperor"}):
        answer = admin.post(place, wrong)
        assert (answer.status_code, "没有这样的部门或岗位" in answer.text) == (422, True)
    assert "尚无岗位" in admin.page("/admin/people/grant.me")


def test_a_position_withdrawn_and_given_again_at_once_is_held(house: House) -> None:
    admin, _answer = entered(house, "back.again")
    seat = {"department": "samr", "position": "handler"}
    place = "/admin/people/back.again/positions"
    for path in (place, f"{place}/withdraw", place, place):
        assert admin.post(path, seat).status_code == 303
    assert "经办人" in admin.page("/admin/people/back.again")


def test_an_administrator_stays_able_to_come_in(house: House) -> None:
    admin = house.visitor(ADMIN)
    answer = admin.post(f"/admin/people/{ADMIN}/account", {"closed": "yes"})
    assert answer.status_code == 409
    assert "不能停用自己的账号" in answer.text
    assert admin.get("/admin/people").status_code == 200


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"date,kind\n", b"date,kind\n2031-02-01,workday\n"]
)
def test_an_empty_year_is_no_published_year(house: House, content: bytes) -> None:
    answer = house.visitor(ADMIN).post("/holidays", {"file": (io.BytesIO(content), "2031.csv")})
    assert answer.status_code == 422
    assert "没有一个放假日期" in answer.text


@pytest.mark.parametrize("day", ["²", "0000-01-01", "15/06/2026"])
def test_a_merger_takes_effect_on_a_day(house: House, day: str) -> None:
    answer = house.visitor(ADMIN).post(
        "/organisation/merge",
        {"former": "fire", "successor": "health", "basis": "文件", "effective_on": day},
    )
    assert answer.status_code == 422
    assert "不是日期" in answer.text
