"""What is offered at the cursor: words the parser accepts, and of the names those that fit."""

from __future__ import annotations

import pytest

from rules.language.complete import complete, complete_condition
from tests.rules.city import city
from tests.rules.test_changes import covered_city
from tests.rules.test_verdicts import CAP


def offered(text: str) -> list[str]:
    return [item.text for item in complete_condition(city(CAP), text)]


def test_completion_follows_the_parser() -> None:
    assert offered("对象的次数 ")[:2] == ["不超过", "不低于"]
    assert "为" in offered("对象的等级 ")
    assert offered("对象的等级 为 ")[:3] == ["低", "中", "高"]
    assert offered("对象的等级 属于 低、")[:3] == ["低", "中", "高"]
    assert "对象的次数" in offered("对象的重点 且 ")
    assert offered("对象的次") == ["对象的次数"]
    assert offered("对象的次数 不") == [
        "不超过",
        "不低于",
        "不少于",
        "不高于",
        "不为",
    ]
    assert "且" in offered("对象的重点")
    assert offered("且 且 ") == []


def test_completion_inside_a_pack_file() -> None:
    law = city(CAP)
    text = "```规则\n规则 甲\n  依\n结束\n例外 乙 之于 \n"
    assert [item.text for item in complete(law, text, 3, 4, file="a.md")] == ["依据"]
    assert "频次上限" in [item.text for item in complete(law, text, 5, 9, file="a.md")]
    assert "规则" in [item.text for item in complete(law, "", 1, 1)]
    assert "例外" in [item.text for item in complete(law, "规则 甲\n  免除\n结束\n", 4, 1)]
    source = city("", **covered_city(""))
    assert [i.text for i in complete(source, "规则 甲\n 依据 ", 2, 5)] == ["XG"]


PLACES = {
    "prose is free": ("说明 规则 ", ()),
    "a new name is the author's": ("```规则\n规则 ", ("名称",)),
    "an example ends in a verdict": (
        '```规则\n规则 甲\n  样例 "一" 设 对象的重点 = 是 得 ',
        ("不适用", "合规", "违反"),
    ),
    "a ratio is compared with ratios": (
        "```规则\n规则 甲\n  应当 计划的比例 介于 3% 与 ",
        ("百分比（如 3%）", "计划的比例", "计划的旧比例", "比例下限", "分级比例"),
    ),
    "a date is compared as dates are": (
        "```规则\n规则 甲\n  应当 公示的日期 不",
        ("不晚于", "不早于", "不为"),
    ),
    "an enum is never more or less": (
        "```规则\n规则 甲\n  当 对象的等级 ",
        ("结束", "为", "不为", "介于", "属于"),
    ),
    "a deadline runs from a date": (
        "```规则\n规则 甲\n  应当 公示的日期 在 ",
        ("日期（如 2021-01-19）", "事由的日期", "公示的日期", "审批的日期"),
    ),
    "a rule of another pack has its pack": ("```规则\n改写 ", ("虚构双随机",)),
    "after the pack come its rules": ("```规则\n改写 虚构双随机 · ", ("频次上限",)),
}


@pytest.mark.parametrize(("text", "expected"), PLACES.values(), ids=PLACES.keys())
def test_completion_offers_what_fits_the_place(text: str, expected: tuple[str, ...]) -> None:
    lines = text.split("\n")
    law = city(CAP)
    found = complete(law, f"{text}\n", len(lines), len(lines[-1]) + 1, file="a.md")
    assert tuple(item.text for item in found)[: len(expected)] == expected
    if not expected:
        assert found == ()


def test_a_place_outside_the_file_offers_nothing() -> None:
    text = "```规则\n规则 甲\n```\n"
    for line, column in ((0, 0), (-1, 5), (10**9, 1), (5, 10**9), (1, -3)):
        assert complete(city(CAP), text, line, column, file="a.md") == ()
