"""A running process, told what happened and asked what it waits for.

The five operations of a case: start, see what is open, see what is pending, see what is timed,
advance with a result. An instance is a place of its definition, shared with every case that stands
there, and the dates of its own timers. An advance that fails leaves it where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow

from engine import clock
from engine.process import codec, moves
from engine.process.awaited import OpenTask, Pending, Place, WaitingMessage, WaitingTimer
from engine.process.definition import Definition
from engine.process.errors import UnknownTask, UnusableState
from engine.process.memory import Act, Move
from engine.process.patch import Facts, Moment, during
from engine.process.specs import NoScripts

__all__ = ["Instance", "OpenTask", "Pending", "WaitingMessage", "WaitingTimer"]


@dataclass(frozen=True, slots=True)
class Dates:
    """Since when a timer waits, and when it is due by element, as far as that is decided."""

    since: str
    due: Mapping[str, str | None] = field(default_factory=dict)


class Instance:
    """One process of one case."""

    __slots__ = ("_dates", "_place", "case_id", "definition")

    def __init__(
        self, definition: Definition, case_id: str, place: Place, dates: dict[int, Dates]
    ) -> None:
        self.definition = definition
        self.case_id = case_id
        self._place = place
        self._dates = dates

    # -------------------------------------------------------------- make and keep

    @classmethod
    def start(cls, definition: Definition, *, case_id: str, at: datetime, facts: Facts) -> Instance:
        """Make an instance and run it to its first stop."""
        move = moves.begin(definition, facts, case_id=case_id)
        return cls(definition, case_id, move.place, _dates(move, {}, at))

    @classmethod
    def predicted(cls, definition: Definition, *, trail: list[Any]) -> int:
        """Return how many tasks a new instance holds; `trail` hears of each as it is reached."""
        with during(Moment(changes=trail)):
            top = BpmnWorkflow(definition.spec, definition.parts, script_engine=NoScripts())
        return len(top.tasks)

    @classmethod
    def restore(cls, definition: Definition, blob: bytes, *, case_id: str) -> Instance:
        """Read what `dump` wrote; raises UnusableState when it does not fit the definition."""
        try:
            return cls.read(definition, orjson.loads(blob), case_id=case_id)
        except orjson.JSONDecodeError as error:
            raise UnusableState(case=case_id, reason=type(error).__name__) from error

    @classmethod
    def read(cls, definition: Definition, kept: Mapping[str, Any], *, case_id: str) -> Instance:
        """Read the JSON of what `dump` wrote."""
        try:
            dates = {number: Dates(since, due) for number, since, due in kept["dates"]}
            place = moves.read(definition, codec.written(kept["state"]))
        except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
            raise UnusableState(case=case_id, reason=type(error).__name__) from error
        return cls(definition, case_id, place, dates)

    def dump(self) -> bytes:
        """Return the state as canonical bytes, a few hundred for an ordinary case."""
        dates = [[number, dates.since, dates.due] for number, dates in sorted(self._dates.items())]
        return codec.written({"dates": dates, "state": orjson.Fragment(self._place.state)})

    def digest(self) -> str:
        """Return the fingerprint of the state."""
        return codec.digest(self.dump())

    # -------------------------------------------------------------- see

    @property
    def completed(self) -> bool:
        """Whether the process has reached its end."""
        return self._place.completed

    @property
    def open_tasks(self) -> tuple[OpenTask, ...]:
        """People's tasks that can be completed now, in drawing order."""
        return self._place.open_tasks

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What the case must settle or find facts for, in drawing order."""
        return self._place.pending

    @property
    def timers(self) -> tuple[WaitingTimer, ...]:
        """Timers that wait, in drawing order."""
        return tuple(
            WaitingTimer(
                timer.element,
                timer.key,
                timer.text,
                _instant(self._dates[timer.number].due.get(timer.element)),
                clock.instant(self._dates[timer.number].since),
            )
            for timer in self._place.timers
        )

    @property
    def messages(self) -> tuple[WaitingMessage, ...]:
        """Messages that are waited for, in drawing order."""
        return self._place.messages

    # -------------------------------------------------------------- advance

    def complete(self, element: str, key: str, *, at: datetime, facts: Facts) -> None:
        """Complete a person's task."""
        if OpenTask(element, key) not in self._place.open_tasks:
            raise self._unknown(element, key, ("办理", "be completed"))
        self._advance(("complete", element, key), at, facts)

    def settle(self, element: str, key: str, *, at: datetime, facts: Facts) -> None:
        """Say that a service or rule task has its result; the result itself stands in the case."""
        bound = (p for p in self._place.pending if p.kind != "gateway")
        if not any((pending.element, pending.key) == (element, key) for pending in bound):
            raise self._unknown(element, key, ("结算", "be settled"))
        self._advance(("settle", element, key), at, facts)

    def reconsider(self, *, at: datetime, facts: Facts) -> None:
        """Facts have arrived: let every waiting gateway look again."""
        self._advance(("reconsider", "", ""), at, facts)

    def set_due(self, element: str, key: str, due_at: datetime | None) -> None:
        """Record when a timer is due, or that it cannot be known yet (None)."""
        number = self._timer(element, key)
        known = self._dates[number]
        due = None if due_at is None else clock.text(due_at)
        self._dates = {**self._dates, number: Dates(known.since, {**known.due, element: due})}

    def fire(self, element: str, key: str, *, at: datetime, facts: Facts) -> None:
        """Fire a timer; whether it is due was judged by the caller, from the recorded instant."""
        self._timer(element, key)
        self._advance(("fire", element, key), at, facts)

    def deliver(self, name: str, *, at: datetime, facts: Facts) -> None:
        """Hand a message to the first event, in drawing order, that waits for its name."""
        if not any(message.name == name for message in self._place.messages):
            raise self._unknown(name, "", ("接收消息", "receive a message"))
        self._advance(("deliver", name, ""), at, facts)

    # -------------------------------------------------------------- inside

    def _advance(self, act: Act, at: datetime, facts: Facts) -> None:
        move = moves.move(self.definition, self._place, act, facts, case_id=self.case_id)
        self._dates = _dates(move, self._dates, at)
        self._place = move.place

    def _timer(self, element: str, key: str) -> int:
        for timer in self._place.timers:
            if (timer.element, timer.key) == (element, key):
                return timer.number
        raise self._unknown(element, key, ("到期", "fall due"))

    def _unknown(self, element: str, key: str, verb: tuple[str, str]) -> UnknownTask:
        label = self.definition.label(element)
        number = f"（第 {key} 份）" if key else ""
        return UnknownTask(
            case=self.case_id, element=label, key=number, verb=verb[0], verb_en=verb[1]
        )


def _dates(move: Move, before: Mapping[int, Dates], at: datetime) -> dict[int, Dates]:
    """Return the dates of the timers that wait now: kept ones go on, new ones begin at `at`."""
    if not move.place.timers:
        return {}
    kept, fresh = move.kept, Dates(clock.text(at))
    return {
        timer.number: before[kept[timer.number]] if timer.number in kept else fresh
        for timer in move.place.timers
    }


def _instant(text: str | None) -> datetime | None:
    return None if text is None else clock.instant(text)
