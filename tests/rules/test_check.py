"""What a pack must satisfy besides syntax: pinned texts, ranks, versions, structure."""

from __future__ import annotations

import hashlib

import pytest

from rules.errors import PackProblems, Problem
from rules.language.check import check
from rules.language.examples import run_examples
from rules.language.sources import clause_path, read_source
from rules.pack import Law, examine, load
from tests.rules.city import SOURCE, VOCABULARY, city, files

SHA = hashlib.sha256(SOURCE.encode()).hexdigest()


def law_with(header: str, rules: str = "", **more: str) -> Law:
    """Load a city whose pack header declares its sources."""
    text = f'```规则\n规则包 虚构双随机 版本 "1"\n{header}结束\n{rules}\n```'
    return city("", **{"xugou/规则.md": text, "xugou/sources/XG.txt": SOURCE, **more})


def said(law: Law) -> str:
    return "\n".join(map(str, check(law)))


# ---------------------------------------------------------------- pinned texts
def test_a_text_must_be_there_pinned_and_unchanged() -> None:
    pinned = f'  法源 XG 《办法》 印发 2020-01-01 "sha256:{SHA}"\n'
    assert said(law_with(pinned)) == ""
    assert f"sha256:{SHA}" in said(law_with("  法源 XG 《办法》 印发 2020-01-01\n"))
    changed = law_with(pinned, **{"xugou/sources/XG.txt": SOURCE + "加一句。"})
    assert "被改动过" in said(changed)
    assert "缺少原文文件" in said(law_with("  法源 XH 《办法》 印发 2020-01-01\n"))


def test_clauses_are_cut_by_headings_that_follow_on() -> None:
    text = read_source(SOURCE.encode())
    assert [str(clause) for clause in text.clauses] == [
        *("第一条", "第二条", "第二（一）条", "第二（一）1条", "第二（一）2条", "第二（二）条"),
    ]
    assert "-2-" not in text.text
    assert text.holds("10个工作日内公示", "第1条")  # 第1条 is found as the end of 二（一）1
    assert not text.holds("10个工作日内公示", "第二（二）条")
    assert text.holds("食品企业不设上限", "第二（二）条")


@pytest.mark.parametrize(
    ("clause", "path"),
    [
        ("第三（四）1条", ("三", "四", "1")),
        ("第13条", ("13",)),
        ("第十三条", ("十三",)),
        ("第13条第2款", ("13",)),
        ("第三（六）条", ("三", "六")),
    ],
)
def test_clause_numbers_are_read_part_by_part(clause: str, path: tuple[str, ...]) -> None:
    assert clause_path(clause) == path


def test_large_chinese_numbers_follow_on_too() -> None:
    words = "一二三四五六七八九十"
    numbers = [*words, *(f"十{ones}" for ones in words[:9]), "二十", "二十一"]
    text = "\n".join(f"{number}、应当办理。" for number in numbers)
    assert len(read_source(text.encode()).clauses) == 21


# ---------------------------------------------------------------- ranks and overrides
def test_a_lower_text_must_not_relax_a_higher_duty() -> None:
    base = (
        '```规则\n规则包 省规定 版本 "1"\n'
        f'  法源 SG 《省规定》 印发 2019-01-01 规章 省 "sha256:{SHA}"\n结束\n'
        "规则 公示期限\n  依据 SG 第一条 「对象应当公示」\n  应当 对象的重点\n"
        '  样例 "甲" 设 对象的重点 = 是 得 合规\n结束\n```'
    )
    header = f'  法源 XG 《办法》 印发 2020-01-01 规范性文件 区 "sha256:{SHA}"\n'
    rewrite = (
        "改写 {pack}·公示期限\n{strength}  依据 XG 第一条 「对象应当公示」\n"
        '  应当 对象的重点\n  样例 "甲" 设 对象的重点 = 是 得 合规\n结束'
    )
    more = {"base/规则.md": base, "base/词汇.md": _vocabulary(), "base/sources/SG.txt": SOURCE}
    soft = law_with(header, rewrite.format(pack="省规定", strength="  强度 原则上\n"), **more)
    assert "放宽了上位文件的义务" in said(soft)
    hard = law_with(header, rewrite.format(pack="省规定", strength=""), **more)
    assert "放宽" not in said(hard)
    with pytest.raises(PackProblems, match="里没有“公示期线”"):
        law_with(header, "废止 省规定·公示期线\n结束", **more)


