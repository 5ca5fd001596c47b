"""An explanation says what decided, once, with the words of the clause; nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from rules import pack
from rules.facts import Facts
from rules.language.explain import sentences
from rules.language.types import Value
from rules.pack import Law
from tests.rules.city import TODAY, city

LISTED = """规则 追责
  依据 追责办法 第1条 无原文，待法制核对
  解释 "列举而不限于" 由 "法制科" 于 2026-01-10
  当 任一：
     - 对象 重点       「第一句」
     - 对象 停业       「第二句」
     - 对象的等级 为 高 「第三句」
  认定 对象 应查
结束
例外 免责 之于 追责
  解释 "只作裁量" 由 "法制科" 于 2026-01-10
  当 对象的次数 不超过 1 次
  改为 可以 免除责任
结束
例外 涉密 之于 追责 优先于 免责
  当 对象的旧等级 为 高
  免除
结束
规则 上限
  当 对象的等级 属于 低、中
  应当 计划的比例 介于 比例下限 与 20%
结束
规则 期限
  应当 公示的日期 在 事由的日期 后 公示期限 内
结束
规则 提前
  应当 公示的日期 在 事由的日期 前 至少 1 个工作日
结束
规则 不抽
  不得 对象 停业
结束
决策表 审查 命中 唯一
  | 事项的类别 | 计划的比例  || 结论 |
  | 一般       | 不低于 3%   || 合规 |
  | 一般       | 低于 3%     || 偏离 |
  | 重点       | —           || 合规 |
结束
例外 甲例外 之于 不抽
  当 对象的等级 为 低
  可以 甲事
结束
例外 乙例外 之于 不抽
  当 对象的旧等级 为 低
  可以 乙事
结束
"""


@pytest.fixture(scope="module")
def law() -> Law:
    return city(LISTED)


def told(law: Law, rule: str, lang: str = "zh", /, **facts: Value) -> list[str]:
    return sentences(law, law.assess(rule, Facts(facts), on=TODAY), lang).split("\n")


def test_of_a_list_only_the_ground_that_holds_is_told(law: Law) -> None:
    said = told(law, "追责", 对象的停业=True, 对象的次数=3, 对象的旧等级="低")
    assert said[:2] == [
        "结论：认定：对象的应查。规则“追责”，适用日期 2026-06-15。",
        "适用条件成立：对象 停业",
    ]
    assert not any("免责" in line or "重点" in line for line in said)
    assert "依据〔追责办法 第1条〕“第二句”" in said
    assert not any("第一句" in line for line in said)


def test_the_exception_that_stands_is_told_and_the_beaten_one_is_not(law: Law) -> None:
    facts: dict[str, Value] = {"对象的停业": True, "对象的次数": 1, "对象的旧等级": "高"}
    said = told(law, "追责", **facts)
    assert "例外“涉密”成立：对象的旧等级 为 高" in said
    assert not any("例外“免责”" in line for line in said)
    said = told(law, "追责", **(facts | {"对象的旧等级": "低"}))
    assert "例外“免责”成立：对象的次数 不超过 1 次（对象的次数 = 1 次）" in said
    assert "所据解释：只作裁量（法制科，2026-01-10）" in said


def test_a_duty_is_told_with_the_side_that_failed_and_the_number_behind_it(law: Law) -> None:
    said = told(law, "上限", 对象的等级="低", 计划的比例=0)
    assert "适用条件成立：对象的等级 为 低" in said
    assert "要求不成立：计划的比例 不低于 比例下限（计划的比例 = 0%，比例下限 = 3%）" in said


def test_a_period_is_told_with_its_last_day_and_calendar(law: Law) -> None:
    dates: dict[str, Value] = {"事由的日期": TODAY, "公示的日期": date(2026, 6, 23)}
    said = told(law, "期限", **dates)
    assert said[1] == (
        "要求不成立：公示的日期 在 事由的日期 后 公示期限 内"
        "（公示的日期 = 2026-06-23，事由的日期 = 2026-06-15，"
        "公示期限 = 5 个工作日，最迟 = 2026-06-22）"
    )
    assert said[-1].startswith("日历：CN@")
    said = told(law, "提前", **dates)
    assert "公示的日期 在 事由的日期 前 至少 1 个工作日" in said[1]
    assert "最迟 = 2026-06-12" in said[1]


def test_an_open_verdict_tells_what_it_hangs_on(law: Law) -> None:
    said = told(law, "追责", 对象的停业=True, 对象的次数=3)
    assert "例外“涉密”待查：对象的旧等级 为 高" in said
    assert "还缺：对象的旧等级" in said
    said = told(law, "上限", "en", 对象的等级="低")
    assert (
        "Duty is open: 计划的比例 不低于 比例下限 且 计划的比例 不超过 20%（比例下限 = 3%）" in said
    )
    assert "Missing: 计划的比例" in said


def test_a_prohibition_is_told_as_what_must_not_be(law: Law) -> None:
    said = told(law, "不抽", 对象的停业=True, 对象的等级="高", 对象的旧等级="高")
    assert said[1] == "要求不成立：非 对象 停业（对象的停业 = 是）"


def test_a_conflict_tells_both_exceptions(law: Law) -> None:
    said = told(law, "不抽", 对象的停业=True, 对象的等级="低", 对象的旧等级="低")
    assert said[0].startswith("结论：冲突")
    assert [line for line in said if line.startswith("例外")] == [
        "例外“甲例外”成立：对象的等级 为 低",
        "例外“乙例外”成立：对象的旧等级 为 低",
    ]


def test_a_table_tells_the_row_that_hit(law: Law) -> None:
    said = told(law, "审查", 事项的类别="一般", 计划的比例=0)
    assert "第 2 行成立：事项的类别 为 一般 且 计划的比例 低于 3%（计划的比例 = 0%）" in said
    assert not any(line.startswith("第 1 行") for line in said)
    said = told(law, "审查", 事项的类别="一般")
    assert "第 1 行待查：计划的比例 不低于 3%" in said


def test_a_law_as_known_then_says_so(law: Law) -> None:
    then = pack.as_known(law, date(2026, 1, 9))
    said = told(then, "追责", 对象的停业=True, 对象的次数=3, 对象的旧等级="低")
    assert "以 2026-01-09 已收录的文本为准" in said[0]
    assert not any("所据解释" in line for line in said)
    assert "as known on 2026-01-09" in told(then, "追责", "en", 对象的停业=False)[0]


def test_no_sentence_is_said_twice(law: Law) -> None:
    cases: tuple[dict[str, Value], ...] = ({}, {"对象的停业": True}, {"对象的等级": "高"})
    for rule in law.rule_names:
        for facts in cases:
            said = sentences(law, law.assess(rule, Facts(facts), on=TODAY)).split("\n")
            assert len(said) == len(set(said))
