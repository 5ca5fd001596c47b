"""What a rule answers: exceptions, unknown facts, dates, packs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from rules.errors import UnknownRule
from rules.facts import Facts
from rules.language.types import NOT_YET
from rules.pack import Law, PackProblems, load
from rules.transition import law_dates, milder
from rules.verdict import Verdict
from tests.rules.city import TODAY, city, files

CAP = """
规则 频次上限 强度 原则上
  当 对象的等级 为 低
  应当 对象的次数 不超过 2 次
  违反时 移出名单 "本年度已抽查2次"
结束
例外 重点不设上限 之于 频次上限
  当 对象的重点
  免除
结束
"""


def verdict(law: Law, rule: str, on: date = TODAY, **facts: Any) -> str:
    """Return the verdict word for facts given with 的 left out of their names."""
    paths = {path.replace("的", ""): path for path in law.program.names.terms}
    values = {paths[name]: value for name, value in facts.items()}
    return law.assess(rule, law.with_defaults(values), on=on).verdict.value


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"对象等级": "高"}, "不适用"),
        ({"对象等级": "低", "对象次数": 2, "对象重点": False}, "合规"),
        ({"对象等级": "低", "对象次数": 3, "对象重点": False}, "偏离"),
        ({"对象等级": "低", "对象次数": 3, "对象重点": True}, "免除"),
        ({"对象等级": "低", "对象次数": 3}, "待查"),
        # key status unknown, but the duty is met either way: 合规 and 免除 count as equal
        ({"对象等级": "低", "对象次数": 1}, "合规"),
        ({"对象等级": "低", "对象重点": True}, "免除"),
        ({"对象次数": 1, "对象重点": False}, "待查"),
        ({}, "待查"),
    ],
)
def test_a_cap_with_an_exception(facts: dict[str, Any], expected: str) -> None:
    assert verdict(city(CAP), "频次上限", **facts) == expected


def test_a_deviation_names_its_action_and_message() -> None:
    law = city(CAP)
    values: dict[str, Any] = {"对象的等级": "低", "对象的次数": 3, "对象的重点": False}
    answer = law.assess("频次上限", Facts(values), on=TODAY)
    assert (answer.action, answer.message) == ("移出名单", "本年度已抽查2次")


def test_an_open_verdict_lists_only_the_facts_that_matter() -> None:
    law = city(CAP)
    answer = law.assess("频次上限", Facts({"对象的等级": "低"}), on=TODAY)
    assert answer.missing == ("对象的重点", "对象的次数")
    settled = law.assess("频次上限", Facts({"对象的次数": 3, "对象的重点": False}), on=TODAY)
    assert settled.missing == ("对象的等级",)


def test_unknown_exceptions_are_tried_together_even_beside_a_live_one() -> None:
    law = city(
        CAP
        + """
例外 停业不得 之于 频次上限
  当 对象的停业
  改为 不得 对象的重点
结束
"""
    )
    known: dict[str, Any] = {"对象等级": "低", "对象次数": 3, "对象重点": True}
    assert verdict(law, "频次上限", **known, 对象停业=False) == "免除"
    assert verdict(law, "频次上限", **known, 对象停业=True) == "冲突"
    assert verdict(law, "频次上限", **known) == "待查"


TWO = """
规则 甲
  应当 对象的重点
结束
例外 乙 之于 甲{prior}
  当 对象的停业
  改为 不得 对象的重点
结束
例外 丙 之于 甲
  当 事项的类别 为 重点
  {conclusion}
结束
"""


@pytest.mark.parametrize(
    ("prior", "conclusion", "expected"),
    [
        ("", "免除", "冲突"),
        (" 优先于 丙", "免除", "违反"),
        ("", "改为 不得 对象的重点", "违反"),  # the same conclusion twice is no conflict
        ("", "可以 从轻处理", "冲突"),
    ],
)
def test_live_exceptions_with_different_conclusions_conflict(
    prior: str, conclusion: str, expected: str
) -> None:
    law = city(TWO.format(prior=prior, conclusion=conclusion))
    assert verdict(law, "甲", 对象重点=True, 对象停业=True, 事项类别="重点") == expected


def test_an_exception_to_an_exception_restores_the_duty() -> None:
    law = city(
        CAP
        + """
例外 停业不算重点 之于 重点不设上限
  当 对象的停业
  免除
