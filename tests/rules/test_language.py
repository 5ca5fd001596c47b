"""The text: grammar, unspaced Chinese, literate files, canonical form."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lark import Lark, logger

from rules.errors import PackProblems
from rules.language.aliases import table
from rules.language.format import format_text
from rules.language.lexer import tokenize
from rules.language.markdown import decode, literate
from rules.language.parse import parse_text
from rules.language.segment import Vocabulary
from rules.language.vocabulary import vocabulary_of
from rules.language.words import GRAMMAR, keywords, spelled
from tests.rules.city import city
from tests.rules.generate import rule_packs

PACKS = Path(__file__).parents[2] / "rules" / "packs"
LAW = city()


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        Lark(GRAMMAR, parser="lalr", lexer="basic", start=["block", "condition"], debug=True)
    assert not [record for record in caplog.records if "conflict" in record.message.lower()]


def test_every_keyword_has_an_ascii_terminal_name_that_completion_can_show() -> None:
    assert all(name.isascii() and name.upper() == name for name in keywords().values())
    assert spelled()["_KW_END"] == "结束"


# ---------------------------------------------------------------- unspaced Chinese
@pytest.mark.parametrize(
    "text",
    [
        "对象的等级为低且对象的次数不超过2次",
        "非对象的重点或对象的停业",
        "计划的比例介于3%与20%",
        "对象的等级属于低、中",
        "公示的日期在事由的日期后10个工作日内",
        "公示的日期在计划的年度年11月30日前",
        "公示的日期不早于2026-01-01",
        "（对象的重点）且（对象的等级不为高）",
        "名录的抽数不低于上取整（名录的户数×3%）",
        "结果的代码包含高",
    ],
)
def test_unspaced_text_reads_like_spaced_text(text: str) -> None:
    tokens = tokenize(text, LAW.vocabulary).tokens
    spaced = " ".join("的" if t.type == "_KW_OF" else str(t) for t in tokens).replace(" 的 ", "的")
    assert spaced != text
    assert LAW.condition(text).core == LAW.condition(spaced).core


def test_a_second_reading_is_reported_and_never_chosen() -> None:
    ambiguous = city("枚举 色 ：红、绿\n词 车的色 ：枚举 色\n词 车的红 ：是否")
    assert ambiguous.condition("车的色为红或车的红").evaluate({"车的色": "红"}) is True
    words = Vocabulary.of(["甲", "甲且乙", "乙"])
    lexed = tokenize("甲且乙", words)
    assert not lexed.readings  # the whole run is a declared word
    cut = tokenize("非甲且乙", words)
    assert cut.readings[0].cut.words == ("非", "甲且乙")
    assert cut.readings[0].cut.others == (("非", "甲", "且", "乙"),)


def test_two_readings_that_both_parse_are_an_error() -> None:
    law = city("词 甲 ：是否\n词 乙 ：是否\n词 甲且乙 ：是否")
    with pytest.raises(PackProblems, match="有两种读法"):
        law.condition("非甲且乙")
    assert law.condition("非 甲且乙").evaluate({"甲且乙": False}) is True


def test_the_last_word_of_a_path_may_be_a_keyword() -> None:
    law = city("词 检查的结束 ：是否\n词 规则的自 ：是否\n词 单位的名称 ：文字")
    assert law.condition("检查的结束 且 规则的自").evaluate({"检查的结束": False}) is False
    assert law.condition("单位的名称 为 “甲”").evaluate({"单位的名称": "甲"}) is True


def test_enum_values_may_be_keywords() -> None:
    law = city("枚举 结论 ：合规、免除、可以、有效\n词 审查的结论 ：枚举 结论")
    for word in ("免除", "可以", "有效"):
        assert law.condition(f"审查的结论 为 {word}").evaluate({"审查的结论": word}) is True


# ---------------------------------------------------------------- literate files
def test_only_rule_fences_are_read_and_positions_are_file_positions() -> None:
    text = "# 题\n\n说明。\n```规则\n枚举 甲 ：乙\n```\n```text\n规则 不读\n```\n"
    text += "````规则\n枚举 丙 ：丁\n````\n"
    parsed = parse_text(text, "a.md")
    assert [(type(b).__name__, b.place.line) for b in parsed.blocks] == [("Enum", 5), ("Enum", 11)]
    assert parsed.problems == []


def test_prose_before_a_rule_is_its_commentary() -> None:
    text = "旧段落。\n\n> 原文第13条\n> 不超过2次。\n\n```规则\n规则 甲\n  免除\n结束\n```\n"
    assert literate(text, "a.md").prose_before(7) == "原文第13条\n不超过2次。"


def test_a_fence_without_end_is_reported() -> None:
    problems = parse_text("```规则\n枚举 甲 ：乙\n", "a.md").problems
    assert [problem.code for problem in problems] == ["fence"]


def test_a_rules_file_needs_no_fences_and_windows_line_ends_do_no_harm() -> None:
    text, problems = decode("\ufeff枚举 甲 ：乙\r\n枚举 丙 ：丁\r".encode(), "a.规则")
    parsed = parse_text(text, "a.规则")
    assert problems == ()
    assert [block.place.line for block in parsed.blocks] == [1, 2]


# ---------------------------------------------------------------- canonical form
SLOPPY = """# 题

