"""The clock of knowledge: the rule texts as they stood in the system on a day.

A text without 收录 is as old as its pack. An 解释 is known from the day it was signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rules.language import declarations as d
from rules.language.parse import ParsedFile


def values_known(parsed: ParsedFile, day: date | None) -> ParsedFile:
    """Return a file without the values of parameters that were not known on a day."""
    if day is None:
        return parsed
    blocks = [_values(b, day) if isinstance(b, d.Parameter) else b for b in parsed.blocks]
    return replace(parsed, blocks=blocks)


def rules_known(parsed: ParsedFile, day: date | None) -> ParsedFile:
    """Return a file without the rules and readings that nobody could know on a day."""
    if day is None:
        return parsed
    blocks = [kept for block in parsed.blocks if (kept := _rule(block, day)) is not None]
    return replace(parsed, blocks=blocks)


def _values(block: d.Parameter, day: date) -> d.Parameter:
    return replace(block, dated=tuple(e for e in block.dated if _known(e.known, day)))


def _rule(block: d.Block, day: date) -> d.Block | None:
    if isinstance(block, d.Rule | d.Table):
        if not _known(block.clauses.known, day):
            return None
        read = tuple(x for x in block.clauses.interpretations if x.signed_on <= day)
        return replace(block, clauses=replace(block.clauses, interpretations=read))
    return block


def _known(since: date | None, day: date) -> bool:
    return since is None or since <= day
