"""From one resting place of the token to the next, by the library, once.

A move is a function of the state before, the act, and what the gateways' conditions said on the
way. Neither the case nor the instant has a part in it; so what one case did, `memory` can do for
every other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.process import awaited, codec, flow
from engine.process.awaited import Place
from engine.process.compaction import compact
from engine.process.errors import StuckInstance
from engine.process.memory import START, Act, Move
from engine.process.patch import Answer, Facts, Moment, during
from engine.process.specs import NamedMessage, NamedTimer, NoScripts

if TYPE_CHECKING:
    from engine.process.definition import Definition

LIVE = TaskState.READY | TaskState.STARTED | TaskState.WAITING


def begin(definition: Definition, facts: Facts, *, case_id: str) -> Move:
    """Start an instance and run it to its first stop."""
    return _move(definition, None, START, facts, case_id)


def move(definition: Definition, before: Place, act: Act, facts: Facts, *, case_id: str) -> Move:
    """Do one thing at a place and run to the next stop."""
    return _move(definition, before, act, facts, case_id)


def read(definition: Definition, state: bytes) -> Place:
    """Return what a stored state says; anything may be raised for one of another diagram."""
    memory = definition.memory
    place = None if memory is None else memory.place(state)
    if place is None:
        place = _read(definition, state)
        if memory is not None:
            memory.keep(place)
    return place


def _move(
    definition: Definition, before: Place | None, act: Act, facts: Facts, case_id: str
) -> Move:
    memory = definition.memory
    if memory is None:
        return _make(definition, before, act, facts, case_id)[0]
    state = b"" if before is None else before.state
    found = memory.recall(state, act, facts)
    if found is None:
        found, asked = _make(definition, before, act, facts, case_id)
        memory.learn(state, act, asked, found)
    return found


def _make(
    definition: Definition, before: Place | None, act: Act, facts: Facts, case_id: str
) -> tuple[Move, list[tuple[Any, Answer]]]:
    """Let the library make a move; returns it with the questions that decided it."""
    moment = Moment(facts=facts, number=0 if before is None else before.tasks)
    with during(moment):
        if before is None:
            top = BpmnWorkflow(definition.spec, definition.parts, script_engine=NoScripts())
        else:
            top = codec.load(before.state, definition.spec, definition.parts)
            operation, element, key = act
            ACTS[operation](live(top), element, key)
        flow.advance(top)
        compact(top)
    waiting = live(top)
    awaited.tell_twins_apart(waiting)
    if bool(top.completed) == any(awaited.is_awaited(task) for task in waiting):
        names = "、".join(sorted({task.task_spec.name for task in waiting})) or "—"
        raise StuckInstance(case=case_id, elements=names)
    state, numbers = codec.dump(top)
    place = awaited.seen(definition.nodes, top.completed, waiting, state, numbers)
    former = frozenset[int]() if before is None else frozenset(t.number for t in before.timers)
    kept = {numbers[task.id]: task.id for task in waiting if task.id in former}
    return Move(place, kept), moment.asked


def _read(definition: Definition, state: bytes) -> Place:
    tasks = codec.count(state)
    with during(Moment(number=tasks)):
        top = codec.load(state, definition.spec, definition.parts)
    numbers = {number: number for number in range(1, tasks + 1)}
    return awaited.seen(definition.nodes, top.completed, live(top), state, numbers)


def live(top: Any) -> list[Any]:
    """Return the tasks that wait, in drawing order."""
    return [task for task in flow.walk(top) if task._state & LIVE]


def _find(waiting: list[Any], fits: Callable[[Any], bool], element: str, key: str) -> Any:
    return next(t for t in waiting if fits(t) and awaited.address(t) == (element, key))


def _complete(waiting: list[Any], element: str, key: str) -> None:
    _find(waiting, awaited.is_open, element, key).run()


def _settle(waiting: list[Any], element: str, key: str) -> None:
    _find(waiting, awaited.is_bound, element, key).complete()


def _reconsider(waiting: list[Any], _element: str, _key: str) -> None:
    for task in [task for task in waiting if awaited.is_undecided(task)]:
        # an earlier one may have ended everything
        if awaited.is_undecided(task) and task.task_spec._run_hook(task):
            task.complete()


def _fire(waiting: list[Any], element: str, key: str) -> None:
    for task, at, its_key, _ in awaited.events(waiting, NamedTimer):
        if (at, its_key) == (element, key):
            return awaited.happen(task, element)
    raise LookupError(element)


def _deliver(waiting: list[Any], name: str, _key: str) -> None:
    for task, element, _, event in awaited.events(waiting, NamedMessage):
        if event.name == name:
            return awaited.happen(task, element)
    raise LookupError(name)


ACTS: Mapping[str, Callable[[list[Any], str, str], None]] = {
    "complete": _complete,
    "settle": _settle,
    "reconsider": _reconsider,
    "fire": _fire,
    "deliver": _deliver,
}