结束
"""
    )
    facts: dict[str, Any] = {"对象等级": "低", "对象次数": 3, "对象重点": True}
    assert verdict(law, "频次上限", **facts, 对象停业=True) == "偏离"
    assert verdict(law, "频次上限", **facts, 对象停业=False) == "免除"


def test_an_exception_may_state_its_own_strength() -> None:
    text = TWO.format(prior=" 强度 原则上", conclusion="免除")
    law = city(text)
    assert verdict(law, "甲", 对象重点=True, 对象停业=True, 事项类别="一般") == "偏离"


def test_discretion_names_what_is_allowed() -> None:
    law = city("规则 甲\n  当 对象的重点\n  可以 从轻处理\n结束")
    answer = law.assess("甲", Facts({"对象的重点": True}), on=TODAY)
    assert (answer.verdict, answer.discretion) == (Verdict.DISCRETION, "从轻处理")


def test_record_only_never_blocks() -> None:
    law = city("规则 甲 强度 仅记录\n  应当 对象的重点\n结束")
    for value in (True, False):
        assert verdict(law, "甲", 对象重点=value) == "仅记录"
    assert verdict(law, "甲") == "仅记录"


# ---------------------------------------------------------------- derived facts
DEEMED = """
规则 重点认定
  当 任一：
    - 对象的停业
    - 对象的等级 为 高
  认定 对象的应查
结束
规则 应查
  当 对象的应查
  应当 对象的次数 不少于 1 次
结束
"""


def test_a_deemed_status_feeds_other_rules() -> None:
    law = city(DEEMED)
    answer = law.assess("重点认定", Facts({"对象的等级": "高"}), on=TODAY)
    assert (answer.verdict, answer.deemed) == (Verdict.DEEMED, "对象的应查")
    assert verdict(law, "应查", 对象等级="高", 对象次数=0) == "违反"
    assert verdict(law, "应查", 对象等级="低", 对象停业=False, 对象次数=0) == "不适用"
    assert verdict(law, "应查", 对象次数=0) == "待查"


def test_a_recorded_value_wins_over_a_derived_one() -> None:
    assert verdict(city(DEEMED), "应查", 对象等级="高", 对象应查=False, 对象次数=0) == "不适用"


def test_a_closed_register_answers_no_by_silence() -> None:
    law = city("规则 甲\n  当 对象的突击\n  应当 对象的重点\n结束")
    facts = law.facts({})
    assert facts["对象的突击"] is False
    assert facts.origins["对象的突击"] == "缺省：突击检查审批登记簿"
    assert law.assess("甲", facts, on=TODAY).verdict is Verdict.NOT_APPLICABLE


# ---------------------------------------------------------------- dates and parameters
def test_a_parameter_has_the_value_of_the_law_date() -> None:
    law = city("规则 甲\n  应当 对象的次数 不超过 次数上限\n结束")
    assert verdict(law, "甲", on=date(2026, 6, 30), 对象次数=3) == "违反"
    assert verdict(law, "甲", on=date(2026, 7, 1), 对象次数=3) == "合规"
    assert law.parameter("次数上限", on=date(2026, 7, 1)) == 3
    assert law.parameter("分级比例", on=TODAY, keys=("中",)) == Fraction(1, 20)


def test_a_parameter_without_a_value_yet_leaves_the_question_open() -> None:
    law = city("规则 甲\n  应当 对象的次数 不超过 次数上限\n结束")
    answer = law.assess("甲", Facts({"对象的次数": 1}), on=date(2019, 1, 1))
    assert answer.verdict is Verdict.UNDETERMINED
    assert answer.missing == ("参数 次数上限",)


def test_a_tabulated_parameter_is_read_by_a_fact() -> None:
    law = city("规则 甲\n  应当 计划的比例 不低于 分级比例 按 对象的等级\n结束")
    assert verdict(law, "甲", 计划比例=Fraction(4, 100), 对象等级="低") == "合规"
    assert verdict(law, "甲", 计划比例=Fraction(4, 100), 对象等级="中") == "违反"
    assert verdict(law, "甲", 计划比例=Fraction(4, 100), 对象等级="高") == "待查"


def test_versions_of_a_rule_follow_their_validity() -> None:
    law = city(
        "规则 甲\n  有效 自 2020-01-01 至 2025-12-31\n  应当 对象的重点\n结束\n"
        "规则 甲\n  有效 自 2026-01-01\n  不得 对象的重点\n结束"
    )
    assert verdict(law, "甲", on=date(2019, 1, 1), 对象重点=True) == "不适用"
    assert verdict(law, "甲", on=date(2025, 12, 31), 对象重点=True) == "合规"
    assert verdict(law, "甲", on=date(2026, 1, 1), 对象重点=True) == "违反"


# ---------------------------------------------------------------- acts that have not happened
LATE = "规则 甲\n  应当 公示的日期 在 事由的日期 后 5 个工作日内\n结束"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 6, 22, 15, 59, tzinfo=UTC), "合规"),  # 23:59 in Shanghai
        (datetime(2026, 6, 22, 16, 0, tzinfo=UTC), "违反"),  # 24:00: the first instant too late
    ],
)
def test_an_act_not_yet_done_is_late_from_midnight_after_its_last_day(
    now: datetime, expected: str
) -> None:
    law = city(LATE)
    facts = law.facts({"case.event_on": "2026-06-15", "case.published_on": "未发生"})
    assert facts["公示的日期"] is NOT_YET
    assert law.assess("甲", facts, on=TODAY, now=now).verdict.value == expected
    assert law.due("甲", facts, on=TODAY).due_at == datetime(2026, 6, 22, 16, tzinfo=UTC)


def test_an_act_not_yet_done_needs_the_decision_clock() -> None:
    law = city(LATE)
    facts = law.facts({"case.event_on": "2026-06-15", "case.published_on": "未发生"})
    answer = law.assess("甲", facts, on=TODAY)
    assert (answer.verdict, answer.missing) == (Verdict.UNDETERMINED, ("now",))


def test_a_year_without_a_calendar_is_never_guessed() -> None:
    law = city(LATE)
    facts = law.facts({"case.event_on": "2026-12-30", "case.published_on": "2027-01-04"})
    answer = law.assess("甲", facts, on=TODAY)
    assert (answer.verdict, answer.missing) == (Verdict.UNDETERMINED, ("calendar 2027",))
    due = law.due("甲", facts, on=TODAY)
    assert (due.last_day, due.due_at, due.missing) == (None, None, ("calendar 2027",))
    assert due.provisional == date(2027, 1, 6)
    more = law.with_calendar({"base/calendar/2027.csv": b"date,kind\n2027-01-01,holiday\n"})
    assert more.digest == law.digest
    assert more.due("甲", facts, on=TODAY).last_day == date(2027, 1, 7)
    assert more.assess("甲", facts, on=TODAY).verdict is Verdict.COMPLIANT


# ---------------------------------------------------------------- tables
TABLE = """
决策表 审查 命中 {policy}
  | 事项的类别 | 计划的比例 || 结论 |
  | 一般 | 介于 3% 与 20% || 合规 |
  | 一般 | 低于 3% || 偏离 |
  | 重点 | 不低于 20% || 合规 |
  | — | 高于 {high} || 违反 |
