"""What a demonstration's special cases are made of: what somebody opens, tries, or says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.demo.records import Records
from engine.store.readings import CaseRow

Find = Callable[[Records], CaseRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case that somebody opens on a day, below another case or by itself."""

    on: date
    jurisdiction: str
    process: str
    title: str
    department: str
    position: str = "handler"
    parent: Find | None = None
    parties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A finding of oversight in a case, from which somebody opens a case of 追责."""

    on: date
    jurisdiction: str
    branch: str
    case: Find
    department: str
    position: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Something that must not succeed, tried just before the task is done properly."""

    element: str
    department: str
    position: str = "handler"
    says: Mapping[str, Any] = field(default_factory=dict)
    at_sealed: bool = False  # a look at the sealed list of the task above


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """How one case differs from the others: what its forms say, how long it waits, who tries what.

    It is the case with this title, or what came of it: the n-th inspection of a task, say.
    A value that is a function is asked when the form is filled in."""

    jurisdiction: str
    process: str
    of: str = ""  # any title
    visit: int | None = None
    says: Mapping[str, Any] = field(default_factory=dict)
    waits: Mapping[str, int] = field(default_factory=dict)
    tries: tuple[Attempt, ...] = ()


def titled(jurisdiction: str, title: str) -> Find:
    return lambda records: records.titled(jurisdiction, title)


def led(jurisdiction: str, process: str, department: str) -> Find:
    return lambda records: records.led(jurisdiction, process, department)


def visited(jurisdiction: str, task: str, place: int) -> Find:
    """Find the n-th inspection of a task; a small registry may not have drawn so many."""

    def find(records: Records) -> CaseRow:
        found = records.visits(records.titled(jurisdiction, task))
        if len(found) < place:
            raise LookupError(f"「{task}」只抽中 {len(found)} 户，没有第 {place} 户")
        return found[place - 1]

    return find
