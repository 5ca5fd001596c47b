"""Corners of the language that no ordinary rule turns, each with what must happen there."""

from __future__ import annotations

import ast
import runpy
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rules import pack, tools
from rules.calendar import Calendar
from rules.errors import FactError
from rules.facts import Facts, convert
from rules.language import core as c
from rules.language.analyse import analyse
from rules.language.check import check
from rules.language.codegen import ForbiddenCode
from rules.language.compile import ALLOWED, _inspect
from rules.language.complete import complete, complete_condition
from rules.language.coverage import coverage
from rules.language.deadline import midnight_after
from rules.language.diff import semantic_diff
from rules.language.example_coverage import uncovered
from rules.language.examples import run_examples
from rules.language.explain import sentences
from rules.language.flip import flips
from rules.language.format import FormatterChangedMeaning, assert_same, format_text
from rules.language.parse import parse_text
from rules.language.place import Place
from rules.language.prover import Prover
from rules.language.segment import Vocabulary, segment
from rules.language.setwise import calendar_rows, condition, verdict
from rules.language.sources import clause_path, read_source
from rules.language.sqlpieces import NoColumn, NoSql
from rules.language.trace import trace
from rules.language.types import DATE, TEXT, Type, Value
from rules.pack import examine
from rules.verdict import Verdict
from tests.rules.city import SOURCE, TODAY, city, files

LAW = city()


def ask(text: str, **facts: Value) -> bool | None:
    return LAW.condition(text).evaluate(facts, on=TODAY)


def found(text: str, kind: str) -> list[str]:
    law, _ = examine(files(text), "xugou")
    return [item.message for item in analyse(law, TODAY) if item.kind == kind]


def pinned(rules: str) -> dict[str, bytes]:
    """A city that holds a source."""
    header = '规则包 虚构双随机 版本 "1"\n  法源 XG 《办法》 印发 2020-01-01\n结束\n'
    given = files("")
    del given["xugou/规则.md"]
    given["xugou/规则.规则"] = (header + rules).encode()
    given["xugou/sources/XG.txt"] = SOURCE.encode()
    return given


# ---------------------------------------------------------------- facts and days
def test_facts_are_a_mapping() -> None:
    facts = Facts({"甲": True})
    assert dict(facts) == {"甲": True}
    assert len(facts) == 1


def test_whole_numbers_and_days_may_come_typed() -> None:
    times = Type("count", "次")
    assert convert(Fraction(3), times, {}, term="甲") == 3
    with pytest.raises(FactError):
        convert(Fraction(1, 2), times, {}, term="甲")
    assert convert(TODAY, DATE, {}, term="甲") == TODAY


def test_the_calendar_ends_with_the_dates_there_are() -> None:
    calendar = LAW.calendar
    assert calendar.add_working_days(date.max, 1) is None
    assert calendar.missing_year(TODAY, 1) is None
    assert calendar.missing_year(date(2026, 12, 31), 1) == 2027
    assert calendar.missing_year(date(2026, 1, 1), -1) == 2025
    assert calendar.provisional(date.max, 1) is None
    assert midnight_after(date.max) is None
    assert list(calendar_rows(Calendar())) == []


def test_a_place_is_never_part_of_what_is_compared() -> None:
    assert hash(Place(1, 2)) == hash(Place(3, 4))


# ---------------------------------------------------------------- values
def test_numbers_round_and_groups_stand_where_values_do() -> None:
    assert ask("上取整（评分的分值） 为 3", 评分的分值=Fraction(5, 2)) is True
    assert ask("（ 对象的等级 为 低 ） 为 是", 对象的等级="低") is True
    assert ask("（ 对象的次数 介于 1 次 与 2 次 ） 不为 否", 对象的次数=3) is False
    law = city(
        "规则 甲\n  当 对象的等级 属于 （ 低 ）\n  应当 对象的次数 为 （ 对象的上限 ）\n结束"
    )
    text = "规则 甲\n  应当 （ 对象的重点 ） 为 （ 对象的停业 ）\n结束\n"
    assert "（ 对象的重点 ） 为 （ 对象的停业 ）" in format_text(text, "a.规则", law.vocabulary)
    text = "规则 甲\n  应当 （ 对象的等级 为 低 ） 为 是\n结束\n"
    assert "（ 对象的等级 为 低 ） 为 是" in format_text(text, "a.规则", law.vocabulary)
    text = "规则 甲\n  当 非 对象的比例\n  应当 结果的代码 包含 低\n结束\n"
    assert "结果的代码 包含 低" in format_text(text, "a.规则", law.vocabulary)
    literal = "规则 甲\n  应当 是\n结束\n"
    assert "应当 是" in format_text(literal, "a.规则", law.vocabulary)


