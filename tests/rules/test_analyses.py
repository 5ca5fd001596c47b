"""What can be proved about a pack, each finding with a smallest case."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rules.language.analyse import analyse
from rules.language.finding import Finding
from rules.language.prover import Prover
from rules.pack import Law
from tests.rules.city import TODAY, city


def found(text: str, kind: str) -> list[Finding]:
    return [item for item in analyse(city(text), TODAY) if item.kind == kind]


CONFLICT = """
规则 甲
  应当 对象的重点
结束
例外 乙 之于 甲{prior}
  当 对象的停业
  免除
结束
例外 丙 之于 甲
  当 {other}
  改为 不得 对象的重点
结束
"""


def test_two_exceptions_that_can_both_hold_need_a_priority() -> None:
    (item,) = found(CONFLICT.format(prior="", other="对象的等级 为 高"), "conflict")
    assert dict(item.witness) == {"对象的停业": "是", "对象的等级": "高"}
    assert item.rules == ("乙", "丙")
    assert not found(CONFLICT.format(prior=" 优先于 丙", other="对象的等级 为 高"), "conflict")
    assert not found(CONFLICT.format(prior="", other="非 对象的停业"), "conflict")


TABLE = """
决策表 审查 命中 唯一
  | 事项的类别 | 计划的比例 || 结论 |
  | 一般 | 介于 3% 与 20% || 合规 |
  | 一般 | 低于 3% || 偏离 |
  | 一般 | 高于 {high} || 偏离 |
  | 重点 | 不低于 20% || 合规 |
结束
"""


def test_a_table_with_a_gap_names_the_case() -> None:
    (gap,) = found(TABLE.format(high="20%"), "table-gap")
    witness = dict(gap.witness)
    assert witness["事项的类别"] == "重点"
    assert Fraction(witness["计划的比例"].rstrip("%")) < 20


def test_rows_that_overlap_with_different_results_are_an_error() -> None:
    (item,) = found(TABLE.format(high="10%"), "table-overlap")
    assert item.severity == "error"
    assert dict(item.witness)["事项的类别"] == "一般"
    assert not found(TABLE.format(high="20%"), "table-overlap")


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("对象的等级 为 低 且 对象的等级 为 高", "unreachable"),
        ("对象的次数 少于 2 次 且 对象的次数 超过 次数上限", "unreachable"),
        ("对象的重点 或 非 对象的重点", "always"),
        ("计划的比例 不低于 3% 或 计划的比例 低于 3%", "always"),
    ],
)
def test_dead_text(condition: str, kind: str) -> None:
    assert found(f"规则 甲\n  当 {condition}\n  应当 对象的停业\n结束", kind)


def test_no_claim_is_made_where_none_found_is_no_proof() -> None:
    text = (
        "规则 甲\n  当 对象的次数 超过 对象的上限 且 对象的上限 超过 9 次\n  应当 对象的停业\n结束"
    )
    assert not found(text, "unreachable")


TWO = """
规则 甲
  当 事项的类别 为 一般
  应当 对象的次数 不超过 2 次
结束
规则 乙
  当 {condition}
  应当 对象的次数 {duty}
