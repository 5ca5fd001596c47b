"""Pinned texts of the law: normalised for comparison, cut into numbered clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rules.language.program import Program

NUMERALS: Final = "一二三四五六七八九十"
PAGE_NUMBER: Final = re.compile(r"\s*[-—－]\s*\d+\s*[-—－]\s*")
HEADINGS: Final = (
    # 一、 or 第一条: both number the first level
    re.compile(rf"第?((?<=第)[{NUMERALS}]+(?=条)|(?<!第)[{NUMERALS}]+(?=、))"),
    re.compile(rf"[（(]([{NUMERALS}]+)[）)]"),
    re.compile(r"(\d{1,2})[.．](?!\d)"),
)
PARTS: Final = re.compile(rf"[（(]([{NUMERALS}]+)[）)]|([{NUMERALS}]+)|(\d+)")
SENTENCE: Final = re.compile(r"[^。；;]+[。；;]")
NORMATIVE: Final = re.compile("应当|必须|不得|要|原则上|可以|不超过|均应|截止")


def normalise(text: str) -> str:
    """Drop all white space and unify the width of commas and per cent signs; nothing else."""
    return re.sub(r"[\s\u3000\ufeff]", "", text).replace("，", ",").replace("％", "%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A numbered part of a text, sub-parts included: its path and its span."""

    path: tuple[str, ...]
    start: int
    end: int

    def __str__(self) -> str:
        """Render as 第三（四）1条."""
        marks = [
            f"（{part}）" if i == 1 and len(self.path) > 1 else part
            for i, part in enumerate(self.path)
        ]
        return f"第{''.join(marks)}条"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """The normalised text of a source document with its clauses."""

    text: str
    clauses: tuple[Clause, ...]

    def cited(self, clause: str) -> tuple[Clause, ...]:
        """Return the clauses that 第13条 or 第三（四）1条 can mean."""
        wanted = clause_path(clause)
        exact = tuple(c for c in self.clauses if c.path == wanted)
        if exact or not wanted:
            return exact
        return tuple(c for c in self.clauses if c.path[-len(wanted) :] == wanted)

    def find(self, quote: str) -> tuple[int, int] | None:
        """Return where a quote stands in the text."""
        words = normalise(quote)
        at = self.text.find(words)
        return (at, at + len(words)) if words and at >= 0 else None

    def holds(self, quote: str, clause: str) -> bool:
        """Whether the words stand inside the cited clause."""
        words = normalise(quote)
        return any(words in self.text[c.start : c.end] for c in self.cited(clause))

    def around(self, at: int) -> Clause | None:
        """Return the innermost clause at a position."""
        inside = [c for c in self.clauses if c.start <= at < c.end]
        return max(inside, key=lambda c: c.start, default=None)

    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Return the spans of sentences that command, forbid or allow something (a heuristic)."""
        spans = (found.span() for found in SENTENCE.finditer(self.text))
        return tuple(span for span in spans if NORMATIVE.search(self.text[slice(*span)]))


def clause_path(clause: str) -> tuple[str, ...]:
    """Read the number of a citation: 第三（四）1条 is 三, 四, 1; parts below 条 are ignored."""
    head = clause.split("条")[0].split("款")[0].split("项")[0].removeprefix("第")
    return tuple(next(filter(None, parts)) for parts in PARTS.findall(head))


@lru_cache(maxsize=32)
def read_source(content: bytes) -> SourceText:
    """Cut a text into clauses by the numbers its lines begin with."""
    pieces: list[str] = []
    marks: list[tuple[int, int, str]] = []  # position, level, number
    length = 0
    last = ["", "", ""]
    for line in content.decode("utf-8-sig", "replace").splitlines():
        if PAGE_NUMBER.fullmatch(line):
            continue
        words = normalise(line)
        found = _heading(words, last)
        if found is not None:
            level, number = found
            last[level] = number
            marks.append((length, level, number))
        pieces.append(words)
        length += len(words)
    return SourceText(text="".join(pieces), clauses=_clauses(marks, length))


def _heading(words: str, last: list[str]) -> tuple[int, str] | None:
    """Recognise a heading only when its number follows on: a wrapped line is not a heading."""
    for level, pattern in enumerate(HEADINGS):
        found = pattern.match(words)
        if found is None:
            continue
        number = found.group(1)
        value = _value(number)
        if value == 1 or value == _value(last[level]) + 1:
            return level, number
    return None


def _value(number: str) -> int:
    if not number:
        return 0
    if number.isdigit():
        return int(number)
    if number == "十":
        return 10
    tens, _, ones = number.partition("十") if "十" in number else ("", "", number)
    high = 0 if "十" not in number else (NUMERALS.index(tens) + 1 if tens else 1)
    return high * 10 + (NUMERALS.index(ones) + 1 if ones else 0)


def _clauses(marks: list[tuple[int, int, str]], length: int) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    path: dict[int, str] = {}
    for index, (start, level, number) in enumerate(marks):
        path = {lvl: text for lvl, text in path.items() if lvl < level} | {level: number}
        end = next((at for at, lvl, _ in marks[index + 1 :] if lvl <= level), length)
        clauses.append(Clause(path=tuple(path[lvl] for lvl in sorted(path)), start=start, end=end))
    return tuple(clauses)


def source_paths(program: Program) -> dict[str, str]:
    """Return where the text of each declared source stands: <folder>/sources/<name>.txt."""
    return {
        source.name: f"{folder}/sources/{source.name}.txt"
        for folder, header in program.packs.items()
        for source in header.sources
    }
