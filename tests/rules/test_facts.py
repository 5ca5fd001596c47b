"""Recorded values become typed facts, or a clear refusal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from rules.errors import FactError
from rules.language.types import NOT_YET, Type, decimal, show
from tests.rules.city import city

LAW = city()


@pytest.mark.parametrize(
    ("key", "value", "path", "fact"),
    [
        ("case.ratio", "3%", "计划的比例", Fraction(3, 100)),
        ("case.ratio", "3/100", "计划的比例", Fraction(3, 100)),
        ("case.ratio", "2.9％", "计划的比例", Fraction(29, 1000)),
        ("case.event_on", "2026-06-15", "事由的日期", date(2026, 6, 15)),
        ("case.event_on", "2026-06-15T16:00:00Z", "事由的日期", date(2026, 6, 16)),  # Shanghai
        (
            "case.event_on",
            datetime(2026, 6, 15, 15, 59, tzinfo=UTC),
            "事由的日期",
            date(2026, 6, 15),
        ),
        ("case.published_on", "未发生", "公示的日期", NOT_YET),
        ("count.visits", 2, "对象的次数", 2),
        ("case.cap", "2 次", "对象的上限", 2),
        ("case.year", "2026", "计划的年度", 2026),
        ("case.score", "2.5", "评分的分值", Fraction(5, 2)),
        ("case.score", 3, "评分的分值", 3),
        ("case.closed", "是", "对象的停业", True),
        ("case.closed", False, "对象的停业", False),
        ("registry.tier", "低", "对象的等级", "低"),
        ("case.codes", ["低", "高"], "结果的代码", frozenset({"低", "高"})),
        ("actor.department", "samr", "操作的部门", "samr"),
        ("case.finding", {"value": True, "signer": "li"}, "责任的情形", True),
        ("case.finding", False, "责任的情形", False),
    ],
)
def test_a_recorded_value_takes_the_type_of_its_word(
    key: str, value: Any, path: str, fact: Any
) -> None:
    assert LAW.facts({key: value})[path] == fact


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("case.ratio", "三成", "百分比"),
        ("case.ratio", True, "百分比"),
        ("case.ratio", 0.03, "百分比"),
        ("case.event_on", "2026-02-30", "日期"),
        ("case.event_on", "2026-06-15T08:00:00", "日期"),
        ("case.event_on", 20260615, "日期"),
        ("count.visits", "多次", "整数"),
        ("count.visits", True, "整数"),
        ("case.closed", "也许", "是 或 否"),
        ("case.closed", 1, "是 或 否"),
        ("registry.tier", "极高", "低、中、高"),
        ("case.codes", "低", "一组值"),
        ("case.finding", {"value": True}, "署名"),
        ("actor.department", 3, "文字"),
        ("case.score", "1/0", "数字"),
    ],
)
def test_a_value_of_another_form_is_refused_with_the_form_expected(
    key: str, value: Any, said: str
) -> None:
    with pytest.raises(FactError, match=said) as caught:
        LAW.facts({key: value})
    assert caught.value.term in LAW.program.names.terms


def test_the_same_words_are_read_once_for_each_term_and_refused_every_time() -> None:
    twice = [LAW.facts({"case.year": "2026", "case.score": "2026"}) for _ in range(2)]
    assert twice[0] == twice[1]
    assert type(twice[1]["计划的年度"]) is int
    assert type(twice[1]["评分的分值"]) is Fraction
    for _ in range(2):
        with pytest.raises(FactError, match="百分比"):
            LAW.facts({"case.ratio": "三成"})


def test_a_null_is_an_unknown_fact_and_strange_keys_are_ignored() -> None:
    assert "计划的比例" not in LAW.facts({"case.ratio": None, "case.other": 1})


def test_facts_remember_where_they_come_from() -> None:
    facts = LAW.facts({"count.visits": 2})
    assert facts.origins["对象的次数"] == "count.visits@snapshot"
    more = facts.with_facts({"对象的重点": True}, "推导")
    assert (more["对象的重点"], more.origins["对象的重点"]) == (True, "推导")


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (Fraction(29, 1000), Type("ratio"), "2.9%"),
        (Fraction(1, 3), Type("ratio"), "100/3%"),
        (2, Type("count", "次"), "2 次"),
        (10, Type("wdays"), "10 个工作日"),
        (True, Type("bool"), "是"),
        (None, Type("bool"), "未知"),
        (frozenset({"乙", "甲"}), Type("enum", "x", many=True), "（乙、甲）"),
        (date(2026, 6, 15), Type("date"), "2026-06-15"),
        (Fraction(-1, 8), Type("number"), "-0.125"),
    ],
)
def test_values_are_shown_as_a_rule_text_writes_them(value: Any, type_: Type, text: str) -> None:
    assert show(value, type_) == text


def test_decimals_are_exact() -> None:
    assert decimal(Fraction("0.123456789012")) == "0.123456789012"
    assert decimal(Fraction(100)) == "100"
    assert decimal(Fraction(2, 7)) == "2/7"
