"""What reading a text gives: tokens with their places, comments, doubts and problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lark import Token

from rules.errors import Problem
from rules.language.segment import Cut

MOST_PROBLEMS: Final = 100  # of one text; the rest would say the same


@dataclass(frozen=True, slots=True)
class Reading:
    """An unspaced run that can be cut in more than one way; the grammar decides if both stand."""

    start: int
    run: str
    cut: Cut


@dataclass(slots=True)
class Lexed:
    """Tokens and comments of a text, with everything that was wrong on the way."""

    tokens: list[Token] = field(default_factory=list)
    comments: list[Token] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


class Output:
    """Where a reader stands in its text, and what it has found so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.at, self.line, self.line_start = 0, 1, 0
        self.out = Lexed()

    def _advance(self, value: str) -> None:
        lines = value.count("\n")
        if lines:
            self.line += lines
            self.line_start = self.at + value.rindex("\n") + 1
        self.at += len(value)

    def _token(self, kind: str, value: str) -> Token:
        column = self.at - self.line_start + 1
        return Token(kind, value, start_pos=self.at, line=self.line, column=column)

    def _previous(self) -> str:
        return self.out.tokens[-1].type if self.out.tokens else ""

    def _problem(self, code: str, message: str, hint: str) -> None:
        if len(self.out.problems) < MOST_PROBLEMS:
            column = self.at - self.line_start + 1
            self.out.problems.append(
                Problem(
                    file=self.file,
                    line=self.line,
                    column=column,
                    code=code,
                    message=message,
                    hint=hint,
                )
            )
