"""Random rules and random facts with unknowns, for the equality of back-ends."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from rules.language.types import NOT_YET, Value

LEVELS = ("低", "中", "高")
DAYS = st.integers(0, 420).map(lambda n: date(2025, 12, 1) + timedelta(days=n))
RATIOS = st.sampled_from(("2%", "2.9%", "3%", "5%", "20%", "33.3%"))

FACTS: dict[str, st.SearchStrategy[Value]] = {
    "对象的等级": st.sampled_from(LEVELS),
    "对象的旧等级": st.sampled_from(LEVELS),
    "事项的类别": st.sampled_from(("一般", "重点")),
    "对象的次数": st.integers(0, 4),
    "对象的上限": st.integers(0, 4),
    "计划的比例": st.sampled_from([Fraction(n, 1000) for n in (0, 29, 30, 31, 50, 200, 333)]),
    "计划的旧比例": st.sampled_from([Fraction(1, 3), Fraction(3, 100), Fraction(1, 5)]),
    "名录的户数": st.integers(0, 60),
    "名录的抽数": st.integers(0, 12),
    "对象的重点": st.booleans(),
    "对象的停业": st.booleans(),
    "事由的日期": DAYS,
    "公示的日期": DAYS,
    "审批的日期": DAYS,
    "计划的年度": st.integers(2025, 2027),
    "评分的分值": st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(5, 2), Fraction(3)]),
    "结果的代码": st.frozensets(st.sampled_from(LEVELS)),
    "操作的部门": st.sampled_from(("samr", "tax")),
    "计划的部门": st.sampled_from(("samr", "tax")),
}


@st.composite
def facts(draw: st.DrawFn, *, acts_may_wait: bool = True) -> dict[str, Value]:
    """Return facts of which about one in six is unknown; acts may not have happened yet."""
    known: dict[str, Value] = {}
    for path, values in FACTS.items():
        if draw(st.integers(0, 5)):
            known[path] = draw(values)
    if acts_may_wait and draw(st.booleans()):
        known["公示的日期"] = NOT_YET
    return known


COUNTS = st.sampled_from(
    ("对象的次数", "对象的上限", "次数上限", "0 次", "1 次", "2 次", "对象的次数 + 1 次")
)
SIZES = st.sampled_from(
    (
        "名录的抽数",
        "上取整（名录的户数 × 计划的比例）",
        "下取整（名录的户数 × 比例下限）",
        "较大（名录的抽数、下取整（名录的户数 ÷ 3））",
        "较小（名录的户数、5 户）",
        "名录的户数 − 名录的抽数",
    )
)
SHARES = (
    st.sampled_from(
        (
            "计划的比例",
            "计划的旧比例",
            "比例下限",
            "名录的抽数 ÷ 名录的户数",
            "计划的比例 × 计划的旧比例",
        )
    )
    | RATIOS
)
NUMBERS = st.sampled_from(("评分的分值", "评分的分值 × 2", "评分的分值 ÷ 3", "1.5", "2"))
MOMENTS = st.sampled_from(
    (
        "事由的日期",
        "审批的日期",
        "2026-05-01",
        "事由的日期 + 公示期限",
        "审批的日期 + 10 日",
        "事由的日期 − 3 个工作日",
        "较大（事由的日期、审批的日期）",
    )
)
OPERATORS = ("不低于", "不超过", "低于", "超过")


def _comparison(sides: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from((*OPERATORS, "为", "不为"))
    return st.tuples(sides, operators, sides).map(" ".join)


CLOCKS = st.sampled_from(
    (
        "公示的日期 在 事由的日期 后 10 个工作日内",
        "公示的日期 在 事由的日期 后 0 个工作日内",
        "公示的日期 在 事由的日期 后 7 日内",
        "公示的日期 在 事由的日期 当日",
        "公示的日期 在 事由的日期 前 至少 2 个工作日",
        "公示的日期 在 计划的年度 年 11 月 30 日 前",
        "公示的日期 在 计划的年度 年 2 月 29 日 前",
        "公示的日期 在 每年 4 月 1 日 前",
        "公示的日期 不早于 审批的日期",
        "公示的日期 早于 事由的日期",
        "公示的日期 − 事由的日期 不超过 10 日",
        "公示的日期 在 每季度首月前 10 日内",
        "公示的日期 在 每季度首月前 3 个工作日内",
        "公示的日期 在 事由的日期 后 每季度首月前 5 个工作日内",
        "公示的日期 在 事由的日期 后 每季度首月前 15 日内",
    )
)
ATOMS = st.one_of(
    st.sampled_from(
        (
            "对象的重点",
            "对象的停业",
            "对象的等级 为 高",
            "对象的等级 不为 对象的旧等级",
            "对象的等级 属于 低、中",
            "对象的等级 属于 较低等级",
            "事项的类别 为 一般",
            "操作的部门 为 计划的部门",
            "操作的部门 不为 “samr”",
            "计划的比例 介于 3% 与 20%",
            "结果的代码 包含 低",
            "对象的等级 属于 结果的代码",
            "计划的比例 不低于 分级比例 按 对象的等级",
            "对象的次数 不超过 分类上限 按 （对象的等级、事项的类别）",
        )
    ),
    _comparison(COUNTS),
    _comparison(SIZES),
    _comparison(SHARES),
    _comparison(NUMBERS),
    st.tuples(st.just("公示的日期"), st.sampled_from(("不晚于", "晚于", "为")), MOMENTS).map(
        " ".join
    ),
    CLOCKS,
)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = inner.map(lambda text: f"（ {text} ）")
    several = st.lists(grouped, min_size=2, max_size=3)
    return st.one_of(
        grouped.map(lambda text: f"非 {text}"),
        several.map(" 且 ".join),
        several.map(" 或 ".join),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda items: "（ 任一：\n" + "\n".join(f"    - {item}" for item in items) + "\n ）"
        ),
    )


CONDITIONS = st.recursive(ATOMS, _nested, max_leaves=6)

CONCLUSIONS = ("免除", "可以 从轻处理", "认定 责任的成立", "改为 应当 {}", "改为 不得 {}")


@st.composite
def rule_packs(
    draw: st.DrawFn, conditions: st.SearchStrategy[str] = CONDITIONS, most: int = 4
) -> str:
    """Return a base rule 甲 with up to four exceptions, some of them exceptions of exceptions."""
    strength = draw(st.sampled_from(("", " 强度 原则上", " 强度 仅记录")))
    verb = draw(st.sampled_from(("应当", "不得")))
    lines = [f"规则 甲{strength}"]
    if draw(st.booleans()):
        lines.append(f"  当 {draw(conditions)}")
    lines += [f"  {verb} {draw(conditions)}", "结束"]
    names = ["甲"]
    for name in ("乙", "丙", "丁", "戊")[: draw(st.integers(0, most))]:
        base = draw(st.sampled_from(names))
        prior = draw(st.sampled_from(["", *(f" 优先于 {other}" for other in names[1:])]))
        own = draw(st.sampled_from(("", " 强度 原则上", " 强度 刚性")))
        conclusion = draw(st.sampled_from(CONCLUSIONS)).format(draw(conditions))
        lines.append(f"例外 {name} 之于 {base}{prior}{own}")
        if draw(st.integers(0, 4)):
            lines.append(f"  当 {draw(conditions)}")
        lines += [f"  {conclusion}", "结束"]
        names.append(name)
    return "\n".join(lines)
