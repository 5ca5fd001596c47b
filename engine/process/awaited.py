"""What the tasks of a resting instance wait for, and how people address them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.util.task import TaskState

from engine.process.gateways import Exclusive, Inclusive
from engine.process.specs import Bound, FirstEvent, NamedMessage, NamedTimer


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A person's task that can be completed now; `key` tells instances of one element apart."""

    element: str
    key: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A service or rule task without its result, or a gateway that lacks facts."""

    element: str
    key: str
    kind: str  # "service" | "rule" | "gateway"
    name: str  # the bound name, the rule's name, "" for a gateway
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    """A timer that has not fired; without `due_at` its deadline is still to be decided."""

    element: str
    key: str
    text: str
    due_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A catch event that waits for a message or a signal of this name."""

    element: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Timed:
    """A timer at a place; `number` is its task's, by which a case keeps its dates."""

    number: int
    element: str
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an instance rests, and everything that its state says; shared by all who are there."""

    state: bytes
    tasks: int
    completed: bool
    open_tasks: tuple[OpenTask, ...]
    pending: tuple[Pending, ...]
    timers: tuple[Timed, ...]
    messages: tuple[WaitingMessage, ...]


def seen(
    nodes: Mapping[str, Any],
    completed: object,
    live: list[Any],
    state: bytes,
    numbers: Mapping[int, int],
) -> Place:
    """Return what a resting instance waits for, everything in drawing order."""
    return Place(
        state=state,
        tasks=len(numbers),
        completed=bool(completed),
        open_tasks=tuple(OpenTask(*address(task)) for task in live if is_open(task)),
        pending=tuple(_pending(nodes, task) for task in live if is_pending(task)),
        timers=tuple(
            Timed(numbers[task.id], element, key, event.expression)
            for task, element, key, event in events(live, NamedTimer)
        ),
        messages=tuple(
            WaitingMessage(element, key, event.name)
            for _, element, key, event in events(live, NamedMessage)
        ),
    )


def _pending(nodes: Mapping[str, Any], task: Any) -> Pending:
    element, key = address(task)
    if is_undecided(task):
        return Pending(element, key, "gateway", "", tuple(task.internal_data.get("missing", ())))
    node = nodes[element]
    if node.rule is not None:
        return Pending(element, key, "rule", node.rule)
    return Pending(element, key, "service", node.implementation or "")


def events(live: list[Any], kind: type) -> Iterator[tuple[Any, str, str, Any]]:
    """Yield the awaited events of a kind: task, address, event."""
    for task in live:
        for element, event in awaited_events(task):
            if isinstance(event, kind):
                own, key = address(task)
                yield task, own.removesuffix(task.task_spec.bpmn_id) + element, key, event


def is_open(task: Any) -> bool:
    return bool(task._state == TaskState.READY and task.task_spec.manual)


def is_bound(task: Any) -> bool:
    return task._state == TaskState.STARTED and isinstance(task.task_spec, Bound)


def is_undecided(task: Any) -> bool:
    decides = isinstance(task.task_spec, Exclusive | Inclusive)
    return decides and task._state == TaskState.STARTED


def is_pending(task: Any) -> bool:
    return is_bound(task) or is_undecided(task)


def awaited_events(task: Any) -> Iterable[tuple[str, Any]]:
    """Return the events that a waiting task stands for, by the element that shows each."""
    if task._state != TaskState.WAITING:
        return ()
    if isinstance(task.task_spec, FirstEvent):
        return task.task_spec.branches.items()
    event = getattr(task.task_spec, "event_definition", None)
    if event is None or isinstance(event, NoneEventDefinition):
        return ()
    return ((task.task_spec.bpmn_id, event),)


def is_awaited(task: Any) -> bool:
    """Whether somebody outside can move this task: a person, a result, a clock, a message."""
    kinds = (NamedTimer, NamedMessage)
    return (
        is_open(task)
        or is_pending(task)
        or any(isinstance(event, kinds) for _, event in awaited_events(task))
    )


def happen(task: Any, element: str) -> None:
    """Let an awaited event happen; an event-based gateway notes which branch it opens."""
    if isinstance(task.task_spec, FirstEvent):
        task.internal_data["chosen"] = local(element)
    else:
        task.internal_data["event_fired"] = True
    task.task_spec._update(task)


# ------------------------------------------------------------------ addresses


def local(element: str) -> str:
    return element.rsplit("/", 1)[-1]


def address(task: Any) -> tuple[str, str]:
    """Return (element, key): `call/element` inside call activities, key `1`–`20` per instance."""
    element, numbers, here = task.task_spec.bpmn_id or task.task_spec.name, list[str](), task
    while True:
        number = here.internal_data.get("key_or_index", here.internal_data.get("item"))
        if number is not None:
            numbers.insert(0, str(number + 1))
        above = here.workflow.parent_task_id
        if above is None:
            break
        here = here.workflow.top_workflow.get_task_from_id(above)
        if isinstance(here.task_spec, CallActivity):
            element = f"{here.task_spec.bpmn_id}/{element}"
    twin = task.internal_data.get("twin")
    return element, ".".join(numbers) + (f"~{twin}" if twin else "")


def tell_twins_apart(live: list[Any]) -> None:
    """Number tasks of one address that are live together; the number stays while the task lives."""
    homes = dict[tuple[str, str], list[Any]]()
    for task in filter(is_awaited, live):
        element, key = address(task)
        homes.setdefault((element, key.split("~")[0]), []).append(task)
    for twins in homes.values():
        if len(twins) == 1:
            continue
        fresh = [task for task in twins if "twin" not in task.internal_data]
        # the one that was there first keeps its plain key; a loaded task never changed, at tick 0
        fresh.sort(key=lambda task: task.last_state_change)
        taken = {task.internal_data["twin"] for task in twins if "twin" in task.internal_data}
        for task in fresh[1:]:
            number = next(n for n in range(2, len(twins) + 2) if n not in taken)
            taken.add(number)
            task.internal_data["twin"] = number
