"""Change of law: the legal diff, the backtest, coverage, explanation, command line."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from rules import tools
from rules.facts import Facts
from rules.language.coverage import Register, coverage, read_register
from rules.language.diff import Recorded, backtest, semantic_diff
from rules.language.explain import sentences
from rules.language.trace import trace
from rules.verdict import Verdict
from tests.rules.city import SOURCE, TODAY, city, files
from tests.rules.test_verdicts import CAP, DEEMED, LATE, TABLE

SHA = hashlib.sha256(SOURCE.encode()).hexdigest()


# ---------------------------------------------------------------- legal diff
def test_a_diff_shows_a_smallest_case_for_each_changed_verdict() -> None:
    old, new = city(CAP), city(CAP.replace("不超过 2 次", "不超过 3 次"))
    (change,) = semantic_diff(old, new, TODAY)
    assert (change.rule, change.before, change.after) == ("频次上限", "偏离", "合规")
    assert dict(change.witness) == {
        "对象的等级": "低",
        "对象的次数": "3 次",
        "对象的重点": "否",
    }
    assert str(change).startswith("频次上限：偏离 → 合规；例：")


def test_a_change_of_words_alone_changes_no_verdict() -> None:
    new = city(CAP.replace('"本年度已抽查2次"', '"已满两次"'))
    assert semantic_diff(city(CAP), new, TODAY) == ()


def test_a_changed_parameter_and_a_changed_exception_are_found() -> None:
    text = "规则 甲\n  应当 对象的次数 不超过 次数上限\n结束"
    old = city(text)
    vocabulary = old.files["base/词汇.md"].decode().replace("为 2 次", "为 1 次")
    assert [c.rule for c in semantic_diff(old, city(text, **{"base/词汇.md": vocabulary}), TODAY)]
    without = city(CAP.split("例外")[0])
    assert {c.after for c in semantic_diff(city(CAP), without, TODAY)} >= {"偏离"}


def test_new_and_lost_rules_are_changes_too() -> None:
    changes = semantic_diff(city(CAP), city(LATE), TODAY)
    assert [(c.rule, c.before, c.after) for c in changes] == [
        ("甲", "无", "有"),
        ("频次上限", "有", "无"),
    ]
    assert semantic_diff(
        city(TABLE.format(policy="首个", high="50%")),
        city(TABLE.format(policy="首个", high="60%")),
        TODAY,
    )


def test_a_backtest_counts_the_recorded_answers_that_change() -> None:
    old, new = city(CAP), city(CAP.replace("不超过 2 次", "不超过 1 次"))
    record = {"registry.tier": "低", "registry.key": False}
    records = [
        Recorded(case=f"XG-{n}", rule="频次上限", facts={**record, "count.visits": n}, on=TODAY)
        for n in range(4)
    ]
    found = backtest(old, new, [*records, Recorded(case="XG-9", rule="没有", facts={}, on=TODAY)])
    assert found.asked == 5
    assert found.changed == (("XG-2", "频次上限", "合规", "偏离"),)
    assert found.counts == {("频次上限", "合规", "偏离"): 1}


# ---------------------------------------------------------------- coverage of the law
HEADER = f'规则包 虚构双随机 版本 "1"\n  法源 XG 《办法》 印发 2020-01-01 "sha256:{SHA}"\n结束\n'


def covered_city(rules: str) -> dict[str, str]:
    return {"xugou/规则.md": f"```规则\n{HEADER}{rules}\n```", "xugou/sources/XG.txt": SOURCE}


def test_coverage_lists_the_normative_sentences_no_rule_quotes() -> None:
    rules = "规则 甲\n  依据 XG 第一条 「原则上不超过2次」\n  应当 对象的重点\n结束\n"
    rules += "规则 乙\n  依据 某法 第3条 无原文，待法制核对\n  应当 对象的重点\n结束"
    found = coverage(city("", **covered_city(rules)))
    assert found.touched("XG") == (1, 1)
    assert found.not_yet == 0
    assert found.without_text == (("乙", "某法", "第3条"),)
    empty = coverage(city("", **covered_city("")))
    assert [(s.clause, s.open) for s in empty.sentences] == [("第一条", True)]


def test_the_register_says_where_else_a_sentence_is_realised_or_why_not() -> None:
    content = """
