"""A pack file is prose with rules in fences; what is cut out leaves empty lines behind."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rules.errors import Problem

FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*(\S*)\s*$")
LARGEST: Final = 500_000  # bytes; the longest chapter of a pack has 34,000


@dataclass(frozen=True, kw_only=True)
class Literate:
    """The rules of a file with their file positions, and the prose before each line."""

    rules: str
    lines: tuple[str, ...]
    inside: tuple[bool, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def said(self) -> tuple[int, ...]:
        """The lines of prose, blank ones left out, counted from 0."""
        return tuple(
            index
            for index, (line, inside) in enumerate(zip(self.lines, self.inside, strict=True))
            if not inside and line.strip() and not FENCE.match(line)
        )

    def prose_before(self, line: int) -> str:
        """Return the last paragraph of prose above a line of rules: its commentary."""
        at = bisect_left(self.said, line - 1)
        collected: list[str] = []
        while at and (not collected or self.said[at - 1] == self.said[at] - 1):
            at -= 1
            collected.append(self.lines[self.said[at]].strip().lstrip("> "))
        return "\n".join(reversed(collected))


def decode(content: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """Read a file as UTF-8, or say at which line it is not; oversized files are refused."""
    if len(content) > LARGEST:
        return "", (_problem(file, 1, "too-large", f"文件超过 {LARGEST // 1_000} KB", "请拆分"),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = "请另存为 UTF-8"
        return "", (_problem(file, line, "encoding", "这一行不是 UTF-8 文字", hint),)
    return text.replace("\r\n", "\n").replace("\r", "\n"), ()


def literate(text: str, file: str) -> Literate:
    """Keep the content of ```规则 fences, in place; a `.规则` file is rules throughout."""
    lines = tuple(text.split("\n"))
    if file.endswith(".规则"):
        return Literate(rules=text, lines=lines, inside=(True,) * len(lines))
    inside, unclosed = _fences(lines)
    kept = (line if keep else "" for line, keep in zip(lines, inside, strict=True))
    problems: tuple[Problem, ...] = ()
    if unclosed:
        problems = (_problem(file, unclosed, "fence", "```规则 没有收尾", "请在末尾加一行 ```"),)
    return Literate(rules="\n".join(kept), lines=lines, inside=inside, problems=problems)


def _fences(lines: tuple[str, ...]) -> tuple[tuple[bool, ...], int]:
    inside: list[bool] = []
    mark, rules, opened = "", False, 0
    for number, line in enumerate(lines, 1):
        found = FENCE.match(line)
        if found and not mark:
            mark, rules, opened = found.group(1), found.group(2) == "规则", number
            inside.append(False)
        elif found and found.group(1).startswith(mark) and not found.group(2):
            mark, rules = "", False
            inside.append(False)
        else:
            inside.append(bool(mark) and rules)
    return tuple(inside), opened if mark and rules else 0


def _problem(file: str, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(file=file, line=line, column=1, code=code, message=message, hint=hint)