def test_a_cell_may_name_a_set() -> None:
    law = city(
        "决策表 甲 命中 首个\n  | 对象的等级    || 结论 |\n  | 较低等级      || 合规 |\n"
        "  | 不为 较低等级 || 偏离 |\n结束\n"
        "决策表 乙 命中 首个\n  | 对象的等级 || 结论 |\n  | —         || 合规 |\n结束"
    )
    for tier, word in (("低", "合规"), ("高", "偏离")):
        assert law.assess("甲", Facts({"对象的等级": tier}), on=TODAY).verdict == word
    assert law.assess("乙", Facts({}), on=TODAY).verdict == "合规"
    assert law.due("甲", Facts({}), on=TODAY).last_day is None


# ---------------------------------------------------------------- verdicts
def test_a_table_outside_its_scope_or_with_too_much_unknown_stays_open() -> None:
    rows = "".join(f"  | {n} 次 || 合规 |\n" for n in range(14))
    law = city(
        f"决策表 甲 命中 唯一\n  当 对象 重点\n  | 对象的次数 || 结论 |\n{rows}结束\n"
        "决策表 乙 命中 唯一\n  当 对象 重点\n  | 对象的等级 || 结论 |\n  | 低 || 合规 |\n结束"
    )
    assert law.assess("甲", Facts({"对象的重点": False}), on=TODAY).verdict == "不适用"
    assert law.assess("甲", Facts({"对象的重点": True}), on=TODAY).verdict == "待查"
    assert law.assess("乙", Facts({"对象的等级": "低"}), on=TODAY).verdict == "待查"


def test_more_than_twelve_open_exceptions_leave_the_verdict_open() -> None:
    text = "规则 甲\n  应当 对象 重点\n结束\n" + "".join(
        f"例外 例{n} 之于 甲\n  当 对象的次数 为 {n} 次\n  免除\n结束\n" for n in range(13)
    )
    answer = city(text).assess("甲", Facts({"对象的重点": True}), on=TODAY)
    assert answer.verdict is Verdict.UNDETERMINED
    assert answer.missing == ("对象的次数",)


def test_a_fact_derived_by_two_rules_and_by_a_rule_that_has_ended() -> None:
    law = city(
        "规则 甲\n  有效 自 2020-01-01 至 2025-12-31\n  当 对象 停业\n  认定 对象 应查\n结束\n"
        "规则 甲\n  有效 自 2026-01-01\n  当 对象的等级 为 高\n  认定 对象 应查\n结束\n"
        "规则 乙\n  有效 自 2020-01-01 至 2025-12-31\n  认定 对象 应查\n结束\n"
        "规则 丙\n  当 对象 重点\n  认定 对象 应查\n结束"
    )
    gate = law.condition("对象 应查")
    assert gate.evaluate({"对象的等级": "高"}, on=TODAY) is True
    assert gate.evaluate({"对象的等级": "低", "对象的重点": False}, on=TODAY) is False
    assert gate.evaluate({"对象的等级": "低"}, on=date(2025, 1, 1)) is True
    columns: dict[str, Any] = {"对象的等级": "a", "对象的重点": "b"}
    query = condition(law, gate, columns, dialect="sqlite", on=TODAY)
    assert " OR " in query.text


def test_a_rule_with_an_error_can_still_be_looked_at() -> None:
    law, problems = examine(files("规则 甲\n结束\n例外 乙 之于 丁\n  免除\n结束"), "xugou")
    assert [p.code for p in problems if p.severity == "error"] == ["no-conclusion", "undefined"]
    assert law.assess("甲", Facts({}), on=TODAY).verdict == "免除"
    assert law.rule("甲").qualified == "虚构双随机·甲"
    text = (
        "规则 甲\n  样例 “一” 设 对象的无 = 是 得 合规\n结束\n"
        "例外 乙 之于 丁\n  样例 “一” 得 合规\n结束"
    )
    law, _ = examine(files(text), "xugou")
    _, unreadable = run_examples(law)
    assert [p.code for p in unreadable] == ["undefined"]
    assert list(uncovered(law, law.rule("甲"))) == []


