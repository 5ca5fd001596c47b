"""Gateway conditions: three-valued, with the facts they wait for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from rules.errors import PackProblems
from rules.language.types import NOT_YET, Value
from tests.rules.city import city

LAW = city()
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)


def ask(text: str, values: dict[str, Value]) -> bool | None:
    return LAW.condition(text).evaluate(values, on=date(2026, 6, 15), now=NOW)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("对象的重点 且 对象的停业", {"对象的重点": False}, False),
        ("对象的重点 或 对象的停业", {"对象的重点": True}, True),
        ("对象的重点 或 对象的停业", {"对象的重点": False}, None),
        ("非 对象的重点", {}, None),
        ("对象的重点 为 否", {"对象的重点": False}, True),
        ("是 且 对象的重点", {"对象的重点": True}, True),
        ("名录的抽数 ÷ 名录的户数 不低于 3%", {"名录的抽数": 3, "名录的户数": 100}, True),
        ("名录的抽数 ÷ 名录的户数 不低于 3%", {"名录的抽数": 3, "名录的户数": 0}, None),
        # 7 % of 100 is 7 exactly; with floats it would round up to 8
        ("上取整（名录的户数 × 7%） 为 7 户", {"名录的户数": 100}, True),
        ("下取整（名录的户数 × 7%） 为 0 户", {"名录的户数": 3}, True),
        ("较小（对象的次数、对象的上限） 为 1 次", {"对象的次数": 1, "对象的上限": 3}, True),
        ("较大（对象的次数、对象的上限） 为 1 次", {"对象的次数": 1}, None),
        ("公示的日期 − 事由的日期 不超过 3 个日", {"公示的日期": NOT_YET}, None),
        ("结果的代码 包含 高", {"结果的代码": frozenset({"高", "低"})}, True),
        ("对象的等级 属于 结果的代码", {"对象的等级": "中"}, None),
        ("对象的等级 属于 较低等级", {"对象的等级": "中"}, True),
        ("操作的部门 为 计划的部门", {"操作的部门": "samr", "计划的部门": "tax"}, False),
        ("评分的分值 × 2 − 1 为 4", {"评分的分值": Fraction(5, 2)}, True),
        ("计划的年度 + 1 为 2027", {"计划的年度": 2026}, True),
        ("公示的日期 不早于 2026-06-01", {"公示的日期": NOT_YET}, True),
        ("公示的日期 晚于 2026-06-15", {"公示的日期": NOT_YET}, None),
        ("公示的日期 早于 2026-06-15", {"公示的日期": NOT_YET}, False),
        ("公示的日期 不为 2026-06-14", {"公示的日期": NOT_YET}, True),
        (
            "公示的日期 不早于 事由的日期",
            {"公示的日期": date(2026, 6, 1), "事由的日期": NOT_YET},
            None,
        ),
        ("事由的日期 + 9999999 个日 晚于 事由的日期", {"事由的日期": date(2026, 6, 1)}, None),
        (
            "公示的日期 在 计划的年度 年 6 月 1 日 前",
            {"公示的日期": NOT_YET, "计划的年度": 0},
            None,
        ),
    ],
)
def test_a_condition(text: str, values: dict[str, Value], expected: bool | None) -> None:
    assert ask(text, values) is expected


def test_a_condition_lists_what_it_waits_for_cheapest_first() -> None:
    gate = LAW.condition("责任的情形 且 对象的停业 且 对象的重点 且 对象的次数 少于 2 次")
    assert gate.facts == ("责任的情形", "对象的停业", "对象的重点", "对象的次数")
    assert gate.missing({}) == ("对象的重点", "对象的次数", "对象的停业", "责任的情形")
    assert gate.missing({"对象的停业": False}) == ()
    assert gate.missing({"对象的停业": True, "责任的情形": True}) == ("对象的重点", "对象的次数")


def test_a_condition_names_the_calendar_year_it_waits_for() -> None:
    gate = LAW.condition("公示的日期 在 事由的日期 后 5 个工作日内")
    late: dict[str, Any] = {"公示的日期": date(2027, 1, 5), "事由的日期": date(2026, 12, 30)}
    assert gate.evaluate(late) is None
    assert gate.missing(late) == ("calendar 2027",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("对象的次数 ÷ 对象的重点 为 1", "没有意义"),
        ("事由的日期 × 2 早于 审批的日期", "没有意义"),
        ("事由的日期 + 审批的日期 早于 审批的日期", "没有意义"),
        ("事由的日期 + 名录的户数 × 1% 早于 审批的日期", "没有意义"),
        ("计划的年度 ÷ 计划的年度 为 1", "没有意义"),
        ("对象的重点 + 1 为 2", "没有意义"),
        ("较大（对象的次数、名录的户数） 为 1 次", "不能与"),
        ("结果的代码 高于 低", "不能与"),
        ("结果的代码 为 结果的代码", "集合不能用比较词"),
        ("对象的等级 包含 低", "要一个集合"),
        ("结果的代码 包含 对象的次数", "里不会有"),
        ("事由的日期 在 对象的次数 后 5 日内", "期限从一个日期起算"),
        ("公示的日期 在 对象的次数 年 1 月 1 日 前", "要一个年度"),
        ("缺失的参数 按 对象的等级 为 3%", "没有参数"),
        ("对象的次数 在 每年 1 月 1 日 前", "要一个日期"),
        ("5 个工作日 为 5 个日", "5 个工作日不等于 5 日"),
        ("兜底 对象的重点", "遇到“兜底”"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(PackProblems, match=said):
        LAW.condition(text)


def test_a_yearly_day_needs_one_year_to_mean() -> None:
    two = city("词 任务的年度 ：年度\n词 方案的日期 ：日期")
    with pytest.raises(PackProblems, match="不知道取哪个年度"):
        two.condition("方案的日期 在 每年 3 月 1 日 前")
    own = city("词 任务的年度 ：年度\n词 任务的日期 ：日期").condition(
        "任务的日期 在 每年 3 月 1 日 前"
    )
    late: dict[str, Value] = {"任务的日期": date(2022, 1, 15), "任务的年度": 2021}
    assert own.evaluate(late) is False  # the year of the plan, never the year of the date itself


def test_a_catch_all_is_for_people_to_find() -> None:
    with pytest.raises(PackProblems, match="兜底项只能由人认定"):
        LAW.condition("任一：\n- 兜底 对象的重点")
    gate = LAW.condition("任一：\n- 对象的重点\n- 兜底 责任的情形")
    assert gate.evaluate({"责任的情形": True}) is True
