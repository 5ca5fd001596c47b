"""A session that ended while a form was filled in: the answers come back, and so does the way."""

from __future__ import annotations

import pytest

from engine.store import sessions
from tests.web.conftest import PASSWORD, House
from tests.web.visitor import Visitor, readable

HANDLER = "cy-samr-handler1"


@pytest.fixture
def task(house: House) -> str:
    case_id = house.office.open("joint_plan", by=HANDLER, lead="samr", title="过夜的计划")
    return f"/tasks/{house.office.case(case_id).number}/draft"


@pytest.fixture
def late(house: House) -> Visitor:
    """Somebody whose session ended while the page stood open."""
    visitor = house.visitor(HANDLER)
    visitor.token()
    house.wall.moment += 2 * sessions.LASTS
    return visitor


ANSWERS = {
    "_do": "submit",
    "turn": "1",
    "plan_name": "写了一个上午的计划",
    "legal_basis": "<b>写了一个上午的依据</b>",
}


def test_what_was_typed_comes_back_and_the_button_leads_back(late: Visitor, task: str) -> None:
    answer = late.post(task, ANSWERS)
    assert answer.status_code == 401
    told = readable(answer.text)
    assert "请先登录" in told
    assert "您填写的内容" in told
    assert "写了一个上午的计划" in told
    assert "<b>写了一个上午的依据" in told  # as text
    assert "_do" not in told
    assert f'href="/login?next={task}" target="_blank"' in answer.text, (
        "this page stays to copy from"
    )


@pytest.mark.parametrize("step", ["claim", "facts", "check", "release"])
def test_every_button_of_a_task_leads_back_to_the_task(late: Visitor, task: str, step: str) -> None:
    answer = late.post(f"{task}/{step}", {"reason": "交给同事"})
    assert f'href="/login?next={task}"' in answer.text


def test_a_comment_comes_back_and_leads_to_its_case(late: Visitor, task: str) -> None:
    case = task.replace("/tasks/", "/cases/").removesuffix("/draft")
    answer = late.post(f"{case}/comments", {"text": "一句批注"})
    assert "一句批注" in answer.text
    assert f'href="/login?next={case}"' in answer.text


def test_a_form_from_before_another_sign_in_comes_back_too(house: House, task: str) -> None:
    visitor = house.visitor(HANDLER)
    answer = visitor.client.post(task, data=ANSWERS | {"csrf_token": "older"})
    assert answer.status_code == 400
    assert "写了一个上午的计划" in answer.text
    assert f'href="{task}"' in answer.text


def test_passwords_and_secrets_are_never_shown(late: Visitor, house: House, task: str) -> None:
    secret = {"old": PASSWORD, "new": "another one", "again": "another one"}
    assert PASSWORD not in late.post("/password", secret).text
    assert (
        PASSWORD
        not in house.visitor()
        .client.post("/login", data={"login": HANDLER, "password": PASSWORD})
        .text
    )
    sealed = late.post(task, {"seal_secret": "a3" * 32, "plan_name": "有密值的一步"})
    assert "有密值的一步" in sealed.text
    assert "a3" * 32 not in sealed.text