def test_a_rule_says_whether_its_text_is_held() -> None:
    law = city(
        "规则 甲\n  依据 行政处罚法 第42条 无原文，待法制核对\n  应当 对象 重点\n结束\n"
        "例外 乙 之于 甲\n  免除\n结束"
    )
    assert not law.rule("甲").text_held
    assert "例外“乙”成立" in sentences(law, law.assess("甲", Facts({}), on=TODAY))


def test_nothing_is_flipped_of_a_rule_not_in_force() -> None:
    law = city("规则 甲\n  有效 自 2027-01-01\n  应当 对象 重点\n结束")
    assert flips(law, law.assess("甲", Facts({}), on=TODAY)) == ()


def test_sets_are_flipped_traced_and_quoted() -> None:
    given = pinned(
        "规则 甲\n  依据 XG 第一条 「对象应当公示」\n  当 非 （ 任一：\n"
        "     - 结果的代码 包含 低 「对象应当公示」\n     - 对象 停业\n  ）\n"
        "  应当 计划的比例 不低于 1%\n结束\n"
        "参数 上限 ：次数\n  自 2020-01-01 为 2 次 依据 XG 第一条 「原则上不超过2次」\n结束"
    )
    law = pack.load(given, "xugou")
    values: dict[str, Value] = {"结果的代码": frozenset({"低"}), "对象的停业": False}
    answer = law.assess("甲", Facts(values | {"计划的比例": Fraction(1, 3)}), on=TODAY)
    assert answer.verdict == "不适用"
    assert "依据〔XG 第一条〕“对象应当公示”" in sentences(law, answer)
    text = str(trace(law, answer))
    assert "'quote': '对象应当公示'" in text
    assert "'span': [" in text
    assert flips(law, answer)
    sentence = next(s for s in coverage(law).sentences if "2次" in s.text)
    assert "parameter:上限" in sentence.works


def test_words_sets_and_departments_are_told_by_name() -> None:
    law = city(
        "词 操作的单位 ：部门\n"
        "规则 甲\n  应当 操作的部门 为 “samr” 且 对象的等级 属于 较低等级\n结束\n"
        "规则 乙\n  应当 操作的单位 为 “市场监督管理局”\n结束"
    )
    answer = law.assess("甲", Facts({"操作的部门": "tax", "对象的等级": "高"}), on=TODAY)
    assert "对象的等级 属于 较低等级" in sentences(law, answer)
    assert flips(law, answer) == ()
    said = sentences(law, law.assess("乙", Facts({"操作的单位": "tax"}), on=TODAY))
    assert "操作的单位 为 “市场监督管理局”（操作的单位 = tax）" in said
    right = law.assess("乙", Facts({"操作的单位": "samr"}), on=TODAY)
    assert right.verdict == "合规"


def test_quarters_and_conflicts_at_the_end_of_time_have_no_day() -> None:
    after = {"事由的日期": date(9999, 11, 2), "公示的日期": TODAY}
    assert ask("公示的日期 在 事由的日期 后 每季度首月前 5 日内", **after) is None
    law = city(
        "规则 甲\n  应当 公示的日期 在 事由的日期 后 5 日内\n结束\n"
        "例外 乙 之于 甲\n  免除\n结束\n例外 丙 之于 甲\n  可以 从宽\n结束"
    )
    assert law.due("甲", Facts({"事由的日期": TODAY}), on=TODAY).last_day is None