[[clause]]
jurisdiction = "xugou"
document = "XG"
quote = "原则上不超过 2 次"
works = ["screen:看板", "open:报表"]
[[clause]]
jurisdiction = "elsewhere"
document = "XG"
quote = "x"
works = ["screen:别处"]
[[outside]]
jurisdiction = "xugou"
quote = "原则上不超过 2 次"
reason = "标题"
"""
    register = read_register(content.encode(), "xugou")
    quote = "原则上不超过 2 次"
    assert register.works == (("XG", quote, "screen:看板"), ("XG", quote, "open:报表"))
    law = city("", **covered_city(""))
    sentence = coverage(law, register).sentences[0]
    assert sentence.works == ("screen:看板",)
    assert sentence.where == "页面 看板；尚缺 报表"
    left = coverage(law, Register(outside=register.outside)).sentences[0]
    assert (left.open, left.where) == (False, "不入规则：标题")
    assert coverage(law, Register(works=register.works[1:])).sentences[0].where == "尚缺 报表"
    assert coverage(law).sentences[0].where == "尚未落实"
    assert coverage(law, Register(outside=register.outside)).not_yet == 0


# ---------------------------------------------------------------- explanation
def test_an_explanation_names_clause_facts_exceptions_and_what_would_change() -> None:
    rules = CAP.replace(
        "  当 对象的等级 为 低",
        '  依据 XG 第一条 「原则上不超过2次」\n  解释 "按公历年" 由 "法制科" 于 2020-05-06\n'
        "  当 对象的等级 为 低",
    )
    law = city("", **covered_city(rules))
    facts = law.facts({"registry.tier": "低", "count.visits": 3, "registry.key": True})
    answer = law.assess("频次上限", facts, on=TODAY)
    said = sentences(law, answer)
    for words in (
        "结论：免除",
        "〔XG 第一条〕“原则上不超过2次”",
        "适用条件成立：对象的等级 为 低\n",
        "例外“重点不设上限”成立：对象 重点\n",
        "若对象的重点 为 否，结论为偏离。",
        "所据解释：按公历年（法制科，2020-05-06）",
    ):
        assert words in said
    assert len(set(said.split("\n"))) == len(said.split("\n"))
    assert "日历" not in said
    assert "exempt" in sentences(law, answer, "en")
    assert answer.citations[0].quote == "原则上不超过2次"


def test_a_trace_is_plain_json_and_the_same_every_time() -> None:
    law = city(CAP + DEEMED + LATE + TABLE.format(policy="首个", high="50%"))
    facts = law.facts(
        {"registry.tier": "高", "case.event_on": "2026-06-15", "case.published_on": "未发生"}
    )
    for name in law.rule_names:
        answer = law.assess(name, facts, on=TODAY)
        text = json.dumps(trace(law, answer), ensure_ascii=False, sort_keys=True, allow_nan=False)
        assert text == json.dumps(trace(law, answer), ensure_ascii=False, sort_keys=True)
        assert sentences(law, answer)
        assert sentences(law, answer, "en")
    traced = trace(law, law.assess("频次上限", facts, on=TODAY))
    assert traced["verdict"] == "不适用"
    assert traced["condition"]["parts"][0] == {
        "fact": "对象的等级",
        "value": "高",
        "from": "registry.tier@frame",
    }


def test_a_rule_not_in_force_says_so() -> None:
    law = city("规则 甲\n  有效 自 2026-01-01\n  应当 对象的重点\n结束")
    answer = law.assess("甲", Facts({}), on=date(2025, 1, 1))
    assert answer.verdict is Verdict.NOT_APPLICABLE
    assert "未生效" in sentences(law, answer)
    assert "not in force" in sentences(law, answer, "en").lower()
    assert trace(law, answer)["note"]


# ---------------------------------------------------------------- verbs of the command line
@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of packs with one city."""
    example = '  样例 "一" 设 对象的等级 = 低、对象的次数 = 1 次 得 合规\n'
    rules = CAP.replace("  违反时", example + "  违反时", 1)
    for path, content in files(rules).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path


