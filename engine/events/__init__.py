"""What happened: inputs (someone or something outside said so) and consequences (derived).

Each `kind` is a word for ever; a class may be renamed, its kind may not. Payloads hold JSON
values only, so what is recorded is exactly what is folded again.
"""

from typing import TypeAlias

from engine.events.consequences import (
    AnswersClosed,
    CaseClosed,
    ConsequenceEvent,
    DeadlineMissed,
    DeadlineSet,
    FactsMissing,
    RuleAssessed,
    ServiceCompleted,
    SilenceRecorded,
    TaskOffered,
    TaskWithdrawn,
    WorkRequested,
)
from engine.events.event import Consequence, Event, Fields, Input, Parties, Seat
from engine.events.inputs import (
    AttemptRefused,
    BeaconRecorded,
    CaseOpened,
    CommentAdded,
    DeadlineRecomputed,
    FactsSupplied,
    FrameFrozen,
    InputEvent,
    MessageReceived,
    PersonReplaced,
    ServiceSettled,
    TaskAnswered,
    TaskClaimed,
    TaskCompleted,
    TaskReleased,
    TaskTransferred,
    TimerFired,
    WorkHandedOver,
)

AnyEvent: TypeAlias = InputEvent | ConsequenceEvent

__all__ = [
    "AnswersClosed",
    "AnyEvent",
    "AttemptRefused",
    "BeaconRecorded",
    "CaseClosed",
    "CaseOpened",
    "CommentAdded",
    "Consequence",
    "ConsequenceEvent",
    "DeadlineMissed",
    "DeadlineRecomputed",
    "DeadlineSet",
    "Event",
    "FactsMissing",
    "FactsSupplied",
    "Fields",
    "FrameFrozen",
    "Input",
    "InputEvent",
    "MessageReceived",
    "Parties",
    "PersonReplaced",
    "RuleAssessed",
    "Seat",
    "ServiceCompleted",
    "ServiceSettled",
    "SilenceRecorded",
    "TaskAnswered",
    "TaskClaimed",
    "TaskCompleted",
    "TaskOffered",
    "TaskReleased",
    "TaskTransferred",
    "TaskWithdrawn",
    "TimerFired",
    "WorkHandedOver",
    "WorkRequested",
]