```规则
# 说明一
规则   甲   强度 原则上   # 说明二
  当 任一 ：
   - 对象的重点  「一」   # 说明三
     # 说明四
   - 对象的等级为低 「二二」
  应当 对象的次数 ≤ 2次
  # 说明五
  样例 "一" 设 对象的重点=是，对象的次数 = 1 次 得 合规
结束


决策表 乙 命中 唯一
 | 事项的类别 | 计划的比例 || 结论 |
 | 一般 | 介于 3% 与 20% || 合规 |
 | — | 高于 50% || 偏离 |
结束
```
正文  不动。
"""
TIDY = """# 题

```规则
# 说明一
规则 甲 强度 原则上  # 说明二
  当 任一：
     - 对象 重点        「一」  # 说明三
     # 说明四
     - 对象的等级 为 低 「二二」
  应当 对象的次数 ≤ 2 次
  # 说明五
  样例 "一" 设 对象的重点 = 是、对象的次数 = 1 次 得 合规
结束

决策表 乙 命中 唯一
  | 事项的类别 | 计划的比例     || 结论 |
  | 一般       | 介于 3% 与 20% || 合规 |
  | —         | 高于 50%       || 偏离 |
结束
```
正文  不动。
"""


def test_the_formatter_spaces_aligns_and_keeps_prose_and_comments() -> None:
    formatted = format_text(SLOPPY, "a.md", LAW.vocabulary)
    assert formatted == TIDY
    assert format_text(formatted, "a.md", LAW.vocabulary) == formatted


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=rule_packs())
def test_what_is_printed_parses_to_the_same_rules(text: str) -> None:
    formatted = format_text(text, "a.规则", LAW.vocabulary)
    again = parse_text(formatted, "a.规则", LAW.vocabulary)
    assert again.blocks == parse_text(text, "a.规则", LAW.vocabulary).blocks
    assert format_text(formatted, "a.规则", LAW.vocabulary) == formatted


EVERYTHING = """规则包 甲包 版本 "1"
  辖区 甲市
  依托 共同词表 版本 "1.0"
  法源 XG 《办法》 文号 "甲〔2020〕1号" 印发 2020-01-01 规章 市 "sha256:00"
结束
枚举 色 ：红、绿
单位 件、人
集合 暖色 ：红
别名 企业 = 对象
词 车的色 ：枚举 色 来源 "case.colour" 缺省 红 来源 "登记簿"
词 车的诸色 ：集合 枚举 色
统计 对象的季度次数 ：次数 计 抽查 期间 本季度 范围 本部门 含本次 其中 对象的重点 来源 "count.q"
参数 甲参数 ：比例 按 色、等级
  自 2020-01-01 为
  | 车的色 | 对象的等级 || 值   |
  | 红     | 低         || 3%   |
  | 绿     | 低         || 2.5% |
  依据 XG 第1条 「三」
结束
改写 乙包·丙
  依据 XG 第1条 「一」 「二」
  依据 某法 无原文，待法制核对
  解释 "读作“甲”" 由 "法制科" 于 2020-05-06
  有效 自 2020-01-01 至 2020-12-31
  过渡 从旧兼从轻
  适用 甲市、乙市
  上位法保留 "除另有规定的"
  应当 公示的日期 在 每季度首月前 5 个工作日内
  违反时 退回
结束
废止 乙包·丁
结束
借鉴 丙包·戊
结束
例外 己 之于 丙、丁 优先于 戊、庚 强度 仅记录
  改为 可以 从轻
  样例 "集" 设 车的诸色 = （红、绿）、车的色 = 红 于 2020-01-01 得 可以 从轻
  样例 "空" 得 待查
结束
规则 庚
  当 任一：
     - 兜底 责任的情形 无原文，待法制核对
     - 较大（对象的次数、2 次） 少于 3 次
  认定 对象的应查
结束
决策表 辛 命中 收集
  | 车的色   | 对象的次数 || 措施 |
  | 不为 红  | ≥ 2 次     || 甲 乙 |
  | 红、绿   | —          || 免除 |
结束
"""


def test_every_construct_survives_printing() -> None:
    formatted = format_text(EVERYTHING, "a.规则", LAW.vocabulary)
    assert format_text(formatted, "a.规则", LAW.vocabulary) == formatted
    assert parse_text(formatted, "a.规则", LAW.vocabulary).problems == []


def test_a_file_with_errors_is_not_formatted() -> None:
    with pytest.raises(PackProblems):
        format_text("规则 甲\n", "a.规则")


@pytest.mark.parametrize("path", sorted(PACKS.glob("*/*.md")), ids=lambda path: path.stem)
def test_the_packs_survive_formatting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    vocabulary = Vocabulary()
    for other in sorted(PACKS.glob("*/*.md")):
        if other.parent.name in {"base", path.parent.name}:
            rules = literate(other.read_text(encoding="utf-8"), other.name).rules
            vocabulary = vocabulary | vocabulary_of(rules)
    formatted = format_text(text, path.name, vocabulary)
    assert format_text(formatted, path.name, vocabulary) == formatted


def test_every_keyword_has_an_english_display_name() -> None:
    shown = {entry["word"]: entry["english"] for entry in table()}
    assert shown.keys() == keywords().keys()
    assert (shown["应当"], shown["不超过"]) == ("must", "<=")
