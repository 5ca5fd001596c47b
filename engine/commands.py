"""What may be asked of a case. A command is a request; only `decide` says whether it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from engine.events import Fields, Parties, Seat

SYSTEM = "system"  # the scheduler, the publisher and the workers act under this name


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, with the positions held at this very moment (a revoked one counts at once)."""

    person: str
    name: str = ""
    jurisdiction: str = ""  # departments of two cities share their codes: a seat alone says nothing
    seats: tuple[Seat, ...] = ()
    inspector: str | None = None
    login: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return every way a case may name this person: id, inspector's number, login."""
        return tuple(name for name in (self.person, self.inspector, self.login) if name)

    @property
    def is_system(self) -> bool:
        return self.person == SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    name: ClassVar[str]
    case_id: UUID
    actor: str  # a person's id, or SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Command):
    name: ClassVar[str] = "open-case"
    process: str
    jurisdiction: str
    title: str
    parties: Parties = field(default_factory=dict)
    fields: Fields = field(default_factory=dict)
    parent: UUID | None = None
    version: str | None = None  # None: the one in force now


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTask(Command):
    name: ClassVar[str] = "claim-task"
    element: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTask(Command):
    name: ClassVar[str] = "release-task"
    element: str
    key: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTask(Command):
    name: ClassVar[str] = "transfer-task"
    element: str
    to: str
    to_actor: Actor | None = None  # the service fills it in: the receiver's positions now
    reason: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Command):
    """Finish a task with its form's fields; for a 会签 task this is one department's answer.

    `turn` is the visit the person saw: a form of an earlier turn is stale and refused.
    """

    name: ClassVar[str] = "complete-task"
    element: str
    key: str = ""
    data: Fields = field(default_factory=dict)
    turn: int | None = None
    found: Fields = field(default_factory=dict)  # the service looks it up where a form asks


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyFacts(Command):
    name: ClassVar[str] = "supply-facts"
    element: str
    key: str = ""
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer(Command):
    name: ClassVar[str] = "fire-timer"
    element: str
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecomputeDeadline(Command):
    name: ClassVar[str] = "recompute-deadline"
    calendar: Mapping[str, str]  # path → content address of the year files now in force
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleService(Command):
    name: ClassVar[str] = "settle-service"
    element: str
    key: str
    work: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverMessage(Command):
    name: ClassVar[str] = "deliver-message"
    message: str
    sender: str
    fields: Fields = field(default_factory=dict)
    delivery: str = ""  # the message in its sender's outbox; empty: one that nobody can repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverWork(Command):
    """A department's part in a case goes to its successor (机构划转)."""

    name: ClassVar[str] = "hand-over-work"
    former: str
    successor: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacePerson(Command):
    """Somebody leaves; `successor` takes their place, or their tasks go back to the desk."""

    name: ClassVar[str] = "replace-person"
    leaver: str
    reason: str
    leaver_inspector: str = ""
    successor: str = ""
    successor_inspector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment(Command):
    name: ClassVar[str] = "add-comment"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtSealed(Command):
    """A look at the list of a sealed draw before its last visit has ended: never granted."""

    name: ClassVar[str] = "look-at-sealed"
