"""Unspaced Chinese, cut by longest match over the keywords and the declared vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rules.language.words import keywords

NUMBER: Final = re.compile(r"[0-9]+")
LONGEST_RUN: Final = 400
MOST_READINGS: Final = 6


@dataclass(frozen=True)
class Vocabulary:
    """The names a pack declares: terms as full paths, and words that stand for values."""

    paths: frozenset[str] = frozenset()  # terms, parameters, named sets
    values: frozenset[str] = frozenset()  # enum values, units
    truths: frozenset[str] = frozenset()  # those paths that are true or false

    @classmethod
    def of(
        cls, paths: Iterable[str] = (), values: Iterable[str] = (), truths: Iterable[str] = ()
    ) -> Vocabulary:
        """Collect declared names."""
        return cls(paths=frozenset(paths), values=frozenset(values), truths=frozenset(truths))

    def __contains__(self, word: str) -> bool:
        return word in self.paths or word in self.values

    def __or__(self, other: Vocabulary) -> Vocabulary:
        return Vocabulary(
            paths=self.paths | other.paths,
            values=self.values | other.values,
            truths=self.truths | other.truths,
        )

    @cached_property
    def said(self) -> dict[str, tuple[str, str]]:
        """Subject and predicate of every fact as it is written without a space: 检查已备案."""
        pairs = (path.rsplit("的", 1) for path in self.truths if "的" in path)
        return {subject + predicate: (subject, predicate) for subject, predicate in pairs}

    @cached_property
    def parts(self) -> frozenset[str]:
        """All those subjects and predicates."""
        return frozenset(part for pair in self.said.values() for part in pair)

    @cached_property
    def by_first(self) -> dict[str, tuple[str, ...]]:
        """All words by their first character, longest first."""
        index: dict[str, list[str]] = {}
        for word in {*self.paths, *self.values, *self.said, *keywords()}:
            index.setdefault(word[0], []).append(word)
        return {
            first: tuple(sorted(words, key=len, reverse=True)) for first, words in index.items()
        }


@dataclass(frozen=True, slots=True)
class Cut:
    """The reading by longest match, and the others that the words allow."""

    words: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()


@dataclass(slots=True)
class _Search:
    run: str
    vocabulary: Vocabulary
    found: list[tuple[str, ...]] = field(default_factory=list)
    dead: set[tuple[int, bool]] = field(default_factory=set)

    def walk(self, at: int, words: tuple[str, ...]) -> bool:
        """Collect a few readings, longest words first; remember positions that lead nowhere."""
        if at == len(self.run):
            self.found.append(words)
            return True
        after_name = bool(words) and self._is_name(words[-1])
        if (at, after_name) in self.dead:
            return False
        reached = False
        for word in self._candidates(at):
            if after_name and self._is_name(word):
                continue  # two names never stand side by side
            reached = self.walk(at + len(word), (*words, word)) or reached
            if len(self.found) >= MOST_READINGS:
                return True
        if not reached:
            self.dead.add((at, after_name))
        return reached

    def _candidates(self, at: int) -> Iterable[str]:
        number = NUMBER.match(self.run, at)
        if number:
            yield number.group()
            return
        for word in self.vocabulary.by_first.get(self.run[at], ()):
            if word != "的" and self.run.startswith(word, at):
                yield word

    def _is_name(self, word: str) -> bool:
        if word in self.vocabulary.said:
            return True
        return word in self.vocabulary and word not in keywords()


def segment(run: str, vocabulary: Vocabulary) -> Cut:
    """Cut `run` completely, or return an empty cut: then it is one (perhaps undeclared) name."""
    if len(run) > LONGEST_RUN:
        return Cut()
    search = _Search(run, vocabulary)
    search.walk(0, ())
    if not search.found:
        return Cut()
    return Cut(words=search.found[0], others=tuple(search.found[1:]))