# ---------------------------------------------------------------- proofs
def test_a_large_question_is_sampled_in_pairs() -> None:
    many = " 且 ".join(
        f"对象的次数 不为 {n} 次 且 名录的户数 不为 {n} 户 且 计划的年度 不为 {2000 + n}"
        for n in range(40)
    )
    prover = Prover(LAW, TODAY)
    core = LAW.condition(f"对象 重点 且 非 对象 重点 且 {many}").core
    assert prover.witness(core) is None
    assert not prover.complete(core)
    law = city("".join(f"词 灯的亮{n} ：是否\n" for n in range(13)))
    lamps = " 且 ".join(f"灯 亮{n}" for n in range(13))
    assert Prover(law, TODAY).witness(law.condition(f"{lamps} 且 非 灯 亮0").core) is None
    small = " 且 ".join(
        f"（ {a} 或 非 {a} ）"
        for a in ("对象 重点", "对象 停业", "事项的类别 为 一般", "对象的等级 为 低")
    )
    assert prover.witness(LAW.condition(small).core) is not None
    group = LAW.condition("结果的代码 包含 低 且 非 结果的代码 包含 低").core
    assert prover.witness(group) is None
    assert not prover.complete(group)


def test_analyses_leave_alone_what_they_cannot_say() -> None:
    same = "".join(f"例外 {n} 之于 甲\n  当 对象 停业\n  免除\n结束\n" for n in "乙丙")
    assert found(f"规则 甲\n  应当 对象 重点\n结束\n{same}", "conflict") == []
    full = "决策表 甲 命中 收集\n  | 对象的重点 || 结论 |\n  | 是 || 合规 |\n  | 否 || 偏离 |\n结束"
    assert found(full, "table-gap") == []
    facts = "规则 甲\n  应当 计划的比例 介于 计划的旧比例 与 20%\n结束"
    assert found(facts, "no-whole-number") == []
    late = "参数 将来 ：比例\n  自 2030-01-01 为 3%\n结束\n"
    late += "规则 甲\n  应当 计划的比例 介于 将来 与 20%\n结束"
    assert found(late, "no-whole-number") == []
    fixed = "规则 甲\n  应当 2026-06-01 在 事由的日期 后 5 日内\n结束"
    assert found(fixed, "early-act") == []
    chain = (
        "规则 甲\n  应当 公示的日期 在 计划的年度 11 月 30 日 前\n结束\n"
        "规则 乙\n  应当 审批的日期 不晚于 公示的日期 + {amount}\n结束"
    )
    assert found(chain.format(amount="公示期限"), "composition")
    assert found(chain.format(amount="（ 审批的日期 − 事由的日期 ）"), "composition") == []


def test_structure_is_checked_whatever_its_shape() -> None:
    diamond = (
        "规则 甲\n  应当 对象 重点\n结束\n例外 乙 之于 甲\n  免除\n结束\n"
        "例外 丙 之于 甲、乙\n  当 对象 停业\n  免除\n结束\n例外 丁 之于 乙、丙\n  免除\n结束"
    )
    assert not [p for p in check(city(diamond)) if p.code == "cycle"]
    scoped = city(
        "规则 甲\n  有效 自 2020-01-01\n  适用 虚构市\n  应当 计划的比例 不超过 乙\n结束\n"
        "参数 乙 ：比例\n  自 2020-01-01 为 3% 收录 于 2026-05-01\n结束"
    )
    assert not [p for p in check(scoped) if p.code == "scope"]
    then = pack.as_known(scoped, date(2026, 4, 1))
    assert not [p for p in check(then) if p.code == "hole"]
    assert then.assess("甲", Facts({"计划的比例": 0}), on=TODAY).verdict == "待查"


def test_a_legal_diff_sees_parameters_that_come_go_and_change() -> None:
    text = "规则 甲\n  应当 计划的比例 不超过 乙\n结束\n参数 乙 ：比例\n  自 {day} 为 {value}\n结束"
    old = city(text.format(day="2020-01-01", value="3%"))
    assert semantic_diff(old, city(text.format(day="2020-01-01", value="3%")), TODAY) == ()
    assert semantic_diff(old, city(text.format(day="2020-01-01", value="4%")), TODAY)
    assert semantic_diff(old, city(text.format(day="2030-01-01", value="3%")), TODAY)
    ended = city("规则 丙\n  有效 自 2020-01-01 至 2020-12-31\n  应当 对象 重点\n结束")
    assert semantic_diff(ended, ended, TODAY) == ()
    wide = "规则 甲\n  当 对象 停业 且 对象的等级 为 低\n  应当 对象的次数 不超过 {n} 次\n结束"
    changed = semantic_diff(city(wide.format(n=2)), city(wide.format(n=3)), TODAY)
    assert changed[0].witness
    wide = "规则 甲\n  当 对象 停业 或 对象 重点\n  应当 对象的次数 不超过 {n} 次\n结束"
    changed = semantic_diff(city(wide.format(n=2)), city(wide.format(n=3)), TODAY)
    assert all(len(change.witness) < 3 for change in changed)


