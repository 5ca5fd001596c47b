"""Drives a diagram without people, rules or a calendar: every answer is chosen, none is computed.

A condition answers by a hash of the walk's number, the step and its own text. So one walk is
repeatable, and a few walks with different numbers take every branch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from engine.process.definition import Definition, parse
from engine.process.instance import Instance

BEGIN = datetime(2026, 6, 15, tzinfo=UTC)
STEPS = 3000  # a task may come back to its strategy from four gateways


@dataclass(slots=True)
class Chance:
    """The facts of a walk: they know only which step it is and what was asked."""

    number: int
    step: int = 0
    answers: dict[tuple[int, str], bool] = field(default_factory=dict)

    def choose(self, text: str, among: int = 2) -> int:
        told = hashlib.sha256(f"{self.number}:{self.step}:{text}".encode()).digest()
        return told[0] % among

    def answer(self, text: str) -> bool:
        said = self.choose(text) == 0
        self.answers[self.step, text] = said
        return said


Facts = Mapping[str, Chance]


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition that believes what the walk tells it."""

    text: str

    def evaluate(self, facts: Facts, /) -> bool:
        return facts["walk"].answer(self.text)

    def missing(self, _facts: Facts, /) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What one walk touched: elements by id, and how the gateways' questions were answered."""

    ended: bool
    steps: int
    touched: frozenset[str]
    answers: Mapping[tuple[int, str], bool]


def read(source: bytes) -> Definition:
    """Read a diagram whose conditions are answered by chance."""
    return parse(source, condition=Asked)


def walk(definition: Definition, number: int) -> Walk:
    """Take one way through a diagram, saving and restoring the instance before every step."""
    chance = Chance(number)
    facts = {"walk": chance}
    instance = Instance.start(definition, case_id="walk", at=BEGIN, facts=facts)
    touched: set[str] = set()
    while not instance.completed and chance.step < STEPS:
        chance.step += 1
        at = BEGIN + timedelta(minutes=chance.step)
        instance = Instance.restore(definition, instance.dump(), case_id="walk")
        moves = [*_moves(instance)]
        element, move = moves[chance.choose("move", len(moves))]
        touched.add(element)
        move(at=at, facts=facts)
    return Walk(
        ended=instance.completed,
        steps=chance.step,
        touched=frozenset(touched),
        answers=chance.answers,
    )


def _moves(instance: Instance) -> Iterator[tuple[str, Callable[..., None]]]:
    for task in instance.open_tasks:
        yield task.element, partial(instance.complete, task.element, task.key)
    for name in instance.pending:
        yield name.element, partial(instance.settle, name.element, name.key)
    for timer in instance.timers:
        yield timer.element, partial(instance.fire, timer.element, timer.key)
    for message in instance.messages:
        yield message.element, partial(instance.deliver, message.name)
