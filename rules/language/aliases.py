"""English display names of the keywords: the same tree, never mixed into a file."""

from __future__ import annotations

from typing import Final

from rules.language.words import COMPARISONS, keywords

ENGLISH: Final = {
    "规则包": "pack", "版本": "version", "结束": "end", "辖区": "jurisdiction",
    "依托": "based on", "法源": "source", "文号": "docno", "印发": "issued", "枚举": "enum",
    "词": "term", "来源": "from source", "缺省": "default", "参数": "param", "自": "from",
    "为": "is", "不为": "is not", "规则": "rule", "例外": "exception", "之于": "to",
    "优先于": "over", "改写": "rewrite", "废止": "repeal", "借鉴": "borrow", "强度": "strength",
    "刚性": "hard", "原则上": "in principle", "仅记录": "record only", "依据": "cites",
    "解释": "interpretation", "由": "by", "于": "on", "有效": "valid", "至": "until",
    "过渡": "transition", "启动时版本": "version at start", "行为时版本": "version at act",
    "决定时版本": "version at decision", "从旧兼从轻": "old or milder", "适用": "applies to",
    "上位法保留": "reserved for higher law", "当": "when", "应当": "must", "不得": "must not",
    "可以": "may", "认定": "deem", "免除": "waive", "改为": "instead", "违反时": "on breach",
    "样例": "example", "设": "given", "得": "yields", "或": "or", "且": "and", "非": "not",
    "介于": "between", "与": "with", "属于": "in", "包含": "contains", "在": "at",
    "后": "after", "当日": "same day", "每年": "each year", "年": "year", "月": "month",
    "日": "day", "前": "before", "每季度首月前": "first days of the quarter",
    "任一": "any of", "全部": "all of", "兜底": "catch-all", "的": "'s", "次": "times",
    "个工作日": "working days", "个工作日内": "working days", "个日": "days", "日内": "days",
    "人工判断": "human finding", "集合": "set", "单位": "unit", "别名": "alias",
    "统计": "count", "计": "counting", "期间": "period", "范围": "extent", "其中": "where",
    "含本次": "including this", "不含本次": "excluding this", "按": "by",
    "上取整": "ceil", "下取整": "floor", "较大": "max", "较小": "min",
    "决策表": "decision table", "命中": "hit", "唯一": "unique", "首个": "first",
    "收集": "collect", "是": "yes", "否": "no",
}


def table() -> list[dict[str, str]]:
    """Return every keyword with its terminal and English name: for editor and highlighting."""
    english = ENGLISH | {word: sign for word, sign in COMPARISONS.items() if word in keywords()}
    return [
        {"word": word, "terminal": terminal, "english": english[word]}
        for word, terminal in sorted(keywords().items())
    ]
