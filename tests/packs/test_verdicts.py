"""What a legal officer would check first: the numbers, the exceptions, who decides."""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from rules.facts import JSON
from rules.language import setwise
from rules.pack import Law
from rules.verdict import Verdict

ON = date(2026, 11, 2)


def verdict(law: Law, rule: str, /, **record: JSON) -> Verdict:
    """Assess a rule with case fields, or registry columns written as registry__column."""
    facts = {
        key.replace("__", ".") if "__" in key else f"case.{key}": value
        for key, value in record.items()
    }
    return law.assess(rule, law.facts(facts), on=ON).verdict


@pytest.mark.parametrize(
    ("item_class", "ratio", "expected"),
    [
        ("一般", "3%", Verdict.COMPLIANT),
        ("一般", "2.9%", Verdict.DEVIATION),
        ("一般", "20%", Verdict.COMPLIANT),
        ("一般", "1/5", Verdict.COMPLIANT),
        ("一般", "20.01%", Verdict.DEVIATION),
        ("重点", "3%", Verdict.NOT_APPLICABLE),
    ],
)
def test_general_items_in_chaoyang_keep_to_three_to_twenty_percent_in_principle(
    chaoyang: Law, item_class: str, ratio: str, expected: Verdict
) -> None:
    assert verdict(chaoyang, "一般事项抽查比例", item_class=item_class, ratio=ratio) is expected


def test_the_table_and_the_two_ratio_rules_agree(chaoyang: Law) -> None:
    for item_class in ("一般", "重点"):
        for per_mille in range(0, 1001, 5):
            record = {"case.item_class": item_class, "case.ratio": f"{per_mille / 10}%"}
            facts = chaoyang.facts(record)
            single = {
                chaoyang.assess(name, facts, on=ON).verdict
                for name in ("一般事项抽查比例", "重点事项抽查比例")
            } - {Verdict.NOT_APPLICABLE}
            table = chaoyang.assess("抽查比例审查", facts, on=ON)
            assert single == {table.verdict}, record


def test_the_draw_finds_its_bounds_as_exact_parameters(chaoyang: Law, panjin: Law) -> None:
    assert chaoyang.parameter("一般事项抽查比例下限", on=ON) == Fraction(3, 100)
    assert chaoyang.parameter("一般事项抽查比例上限", on=ON) == Fraction(1, 5)
    assert chaoyang.parameter("重点事项抽查比例下限", on=ON) == Fraction(1, 5)
    assert panjin.parameter("年度抽查上限", on=ON) == 2
    assert chaoyang.parameter("检查组最少持证人数", on=ON) == 2


@pytest.mark.parametrize("size", range(1, 5))
def test_a_list_of_one_to_four_draws_one_and_is_marked_small(chaoyang: Law, size: int) -> None:
    record = {"item_class": "一般", "count__frame_total": size, "sample_size": 1}
    assert verdict(chaoyang, "抽取规模", **record) is Verdict.COMPLIANT
    assert verdict(chaoyang, "小基数", **record) is Verdict.RECORDED


def test_a_list_of_five_is_no_small_base(chaoyang: Law) -> None:
    record = {"item_class": "一般", "count__frame_total": 5, "sample_size": 1}
    assert verdict(chaoyang, "小基数", **record) is Verdict.NOT_APPLICABLE


def test_a_participants_strategy_is_refused_in_the_words_of_the_regulation(chaoyang: Law) -> None:
    record = {
        "case.joint": True,
        "case.strategy_department": "fire",
        "case.lead_department": "samr",
    }
    answer = chaoyang.assess("策略编制权限", chaoyang.facts(record), on=ON)
    assert answer.verdict is Verdict.BREACH
    assert answer.action == "记录违规尝试"
    assert answer.message == "只有发起部门可以添加策略，参与部门不能添加策略，否则任务无法生成"


CAPPED = {"registry__risk_tier": "低", "registry__credit_level": "高"}
ORDINARY = {
    "registry__key_industry": "其他行业",
    "registry__abnormal_listed": False,
    "registry__repeated_complaints": False,
    "registry__serious_violation": False,
    "registry__key_subject": False,
}


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, Verdict.COMPLIANT), (1, Verdict.COMPLIANT), (2, Verdict.DEVIATION)],
)
def test_panjin_stops_before_the_third_visit_of_a_low_risk_firm_of_high_credit(
    panjin: Law, count: int, expected: Verdict
) -> None:
    record = {**CAPPED, "count__drawn_this_year": count, **ORDINARY}
    assert verdict(panjin, "频次上限", **record) is expected


def test_a_key_subject_has_no_cap(panjin: Law) -> None:
    record = {**CAPPED, "count__drawn_this_year": 7, "registry__key_industry": "食品药品"}
    assert verdict(panjin, "频次上限", **record) is Verdict.EXEMPT


def test_unknown_key_status_leaves_a_full_count_open_but_not_an_empty_one(panjin: Law) -> None:
    assert verdict(panjin, "频次上限", **CAPPED, count__drawn_this_year=2) is Verdict.UNDETERMINED
    assert verdict(panjin, "频次上限", **CAPPED, count__drawn_this_year=0) is Verdict.COMPLIANT


def test_chaoyang_has_no_cap_and_panjin_no_ratio(chaoyang: Law, panjin: Law) -> None:
    assert not chaoyang.has_rule("频次上限")
    assert not panjin.has_rule("一般事项抽查比例")


