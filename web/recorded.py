"""What a case has recorded, under the step that wrote it: a long case stays a short page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.events import Fields
from engine.history import Record
from web.papers import attached
from web.told import Told
from web.words import Words

FEW = 12  # facts that need no folding

Fact = tuple[str, str, list[tuple[str, str]]]  # what, in words, attachments


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One step, and what stands in the case because of it; `is_open` unfolds it at first sight."""

    step: Told
    facts: tuple[Fact, ...]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What people read of a case, step by step, and what is there for machines and auditors."""

    parts: tuple[Part, ...]
    inner: tuple[Fact, ...]


def recorded(
    words: Words, fields: Fields, records: Sequence[Record], told: Sequence[Told]
) -> Recorded:
    """Sort the fields of a case under the last step that wrote each of them.

    A field nobody is seen to have written stands under the first step: the case opened with it."""
    wrote = _writers(records, told)
    facts: dict[int, list[Fact]] = {}
    inner: list[Fact] = []
    for name in sorted(fields, key=lambda each: wrote.get(each, (0, 0))):
        value = fields[name]
        fact = (words.title(name), words.value(name, value), attached({name: value}))
        place = facts.setdefault(wrote.get(name, (0, 0))[0], [])
        (place if words.is_plain(name, value) else inner).append(fact)
    shown = [step for step, found in facts.items() if found]
    is_short = sum(map(len, facts.values())) <= FEW
    return Recorded(
        parts=tuple(
            Part(
                step=told[step],
                facts=tuple(facts[step]),
                is_open=is_short or step == shown[-1],
            )
            for step in shown
        ),
        inner=tuple(inner),
    )


def _writers(records: Sequence[Record], told: Sequence[Told]) -> dict[str, tuple[int, int]]:
    """Return field → (place of the input whose step wrote it last, its order of appearance)."""
    wrote: dict[str, tuple[int, int]] = {}
    step = 0
    for place, (record, said) in enumerate(zip(records, told, strict=True)):
        step = step if said.follows else place
        for part in ("fields", "data", "stamps", "result"):
            for name in getattr(record.event, part, None) or ():
                wrote[name] = (step, len(wrote))
    return wrote