# ---------------------------------------------------------------- texts
def test_a_block_of_mistakes_is_given_up_after_twenty() -> None:
    text = "规则 甲\n" + "  应当 对象的次数 不位 2 次\n" * 30 + "结束"
    assert len(parse_text(text, "a.规则").problems) == 20


def test_a_quote_may_run_over_lines_and_places_stay_right() -> None:
    parsed = parse_text("规则 甲\n  依据 XG 第一条 「对象\n应当」\n  应当 为\n结束", "a.规则")
    assert [p.line for p in parsed.problems] == [4]


def test_prose_between_two_fences_belongs_to_the_second() -> None:
    law = city("规则 甲\n  应当 对象 重点\n结束\n```\n说明。\n```规则\n规则 乙\n  免除\n结束")
    assert law.rule("乙").prose == "说明。"
    assert law.rule("甲").prose == "# 虚构市"


def test_a_term_may_stop_where_the_text_does() -> None:
    assert parse_text("词 甲的乙", "a.规则").problems
    assert parse_text("词", "a.规则").problems


def test_a_run_with_no_reading_or_with_very_many_is_one_name_or_few_readings() -> None:
    vocabulary = Vocabulary.of(["甲乙", "甲"], ["乙", "丙", "乙丙"])
    assert segment("甲乙甲乙甲丁", vocabulary).words == ()
    twice = Vocabulary.of([], ["甲", "甲且甲"])
    assert segment("甲且甲且丁", twice).words == ()
    letters = Vocabulary.of([], ["甲", "甲且甲", "甲且甲且甲"])
    assert len(segment("甲且甲且甲且甲且甲", letters).others) == 5


def test_headings_follow_on_and_clauses_count_beyond_ten() -> None:
    numerals = "一二三四五六七八九十"
    many = [*numerals, "十一", "二十"]
    text = "\n".join(f"{number}、第{number}款。" for number in many) + "\n五、并非标题。"
    source = read_source(text.encode())
    assert [clause.path for clause in source.clauses] == [(n,) for n in (*numerals, "十一")]
    assert clause_path("条") == ()
    assert read_source("二、从第二开始。".encode()).clauses == ()


def test_the_formatter_refuses_to_change_the_meaning() -> None:
    before = parse_text("规则 甲\n  免除\n结束", "a.规则")
    with pytest.raises(FormatterChangedMeaning):
        assert_same(before, parse_text("规则 乙\n  免除\n结束", "a.规则"))


def test_generated_code_outside_the_whitelist_is_refused() -> None:
    for text in ("import os", "x.system", "open"):
        tree = ast.parse(text)
        nodes = [node for node in ast.walk(tree) if not isinstance(node, ast.Expr)]
        with pytest.raises(ForbiddenCode):
            _inspect(nodes, {"x"})
    assert "Import" not in {node.__name__ for node in ALLOWED}


# ---------------------------------------------------------------- completion
def test_completion_offers_what_can_be_said_of_a_subject() -> None:
    offered = [item.text for item in complete_condition(LAW, "对象 ")]
    assert {"停业", "突击", "重点"} <= set(offered)
    assert "对象 重点" in [item.text for item in complete_condition(LAW, "")]
    assert [item.text for item in complete_condition(LAW, "对象的次数 超过 1 次 且 对象 重")] == [
        "重点"
    ]
    assert complete(LAW, "规则 甲", 0, 1)
    assert "低" in [item.text for item in complete_condition(LAW, "对象的等级 属于 低、")]
    assert "对象的次数" in [item.text for item in complete_condition(LAW, "对象的次数 为 ")]
    assert "对象 重点" in [item.text for item in complete_condition(LAW, "（ 非 ")]
    assert "对象的次数" in [item.text for item in complete_condition(LAW, "3 次 为 ")]