结束
"""


@pytest.mark.parametrize(
    ("policy", "high", "kind", "ratio", "expected"),
    [
        ("唯一", "50%", "一般", Fraction(3, 100), "合规"),
        ("唯一", "50%", "一般", Fraction(2, 100), "偏离"),
        ("唯一", "50%", "一般", Fraction(30, 100), "不适用"),
        ("唯一", "10%", "一般", Fraction(15, 100), "冲突"),  # two rows: never the first
        ("首个", "10%", "一般", Fraction(15, 100), "合规"),
        ("唯一", "50%", None, Fraction(60, 100), "待查"),
        ("唯一", "50%", None, Fraction(25, 100), "待查"),
        ("首个", "10%", "一般", None, "待查"),
    ],
)
def test_a_decision_table(
    policy: str, high: str, kind: str | None, ratio: Fraction | None, expected: str
) -> None:
    law = city(TABLE.format(policy=policy, high=high))
    given = {"事项的类别": kind, "计划的比例": ratio}
    values = {path: value for path, value in given.items() if value is not None}
    assert law.assess("审查", Facts(values), on=TODAY).verdict.value == expected


def test_a_table_may_derive_values_and_collect_them() -> None:
    law = city(
        "决策表 处置 命中 收集\n  | 对象的重点 | 对象的停业 || 措施 |\n"
        "  | 是 | — || 约谈 |\n  | — | 是 || 移出 |\n结束"
    )
    both = law.assess("处置", Facts({"对象的重点": True, "对象的停业": True}), on=TODAY)
    assert (both.verdict, both.deemed) == (Verdict.DEEMED, "约谈、移出")
    one = law.assess("处置", Facts({"对象的重点": True, "对象的停业": False}), on=TODAY)
    assert one.deemed == "约谈"


# ---------------------------------------------------------------- other packs
BASE_RULE = """
```规则
规则 公示期限
  应当 公示的日期 在 事由的日期 后 10 个工作日内
结束
例外 突击不公示 之于 公示期限
  当 对象的突击
  免除
结束
```
"""


def test_a_rewritten_rule_has_its_own_content_and_the_old_one_stays_answerable() -> None:
    rewrite = (
        "改写 共同词表·公示期限\n  有效 自 2026-05-01\n"
        "  应当 公示的日期 在 事由的日期 后 7 日内\n结束"
    )
    law = city(rewrite, **{"base/规则.md": BASE_RULE})
    names = law.program.rules
    pack = next(name for name in names if "·" in name).split("·")[0]
    assert pack == "共同词表"
    facts: dict[str, Any] = {"事由日期": date(2026, 6, 1), "公示日期": date(2026, 6, 9)}
    assert verdict(law, "公示期限", **facts) == "违反"
    assert verdict(law, "公示期限", on=date(2026, 4, 1), **facts) == "合规"
    assert verdict(law, f"{pack}·公示期限", **facts) == "合规"


def test_a_repealed_rule_ends_on_its_day() -> None:
    law = city("废止 共同词表·公示期限\n  有效 自 2026-05-01\n结束", **{"base/规则.md": BASE_RULE})
    facts: dict[str, Any] = {"事由日期": date(2026, 1, 5), "公示日期": date(2026, 6, 9)}
    assert verdict(law, "公示期限", on=date(2026, 4, 30), **facts) == "违反"
    assert verdict(law, "公示期限", on=date(2026, 5, 1), **facts) == "不适用"


def test_a_borrowed_rule_is_advice() -> None:
    other = (
        '```规则\n规则包 邻市双随机 版本 "1"\n结束\n'
        "规则 邻市上限\n  应当 对象的次数 不超过 2 次\n结束\n```"
    )
    law = city("借鉴 邻市双随机·邻市上限\n结束", **{"linshi/规则.md": other})
    name = "邻市双随机·邻市上限"
    assert name in law.rule_names
    answer = law.assess(name, Facts({"对象的次数": 3}), on=TODAY)
    assert (answer.verdict, answer.advice) == (Verdict.RECORDED, Verdict.BREACH)
    assert law.rule(name).conclusion is not None
    assert not law.has_rule("邻市上限")


def test_borrowing_from_nowhere_is_an_error() -> None:
    with pytest.raises(PackProblems, match="找不到规则包"):
        load(files("借鉴 无此包·甲\n结束"), "xugou")


def test_another_name_is_the_same_fact() -> None:
    law = city(
        "别名 企业 = 对象\n别名 抽查次数 = 对象的次数\n"
        "规则 甲\n  当 企业的重点\n  应当 抽查次数 不超过 2 次\n结束"
    )
    assert verdict(law, "甲", 对象重点=True, 对象次数=3) == "违反"


def test_a_misspelt_rule_name_gets_a_hint() -> None:
    with pytest.raises(UnknownRule, match="频次上限"):
        city(CAP).assess("频次上线", Facts({}), on=TODAY)


def test_the_text_of_a_rule_is_at_hand() -> None:
    law = city(CAP)
    rule = law.rule("频次上限")
    assert (rule.strength, rule.pack, rule.message) == ("原则上", "虚构双随机", "本年度已抽查2次")
    assert law.has_rule("频次上限")
    assert not law.has_rule("没有的规则")
    assert law.rule_names == ("频次上限",)


# ---------------------------------------------------------------- scope and transition
def test_a_rule_applies_only_in_its_jurisdictions() -> None:
    law = city(
        "规则 甲\n  适用 虚构市\n  应当 对象的重点\n结束\n"
        "规则 乙\n  适用 别处市\n  应当 对象的重点\n结束\n"
        "例外 丙 之于 甲\n  适用 别处市\n  免除\n结束"
    )
    assert verdict(law, "甲", 对象重点=False) == "违反"
    assert verdict(law, "乙", 对象重点=False) == "不适用"


@pytest.mark.parametrize(
    ("transition", "days"),
    [
        ("启动时版本", [1]),
        ("行为时版本", [2]),
        ("决定时版本", [3]),
        ("从旧兼从轻", [2, 3]),
        ("", [1]),
    ],
)
def test_the_law_date_follows_the_transition(transition: str, days: list[int]) -> None:
    clause = f"  过渡 {transition}\n" if transition else ""
    rule = city(f"规则 甲\n{clause}  应当 对象的重点\n结束").rule("甲")
    started, acted, decided = (date(2026, 6, day) for day in (1, 2, 3))
    found = law_dates(rule, started=started, acted=acted, decided=decided)
    assert [day.day for day in found] == days


def test_of_an_old_and_a_new_law_the_lighter_judges_liability() -> None:
    law = city(
        "规则 追责\n  有效 自 2020-01-01 至 2025-12-31\n  当 对象的停业\n  认定 责任的成立\n结束\n"
        "规则 追责\n  有效 自 2026-01-01\n  当 对象的停业\n  可以 从轻处理\n结束"
    )
    facts = Facts({"对象的停业": True})
    old, new = (law.assess("追责", facts, on=day) for day in (date(2025, 6, 1), TODAY))
    assert (old.verdict, new.verdict) == (Verdict.DEEMED, Verdict.DISCRETION)
    assert milder([old, new]) is new
    assert milder([new, new]) is new
