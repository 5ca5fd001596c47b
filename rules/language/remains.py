"""A block that does not parse still says wrong names, units and quotes: one run tells them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rules.errors import Problem
from rules.language.citations import check_citations
from rules.language.link import Linker
from rules.language.parse import ParsedFile

if TYPE_CHECKING:
    from rules.law import Law

# Mistakes of what is there; what is missing or twice may follow from the clause left out.
TOLD: Final = frozenset({"undefined", "type", "unit", "enum", "quote", "clause", "literal", "set"})


def problems(
    law: Law, parsed: Sequence[ParsedFile], departments: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Return what is wrong with the rest of the blocks that have errors of syntax."""
    broken = [each for each in parsed if each.partial]
    if not broken:
        return ()
    whole = [replace(each, blocks=[*each.blocks, *each.partial], broken=set()) for each in parsed]
    folders = {each.file: each.file.split("/", 1)[0] for each in parsed}
    linker = Linker(whole, folders, law.known_at, departments)
    again = replace(law, program=linker.link())
    read = {(each.file, line) for each in broken for line in _lines(each)}
    read_badly = {(each.file, found.line) for each in broken for found in each.problems}
    missed = [p for p in linker.problems if p.code != "undefined" or _at(p) not in read_badly]
    found = [*missed, *check_citations(again)]
    return tuple(
        problem for problem in dict.fromkeys(found) if problem.code in TOLD and _at(problem) in read
    )


def _at(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line


def _lines(parsed: ParsedFile) -> set[int]:
    """Return the lines of rules outside the blocks that parsed."""
    sound = {line for first, last in parsed.spans for line in range(first, last + 1)}
    return {n for n, inside in enumerate(parsed.text.inside, 1) if inside and n not in sound}
