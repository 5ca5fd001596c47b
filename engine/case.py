"""A case: what its history says now, and what the rules may read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from engine import clock
from engine.events import Fields, Parties
from engine.process.instance import Instance
from engine.version import Version
from rules.facts import Facts
from rules.pack import Law

LEAD_FIELD = "lead_department"  # what rules read; the parties say who acts
COUNT = "count_"  # a field of this prefix is a count taken at a recorded moment

Slot = tuple[str, str]  # (element, key): the address of a task, a timer or a pending name


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A task that waits for a person; `missing` makes it a 待查 task for unknown facts."""

    turn: int
    name: str
    lane: str
    seats: tuple[str, ...]
    at: datetime
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    rule: str
    due_at: datetime | None
    missing: str | None
    provisional: str | None
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the history of a case says now. `instance` is private to the engine."""

    case_id: UUID
    number: str
    process: str
    jurisdiction: str
    version: str
    title: str
    parent: str | None
    opened_at: datetime
    at: datetime  # of the last event
    parties: Parties
    fields: Fields
    inherited: Fields
    instance: Instance
    verdicts: Mapping[str, str]
    offers: Mapping[Slot, Offer]
    claims: Mapping[Slot, str]
    answers: Mapping[str, tuple[str, ...]]  # 会签 element → departments that answered
    turns: Mapping[str, int]
    works: Mapping[Slot, str]
    deadlines: Mapping[Slot, Deadline]
    missed: tuple[Slot, ...]
    done: Mapping[str, Done]
    calendar: Mapping[str, str]
    received: tuple[str, ...] = ()  # "name|delivery" of every message that counted
    outcome: str | None = None

    @property
    def is_closed(self) -> bool:
        return self.outcome is not None

    def law(self, version: Version) -> Law:
        return version.law_with(self.calendar)

    def record(self) -> dict[str, Any]:
        """Return every fact the case holds by its origin: `case.…`, `verdict.…`, `parent.…`."""
        record: dict[str, Any] = {f"case.{name}": value for name, value in self.fields.items()}
        for rule, verdict in self.verdicts.items():
            record[f"verdict.{rule}"] = verdict
        record |= self.inherited
        for name, value in self.fields.items():
            if name.startswith(COUNT):
                record[f"count.{name.removeprefix(COUNT)}"] = value
        record["case.opened_on"] = clock.legal_day(self.opened_at).isoformat()
        record["clock.today"] = clock.legal_day(self.at).isoformat()
        return record

    def facts(self, version: Version, extra: Fields | None = None) -> Facts:
        return self.law(version).facts(self.record() | dict(extra or {}))

    def attached_deadline(self, slot: Slot, version: Version) -> datetime | None:
        """Return the earliest due instant of the clocks that run over a task."""
        hung = version.clocks_over(slot[0])
        known = [
            deadline.due_at
            for (element, _), deadline in self.deadlines.items()
            if element in hung and deadline.due_at is not None
        ]
        return min(known, default=None)


_FIELDS = tuple(field.name for field in fields(Case))
_READ = attrgetter(*_FIELDS)
_WRITE = {name: getattr(Case, name).__set__ for name in _FIELDS}


def changed(case: Case, **changes: Any) -> Case:
    """Return a copy with changes, as `replace` does at three times the cost: all events make some.

    A name the case does not have is a KeyError."""
    made = object.__new__(Case)
    for write, value in zip(_WRITE.values(), _READ(case), strict=True):
        write(made, value)
    for name, value in changes.items():
        _WRITE[name](made, value)
    return made
