"""Input made to break the reader: clear errors, in time, never a crash."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.errors import FactError, PackProblems
from rules.facts import Facts
from rules.language.analyse import analyse
from rules.language.check import check
from rules.language.explain import sentences
from rules.language.markdown import LARGEST
from rules.language.parse import parse_text
from rules.language.trace import trace
from rules.language.types import NOT_YET, Value
from rules.pack import examine
from tests.rules.city import TODAY, city, files
from tests.rules.generate import CONDITIONS

LAW = city()
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
FIRST = datetime(1, 1, 1, 12, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
FRAGMENTS = (
    *(
        "规则 ",
        "例外 ",
        "结束",
        "当 ",
        "应当 ",
        "为",
        "的",
        "甲",
        "乙 ",
        "（",
        "）",
        "「",
        "」",
        "\n",
    ),
    *("- ", "且 ", "非 ", "3%", "2 次", "||", "|", "任一：", "\x00", "\ud800", "“", "\u202e", "#"),
    *("词 甲的乙 ：是否\n", "枚举 ", "：", "、", "2021-13-45", "无原文", "，", "\ufeff", "🜁", "\t"),
)


def codes(text: str) -> list[str]:
    return [problem.code for problem in parse_text(text, "x.规则").problems]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts=st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=60))
def test_no_text_crashes_the_reader(parts: list[str]) -> None:
    text = "".join(parts)
    for problem in parse_text(text, "x.规则").problems:
        assert problem.line >= 1
        assert problem.message


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=200))
def test_no_bytes_crash_the_loader(content: bytes) -> None:
    law, problems = examine({**files(""), "xugou/乱码.md": content}, "xugou")
    assert law.program.rules == {} or problems == ()


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=20))
def test_no_condition_crashes_the_compiler(parts: list[str]) -> None:
    with contextlib.suppress(PackProblems):
        LAW.condition("".join(parts))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("规则 甲\n  应当 " + "（" * 100_000 + "对象的重点", "too-deep"),
        ("规则 甲\n  应当 " + "非 " * 100_000 + "对象的重点", "too-deep"),
        ("规则 甲\n  应当 " + "非" * 30_000 + "对象的重点", "no-end"),
        ("规则 甲\n" + "  依据 XG 第1条 「甲」\n" * 30_000, "too-long"),
        ("规则 甲\n  应当 " + " 且 ".join(["对象的重点"] * 9_000) + "\n结束\x00", "character"),
        ("\x00" * 5_000, "character"),
        ("规则 " + "甲" * 100_000 + "\n", "unfinished"),
        ("规则 甲\n  应当 对象的重点 \ud83d\n结束", "character"),
        ("规则 甲\n  依据 XG 第1条 「" + "甲" * 200_000, "unclosed"),
        ("规则 甲\n  应当 " + "对象的重点且" * 20_000 + "\n结束", "syntax"),
    ],
)
def test_oversized_and_strange_texts_get_an_answer_in_time(text: str, code: str) -> None:
    started = time.process_time()
    found = codes(text)
    assert time.process_time() - started < 10
    assert code in found or (code in {"syntax", "unfinished", "too-long"} and found)


def test_ten_megabytes_are_refused_at_once() -> None:
    content = ("规则 甲\n  免除\n结束\n" * 400_000).encode()
    assert len(content) > 10_000_000 > LARGEST
    started = time.process_time()
    _, problems = examine({**files(""), "xugou/大.规则": content}, "xugou")
    assert time.process_time() - started < 5
    assert [p.code for p in problems] == ["too-large"]


CROWDS = {
    "the same rule again and again": "规则 甲\n  免除\n结束\n" * 9_000,
    "thousands of rules about one fact": "".join(
        f"规则 甲{n}\n  当 对象 停业\n  应当 对象的次数 不超过 2 次\n结束\n" for n in range(3_000)
    ),
    "thousands of exceptions to one rule": "规则 甲\n  应当 对象 重点\n结束\n"
    + "".join(f"例外 例{n} 之于 甲\n  当 对象 停业\n  可以 做{n}\n结束\n" for n in range(3_000)),
}


@pytest.mark.parametrize("text", CROWDS.values(), ids=CROWDS.keys())
def test_a_crowd_of_rules_is_read_checked_and_analysed_in_time(text: str) -> None:
    started = time.process_time()
    law, _ = examine({**files(""), "xugou/多.规则": text.encode()}, "xugou")
    check(law)
    analyse(law, TODAY)
    assert time.process_time() - started < 10


def test_a_file_that_is_not_utf_8_names_the_line() -> None:
    content = "```规则\n枚举 甲 ：乙\n".encode() + "词 丙".encode("gb18030") + b"\n```\n"
    _, problems = examine({**files(""), "xugou/国标.md": content}, "xugou")
    assert [(p.line, p.code) for p in problems] == [(3, "encoding")]


def test_a_condition_is_data_and_runs_nothing() -> None:
    for text in (
        "是" * 20_001,
        "__import__('os').system('true')",
        "1 为 1; 删除",
        "().__class__",
        "{{7*7}}",
        "",
    ):
        with pytest.raises(PackProblems):
            LAW.condition(text)


# ---------------------------------------------------------------- mazes, giants, strange values
MAZES = {
    "a sum of thousands": "对象的次数" + " + 1 次" * 2500 + " 超过 2 次",
    "days upon days": "公示的日期" + " + 1 个日" * 2000 + " 早于 2026-01-01",
    "sums inside sums": "（" * 40 + "评分的分值" + " + 1 + 1 + 1）" * 40 + " 超过 2",
    "a number of thousands of digits": "评分的分值 超过 " + "9" * 6000,
    "a part of a working day": "公示的日期 在 事由的日期 后 1.5 个工作日内",
    "half a month": "公示的日期 在 每年 1.5 月 1 日 前",
}


@pytest.mark.parametrize("text", MAZES.values(), ids=MAZES.keys())
def test_a_maze_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(PackProblems) as caught:
        LAW.condition(text)
    assert {problem.code for problem in caught.value.problems} <= {"too-deep", "literal"}
    _law, problems = examine(files(f"规则 甲\n  应当 {text}\n结束"), "xugou")
    assert [problem.line for problem in problems if problem.severity == "error"] == [8]


def test_a_list_of_thousands_is_judged_and_explained() -> None:
    items = "     - 对象 停业\n" * 3000
    law = city(f"规则 甲\n  当 任一：\n{items}  应当 对象 重点\n结束")
    answer = law.assess("甲", Facts({"对象的停业": True, "对象的重点": False}), on=TODAY)
    assert answer.verdict == "违反"
    assert sentences(law, answer)
    assert trace(law, answer)


def test_hundreds_of_exceptions_upon_exceptions_come_to_an_end() -> None:
    text = "规则 甲\n  应当 对象 重点\n结束\n例外 例0 之于 甲\n  当 对象 停业\n  免除\n结束\n"
    text += "".join(
        f"例外 例{n + 1} 之于 例{n}\n  当 对象 停业\n  免除\n结束\n" for n in range(300)
    )
    law = city(text)
    assert law.assess("甲", Facts({"对象的停业": False, "对象的重点": True}), on=TODAY)
    cycle = (
        "例外 一 之于 二\n  当 对象 停业\n  免除\n结束\n"
        "例外 二 之于 一、甲\n  当 对象 停业\n  免除\n结束"
    )
    looped, _ = examine(files(f"规则 甲\n  应当 对象 重点\n结束\n{cycle}"), "xugou")
    assert looped is not None
    assert sentences(looped, looped.assess("甲", Facts({"对象的停业": True}), on=TODAY))


STRANGE: tuple[object, ...] = (
    *("\ud800", "9" * 5000, 10**400, -(10**30), float("inf"), float("nan"), b"x", {}, [], ()),
    *("3/0", "１", "2026-13-01", "9999-12-31", "0001-01-01", "-1", "1e9", "\x00", True, object()),
    *("2026-06-15T08:00:00+99:00", ["低", "\ud800"], {"value": "是", "signer": "甲"}),
)


@pytest.mark.parametrize("key", [term.key for term in LAW.program.names.terms.values()])
def test_a_strange_value_becomes_a_fact_or_a_clear_refusal(key: str) -> None:
    for value in STRANGE:
        with contextlib.suppress(FactError):
            LAW.facts({key: value})


MOMENTS: st.SearchStrategy[Value] = st.sampled_from(
    [date.min, date.max, date(9999, 11, 2), NOT_YET, TODAY]
)
EXTREMES: dict[str, st.SearchStrategy[Value]] = {
    "对象的次数": st.integers(-(10**18), 10**18),
    "名录的户数": st.integers(-(10**18), 10**18),
    "名录的抽数": st.sampled_from([0, -1, 1, 10**18]),
    "计划的比例": st.fractions(),
    "计划的年度": st.integers(-10, 10**6),
    "评分的分值": st.fractions(),
    "事由的日期": MOMENTS,
    "公示的日期": MOMENTS,
    "审批的日期": MOMENTS,
    "对象的等级": st.sampled_from(("低", "高")),
    "结果的代码": st.just(frozenset()),
}
FAR = st.sampled_from(
    (
        "公示的日期 在 事由的日期 后 9999999 个工作日内",
        "公示的日期 在 事由的日期 后 999999999999999 日内",
        "公示的日期 在 事由的日期 前 至少 9999999 个工作日",
        "公示的日期 − 9999999 个日 早于 事由的日期",
        "公示的日期 在 事由的日期 后 每季度首月前 999999 日内",
        "公示的日期 在 事由的日期 后 每季度首月前 5 个工作日内",
        "公示的日期 在 每季度首月前 0 个工作日内",
        "公示的日期 在 计划的年度 2 月 29 日 前",
        "公示的日期 早于 事由的日期",
        "名录的抽数 ÷ 名录的户数 超过 3%",
        "上取整（名录的户数 ÷ 3） 不少于 下取整（名录的户数 × 计划的比例）",
    )
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=FAR | CONDITIONS, values=st.fixed_dictionaries({}, optional=EXTREMES))
def test_every_evaluation_comes_to_an_answer(text: str, values: dict[str, Value]) -> None:
    law = city(f"规则 甲\n  应当 {text}\n结束")
    for now in (None, NOW, FIRST, LAST):
        answer = law.assess("甲", Facts(values), on=TODAY, now=now)
        assert sentences(law, answer)
        assert trace(law, answer)
    for on in (TODAY, date.min, date.max):
        assert law.due("甲", Facts(values), on=on).rule == "甲"
