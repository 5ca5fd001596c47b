"""The formatter: canonical spacing, prose and comments kept, meaning never changed."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token

from rules.errors import PackProblems
from rules.language.declarations import Block
from rules.language.parse import ParsedFile, parse_text
from rules.language.segment import Vocabulary
from rules.language.write_blocks import Line, write_block


class FormatterChangedMeaning(AssertionError):
    """The formatted text would not parse to the same blocks: a bug of the formatter."""


def format_text(text: str, file: str, vocabulary: Vocabulary | None = None) -> str:
    """Return a file in canonical form; raises PackProblems when it does not parse."""
    parsed = parse_text(text, file, vocabulary)
    if parsed.problems:
        raise PackProblems(parsed.problems)
    formatted = "\n".join(_lines(parsed))
    assert_same(parsed, parse_text(formatted, file, vocabulary))
    return formatted


def assert_same(before: ParsedFile, after: ParsedFile) -> None:
    """Raise unless two texts say the same: the formatter checks itself on every file."""
    if after.problems or after.blocks != before.blocks:
        raise FormatterChangedMeaning(after.file, [str(problem) for problem in after.problems])


def _lines(parsed: ParsedFile) -> Iterator[str]:
    starts = {
        span[0]: (span[1], block) for span, block in zip(parsed.spans, parsed.blocks, strict=True)
    }
    lines, inside = parsed.text.lines, parsed.text.inside
    number = 1
    blank = False
    while number <= len(lines):
        found = starts.get(number)
        if found is not None:
            last, block = found
            yield from _block(
                block, [c for c in parsed.comments if number <= (c.line or 0) <= last]
            )
            number, blank = last + 1, False
            continue
        text = lines[number - 1]
        if inside[number - 1]:
            text = text.strip()
            if text or not blank:
                yield text
            blank = not text
        else:
            yield text
            blank = False
        number += 1


def _block(block: Block, comments: list[Token]) -> Iterator[str]:
    lines = write_block(block)
    own, trailing = _sorted(block, comments, lines)
    for index, (text, _) in enumerate(lines):
        indent = text[: len(text) - len(text.lstrip())]
        closing = index == len(lines) - 1 and text == "结束"
        for comment in own.get(index, []):
            yield f"{'  ' if closing else indent}{comment}"
        notes = " ".join(trailing.get(index, []))
        yield f"{text}  {notes}" if notes else text


def _sorted(
    block: Block, comments: list[Token], lines: list[Line]
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Put a comment beside the line it stood on, or before the next one that stood below it."""
    own: dict[int, list[str]] = {}
    trailing: dict[int, list[str]] = {}
    single = len(lines) == 1
    for comment in comments:
        line, text = comment.line or 0, str(comment).rstrip()
        beside = [i for i, (_, origin) in enumerate(lines) if origin == line]
        below = [i for i, (t, origin) in enumerate(lines) if origin > line and t != "结束"]
        if beside and (single or line != block.place.line or beside[0] == 0):
            trailing.setdefault(beside[0], []).append(text)
        else:
            own.setdefault(below[0] if below else len(lines) - 1, []).append(text)
    return own, trailing
