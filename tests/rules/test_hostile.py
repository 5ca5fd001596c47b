"""Input made to break the reader: clear errors, in time, never a crash."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.errors import PackProblems
from rules.language.markdown import LARGEST
from rules.language.parse import parse_text
from rules.pack import examine
from tests.rules.city import city, files

LAW = city()
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
    assert law is not None or problems


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
