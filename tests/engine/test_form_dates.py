"""Dates and shares that a form may hold, whoever sends them: the browser, a program, a test."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from engine import config, forms
from engine.forms import Form

TODAY = date(2026, 6, 15)


def shipped(name: str) -> Form:
    return forms.read(name, (config.WORKFLOWS / "forms" / f"{name}.json").read_bytes())


def own(**properties: dict[str, Any]) -> Form:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return forms.read("own", json.dumps(schema).encode())


def told(form: Form, **data: Any) -> list[tuple[str, str]]:
    """Return what is wrong, but for questions that were left out here."""
    found = form.mistakes(data, today=TODAY)
    return [(title, why) for title, why in found if why != "为必填项"]


@pytest.mark.parametrize("form", ["joint-plan-draft", "annual-plan-draft", "ad-hoc-plan-draft"])
def test_a_plan_does_not_end_before_it_begins(form: str) -> None:
    told_of = told(shipped(form), window_start="2026-09-30", window_end="2026-07-01")
    assert told_of == [("截止日期", "不能早于「开始日期」")]
    assert told(shipped(form), window_start="2026-09-30", window_end="2026-09-30") == []


def test_what_has_happened_is_not_in_the_future() -> None:
    receipt = shipped("publication-receipt-plan")
    assert told(receipt, plan_published_on="2026-06-15") == []
    assert told(receipt, plan_published_on="2026-06-16") == [
        ("公示日期", "是已经发生的日期，不能晚于今天")
    ]


def test_what_is_no_date_is_refused_once_and_as_such() -> None:
    receipt = shipped("publication-receipt-plan")
    for written in ("2026-06-31", "昨天", "2026-6-1", "２０２６-06-16"):
        assert told(receipt, plan_published_on=written) == [("公示日期", "格式不正确")]


@pytest.mark.parametrize("share", ["0%", "5%", "0.5%", "100%", "1/20", "7/7"])
def test_a_share_is_a_part_of_the_whole(share: str) -> None:
    assert told(shipped("joint-plan-draft"), ratio=share) == []


@pytest.mark.parametrize("share", ["150%", "100.1%", "21/20", "1/0", "１%", "-5%", "5", "1e2%"])
def test_more_than_all_or_no_number_is_no_share(share: str) -> None:
    assert ("抽查比例", "格式不正确") in told(shipped("joint-plan-draft"), ratio=share)


def test_a_share_that_is_no_text_is_refused_as_such() -> None:
    form = own(ratio={"type": "string", "format": "share", "title": "比例"})
    assert told(form, ratio=5) == [("比例", "填写的类型不正确")]
