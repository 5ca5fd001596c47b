"""A remembered move is the move the library would make: the same place, byte for byte."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine import config
from engine.process.definition import Definition, parse
from engine.process.instance import Instance
from engine.process.memory import Memory
from tests.process.drawing import boundary, chain, document, end, flows, start, timed, user, xor
from tests.process.driving import T0, read
from tests.process.fuzz import OURS, Diagram, read_counting

SHIPPED = sorted(config.WORKFLOWS.glob("*/*.bpmn"))
STEPS = 40


class Chance:
    """A condition whose answer every step of a walk chooses anew, 待查 among them."""

    def __init__(self, text: str) -> None:
        self.text = text

    def evaluate(self, facts: dict[str, str]) -> bool | None:
        return (True, False, None, False, True)[
            random.Random(f"{facts['step']}{self.text}").randrange(5)
        ]

    def missing(self, _facts: dict[str, str]) -> tuple[str, ...]:
        return (self.text,)


def acts(case: Instance) -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = [
        *(("complete", (task.element, task.key)) for task in case.open_tasks),
        *(("settle", (p.element, p.key)) for p in case.pending if p.kind != "gateway"),
        *(("fire", (timer.element, timer.key)) for timer in case.timers),
        *(("deliver", (message.name,)) for message in case.messages),
    ]
    if any(p.kind == "gateway" for p in case.pending):
        found.append(("reconsider", ()))
    return found


def says(case: Instance) -> tuple[object, ...]:
    return (
        case.dump(),
        case.digest(),
        case.completed,
        case.open_tasks,
        case.pending,
        case.timers,
        case.messages,
    )


def walk(definition: Definition, seed: str, facts: dict[str, object]) -> Iterator[str]:
    """Take one way with what is remembered and without; yield where they differ."""
    plain = definition.without_memory()
    rng, at = random.Random(seed), T0
    both = [
        Instance.start(d, case_id=seed, at=at, facts={**facts, "step": seed})
        for d in (definition, plain)
    ]
    for step in range(STEPS):
        if says(both[0]) != says(both[1]):
            yield f"{seed} step {step}"
        restored = Instance.restore(definition, both[0].dump(), case_id=seed)
        if says(restored) != says(both[1]):
            yield f"{seed} step {step} restored"
        if both[1].completed:
            return
        at += timedelta(minutes=1)
        operation, arguments = rng.choice(acts(both[1]))
        known = {**facts, "step": f"{seed} {step}"}
        if "n" in facts:
            known["n"] = rng.randint(1, 12)
        for case in both:
            getattr(case, operation)(*arguments, at=at, facts=known)
        _date(both, rng, at)


def _date(both: list[Instance], rng: random.Random, at: datetime) -> None:
    """Decide the dates of some timers, as a case does."""
    for timer in both[1].timers:
        if timer.due_at is None and rng.random() < 0.5:
            for case in both:
                case.set_due(timer.element, timer.key, at + timedelta(days=7))


@pytest.mark.parametrize("place", SHIPPED, ids=lambda place: f"{place.parent.name}-{place.stem}")
def test_every_walk_through_a_shipped_diagram_is_the_same_with_and_without_memory(
    place: Path,
) -> None:
    definition = parse(place.read_bytes(), condition=Chance)
    found = [f for number in range(12) for f in walk(definition, f"{number % 8}", {})]
    assert found == []
    memory = definition.memory
    assert memory is not None
    assert memory.size > 0
    assert all(len(state) < 1024 for state in memory._places)


def test_every_walk_through_a_random_diagram_is_the_same_with_and_without_memory() -> None:
    found: list[str] = []
    for seed in range(60):
        definition = read_counting(Diagram(random.Random(seed), kinds=OURS).source())
        for number in (0, 1, 0):
            found += walk(definition, f"{seed}.{number}", {"n": 1})
    assert found == []


TURNING = document(
    start("s")
    + user("a", "b")
    + xor("g", "b")
    + end("e")
    + chain("s", "a", "g", "b", "e")
    + flows(("g", "a", "x"))
)


def test_the_answers_of_a_gateway_lead_different_cases_to_different_places() -> None:
    definition = read(TURNING)
    facts: tuple[dict[str, object], ...] = ({"x": True}, {"x": False}, {}, {"x": True}, {})
    opened = []
    for known in facts:
        case = Instance.start(definition, case_id="c", at=T0, facts={})
        case.complete("a", "", at=T0, facts=known)
        opened.append([*case.open_tasks, *(p.missing for p in case.pending)])
    assert [str(o) for o in opened] == [str(opened[n]) for n in (0, 1, 2, 0, 2)]
    assert len({str(o) for o in opened}) == 3


def test_a_rework_loop_comes_back_to_the_same_places() -> None:
    definition = read(TURNING)
    case = Instance.start(definition, case_id="c", at=T0, facts={})
    memory = definition.memory
    assert memory is not None
    for _ in range(50):
        case.complete("a", "", at=T0, facts={"x": True})
    assert memory.size <= 3


def test_a_memory_forgets_rather_than_grow_without_end() -> None:
    memory = Memory(most=5)
    definition = read(TURNING)
    case = Instance.start(definition, case_id="c", at=T0, facts={})
    move = definition.memory.recall(b"", ("start", "", ""), {}) if definition.memory else None
    assert move is not None
    for number in range(20):
        memory.learn(b"%d" % number, ("complete", "a", ""), (), move)
        assert memory.recall(b"%d" % number, ("complete", "a", ""), {}) is move
        assert memory.size <= 5
    assert case.open_tasks == move.place.open_tasks


def test_the_dates_of_a_timer_are_its_case_own_though_its_place_is_shared() -> None:
    source = document(
        start("s")
        + user("u")
        + boundary("t", "u", timed("P7D"), interrupting=False)
        + end("e", "e2")
        + chain("s", "u", "e")
        + chain("t", "e2")
    )
    definition = read(source)
    early = Instance.start(definition, case_id="a", at=T0, facts={})
    later = Instance.start(definition, case_id="b", at=T0 + timedelta(days=1), facts={})
    early.set_due("t", "", T0 + timedelta(days=7))
    assert [timer.since for timer in later.timers] == [T0 + timedelta(days=1)]
    assert later.timers[0].due_at is None
    assert early.timers[0].due_at == T0 + timedelta(days=7)