def test_a_surprise_inspection_in_panjin_publishes_nothing_before_the_last_visit(
    panjin: Law,
) -> None:
    surprise = {"surprise": True, "surprise_approved": True, "surprise_ground_given": True}
    before = surprise | {"last_visit_ended": False}
    assert verdict(panjin, "名单公示期限", **before, published=True) is Verdict.BREACH
    assert verdict(panjin, "名单公示期限", **before, published=False) is Verdict.COMPLIANT


def test_an_unapproved_surprise_is_told_beforehand_like_any_other(chaoyang: Law) -> None:
    silent = {"surprise": True, "surprise_ground_given": True, "prior_notice_complete": False}
    assert verdict(chaoyang, "提前告知", **silent, surprise_approved=False) is Verdict.BREACH
    assert verdict(chaoyang, "提前告知", **silent, surprise_approved=True) is Verdict.EXEMPT


def test_exemption_is_discretion_and_needs_an_incident_at_the_subject(chaoyang: Law) -> None:
    late = {"case.l09_result_not_published": True, "case.e1_duty_performed": True}
    with_incident = chaoyang.facts(late | {"case.subject_incident": True})
    answer = chaoyang.assess("应当追责", with_incident, on=ON)
    assert (answer.verdict, answer.discretion) == (Verdict.DISCRETION, "免除行政责任")
    without = chaoyang.facts(late | {"case.subject_incident": False})
    assert chaoyang.assess("应当追责", without, on=ON).verdict is Verdict.DEEMED


def test_open_texture_stays_open_until_a_person_has_found_it(chaoyang: Law) -> None:
    human = {
        path
        for path, term in chaoyang.program.names.terms.items()
        if term.type.kind == "human" and re.match(r"case\.(l\d\d|e\d_)", term.key or "")
    }
    assert human == {
        "行为人的应该知道",
        "行为的滥用职权",
        "行为的徇私舞弊",
        "行为的玩忽职守",
        "行为的发现涉嫌犯罪",
        "行为的属其他应当追责情形",
        "问题的受技术手段限制不能发现",
        "事故的与抽查检查无因果关系",
        "专业机构的出具虚假报告",
        "虚假报告的导致错误判定处理",
        "行为的属其他不应追责情形",
    }
    stale = {"case.l06_registry_stale": True, "case.l06_missed_repeated": True}
    answer = chaoyang.assess("应当追责", chaoyang.facts(stale), on=ON)
    assert answer.verdict is Verdict.UNDETERMINED


def test_a_rule_on_a_text_not_held_says_so_instead_of_quoting(law: Law) -> None:
    answer = law.assess("双人执法", law.facts({"case.team_certified": 2}), on=ON)
    assert answer.verdict is Verdict.COMPLIANT
    assert [citation.quote for citation in answer.citations] == [None]


def test_one_off_dates_of_the_first_year_no_longer_bind(chaoyang: Law) -> None:
    rule = chaoyang.rule("方案报送期限")
    assert rule.in_force(date(2021, 3, 1))
    assert not rule.in_force(ON)


def test_a_count_is_read_under_its_origin_with_or_without_the_snapshot(chaoyang: Law) -> None:
    for key in ("count.frame_total@snapshot", "count.frame_total"):
        assert chaoyang.facts({key: 4})["抽取的名录户数"] == 4


def test_the_frame_and_the_single_case_agree_on_the_cap(panjin: Law) -> None:
    """The draw filters a directory in SQL; an explanation re-runs one case: one answer."""
    columns = {
        "监管对象的风险等级": "t.tier",
        "监管对象的信用水平": "t.credit",
        "监管对象的本年度抽查次数": "t.visits",
        "监管对象的重点行业": "t.industry",
        "监管对象的列入经营异常名录": "t.flag",
        "监管对象的多次被投诉举报": "t.flag",
        "监管对象的有严重违法违规情形": "t.flag",
        "监管对象的已登记为重点": "t.flag",
    }
    query = setwise.excluded(panjin, "频次上限", columns, dialect="sqlite", on=ON)
    rows = list(
        product(
            ("低", "中", "高", "A", "C", "未分类", None),
            ("高", "低", None),
            (0, 1, 2, 3, None),
            ("其他行业", "食品药品", None),
            (0, 1, None),
        )
    )
    with sqlite3.connect(":memory:") as memory:
        memory.execute("CREATE TABLE t (tier, credit, visits, industry, flag)")
        memory.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
        found = memory.execute(f"SELECT {query.text} FROM t ORDER BY rowid", query.parameters)
        in_sql = [value for (value,) in found]
    memory.close()
    assert in_sql == [left_out(panjin, row) for row in rows]


def left_out(law: Law, row: tuple[JSON, ...]) -> int | None:
    """1 where the single case is broken, 0 where it is not, None where it is open."""
    tier, credit, visits, industry, flag = row
    marked = None if flag is None else bool(flag)
    record = {
        "registry.risk_tier": tier,
        "registry.credit_level": credit,
        "count.drawn_this_year": visits,
        "registry.key_industry": industry,
        "registry.abnormal_listed": marked,
        "registry.repeated_complaints": marked,
        "registry.serious_violation": marked,
        "registry.key_subject": marked,
    }
    answer = law.assess("频次上限", law.facts(record), on=ON).verdict
    if answer is Verdict.UNDETERMINED:
        return None
    return int(answer in {Verdict.BREACH, Verdict.DEVIATION, Verdict.CONFLICT})


def test_what_leaves_a_unit_out_of_a_frame_says_so(law: Law) -> None:
    names = {rule.name for rule in law.program.all_rules if rule.action == "移出可抽范围"}
    assert {"对象可抽", "重复检查排除", "人员可抽"} <= names