def test_check_reports_and_exits_by_errors(root: Path) -> None:
    report = tools.check_packs(root)
    assert report.exit_code == 0
    assert report.text.endswith("0 个错误，1 个提醒，3 条说明")  # the exception has no example
    assert "没有 违反 或 偏离 的样例" in tools.check_packs(root, notes=True).text
    (root / "xugou" / "错.规则").write_text("规则 丁\n  应当 对象的重典\n结束\n")
    report = tools.check_packs(root, ["xugou"])
    assert report.exit_code == 1
    assert "是否指“对象的重点”？" in report.text
    assert report.data["problems"][0]["file"]


def test_examples_run_and_a_failing_one_is_named(root: Path) -> None:
    assert tools.run_tests(root).text == "样例 1 个，通过 1 个"
    path = root / "xugou" / "规则.md"
    path.write_text(path.read_text().replace("得 合规", "得 偏离"))
    report = tools.run_tests(root)
    assert report.exit_code == 1
    assert "频次上限“一”应得 偏离，实得 合规" in report.text


def test_fmt_checks_then_writes(root: Path) -> None:
    assert tools.format_packs(root, only_check=True).exit_code == 1
    assert tools.format_packs(root).exit_code == 0
    assert tools.format_packs(root, only_check=True).text == "都是规范格式"
    (root / "xugou" / "错.规则").write_text("规则 丁\n")
    assert tools.format_packs(root).exit_code == 1


def test_the_other_verbs_answer_with_data_and_text(root: Path) -> None:
    law = tools.load_law(root, "xugou")
    facts = {"registry.tier": "低", "count.visits": 3, "registry.key": False}
    explained = tools.explain_rule(law, "频次上限", facts, on=TODAY)
    assert (explained.exit_code, explained.data["verdict"]) == (0, "偏离")
    assert tools.coverage_packs(root).data["not_yet"] == 0
    assert tools.analyse_packs(root, on=TODAY).exit_code == 0
    assert tools.diff_laws(law, law, on=TODAY).text == "没有结论会改变"
    records = [Recorded(case="XG-1", rule="频次上限", facts=facts, on=TODAY)]
    assert tools.backtest_laws(law, law, records).exit_code == 0
    assert tools.backtest_laws(law, city(LATE), records).text.startswith(
        "频次上限：偏离 → 无，1 件"
    )
    assert tools.complete_at(law, "xugou/规则.md", 7, 1).data["suggestions"]


def test_facts_a_person_writes_go_by_term_or_origin_and_are_never_lost(root: Path) -> None:
    law = tools.load_law(root, "xugou")
    given = {"对象的等级": "低", "count.visits@snapshot": 3}
    assert tools.given_facts(law, given) == {"registry.tier": "低", "count.visits@snapshot": 3}
    with pytest.raises(tools.Misuse, match="没有“对象的登级”这项事实；是否指“对象的等级”？"):
        tools.given_facts(law, {"对象的登级": "低"})
    with pytest.raises(tools.Misuse, match="请写词"):
        tools.given_facts(law, {"完全不同的东西": 1})


def test_misuse_is_told_apart_from_problems(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(tools.Misuse, match="没有规则包"):
        tools.check_packs(root, ["nowhere"])
    law = tools.load_law(root, "xugou")
    with pytest.raises(tools.Misuse):
        tools.explain_rule(law, "没有", {}, on=TODAY)
    with pytest.raises(tools.Misuse):
        tools.complete_at(law, "没有.md", 1, 1)
    assert tools.main(["check", "nowhere"]) == 2
    assert tools.main(["fmt", "--check", "--json", "chaoyang"]) in {0, 1}
    assert capsys.readouterr().out