def _vocabulary() -> str:

    return VOCABULARY.replace('规则包 共同词表 版本 "1.0"\n结束\n', "")


# ---------------------------------------------------------------- versions
def test_versions_must_not_overlap_and_holes_are_reported() -> None:
    version = '规则 甲\n  有效 自 {start}{end}\n  应当 对象的重点\n  样例 "一" 得 待查\n结束\n'
    first = version.format(start="2020-01-01", end=" 至 2020-12-31")
    with pytest.raises(PackProblems, match="两个同时有效的版本"):
        city(first + version.format(start="2020-06-01", end=""))
    holed = city(first + version.format(start="2021-06-01", end=""))
    assert "之间没有版本" in said(holed)
    assert "之间没有版本" not in said(city(first + version.format(start="2021-01-01", end="")))


def test_two_pack_headers_in_one_folder_are_refused() -> None:
    with pytest.raises(PackProblems, match="两个规则包头"):
        city('规则包 又一个 版本 "2"\n结束')


def test_a_name_cannot_be_both_a_word_and_an_alias() -> None:
    with pytest.raises(PackProblems, match="的别名"):
        city("别名 对象的重点 = 对象的停业")


# ---------------------------------------------------------------- examples
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("对象的重典 = 是", "是否指“对象的重点”？"),
        ("对象的次数 = 3%", "不是“对象的次数”（次数）的值"),
        ("对象的等级 = 极高", "不是“对象的等级”（枚举 等级）的值"),
        ("对象的次数 = 2 户户", "没有单位“户户”"),
        ("对象的重点 = 未发生", "不是“对象的重点”（是否）的值"),
    ],
)
def test_an_example_with_a_wrong_value_is_reported(given: str, message: str) -> None:
    law = city(f'规则 甲\n  应当 对象的重点\n  样例 "一" 设 {given} 得 待查\n结束')
    _, problems = run_examples(law)
    assert message in "\n".join(map(str, problems))


def test_examples_may_state_sets_words_and_their_day() -> None:
    law = city(
        "规则 甲\n  应当 结果的代码 包含 高 且 操作的部门 为 “samr”\n"
        '  样例 "集" 设 结果的代码 = （高、低）、操作的部门 = "samr" 得 合规\n'
        '  样例 "单" 设 结果的代码 = 高、操作的部门 = samr 得 合规\n结束\n'
        "规则 乙\n  应当 公示的日期 在 事由的日期 后 5 个工作日内\n"
        '  样例 "未做" 设 事由的日期 = 2026-06-15、公示的日期 = 未发生 于 2026-06-22 得 合规\n'
        '  样例 "逾期" 设 事由的日期 = 2026-06-15、公示的日期 = 未发生 于 2026-06-23 得 违反\n结束'
    )
    results, problems = run_examples(law)
    assert problems == ()
    assert [result.passed for result in results] == [True] * 4


def test_all_errors_of_a_file_come_in_one_run() -> None:
    text = "规则 甲\n  应当 对象的重典\n结束\n规则 乙\n  应当 且\n结束\n词 丙 ：比列\n"
    _, problems = examine(files(text), "xugou")
    assert [problem.code for problem in problems] == ["undefined", "syntax", "undefined"]
    assert [problem.line for problem in problems] == sorted(p.line for p in problems)
    with pytest.raises(PackProblems) as caught:
        load(files(text), "xugou")
    assert caught.value.problems == tuple(problems)
    assert isinstance(caught.value.problems[0], Problem)
