"""Unspaced runs that can be read in two ways: reported, never chosen silently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lark import Token

from rules.errors import Problem
from rules.language.feed import feed
from rules.language.lexer import blocks, tokenize
from rules.language.segment import Vocabulary
from rules.language.tokens import Lexed, Reading

MOST_READINGS: Final = 20  # doubtful runs looked at per text


def second_readings(
    lexed: Lexed, text: str, vocabulary: Vocabulary, file: str, start: str
) -> Iterator[Problem]:
    """Report an unspaced run that the grammar accepts in two ways; never choose silently."""
    spans = list(blocks(lexed.tokens)) if start == "block" else [lexed.tokens]
    for reading in lexed.readings[:MOST_READINGS]:
        begin, end = _span(spans, reading.start, len(text))
        cut = reading.cut
        accepted = [
            words
            for words in (cut.words, *cut.others)
            if _accepts(text, begin, end, reading, words, vocabulary, start)
        ]
        if len(accepted) > 1:
            shown = " / ".join(" ".join(words) for words in accepted[:2])
            line = text.count("\n", 0, reading.start) + 1
            column = reading.start - text.rfind("\n", 0, reading.start)
            yield Problem(
                file=file,
                line=line,
                column=column,
                code="two-readings",
                message=f"“{reading.run}”有两种读法：{shown}",
                hint="请加空格",
            )


def _span(spans: list[list[Token]], at: int, end: int) -> tuple[int, int]:
    starts = [tokens[0].start_pos or 0 for tokens in spans if tokens]
    begin = max((start for start in starts if start <= at), default=0)
    return begin, min((start for start in starts if start > at), default=end)


def _accepts(
    text: str,
    begin: int,
    end: int,
    reading: Reading,
    words: tuple[str, ...],
    vocabulary: Vocabulary,
    start: str,
) -> bool:
    after = reading.start + len(reading.run)
    spaced = f"{text[begin : reading.start]} {' '.join(words)} {text[after:end]}"
    return feed(tokenize(spaced, vocabulary).tokens, start)[1] is None
