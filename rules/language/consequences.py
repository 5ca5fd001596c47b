"""One mistake, one line: what only follows from a text that could not be read is not told.

A block that does not parse takes its names along; whoever uses them is not to blame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rules.errors import Problem
from rules.language.parse import ParsedFile
from rules.language.words import BLOCKS

MISSED: Final = frozenset({"undefined", "almanac", "supervision"})  # “…” is named, but not there
QUOTED: Final = re.compile("“([^”]+)”")
DECLARATION: Final = re.compile(
    rf"^[ \t]*(?:{'|'.join(BLOCKS.values())})[ \t]+([^\s：:（(]+)", re.MULTILINE
)


def lost(parsed: Iterable[ParsedFile], files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the names declared by texts that have errors of reading, as far as they show."""
    names: set[str] = set()
    for each in parsed:
        names |= each.broken
        if not each.blocks:  # nothing of the file was read: not UTF-8, too large, too deep
            names.update(_declared(files[each.file].decode("utf-8", "replace")))
    return frozenset(names)


def told(problems: Iterable[Problem], lost_names: frozenset[str]) -> Iterator[Problem]:
    """Yield the problems that do not only miss a lost name."""
    for problem in problems:
        named = QUOTED.findall(problem.message)
        if problem.code not in MISSED or not named or named[-1] not in lost_names:
            yield problem


def _declared(text: str) -> Iterator[str]:
    for found in DECLARATION.finditer(text):
        yield found.group(1)
