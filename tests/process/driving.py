"""Drive an instance and its reloaded double side by side: they must stay the same byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

import SpiffWorkflow.bpmn.specs.event_definitions.timer as timer_module

from engine.process.definition import Definition, parse
from engine.process.instance import Instance
from engine.process.patch import Moment, during

T0 = datetime(2026, 6, 15, 8, tzinfo=UTC)


class Fact:
    """A condition that reads one fact by its text; "not x" turns it round."""

    def __init__(self, text: str) -> None:
        self.text = text

    def evaluate(self, facts: Mapping[str, object]) -> bool | None:
        name = self.text.removeprefix("not ")
        if name not in facts:
            return None
        return bool(facts[name]) is (name == self.text)

    def missing(self, facts: Mapping[str, object]) -> tuple[str, ...]:
        name = self.text.removeprefix("not ")
        return () if name in facts else (name,)


@contextmanager
def library(at: datetime = T0, *, number: int = 0) -> Iterator[Moment]:
    """Let the plain library have ids, and a clock that stands still at `at`."""

    class Still(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Still:
            return cls.fromtimestamp(at.timestamp(), tz)

    ours, timer_module.datetime = timer_module.datetime, Still
    try:
        with during(Moment(number=number, tick=number)) as moment:
            yield moment
    finally:
        timer_module.datetime = ours


def read(source: bytes, called: Mapping[str, bytes] | None = None) -> Definition:
    return parse(source, condition=Fact, called=called or {})


@dataclass
class Drive:
    """One case. `facts` stay for all later commands, as the facts of a case do."""

    source: bytes
    called: Mapping[str, bytes] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)
    at: datetime = T0

    def __post_init__(self) -> None:
        self.definition = read(self.source, self.called)
        self.instance = Instance.start(
            self.definition, case_id="c", at=self.at, facts=dict(self.facts)
        )
        self.double = self._reload()

    def _reload(self) -> Instance:
        """Restore into a freshly parsed definition, as another worker would."""
        fresh = read(self.source, self.called)
        double = Instance.restore(fresh, self.instance.dump(), case_id="c")
        assert double.dump() == self.instance.dump()
        return double

    def _do(self, operation: str, *arguments: str) -> Drive:
        self.at += timedelta(hours=1)
        for instance in (self.instance, self.double):
            act = getattr(instance, operation)
            act(*arguments, at=self.at, facts=dict(self.facts))
        assert self.double.dump() == self.instance.dump()
        self.double = self._reload()
        return self

    def complete(self, element: str, key: str = "") -> Drive:
        return self._do("complete", element, key)

    def settle(self, element: str, key: str = "") -> Drive:
        return self._do("settle", element, key)

    def fire(self, element: str, key: str = "") -> Drive:
        return self._do("fire", element, key)

    def deliver(self, name: str) -> Drive:
        return self._do("deliver", name)

    def learn(self, **facts: object) -> Drive:
        self.facts |= facts
        return self._do("reconsider")

    @property
    def open(self) -> list[str]:
        """Open tasks as `element` or `element#key`."""
        return [_place(task.element, task.key) for task in self.instance.open_tasks]

    @property
    def pending(self) -> list[str]:
        return [_place(task.element, task.key) for task in self.instance.pending]

    @property
    def timers(self) -> list[str]:
        return [_place(timer.element, timer.key) for timer in self.instance.timers]

    @property
    def messages(self) -> list[str]:
        return [message.name for message in self.instance.messages]

    @property
    def completed(self) -> bool:
        return self.instance.completed


def _place(element: str, key: str) -> str:
    return f"{element}#{key}" if key else element