# ---------------------------------------------------------------- other packs
def lender(root: Path, name: str, pack_name: str, rules: str) -> None:
    folder = root / name
    folder.mkdir()
    (folder / "规则.规则").write_text(f'规则包 {pack_name} 版本 "1"\n结束\n{rules}', "utf-8")
    (folder / "organisation.toml").write_bytes(files("")["xugou/organisation.toml"])


def test_a_borrowed_rule_is_read_from_the_folder_that_has_it(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "词汇.md").write_bytes(files("")["base/词汇.md"])
    lender(tmp_path, "aa", "无关", "规则 无关\n  免除\n结束")
    lender(tmp_path, "bb", "甲城", "规则 上限\n  应当 对象的次数 不超过 2 次\n结束")
    lender(tmp_path, "cc", "乙城", "借鉴 甲城·上限\n结束")
    lender(tmp_path, "dd", "丁城", "借鉴 丙城·无\n结束")
    _, problems = examine(pack.read_files(tmp_path, "dd"), "dd")
    assert [p.message for p in problems] == ["借鉴 丙城·无：找不到规则包“丙城”"]
    everything = pack.read_files(tmp_path, "cc") | pack.read_files(tmp_path, "aa")
    assert pack.load(everything, "cc").has_rule("甲城·上限")
    law = pack.read(tmp_path, "cc")
    facts = law.facts({"count.visits": 3})
    answer = law.assess("甲城·上限", facts, on=TODAY)
    assert (answer.verdict, answer.advice) == (Verdict.RECORDED, Verdict.BREACH)
    assert tools.explain_rule(law, "甲城·上限", {}, on=TODAY, known_at=TODAY).exit_code == 0


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
def test_the_verbs_run_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["rules", "check", "nowhere"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("rules.tools", run_name="__main__")
    assert left.value.code == 2


def test_coverage_is_told_sentence_by_sentence(tmp_path: Path) -> None:
    for path, content in pinned(
        "规则 甲\n  依据 XG 第一条 「对象应当公示」\n  应当 对象 重点\n结束"
    ).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    report = tools.coverage_packs(tmp_path)
    assert "→ 规则 甲" in report.text
    assert report.data["documents"]["XG"]["sentences"][0]["where"] == "规则 甲"


# ---------------------------------------------------------------- sets of rows
TYPED = """词 车的种类 ：枚举 等级
词 车的日期 ：日期
词 车的部门 ：文字
词 车的可用 ：是否
参数 起始日 ：日期
  自 2020-01-01 为 2026-01-01
结束
参数 主管部门 ：文字 按 等级
  自 2020-01-01 为 低 "甲"、中 "乙"、高 无
结束
参数 分级日 ：日期 按 等级
  自 2020-01-01 为 低 2026-01-01、中 2026-02-01、高 无
结束
参数 分级可用 ：是否 按 等级
  自 2020-01-01 为 低 是、中 否、高 无
结束
参数 总可用 ：是否
  自 2020-01-01 为 是
结束
参数 将来可用 ：是否
  自 2030-01-01 为 是
结束
参数 将来比例 ：比例
  自 2030-01-01 为 3%
结束
参数 将来部门 ：文字
  自 2030-01-01 为 "甲"
结束
参数 将来日 ：日期
  自 2030-01-01 为 2026-01-01
结束
参数 无值 ：次数 按 等级
  自 2020-01-01 为 低 无、中 无、高 无
结束
"""
SETWISE = (
    "车的日期 不早于 起始日",
    "车的部门 为 主管部门 按 车的种类",
    "车的日期 早于 分级日 按 车的种类",
    "车的可用 为 分级可用 按 车的种类",
    "车的可用 为 总可用",
    "总可用",
    "车的可用 为 将来可用",
    "计划的比例 超过 将来比例",
    "车的部门 为 将来部门",
    "车的日期 早于 将来日",
    "对象的次数 超过 无值 按 车的种类",
    "（ 车的日期 早于 起始日 ） 为 是",
    "是",
    "非 否",
    "较大（对象的次数、对象的上限） 超过 1 次",
    "较小（车的日期、起始日） 早于 2026-03-01",
    "车的种类 属于 较低等级",
    "上取整（对象的次数 × 2） 为 2 次",
    "计划的比例 + 1% 超过 20%",
    "计划的比例 − 1% 低于 20%",
)


@pytest.mark.parametrize("text", SETWISE)
def test_typed_parameters_and_values_agree_in_sql(text: str) -> None:
    import sqlite3

    law = city(TYPED)
    gate = law.condition(text)
    paths = [
        *("车的种类", "车的日期", "车的部门", "车的可用", "对象的次数", "对象的上限"),
        *("计划的比例", "名录的户数"),
    ]
    columns: dict[str, Any] = {path: f"c{n}" for n, path in enumerate(paths)}
    columns["计划的比例"] = ("n6", "d6")
    records: list[dict[str, Value]] = [
        {},
        {"车的种类": "低", "车的日期": date(2026, 1, 1), "车的部门": "甲", "车的可用": True},
        {"车的种类": "高", "车的日期": date(2025, 1, 1), "车的部门": "乙", "车的可用": False},
        {"车的种类": "中", "对象的次数": 1, "对象的上限": 2, "计划的比例": Fraction(1, 3)},
    ]
    query = condition(law, gate, columns, dialect="sqlite", on=TODAY)
    database = sqlite3.connect(":memory:")
    for values in records:
        cells = [f"{_sql(values.get(path))} AS c{n}" for n, path in enumerate(paths) if n != 6]
        ratio = values.get("计划的比例")
        exact = ratio if isinstance(ratio, Fraction) else None
        cells.append(f"{exact.numerator if exact else 'NULL'} AS n6")
        cells.append(f"{exact.denominator if exact else 'NULL'} AS d6")
        inner = ", ".join(cells)
        statement = f"SELECT {query.text} FROM (SELECT {inner})"  # constants above
        (answer,) = database.execute(statement, dict(query.parameters)).fetchone()
        assert (None if answer is None else bool(answer)) == gate.evaluate(values, on=TODAY)


def _sql(value: Value | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(int(value))
    return f"'{value}'"


def test_what_sql_cannot_hold_is_refused() -> None:
    columns: dict[str, Any] = {"名录的户数": "a", "事由的日期": "b", "公示的日期": "c"}
    deep = "下取整（" * 12 + "名录的户数" + " ÷ 3）" * 12
    tall = "事由的日期" + " + 5 个工作日" * 12
    for text in (f"{deep} 超过 1 户", f"公示的日期 早于 {tall}"):
        with pytest.raises(NoSql, match="太长"):
            condition(LAW, LAW.condition(text), columns, dialect="postgresql", on=TODAY)
    core = c.Compare(
        op="<", left=c.Const(value="甲", type=DATE), right=c.Const(value=TODAY, type=DATE)
    )
    with pytest.raises(NoSql):
        condition(LAW, core, columns, dialect="sqlite", on=TODAY)
    number = Type("number")
    for odd in (c.Not(body=c.And(items=())), c.Const(value=True, type=number)):
        odd_sum = c.Compare(op="<", left=c.Const(value=Fraction(1, 2), type=number), right=odd)
        with pytest.raises(NoSql):
            condition(LAW, odd_sum, columns, dialect="sqlite", on=TODAY)
    word = c.Compare(
        op="==", left=c.Const(value="甲", type=TEXT), right=c.Not(body=c.And(items=()))
    )
    with pytest.raises(NoSql):
        condition(LAW, word, columns, dialect="sqlite", on=TODAY)
    days = LAW.condition("公示的日期 − 事由的日期 不超过 10 个日")
    text = condition(LAW, days, columns, dialect="postgresql", on=TODAY).text
    assert "CAST((c) AS DATE) - CAST((b) AS DATE)" in text
    rows = city("决策表 甲 命中 首个\n  | 对象的等级 || 结论 |\n  | —         || 合规 |\n结束")
    assert "(1 = 1)" in verdict(rows, "甲", {}, dialect="sqlite", on=TODAY).text
    derived = city(
        "规则 甲\n  当 对象 停业\n  认定 对象 应查\n结束\n例外 乙 之于 甲\n  免除\n结束\n"
        "规则 丙\n  应当 对象 应查\n结束"
    )
    with pytest.raises(NoColumn):
        verdict(derived, "丙", {"对象的停业": "a"}, dialect="sqlite", on=TODAY)
    certain = city("规则 甲\n  认定 对象 应查\n结束")
    assert verdict(certain, "甲", {}, dialect="sqlite", on=TODAY).text == "'认定'"
