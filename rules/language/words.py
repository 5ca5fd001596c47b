"""The words of the language, read once from grammar.lark: one table for parser, editor and help."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from lark import Lark
from lark.lexer import PatternStr

GRAMMAR: Final = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")

COMPARISONS: Final = {
    "不低于": ">=",
    "不少于": ">=",
    "不早于": ">=",
    "≥": ">=",
    ">=": ">=",
    "不超过": "<=",
    "不高于": "<=",
    "不晚于": "<=",
    "≤": "<=",
    "<=": "<=",
    "低于": "<",
    "少于": "<",
    "早于": "<",
    "<": "<",
    "高于": ">",
    "超过": ">",
    "晚于": ">",
    ">": ">",
}

# What a person reads for a token that is not a fixed word.
HUMAN: Final = {
    "NAME": "名称",
    "PREDICATE": "谓语（如 已备案）",
    "NUMBER": "数字",
    "PERCENT": "百分比（如 3%）",
    "DATE": "日期（如 2021-01-19）",
    "CLAUSE": "条款号（如 第13条）",
    "QUOTE": "「原文」",
    "BOOK": "《文件名》",
    "STRING": "“文字”",
    "OP": "比较词（不超过、不低于…）",
    "BOOLLIT": "是/否",
    "NO_TEXT": "无原文，待法制核对",
    "ANY_CELL": "—",
    "HIT": "唯一/首个/收集",
    "THIS_VISIT": "含本次/不含本次",
    "_BULLET": "行首的 -",
    "_BAR": "|",
    "_DBAR": "||",
    "_LPAR": "（",
    "_RPAR": "）",
    "_SEP": "顿号（、）",
    "_COLON": "：",
    "_EQUALS": "=",
    "_DOT": "·",
    "PLUS": "+",
    "MINUS": "−",
    "STAR": "×",
    "SLASH": "÷",
    "$END": "结尾",
}

# Words that open a block when they stand first on a line.
BLOCKS: Final = {
    "_KW_PACK": "规则包",
    "_KW_ENUM": "枚举",
    "_KW_UNIT": "单位",
    "_KW_SET": "集合",
    "_KW_ALIAS": "别名",
    "_KW_TERM": "词",
    "_KW_COUNT": "统计",
    "_KW_PARAM": "参数",
    "_KW_RULE": "规则",
    "_KW_EXCEPTION": "例外",
    "_KW_REWRITE": "改写",
    "_KW_REPEAL": "废止",
    "_KW_BORROW": "借鉴",
    "_KW_TABLE": "决策表",
}

# Words that open a clause inside a block when they stand first on a line.
CLAUSES: Final = frozenset(
    {
        "_KW_END",
        "_KW_JURISDICTION",
        "_KW_BASED_ON",
        "_KW_SOURCE",
        "_KW_FROM",
        "_KW_STRENGTH",
        "_KW_CITE",
        "_KW_INTERPRET",
        "_KW_VALID",
        "_KW_KNOWN",
        "_KW_TRANSITION",
        "_KW_APPLIES",
        "_KW_RESERVED",
        "_KW_WHEN",
        "_KW_MUST",
        "_KW_MUSTNOT",
        "MAY",
        "DEEM",
        "WAIVE",
        "_KW_REPLACE",
        "_KW_ONFAIL",
        "_KW_EXAMPLE",
        "_BAR",
    }
)


@cache
def parser() -> Lark:
    """Build the LALR parser; its own lexer is never used (lexer.py makes the tokens)."""
    return Lark(
        GRAMMAR,
        parser="lalr",
        lexer="basic",
        start=["block", "condition"],
        maybe_placeholders=True,
        propagate_positions=True,
    )


@cache
def keywords() -> dict[str, str]:
    """Return every fixed word with the name of its terminal."""
    table = dict.fromkeys((word for word in COMPARISONS if word[0] >= "一"), "OP")
    table |= {"是": "BOOLLIT", "否": "BOOLLIT"}
    for terminal in parser().terminals:
        if isinstance(terminal.pattern, PatternStr):
            table[terminal.pattern.value] = terminal.name
        else:
            words = re.sub(r"[()?:]", "", terminal.pattern.value).split("|")
            table.update(dict.fromkeys(words, terminal.name))
    return table


@cache
def spelled() -> dict[str, str]:
    """Return how a person writes each terminal: the word itself, or a description."""
    written = {name: word for word, name in keywords().items() if name not in HUMAN}
    return HUMAN | written
