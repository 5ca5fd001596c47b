"""By when: a deadline rule answers from the event date alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rules.verdict import Due
from tests.rules.city import TODAY, city


def due(duty: str, *, rule: str = "", **record: Any) -> Due:
    """Ask a rule with one duty by when."""
    law = city(f"规则 甲\n  {rule}\n  应当 {duty}\n结束")
    known = {f"case.{name}": value for name, value in record.items()}
    return law.due("甲", law.facts(known), on=TODAY)


@pytest.mark.parametrize(
    ("duty", "last_day", "counted"),
    [
        ("公示的日期 在 事由的日期 后 5 个工作日内", "2026-06-22", 5),
        ("公示的日期 在 事由的日期 后 0 个工作日内", "2026-06-15", 0),
        ("公示的日期 在 事由的日期 后 7 日内", "2026-06-22", 7),
        ("公示的日期 在 事由的日期 当日", "2026-06-15", None),
        ("公示的日期 在 计划的年度 年 11 月 30 日 前", "2026-11-30", None),
        ("公示的日期 在 每年 11 月 30 日 前", "2026-11-30", None),
        ("公示的日期 在 每季度首月前 10 日内", "2026-04-10", 10),
        ("公示的日期 在 事由的日期 后 每季度首月前 10 日内", "2026-07-10", 10),
        ("公示的日期 在 事由的日期 后 每季度首月前 2 个工作日内", "2026-07-02", 2),
        ("公示的日期 不晚于 2026-03-01", "2026-03-01", None),
        ("公示的日期 早于 2026-03-01", "2026-02-28", None),
        ("公示的日期 不晚于 事由的日期 + 公示期限", "2026-06-22", 5),
        ("公示的日期 不早于 事由的日期 且 公示的日期 在 事由的日期 后 1 日内", "2026-06-16", 1),
    ],
)
def test_the_last_day_of_a_duty(duty: str, last_day: str, counted: int | None) -> None:
    found = due(duty, event_on="2026-06-15", year=2026)
    assert found.last_day == date.fromisoformat(last_day)
    assert found.counted == counted
    assert found.missing == ()


def test_an_unknown_event_is_missing() -> None:
    found = due("公示的日期 在 事由的日期 后 5 个工作日内")
    assert (found.last_day, found.missing) == (None, ("事由的日期",))
    waiting = due("公示的日期 在 事由的日期 当日", event_on="未发生")
    assert (waiting.last_day, waiting.missing) == (None, ("事由的日期",))


def test_a_duty_that_does_not_apply_has_no_due_date() -> None:
    found = due(
        "公示的日期 在 事由的日期 当日", rule="当 对象的停业", event_on="2026-06-15", closed=False
    )
    assert (found.last_day, found.missing) == (None, ())
    unknown = due("公示的日期 在 事由的日期 当日", rule="当 对象的停业", event_on="2026-06-15")
    assert unknown.last_day == date(2026, 6, 15)  # the event date alone must give a date


def test_a_rule_without_a_clock_or_not_in_force_has_no_due_date() -> None:
    assert due("对象的停业", event_on="2026-06-15").last_day is None
    old = due("公示的日期 在 事由的日期 当日", rule="有效 自 2020-01-01 至 2020-12-31")
    assert (old.last_day, old.missing) == (None, ())


EXTENDED = """
规则 上传
  应当 公示的日期 在 事由的日期 当日
结束
例外 特殊情况 之于 上传
  当 对象的停业
  改为 应当 公示的日期 在 事由的日期 后 7 个工作日内
结束
例外 涉密 之于 上传 优先于 特殊情况
  当 对象的突击
  免除
结束
"""


@pytest.mark.parametrize(
    ("record", "last_day"),
    [
        ({}, "2026-06-15"),
        ({"case.closed": False}, "2026-06-15"),
        ({"case.closed": True}, "2026-06-24"),
        ({"case.closed": True, "case.surprise": True}, None),
    ],
)
def test_an_exception_known_to_hold_moves_the_day(record: dict[str, Any], last_day: str) -> None:
    law = city(EXTENDED)
    found = law.due("上传", law.facts({"case.event_on": "2026-06-15", **record}), on=TODAY)
    assert found.last_day == (date.fromisoformat(last_day) if last_day else None)


def test_a_february_29_is_the_last_day_of_february() -> None:
    assert due("公示的日期 在 计划的年度 年 2 月 29 日 前", year=2026).last_day == date(2026, 2, 28)
    assert due("公示的日期 在 计划的年度 年 2 月 29 日 前", year=2028).last_day == date(2028, 2, 29)
