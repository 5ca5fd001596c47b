"""Inputs: somebody or something outside said so, and it is folded as it was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias

from engine.events.event import Fields, Input, Parties, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Input):
    kind: ClassVar[str] = "case-opened"
    number: str
    process: str
    version: str
    engine: str
    jurisdiction: str
    title: str
    parent: str | None
    parties: Parties
    fields: Fields
    inherited: Fields  # what the parent's record said at that moment, under "parent.…"
    seat: Seat
    calendar: Mapping[str, str] = field(default_factory=dict)  # years published since the version


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClaimed(Input):
    kind: ClassVar[str] = "task-claimed"
    element: str
    key: str
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReleased(Input):
    kind: ClassVar[str] = "task-released"
    element: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTransferred(Input):
    kind: ClassVar[str] = "task-transferred"
    element: str
    key: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAnswered(Input):
    """One bound department's answer to a task that every participant answers (会签)."""

    kind: ClassVar[str] = "task-answered"
    element: str
    key: str  # the department
    data: Fields
    seat: Seat
    stamps: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted(Input):
    kind: ClassVar[str] = "task-completed"
    element: str
    key: str
    data: Fields
    stamps: Fields  # who, when, which department: filled in by the engine, as the form asks
    parties: Parties  # the parties that the form bound
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconRecorded(Input):
    """The random value as the second person confirmed it; a draw knows no other source."""

    kind: ClassVar[str] = "beacon-recorded"
    element: str
    key: str
    data: Fields
    stamps: Fields
    parties: Parties
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsSupplied(Input):
    kind: ClassVar[str] = "facts-supplied"
    element: str
    key: str
    fields: Fields
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Input):
    kind: ClassVar[str] = "timer-fired"
    element: str
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRecomputed(Input):
    """A published calendar moved a due date; names the calendar before and after."""

    kind: ClassVar[str] = "deadline-recomputed"
    calendar_before: str
    calendar_after: str
    calendar: Mapping[str, str]  # path → content address of the year files now in force


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFrozen(Input):
    """The population of a draw as the registry held it; nothing random is known yet."""

    kind: ClassVar[str] = "frame-frozen"
    element: str
    key: str
    work: str
    result: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettled(Input):
    """A worker's result for long work; an audit computes it again from the same inputs."""

    kind: ClassVar[str] = "service-settled"
    element: str
    key: str
    work: str
    result: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Input):
    kind: ClassVar[str] = "message-received"
    name: str
    sender: str
    fields: Fields
    delivery: str = ""  # the message in its sender's outbox: the same one does not count twice


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAdded(Input):
    kind: ClassVar[str] = "comment-added"
    text: str
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkHandedOver(Input):
    """A department was merged or renamed: another acts in this case from now on."""

    kind: ClassVar[str] = "work-handed-over"
    former: str
    successor: str
    basis: str  # the document that says so
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReplaced(Input):
    """Somebody left: their tasks are free again, or another takes their place in a team."""

    kind: ClassVar[str] = "person-replaced"
    leaver: str
    leaver_inspector: str
    successor: str  # "" where their tasks go back to the desk
    successor_inspector: str
    reason: str
    seat: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRefused(Input):
    """A refusal with legal weight: the attempt itself is part of the history."""

    kind: ClassVar[str] = "attempt-refused"
    element: str
    command: str
    code: str
    rule: str | None
    sentence: str
    data: Fields
    seat: Seat


InputEvent: TypeAlias = (
    CaseOpened
    | TaskClaimed
    | TaskReleased
    | TaskTransferred
    | TaskAnswered
    | TaskCompleted
    | BeaconRecorded
    | FactsSupplied
    | TimerFired
    | DeadlineRecomputed
    | FrameFrozen
    | ServiceSettled
    | MessageReceived
    | CommentAdded
    | WorkHandedOver
    | PersonReplaced
    | AttemptRefused
)
