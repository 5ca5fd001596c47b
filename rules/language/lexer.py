"""Tokens of a rule text: whole words between spaces, or unspaced Chinese cut by longest match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lark import Token

from rules.language.letters import (
    AFTER_NAMES,
    FIXED,
    LISTING,
    NAMING,
    OPENERS,
    RUN,
    SAYING,
    TYPE_WORDS,
    VALUED,
)
from rules.language.segment import Vocabulary, segment
from rules.language.tokens import Lexed, Output, Reading
from rules.language.words import BLOCKS, CLAUSES, keywords

DEEPEST: Final = 48  # open parentheses and stacked 非; a regulation needs three


class Lexer(Output):
    """One pass over one text; positions are 1-based lines and columns of the file."""

    def __init__(self, text: str, vocabulary: Vocabulary, file: str) -> None:
        super().__init__(file)
        self.text, self.vocabulary = text, vocabulary
        self.first = True  # nothing but space so far on this line
        self.naming = False  # the next run is a name
        self.listing = False  # … and so is every run after 、
        self.declaring = False  # inside 枚举, 单位, 集合: only names follow
        self.saying = True  # a condition is being written; a text without clauses is one
        self.in_result = False  # between || and | of a table
        self.bullet_depth: int | None = None
        self.depth = 0
        self.negations = 0

    def run(self) -> Lexed:
        """Read the whole text."""
        while self.at < len(self.text):
            found = FIXED.match(self.text, self.at)
            if found is not None:
                self._fixed(str(found.lastgroup), found.group())
            elif (found := RUN.match(self.text, self.at)) is not None:
                self._words(self._cut_number(found.group()))
            else:
                self._unknown(self.text[self.at])
        return self.out

    # ------------------------------------------------------------ fixed tokens
    def _fixed(self, kind: str, value: str) -> None:
        if kind == "LINE":
            self.at, self.line, self.line_start = self.at + 1, self.line + 1, self.at + 1
            self.first = True
            return
        if kind == "COMMENT":
            self.out.comments.append(self._token("COMMENT", value))
            self.at += len(value)
            return
        if kind == "SPACE":
            self.at += len(value)
            return
        if kind == "DASH":
            kind = self._dash()
        self._nesting(kind)
        self._emit(kind, value)

    def _dash(self) -> str:
        if self.first:
            self.bullet_depth = self.depth
            return "_BULLET"
        previous = self._previous()
        return "ANY_CELL" if previous == "_BAR" else "MINUS"

    def _nesting(self, kind: str) -> None:
        if kind == "_LPAR":
            self.depth += 1
        elif kind == "_RPAR":
            self.depth = max(0, self.depth - 1)
            if self.bullet_depth is not None and self.depth < self.bullet_depth:
                self.bullet_depth = None
        if self.depth + self.negations == DEEPEST:
            self._too_deep()

    def _too_deep(self) -> None:
        self._problem("too-deep", f"括号或“非”嵌套超过 {DEEPEST} 层", "请拆成几条规则或用清单")
        self.at = len(self.text)  # nothing after it can be read with sense

    # ------------------------------------------------------------ runs of letters
    def _cut_number(self, run: str) -> str:
        """Leave the digits of `不低于3%` and `不早于2021-01-19` to the number tokens."""
        tail = re.search(r"[0-9]+$", run)
        after = self.text[self.at + len(run) : self.at + len(run) + 2]
        if tail and tail.start() and re.match(r"[%％]|\.[0-9]|-[0-9]", after):
            return run[: tail.start()]
        return run

    def _words(self, run: str) -> None:
        table = keywords()
        terminal = table.get(run)
        if self.first and terminal in BLOCKS:
            self.listing = self.naming = self.declaring = False
            self.bullet_depth = None
            self._emit(terminal, run)
            self.declaring = terminal in {"_KW_ENUM", "_KW_UNIT", "_KW_SET"}
            return
        if self.first and terminal in CLAUSES and not self.naming:
            self.listing = self.declaring = False
            self.bullet_depth = None
            self._emit(terminal, run)
            return
        if self._is_name(run, terminal):
            self._path(run)
        elif terminal is not None:
            self._keyword(terminal, run)
        else:
            self._unspaced(run)

    def _is_name(self, run: str, terminal: str | None) -> bool:
        if self.declaring or self.in_result:
            return True
        if self.naming:
            return not (self.listing and terminal in AFTER_NAMES)
        if terminal is None:
            said = self.saying and run in self.vocabulary.parts
            return said or run in self.vocabulary or run in TYPE_WORDS
        return run in self.vocabulary.values and self._previous() in VALUED

    def _keyword(self, terminal: str, word: str) -> None:
        if self.first and terminal in {"_KW_AND", "_KW_OR"} and self.bullet_depth == self.depth:
            self._problem(
                "operator-after-bullet",
                f"清单之后行首的“{word}”会并入最后一项",
                "请把清单放进（ ）再接且/或",
            )
        self._emit(terminal, word)

    def _unspaced(self, run: str) -> None:
        cut = segment(run, self.vocabulary)
        if not cut.words:
            self._path(run)
            return
        if cut.others:
            self.out.readings.append(Reading(start=self.at, run=run, cut=cut))
        for word in cut.words:
            terminal = keywords().get(word)
            said = self.vocabulary.said.get(word)
            if word[0].isdigit():
                self._emit("NUMBER", word)
            elif said is not None:
                self._path(said[0])
                self._emit("PREDICATE", said[1])
            elif terminal is None or word in self.vocabulary.paths:
                self._path(word)
            else:
                self._keyword(terminal, word)

    def _path(self, run: str) -> None:
        for part in re.split("(的)", run):
            if part:
                kind = "PREDICATE" if self._is_predicate() else "NAME"
                self._emit("_KW_OF" if part == "的" else kind, part)

    def _is_predicate(self) -> bool:
        """Whether a name stands right after a name, as 已备案 does in 检查 已备案."""
        if not self.saying or self._previous() != "NAME":
            return False
        return self.out.tokens[-1].line == self.line

    # ------------------------------------------------------------ output
    def _emit(self, kind: str, value: str) -> None:
        previous = self._previous()
        self.out.tokens.append(self._token(kind, value))
        self._advance(value)
        self.first = False
        self.in_result = kind == "_DBAR" or (self.in_result and kind != "_BAR")
        self.negations = self.negations + 1 if kind == "_KW_NOT" else 0
        if self.negations and self.depth + self.negations == DEEPEST:
            self._too_deep()
        if kind in CLAUSES or kind in BLOCKS or kind in SAYING:
            self.saying = kind in SAYING and previous != "_KW_YIELDS"
        self._context(kind, previous)

    def _context(self, kind: str, previous: str) -> None:
        if kind in NAMING or kind in LISTING:
            self.listing = kind in LISTING
            # `得 可以` and `得 认定` are verdicts; no name follows
            self.naming = previous != "_KW_YIELDS"
        elif kind == "_SEP" and self.listing:
            self.naming = True
        elif kind == "_KW_OF":
            self.naming = self.naming or not self.listing
        elif kind == "NAME":
            self.naming = False
        else:
            self.naming = False
            self.listing = self.listing and kind in {"_SEP", "_COLON"}

    def _unknown(self, character: str) -> None:
        closing = OPENERS.get(character)
        if closing:
            message = f"{character} 没有配对的 {closing}"
            self._problem("unclosed", message, "文字须在一行之内写完")
        else:
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            self._problem("character", f"不认识的字符“{shown}”", "")
        self.at += 1


def tokenize(text: str, vocabulary: Vocabulary, file: str = "") -> Lexed:
    """Cut a rule text into tokens; never raises, whatever the text."""
    return Lexer(text, vocabulary, file).run()


def blocks(tokens: list[Token]) -> Iterator[list[Token]]:
    """Split tokens where a block word stands first on its line, so that errors stay local."""
    current: list[Token] = []
    line = 0
    for token in tokens:
        if token.type in BLOCKS and token.line != line and current:
            yield current
            current = []
        line = token.line or 0
        current.append(token)
    if current:
        yield current
