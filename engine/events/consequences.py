"""Consequences: what follows from inputs; the audit drops them all and derives them again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias

from engine.events.event import Consequence, Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOffered(Consequence):
    kind: ClassVar[str] = "task-offered"
    element: str
    key: str
    turn: int  # 1 on the first visit, 2 after the first rework …
    name: str
    lane: str
    seats: tuple[str, ...]  # "department/position" or "person:<id>"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWithdrawn(Consequence):
    kind: ClassVar[str] = "task-withdrawn"
    element: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRecorded(Consequence):
    """Departments that had not answered when the others, or the clock, ended a 会签."""

    kind: ClassVar[str] = "silence-recorded"
    element: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersClosed(Consequence):
    """Every bound department has answered; the task moves on."""

    kind: ClassVar[str] = "answers-closed"
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAssessed(Consequence):
    kind: ClassVar[str] = "rule-assessed"
    element: str
    key: str
    rule: str
    verdict: str
    guard: bool  # True: it stood at the door of a task; False: a rule task of the diagram
    missing: tuple[str, ...]
    citations: tuple[str, ...]
    facts: Fields
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCompleted(Consequence):
    kind: ClassVar[str] = "service-completed"
    element: str
    key: str
    name: str
    result: Fields
    messages: tuple[Fields, ...] = ()
    artefacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRequested(Consequence):
    kind: ClassVar[str] = "work-requested"
    element: str
    key: str
    name: str
    work: str  # sha256(name ‖ inputs)
    inputs: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsMissing(Consequence):
    kind: ClassVar[str] = "facts-missing"
    element: str
    key: str
    missing: tuple[str, ...]
    lane: str
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSet(Consequence):
    kind: ClassVar[str] = "deadline-set"
    element: str
    key: str
    rule: str
    due_at: datetime | None
    last_day: str | None
    missing: str | None = None
    provisional: str | None = None
    calendar: str = ""
    counted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMissed(Consequence):
    kind: ClassVar[str] = "deadline-missed"
    element: str
    key: str
    rule: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(Consequence):
    kind: ClassVar[str] = "case-closed"
    outcome: str
    messages: tuple[Fields, ...] = field(default=())


ConsequenceEvent: TypeAlias = (
    TaskOffered
    | TaskWithdrawn
    | SilenceRecorded
    | AnswersClosed
    | RuleAssessed
    | ServiceCompleted
    | WorkRequested
    | FactsMissing
    | DeadlineSet
    | DeadlineMissed
    | CaseClosed
)
