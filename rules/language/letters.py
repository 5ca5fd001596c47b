"""What the lexer tells tokens apart by: letters, fixed marks, and where a run is a name."""

from __future__ import annotations

import re
from typing import Final

# Every CJK ideograph is a letter here except 的, which joins the parts of a path.
LETTER: Final = "A-Za-z_\u3400-\u4dbf\u4e00-\u7683\u7685-\u9fff"
RUN: Final = re.compile(f"[{LETTER}的][{LETTER}的0-9]*")
FIXED: Final = re.compile(
    r"""(?P<SPACE>[ \t\r\f\v\u3000]+)|(?P<LINE>\n)|(?P<COMMENT>\#[^\n]*)
    |(?P<NO_TEXT>无原文[ \u3000]*[，,][ \u3000]*待法制核对)
    |(?P<STRING>"[^"\n]*"|“[^”\n]*”)|(?P<QUOTE>「[^」]*」)|(?P<BOOK>《[^》\n]*》)
    |(?P<DATE>\d{4}-\d{2}-\d{2})|(?P<PERCENT>\d+(?:\.\d+)?[ \t]*[%％])
    |(?P<CLAUSE>(?:第[0-9一二三四五六七八九十百零〇（）()]+[条款项])+)
    |(?P<NUMBER>\d+(?:\.\d+)?)|(?P<OP>≥|≤|>=|<=|>|<)
    |(?P<_DBAR>\|\|)|(?P<_BAR>\|)|(?P<ANY_CELL>—+)|(?P<_LPAR>[（(])|(?P<_RPAR>[）)])
    |(?P<_SEP>[、，,])|(?P<_COLON>[：:])|(?P<_EQUALS>[=＝])|(?P<_DOT>·)
    |(?P<PLUS>[+＋])|(?P<MINUS>−)|(?P<DASH>-)|(?P<STAR>×)|(?P<SLASH>÷)""",
    re.VERBOSE,
)
OPENERS: Final = {"“": "”", '"': '"', "「": "」", "《": "》"}
# After these a run is a name, whatever it looks like; lists go on after 、.
NAMING: Final = frozenset(
    {"_KW_PACK", "_KW_JURISDICTION", "_KW_BASED_ON", "_KW_SOURCE", "_KW_PARAM", "_KW_RULE"}
    | {"_KW_EXCEPTION", "_KW_REWRITE", "_KW_REPEAL", "_KW_BORROW", "_KW_TABLE", "_KW_CITE"}
    | {"_KW_ONFAIL", "_KW_COUNTED", "_KW_PERIOD", "_KW_EXTENT", "_DOT", "DEEM", "_KW_TERM"}
    | {"_KW_COUNT", "MAY", "_KW_ALIAS"}
)
LISTING: Final = frozenset(
    {"_KW_OF_RULE", "_KW_PRIOR_TO", "_KW_APPLIES", "_KW_ENUM", "_KW_UNIT", "_KW_SET"}
)
VALUED: Final = frozenset({"_KW_IS", "_KW_ISNOT", "_KW_IN", "_SEP", "_EQUALS", "_BAR", "_LPAR"})
TYPE_WORDS: Final = frozenset(
    {"比例", "次数", "工作日", "日期", "是否", "数", "年度", "文字", "部门"}
)
# After these a condition is written, where a fact may be said as subject and predicate.
SAYING: Final = frozenset({"_KW_WHEN", "_KW_MUST", "_KW_MUSTNOT", "_KW_WHERE", "_BULLET", "DEEM"})
# Keywords that end a name list even when they follow one directly.
AFTER_NAMES: Final = frozenset({"_KW_OF_RULE", "_KW_PRIOR_TO", "_KW_STRENGTH", "_KW_ENUM"})
