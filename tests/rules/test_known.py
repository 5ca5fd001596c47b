"""Three clocks: what was law on a day, what was known on a day, what has happened by a day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from rules import pack
from rules.facts import Facts
from rules.language.check import check
from rules.language.examples import run_examples
from rules.language.explain import sentences
from rules.language.format import format_text
from rules.language.trace import trace
from rules.pack import Law
from tests.rules.city import city

CORRECTED = """规则 上限
  解释 "次数含本次" 由 "法制科" 于 2026-01-10
  应当 对象的次数 不超过 2 次
  样例 "二次" 设 对象的次数 = 2 次、对象的重点 = 否 得 合规
结束
规则 上限
  解释 "次数不含本次" 由 "法制科" 于 2026-05-01
  收录 于 2026-05-02
  应当 对象的次数 少于 2 次
  样例 "二次" 设 对象的次数 = 2 次、对象的重点 = 否 得 违反
结束
例外 重点不限 之于 上限
  收录 于 2026-05-02
  当 对象 重点
  免除
结束
例外 重点不限 之于 上限
  收录 于 2026-06-01
  当 对象 重点 且 非 对象 停业
  免除
结束
参数 最高比例 ：比例
  自 2020-01-01 为 20%
  自 2020-01-01 为 25% 收录 于 2026-05-02
  自 2026-01-01 为 30%
结束
规则 比例
  应当 计划的比例 不超过 最高比例
结束
"""
ON = date(2026, 4, 1)
THEN, NOW = date(2026, 4, 30), date(2026, 7, 1)
TWICE = Facts({"对象的次数": 2, "对象的重点": False, "对象的停业": False})


@pytest.fixture(scope="module")
def law() -> Law:
    return city(CORRECTED)


def test_a_corrected_text_stands_for_every_law_date_once_it_is_known(law: Law) -> None:
    assert law.assess("上限", TWICE, on=ON).verdict == "违反"
    assert law.assess("上限", TWICE, on=date(2021, 1, 1)).verdict == "违反"


def test_what_was_known_then_is_still_answered(law: Law) -> None:
    then = pack.as_known(law, THEN)
    answer = then.assess("上限", TWICE, on=ON)
    assert answer.verdict == "合规"
    assert trace(then, answer)["known_at"] == "2026-04-30"
    assert pack.as_known(law, NOW).assess("上限", TWICE, on=ON).verdict == "违反"


def test_a_trace_of_today_names_no_day_of_knowledge(law: Law) -> None:
    assert trace(law, law.assess("上限", TWICE, on=ON))["known_at"] is None


def test_an_exception_is_corrected_like_a_rule(law: Law) -> None:
    key = Facts({"对象的次数": 2, "对象的重点": True, "对象的停业": True})
    assert pack.as_known(law, date(2026, 5, 3)).assess("上限", key, on=ON).verdict == "免除"
    assert law.assess("上限", key, on=ON).verdict == "违反"


def test_a_reading_is_known_from_the_day_it_was_signed(law: Law) -> None:
    early = pack.as_known(law, date(2026, 1, 9))
    assert "解释" not in said(early)
    assert "次数含本次" in said(pack.as_known(law, THEN))
    assert "次数不含本次" in said(law)


def said(law: Law) -> str:
    return sentences(law, law.assess("上限", TWICE, on=ON))


def test_a_corrected_number_leaves_the_later_ones_alone(law: Law) -> None:
    then = pack.as_known(law, THEN)
    days = (date(2021, 1, 1), date(2026, 2, 1))
    assert [law.parameter("最高比例", on=day) for day in days] == [
        Fraction(1, 4),
        Fraction(3, 10),
    ]
    assert then.parameter("最高比例", on=days[0]) == Fraction(1, 5)


def test_before_a_rule_was_known_there_was_none() -> None:
    law = city(
        "规则 甲\n  收录 于 2026-05-02\n  应当 对象 重点\n结束\n"
        "例外 乙 之于 甲\n  免除\n结束\n规则 丙\n  收录 于 2026-05-02\n  当 对象 停业\n"
        "  认定 对象 应查\n结束\n规则 丁\n  应当 对象 应查\n结束\n"
    )
    then = pack.as_known(law, THEN)
    assert not then.has_rule("甲")
    assert then.has_rule("乙")
    assert then.assess("丁", Facts({"对象的停业": True}), on=ON).verdict == "待查"
    assert law.assess("丁", Facts({"对象的停业": True}), on=ON).verdict == "合规"


def test_a_rewrite_not_yet_known_leaves_the_old_rule() -> None:
    law = city(
        "规则 甲\n  应当 对象 重点\n结束\n"
        "改写 虚构双随机·甲\n  收录 于 2026-05-02\n  应当 对象 停业\n结束\n"
        "规则 乙\n  收录 于 2026-05-02\n  应当 对象 重点\n结束\n"
        "废止 虚构双随机·乙\n  有效 自 2026-01-01\n结束\n"
    )
    key = Facts({"对象的重点": True, "对象的停业": False})
    assert law.assess("甲", key, on=ON).verdict == "违反"
    assert pack.as_known(law, THEN).assess("甲", key, on=ON).verdict == "合规"


def test_the_examples_of_a_corrected_text_no_longer_run(law: Law) -> None:
    results, problems = run_examples(law)
    assert problems == ()
    assert [(r.name, r.expected, r.passed) for r in results] == [("二次", "违反", True)]
    then, _ = run_examples(pack.as_known(law, THEN))
    assert [(r.expected, r.passed) for r in then] == [("合规", True)]


def test_a_correction_is_no_second_version(law: Law) -> None:
    assert [p for p in check(law) if p.severity == "error"] == []


def test_the_formatter_keeps_the_day_of_entry() -> None:
    text = "规则 甲\n  收录 于 2026-05-02\n  应当 对象 重点\n结束\n" + (
        "参数 乙 ：比例\n  自 2020-01-01 为 20% 收录 于 2026-05-02\n结束\n"
        "参数 丙 ：比例 按 等级\n  自 2020-01-01 为\n  | 等级 || 值 |\n  | 低   || 3% |\n"
        "  | 中   || 4% |\n  | 高   || 5% |\n  收录 于 2026-05-02\n结束\n"
    )
    formatted = format_text(text, "a.规则", city().vocabulary)
    assert formatted.count("收录 于 2026-05-02") == 3
    assert format_text(formatted, "a.规则", city().vocabulary) == formatted
