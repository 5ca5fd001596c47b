"""A running process, told what happened and asked what it waits for.

The five operations of a case: start, see what is open, see what is pending, see what is timed,
advance with a result. Every advance takes the command's instant and the case's facts; afterwards
the instance rests, compacted, and two instances with the same past have the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine import clock
from engine.process import awaited, codec, flow
from engine.process.awaited import OpenTask, Pending, WaitingMessage, WaitingTimer
from engine.process.compaction import compact
from engine.process.definition import Definition
from engine.process.errors import SpentInstance, StuckInstance, UnknownTask
from engine.process.patch import Facts, Moment, during
from engine.process.specs import NamedMessage, NamedTimer, NoScripts

__all__ = ["Instance", "OpenTask", "Pending", "WaitingMessage", "WaitingTimer"]


class Instance:
    """One process of one case. After an exception it is spent: roll back and restore another."""

    def __init__(
        self, definition: Definition, case_id: str, workflow: Any, counters: Moment
    ) -> None:
        self.definition = definition
        self.case_id = case_id
        self._top = workflow
        self._counters = counters
        self._spent = False
        self._resting: list[Any] | None = None  # the live tasks, until the next advance

    # -------------------------------------------------------------- make and keep

    @classmethod
    def start(cls, definition: Definition, *, case_id: str, at: datetime, facts: Facts) -> Instance:
        """Make an instance and run it to its first stop."""
        moment = Moment(at=at, facts=facts)
        with during(moment):
            top = BpmnWorkflow(definition.spec, definition.parts, script_engine=NoScripts())
            instance = cls(definition, case_id, top, moment)
            instance._rest()
        return instance

    @classmethod
    def predicted(cls, definition: Definition, *, at: datetime, trail: list[Any]) -> int:
        """Return how many tasks a new instance holds; `trail` hears of each as it is reached."""
        with during(Moment(at=at, changes=trail)):
            top = BpmnWorkflow(definition.spec, definition.parts, script_engine=NoScripts())
        return len(top.tasks)

    @classmethod
    def restore(cls, definition: Definition, blob: bytes, *, case_id: str) -> Instance:
        """Read what `dump` wrote; raises UnusableState when it does not fit the definition."""
        top, number, tick = codec.load(blob, definition.spec, definition.parts, case_id=case_id)
        epoch = datetime.fromtimestamp(0, clock.SHANGHAI)
        return cls(definition, case_id, top, Moment(at=epoch, number=number, tick=tick))

    def dump(self) -> bytes:
        """Return the state as canonical bytes, a few hundred for an ordinary case.

        Refused after a failed advance, which may have stopped half-way.
        """
        if self._spent:
            raise SpentInstance(case=self.case_id)
        return codec.dump(self._top, self._counters)

    def digest(self) -> str:
        """Return the fingerprint of the state."""
        return codec.digest(self.dump())

    # -------------------------------------------------------------- see

    @property
    def completed(self) -> bool:
        """Whether the process has reached its end."""
        return bool(self._top.completed)

    @property
    def open_tasks(self) -> tuple[OpenTask, ...]:
        """People's tasks that can be completed now, in drawing order."""
        return tuple(
            OpenTask(*awaited.address(task)) for task in self._live() if awaited.is_open(task)
        )

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What the case must settle or find facts for, in drawing order."""
        return tuple(self._pending(task) for task in self._live() if awaited.is_pending(task))

    @property
    def timers(self) -> tuple[WaitingTimer, ...]:
        """Timers that wait, in drawing order."""
        return tuple(
            WaitingTimer(element, key, event.expression, *awaited.dates(task, element))
            for task, element, key, event in self._events(NamedTimer)
        )

    @property
    def messages(self) -> tuple[WaitingMessage, ...]:
        """Messages that are waited for, in drawing order."""
        return tuple(
            WaitingMessage(element, key, event.name)
            for _, element, key, event in self._events(NamedMessage)
        )

    # -------------------------------------------------------------- advance

    def complete(self, element: str, key: str, *, at: datetime, facts: Facts) -> None:
        """Complete a person's task."""
        task = self._find(element, key, awaited.is_open, ("办理", "be completed"))
        self._advance(task.run, at, facts)

    def settle(self, element: str, key: str, *, at: datetime, facts: Facts) -> None:
        """Say that a service or rule task has its result; the result itself stands in the case."""
        task = self._find(element, key, awaited.is_bound, ("结算", "be settled"))
        self._advance(task.complete, at, facts)

    def reconsider(self, *, at: datetime, facts: Facts) -> None:
        """Facts have arrived: let every waiting gateway look again."""
        waiting = [task for task in self._live() if awaited.is_undecided(task)]

        def look_again() -> None:
            for task in waiting:
                # an earlier one may have ended everything
                if awaited.is_undecided(task) and task.task_spec._run_hook(task):
                    task.complete()

        self._advance(look_again, at, facts)

    def set_due(self, element: str, key: str, due_at: datetime | None) -> None:
        """Record when a timer is due, or that it cannot be known yet (None)."""
        task = self._find_event(element, key)
        due = task.internal_data.setdefault("due", {})
        due[element] = None if due_at is None else clock.text(due_at)

    def fire(self, element: str, key: str, *, at: datetime, facts: Facts) -> None:
        """Fire a timer; whether it is due was judged by the caller, from the recorded instant."""
        task = self._find_event(element, key)

        self._advance(lambda: awaited.happen(task, element), at, facts)

    def deliver(self, name: str, *, at: datetime, facts: Facts) -> None:
        """Hand a message to the first event, in drawing order, that waits for its name."""
        waiting = (f for f in self._events(NamedMessage) if f[3].name == name)
        found = next(waiting, None)
        if found is None:
            raise self._unknown(name, "", ("接收消息", "receive a message"))
        task, element, *_ = found
        self._advance(lambda: awaited.happen(task, element), at, facts)

    # -------------------------------------------------------------- inside

    def _advance(self, act: Callable[[], object], at: datetime, facts: Facts) -> None:
        before = self._counters
        moment = Moment(at=at, facts=facts, number=before.number, tick=before.tick)
        self._counters, self._spent, self._resting = moment, True, None
        with during(moment):
            act()
            self._rest()
        self._spent = False

    def _rest(self) -> None:
        """Run to the next stop, compact, number twins, and make sure that somebody is awaited."""
        flow.advance(self._top)
        compact(self._top)
        live = self._live()
        awaited.tell_twins_apart(live)
        awaited.date_timers(live, self._counters.at)
        if self.completed == any(awaited.is_awaited(task) for task in live):
            names = "、".join(sorted({task.task_spec.name for task in live})) or "—"
            raise StuckInstance(case=self.case_id, elements=names)

    def _live(self) -> list[Any]:
        if self._resting is not None:
            return self._resting
        mask = TaskState.READY | TaskState.STARTED | TaskState.WAITING
        live = [task for task in flow.walk(self._top) if task._state & mask]
        if not self._spent:
            self._resting = live
        return live

    def _events(self, kind: type) -> Iterator[tuple[Any, str, str, Any]]:
        for task in self._live():
            for element, event in awaited.awaited_events(task):
                if isinstance(event, kind):
                    own, key = awaited.address(task)
                    yield task, own.removesuffix(task.task_spec.bpmn_id) + element, key, event

    def _pending(self, task: Any) -> Pending:
        element, key = awaited.address(task)
        if awaited.is_undecided(task):
            missing = tuple(task.internal_data.get("missing", ()))
            return Pending(element, key, "gateway", "", missing)
        node = self.definition.nodes[element]
        if node.rule is not None:
            return Pending(element, key, "rule", node.rule)
        return Pending(element, key, "service", node.implementation or "")

    def _find(
        self, element: str, key: str, fits: Callable[[Any], bool], verb: tuple[str, str]
    ) -> Any:
        for task in self._live():
            if fits(task) and awaited.address(task) == (element, key):
                return task
        raise self._unknown(element, key, verb)

    def _find_event(self, element: str, key: str) -> Any:
        for task, its_element, its_key, _ in self._events(NamedTimer):
            if (its_element, its_key) == (element, key):
                return task
        raise self._unknown(element, key, ("到期", "fall due"))

    def _unknown(self, element: str, key: str, verb: tuple[str, str]) -> UnknownTask:
        label = self.definition.label(element)
        number = f"（第 {key} 份）" if key else ""
        return UnknownTask(
            case=self.case_id, element=label, key=number, verb=verb[0], verb_en=verb[1]
        )
