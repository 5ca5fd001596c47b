"""The legal diff finds what changed, also where the boundary stands in no text."""

from __future__ import annotations

from itertools import product

import pytest

from rules.facts import Facts
from rules.language.diff import semantic_diff
from rules.pack import Law
from tests.rules.city import TODAY, city

DEADLINE = "规则 甲\n  应当 公示的日期 在 {after}\n结束"
SIZE = "规则 甲\n  应当 名录的抽数 不少于 上取整（名录的户数 × {ratio}）\n结束"
TABLE = (
    "决策表 甲 命中 唯一\n  | 对象的等级 || 去向 |\n"
    "  | 低 || {low} |\n  | 中、高 || 重点抽查 |\n结束"
)


def told(old: str | Law, new: str | Law) -> list[str]:
    laws = [law if isinstance(law, Law) else city(law) for law in (old, new)]
    return [str(change) for change in semantic_diff(laws[0], laws[1], TODAY)]


def test_a_lower_bound_that_was_raised_shows_a_ratio_between_the_two() -> None:
    text = "规则 甲\n  应当 计划的比例 不低于 {ratio}\n结束"
    expected = ["甲：合规 → 违反；例：计划的比例 = 3%"]
    assert told(text.format(ratio="3%"), text.format(ratio="5%")) == expected


def test_a_parameter_is_a_boundary_of_both_versions() -> None:
    text = "规则 甲\n  应当 计划的比例 不低于 比例下限\n结束"
    old = city(text)
    raised = old.files["base/词汇.md"].decode().replace("为 3%\n结束", "为 4%\n结束")
    new = city(text, **{"base/词汇.md": raised})
    assert told(old, new) == ["甲：合规 → 违反；例：计划的比例 = 3%"]


@pytest.mark.parametrize(
    ("before", "after", "published"),
    [
        ("事由的日期 后 10 个工作日内", "事由的日期 后 7 个工作日内", "2026-06-25"),
        ("事由的日期 后 7 个工作日内", "事由的日期 后 7 日内", "2026-06-22"),
        ("事由的日期 后 公示期限 内", "事由的日期 后 3 个工作日内", "2026-06-18"),
        ("事由的日期 当日", "事由的日期 后 1 日内", "2026-06-13"),
    ],
)
def test_a_moved_deadline_shows_a_day_between_the_two(
    before: str, after: str, published: str
) -> None:
    (line,) = told(DEADLINE.format(after=before), DEADLINE.format(after=after))
    assert f"公示的日期 = {published}" in line
    assert "事由的日期 = 2026-06-14" in line


def test_a_fixed_day_of_a_year_that_is_a_fact_is_moved() -> None:
    text = "规则 甲\n  应当 公示的日期 在 计划的年度 {day} 前\n结束"
    (line,) = told(text.format(day="11 月 30 日"), text.format(day="11 月 20 日"))
    assert line.startswith("甲：合规 → 违反；例：公示的日期 = 20")


def test_a_ratio_shows_a_list_at_which_it_gives_one_more() -> None:
    (line,) = told(SIZE.format(ratio="3%"), SIZE.format(ratio="5%"))
    assert line == "甲：合规 → 违反；例：名录的户数 = 21 户、名录的抽数 = 1 户"


def test_a_fact_against_a_fact_has_both_sides_and_the_boundary() -> None:
    text = "规则 甲\n  应当 计划的旧比例 {op} 计划的比例\n结束"
    (line,) = told(text.format(op="不高于"), text.format(op="低于"))
    assert line.startswith("甲：合规 → 违反")


def test_a_fact_on_the_right_is_moved_as_well() -> None:
    text = "规则 甲\n  应当 事由的日期 + {n} 个工作日 不早于 公示的日期\n结束"
    (line,) = told(text.format(n=5), text.format(n=3))
    assert line.startswith("甲：合规 → 违反")


def test_more_facts_than_can_be_crossed_are_tried_in_pairs() -> None:
    atoms = " 或 ".join(
        f"评分的分值 为 {n} 且 对象的次数 为 {n} 次 且 对象的上限 为 {n} 次 且 计划的比例 为 {n}%"
        for n in range(1, 9)
    )
    text = "规则 甲\n  当 对象 停业 或 {more}\n  应当 对象 重点\n结束"
    lines = told(text.format(more=atoms), text.format(more=f"对象的等级 为 低 或 {atoms}"))
    assert "甲：不适用 → 违反" in "".join(lines)


def test_what_a_table_derives_is_part_of_the_answer() -> None:
    (line,) = told(TABLE.format(low="一般抽查"), TABLE.format(low="免于抽查"))
    assert line == "甲：认定“一般抽查” → 认定“免于抽查”；例：对象的等级 = 低"


def test_what_may_be_done_is_part_of_the_answer() -> None:
    text = "规则 甲\n  当 对象 停业\n  可以 {what}\n结束"
    expected = ["甲：可以“从轻处理” → 可以“减轻处理”；例：对象的停业 = 是"]
    assert told(text.format(what="从轻处理"), text.format(what="减轻处理")) == expected


def test_a_term_that_is_called_otherwise_changes_no_verdict() -> None:
    text = "规则 甲\n  当 对象 {said}\n  应当 对象的次数 不超过 2 次\n结束"
    old = city(text.format(said="停业"))
    vocabulary = old.files["base/词汇.md"].decode().replace("对象的停业", "对象的歇业")
    new = city(text.format(said="歇业"), **{"base/词汇.md": vocabulary})
    assert told(old, new) == ["词“对象的停业”改称“对象的歇业”，来源 case.closed 不变"]


def test_rules_that_come_and_go_are_said_in_words() -> None:
    one, other = ("规则 甲\n  应当 对象 重点\n结束", "规则 乙\n  应当 对象 重点\n结束")
    assert told(one, other) == ["规则“乙”是新增的", "规则“甲”已经删去"]


BOUNDS = ("3%", "10%", "20%")


@pytest.mark.parametrize(("low", "high"), list(product(BOUNDS, BOUNDS)))
def test_every_witness_is_a_case_the_versions_judge_as_told(low: str, high: str) -> None:
    text = (
        "规则 甲 强度 {strength}\n  当 事项的类别 为 一般\n  应当 计划的比例 介于 {low} 与 {high}\n"
        "结束\n例外 乙 之于 甲\n  当 对象 停业\n  免除\n结束"
    )
    old = city(text.format(strength="刚性", low="3%", high="20%"))
    new = city(text.format(strength="原则上", low=low, high=high))
    changes = semantic_diff(old, new, TODAY)
    assert ("违反", "偏离") in {(each.before, each.after) for each in changes}
    for change in changes:
        record = {
            {"事项的类别": "case.item_class", "计划的比例": "case.ratio"}.get(p, "case.closed"): v
            for p, v in change.witness
        }
        facts: list[Facts] = [law.facts(record) for law in (old, new)]
        assert old.assess("甲", facts[0], on=TODAY).verdict == change.before
        assert new.assess("甲", facts[1], on=TODAY).verdict == change.after
