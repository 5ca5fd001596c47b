"""One Chinese line for one syntax error: where, what stands there, what may stand there, a hint."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from lark import Token

from rules.errors import Problem
from rules.language.letters import LETTER, RUN
from rules.language.segment import LONGEST_RUN
from rules.language.words import BLOCKS, CLAUSES, spelled

SHOWN: Final = 8
NUMERALS: Final = frozenset("零〇一二三四五六七八九十百两")  # numbers are written in digits
RUN_END: Final = re.compile(f"[{LETTER}的][{LETTER}的0-9]*$")
# Words after which something must still come: an error on the next line is theirs.
DANGLING: Final = frozenset(
    {"_KW_AND", "_KW_OR", "_KW_NOT", "_KW_IS", "_KW_ISNOT", "_KW_BETWEEN", "_KW_WITH", "_KW_IN"}
    | {"_KW_AT", "_KW_AFTER", "_KW_OF", "_SEP", "OP", "PLUS", "MINUS", "STAR", "SLASH", "_EQUALS"}
    | {"_KW_WHEN", "_KW_MUST", "_KW_MUSTNOT", "_KW_CONTAINS", "_BULLET"}
)
# What an author most probably meant to write next, most probable first.
LIKELY: Final = (
    *("_KW_END", "_RPAR", "CLAUSE", "QUOTE", "OP", "_KW_IS", "_KW_ISNOT", "_KW_BETWEEN"),
    *("_KW_WITH", "_KW_IN", "_KW_AT", "_KW_AND", "_KW_OR", "NUMBER", "PERCENT", "DATE", "NAME"),
    *("_KW_AFTER", "_WDIN", "_DIN", "_KW_BEFORE", "_COLON", "_DBAR", "_BAR", "_SEP", "_EQUALS"),
    *("_LPAR", "STRING", "BOOK", "_KW_CITE", "_KW_WHEN", "_KW_MUST", "_KW_MUSTNOT"),
    *("_KW_ONFAIL", "_KW_EXAMPLE"),
)


def distance(left: str, right: str, limit: int = 3) -> int:
    """Return the edit distance (insert, drop, change, swap), or `limit` when it is not less."""
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            best = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            current.append(best)
        if min(current) >= limit:
            return limit
        before, previous = previous, current
    return min(previous[-1], limit)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the declared word most like a misspelt one, or None when nothing is close."""
    most = 1 if len(word) < 6 else 2 if len(word) < 12 else 3
    scored = (
        (distance(word, other, most + 1), -_common(word, other), other)
        for other in candidates
        if other != word
    )
    close = sorted(item for item in scored if item[0] <= min(most, len(word) - 1))
    return close[0][2] if close else None


def _common(word: str, other: str) -> int:
    """Return how many letters two words begin with in common."""
    same = 0
    while same < min(len(word), len(other)) and word[same] == other[same]:
        same += 1
    return same


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return 是否指“…”？ or nothing."""
    other = nearest(word, candidates)
    return f"是否指“{other}”？" if other else ""


def _expected(accepts: Collection[str]) -> str:
    rank = {name: index for index, name in enumerate(LIKELY)}
    ordered = sorted(
        accepts, key=lambda name: (rank.get(name, len(rank)), spelled().get(name, name))
    )
    words = list(dict.fromkeys(spelled().get(name, name) for name in ordered))
    more = "…" if len(words) > SHOWN else ""
    return "、".join(words[:SHOWN]) + more


def whole_run(text: str, token: Token) -> str:
    """Return the unspaced run a token was cut from: people see `不得低于`, not `不得`."""
    at = token.start_pos
    if at is None or token.type in {"QUOTE", "STRING", "BOOK"}:
        return str(token)
    found = RUN.match(text, at - len(run_before(text, at)))
    return found.group() if found and found.end() > at else str(token)


def run_before(text: str, at: int) -> str:
    """Return the letters that end right before a position."""
    found = RUN_END.search(text, max(0, at - LONGEST_RUN), at)
    return found.group() if found else ""


def unexpected(
    *, text: str, file: str, tokens: Sequence[Token], index: int, accepts: Collection[str]
) -> Problem:
    """Describe the token at `index` (past the end: the block is not finished)."""
    previous = tokens[index - 1] if index else None
    token = tokens[index] if index < len(tokens) else None
    if previous is not None and _starts_line(token, previous) and previous.type in DANGLING:
        return _at(
            previous,
            file,
            "dangling",
            f"“{_short(previous)}”之后没有写完；此处应接：{_expected(accepts)}",
        )
    if previous is not None and previous.type == "_BAR" and "ANY_CELL" in accepts:
        return _at(previous, file, "table", "这一行没有写完", "一行的末尾是 || 结论 |")
    if token is None or (token.type in BLOCKS and "_KW_END" in accepts):
        return _unfinished(tokens, file, accepts)
    found = whole_run(text, token)
    hint = meant(found, accepts) or meant(str(token), accepts)
    if "NUMBER" in accepts and set(found) <= NUMERALS:
        hint = "数字请用 0 至 9 书写"
    if token.type == "_KW_OF":
        hint = "名称里不能有“的”"
    return _at(
        token, file, "syntax", f"遇到“{_short(found)}”；此处应为：{_expected(accepts)}", hint
    )


def run_start(text: str, tokens: Sequence[Token], index: int) -> int:
    """Return the index of the first token of the unspaced run that holds the token at `index`."""
    if index >= len(tokens):
        return index
    while index and _same_run(text, tokens[index - 1], tokens[index]):
        index -= 1
    return index


def _same_run(text: str, left: Token, right: Token) -> bool:
    start, end = left.start_pos or 0, (right.start_pos or 0) + len(right)
    return left.line == right.line and RUN.fullmatch(text, start, end) is not None


def meant(word: str, accepts: Collection[str]) -> str:
    """Return a hint when a word is nearly one that may stand here."""
    candidates = [spelled().get(name, "") for name in accepts]
    if "OP" in accepts:
        candidates += _comparison_words()
    return did_you_mean(word, candidates)


def _comparison_words() -> tuple[str, ...]:
    return (
        "不超过",
        "不低于",
        "不少于",
        "不高于",
        "不晚于",
        "不早于",
        "低于",
        "高于",
        "少于",
        "超过",
    )


def _starts_line(token: Token | None, previous: Token) -> bool:
    if token is None:
        return True
    return token.line != previous.line and token.type in CLAUSES | BLOCKS.keys()


def _unfinished(tokens: Sequence[Token], file: str, accepts: Collection[str]) -> Problem:
    head = tokens[0]
    name = str(tokens[1]) if len(tokens) > 1 else ""
    if "_KW_END" in accepts:
        return _at(
            head, file, "no-end", f"{head}“{name}”没有收尾；此处应为：结束", "请另起一行写 结束"
        )
    last = tokens[-1]
    return _at(
        last, file, "unfinished", f"“{_short(last)}”之后没有写完；此处应为：{_expected(accepts)}"
    )


def _short(text: str) -> str:
    flat = " ".join(str(text).split())
    return flat if len(flat) <= 24 else flat[:23] + "…"


def _at(token: Token, file: str, code: str, message: str, hint: str = "") -> Problem:
    return Problem(
        file=file,
        line=token.line or 1,
        column=token.column or 1,
        code=code,
        message=message,
        hint=hint,
    )
