"""The interface for programs: tokens, problems in one form, and a description that is true."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.web.conftest import PASSWORD, House
from web import openapi

DIAGRAM = Path(__file__).parents[2] / "workflows" / "common" / "rectification.bpmn"


def bearer(house: House, login: str) -> dict[str, str]:
    client = house.app.test_client()
    answer = client.post(
        "/api/v1/sessions", json={"login": house.newcomer(login), "password": PASSWORD}
    )
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.get_json()['token']}"}


def test_a_token_opens_what_its_person_may_see(house: House) -> None:
    headers = bearer(house, "program-one")
    client = house.app.test_client()
    assert client.get("/api/v1/tasks", headers=headers).get_json() == {"tasks": []}
    assert client.get("/tasks", headers=headers).status_code == 302


def test_a_token_ends_with_its_session(house: House) -> None:
    headers = bearer(house, "program-two")
    client = house.app.test_client()
    assert client.delete("/api/v1/sessions", headers=headers).status_code == 200
    assert client.get("/api/v1/tasks", headers=headers).status_code == 401


def test_a_wrong_password_gives_no_token(house: House) -> None:
    login = house.newcomer("program-three")
    answer = house.app.test_client().post(
        "/api/v1/sessions", json={"login": login, "password": "not the password"}
    )
    assert answer.status_code == 401
    assert answer.get_json()["problems"][0]["code"] == "sign-in-failed"


def test_a_sound_diagram_is_accepted(house: House) -> None:
    answer = check(house, DIAGRAM.read_bytes())
    assert answer["status"] == 200
    assert not [each for each in answer["problems"] if each["severity"] == "error"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"not xml at all", "xml-syntax"),
        (b"<?xml version='1.0'?><!DOCTYPE x><definitions/>", "xml-doctype"),
        (b"<html/>", None),
    ],
)
def test_a_bad_diagram_is_refused_with_problems(
    house: House, source: bytes, code: str | None
) -> None:
    answer = check(house, source)
    assert answer["status"] == 422
    validator = Draft202012Validator(openapi.document()["components"]["schemas"]["Problem"])
    for problem in answer["problems"]:
        validator.validate(problem)
    if code:
        assert code in {problem["code"] for problem in answer["problems"]}


def test_a_check_without_a_file_says_which_field_is_missing(house: House) -> None:
    answer = house.app.test_client().post("/api/v1/definitions/check")
    assert answer.status_code == 422
    assert answer.get_json()["problems"][0]["code"] == "file-missing"


def check(house: House, source: bytes) -> dict[str, Any]:
    answer = house.app.test_client().post(
        "/api/v1/definitions/check", data={"file": (io.BytesIO(source), "drawing.bpmn")}
    )
    return {"status": answer.status_code, **answer.get_json()}


def test_a_case_can_be_read_and_audited(house: House) -> None:
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr")
    number = house.office.case(case_id).number
    headers = bearer(house, "program-four")
    client = house.app.test_client()
    assert client.get(f"/api/v1/cases/{number}", headers=headers).get_json()["closed"] is False
    events = client.get(f"/api/v1/cases/{number}/events", headers=headers).get_json()["events"]
    assert json.loads(events[0]["body"])["kind"] == "case-opened"
    audited = client.get(f"/api/v1/cases/{number}/audit", headers=headers).get_json()
    assert audited["clean"] is True
    unknown = client.get("/api/v1/cases/CY-1999-LH-0001", headers=headers)
    assert unknown.status_code == 404
    refused = client.post(f"/api/v1/cases/{number}/tasks/draft", headers=headers, json={"data": {}})
    assert refused.status_code == 403


def test_the_description_names_every_route_and_no_other(house: House) -> None:
    document = house.app.test_client().get("/api/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    served = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/")
    }
    assert openapi.paths() == served