结束
"""


def test_duties_that_cannot_both_be_met() -> None:
    (item,) = found(TWO.format(condition="对象的重点", duty="不少于 3 次"), "contradiction")
    assert dict(item.witness) == {"事项的类别": "一般", "对象的重点": "是"}
    assert not found(
        TWO.format(condition="事项的类别 为 重点", duty="不少于 3 次"), "contradiction"
    )
    (both,) = found(TWO.format(condition="对象的重点", duty="不少于 1 次"), "overlap")
    assert both.rules == ("甲", "乙")


def test_cases_that_no_rule_about_a_fact_covers() -> None:
    (gap,) = found(TWO.format(condition="对象的重点", duty="不少于 1 次"), "gap")
    assert dict(gap.witness) == {"事项的类别": "重点", "对象的重点": "否"}


def test_small_lists_have_no_whole_number_between_three_and_twenty_per_cent() -> None:
    text = "规则 甲\n  应当 计划的比例 介于 比例下限 与 20%\n结束"
    (item,) = found(text, "no-whole-number")
    assert "1、2、3、4 户" in item.message
    assert not found("规则 甲\n  应当 计划的比例 介于 0% 与 20%\n结束", "no-whole-number")


def test_a_deadline_tests_the_upper_bound_only() -> None:
    text = "规则 甲\n  应当 公示的日期 在 事由的日期 后 5 个工作日内{more}\n结束"
    assert found(text.format(more=""), "early-act")
    assert not found(text.format(more=" 且 公示的日期 不早于 事由的日期"), "early-act")
    ahead = "规则 甲\n  应当 公示的日期 在 事由的日期 前 至少 1 个工作日\n结束"
    assert not found(ahead, "early-act")


def test_chains_of_deadlines_that_outlive_a_fixed_day() -> None:
    text = (
        "规则 甲\n  应当 审批的日期 在 计划的年度 年 12 月 25 日 前\n结束\n"
        "规则 乙\n  应当 公示的日期 在 审批的日期 后 {days}\n结束"
    )
    (item,) = found(text.format(days="10 个工作日内"), "composition")
    assert "2027 年（日历未发布）" in item.message
    (item,) = found(text.format(days="3 日内"), "composition")
    assert "2026-12-28" in item.message


def test_examples_that_leave_out_a_verdict_or_a_boundary() -> None:
    text = (
        '规则 甲\n  应当 计划的比例 介于 3% 与 20%\n  样例 "下限" 设 计划的比例 = 3% 得 合规\n结束'
    )
    said = [item.message for item in found(text, "examples")]
    assert said == [
        "“甲”没有 违反 或 偏离 的样例",
        "“甲”没有恰在边界的样例：计划的比例 不超过 20%",
        "“甲”没有越过边界的样例：计划的比例 不低于 3%",
        "“甲”没有越过边界的样例：计划的比例 不超过 20%",
    ]


def test_both_sides_are_wanted_of_days_and_of_facts_compared_with_facts() -> None:
    one = (
        "规则 甲\n  应当 公示的日期 在 事由的日期 后 5 个工作日内\n"
        "  样例 “末日” 设 事由的日期 = 2026-06-15、公示的日期 = 2026-06-22 得 合规\n{more}结束"
    )
    late = "  样例 “次日” 设 事由的日期 = 2026-06-15、公示的日期 = 2026-06-23 得 违反\n"
    assert not found(one.format(more=late), "examples")
    assert any("越过边界" in item.message for item in found(one.format(more=""), "examples"))
    two = (
        "规则 甲\n  应当 对象的次数 少于 对象的上限\n"
        "  样例 “等于” 设 对象的次数 = 2 次、对象的上限 = 2 次 得 违反\n"
        "  样例 “未知” 设 对象的次数 = 2 次 得 待查\n"
        "  样例 “未发生” 设 对象的次数 = 1 次、对象的上限 = {cap} 次 得 {word}\n结束"
    )
    assert not found(two.format(cap=2, word="合规"), "examples")
    said = [item.message for item in found(two.format(cap=1, word="合规"), "examples")]
    assert said == ["“甲”没有越过边界的样例：对象的次数 少于 对象的上限"]


def prover(text: str = "") -> tuple[Law, Prover]:
    law = city(text)
    return law, Prover(law, TODAY)


def test_questions_about_two_conditions_are_answered_with_a_counterexample() -> None:
    law, asked = prover()
    low = law.condition("对象的等级 为 低").core
    not_high = law.condition("对象的等级 不为 高").core
    either = law.condition("对象的等级 属于 低、中").core
    assert asked.implies(low, not_high) is None
    assert asked.implies(not_high, low) == {"对象的等级": "中"}
    assert asked.differ(not_high, either) is None
    assert asked.differ(low, either) == {"对象的等级": "中"}
    assert asked.meet(low, law.condition("对象的等级 为 高").core) is None
    assert asked.meet(low, not_high) == {"对象的等级": "低"}


def test_large_questions_are_sampled_not_refused() -> None:
    paths = [f"情形的{i}甲" for i in range(16)]
    words = "\n".join(f"词 {path} ：是否" for path in paths)
    law, asked = prover(words)
    both = law.condition(f"{paths[0]} 且 非 {paths[15]} 且 （ {' 或 '.join(paths[1:15])} ）").core
    case = asked.witness(both)
    assert case is not None
    assert asked.holds(both, case) is True
    assert not asked.complete(both)


def test_an_exception_is_shown_where_it_applies_and_where_it_just_does_not() -> None:
    text = (
        "规则 甲\n  应当 对象 重点\n结束\n例外 乙 之于 甲\n"
        "  当 对象 停业 且 对象的等级 为 低\n  免除\n{examples}结束"
    )
    never = (
        '  样例 "都不成立" 设 对象的停业 = 否、对象的等级 = 高 得 待查\n'
        '  样例 "没有的词" 设 没有 = 是 得 待查\n'
    )
    told = [item.message for item in found(text.format(examples=never), "examples")]
    assert told == ["例外“乙”没有恰好不成立的样例", "例外“乙”没有成立的样例"]
    both = (
        '  样例 "成立" 设 对象的停业 = 是、对象的等级 = 低 得 免除\n'
        '  样例 "等级不低" 设 对象的停业 = 是、对象的等级 = 高、对象的重点 = 否 得 违反\n'
    )
    assert not [i for i in found(text.format(examples=both), "examples") if "例外" in i.message]
