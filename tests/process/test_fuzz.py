"""Random diagrams and random people: our engine against the plain library, and against itself.

A difference to the plain library must be explained here, by the minimal diagram in `test_traps`
that shows why the plain library is wrong.
"""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from engine.process.flow import walk
from engine.process.instance import Instance
from engine.process.lint import Names, problems
from tests.process.driving import T0, library
from tests.process.fuzz import CALLED, OURS, Counting, Diagram, Ours, read_counting

STEPS = 60

# seed → the trap of `test_traps` that explains why the plain library differs
_AND = "after rework an AND join opens with a branch still at work"
_OR = "after rework an OR join opens with a branch still at work"
EXPLAINED = {16: _OR, 78: _AND, 199: _AND, 257: _AND, 328: _AND, 442: _AND}


NAMES = Names(
    forms=frozenset({"f"}),
    bindings=frozenset({"draw.objects"}),
    roles=frozenset({"经办人"}),
    processes=CALLED,
    condition=Counting,
)


class Plain:
    """The library as it is, on the same diagram in its own dialect."""

    def __init__(self, source: bytes) -> None:
        text = source.decode().replace(">P1D<", '>"P1D"<')
        text = text.replace("<serviceTask", "<scriptTask").replace(
            ' implementation="draw.objects"/>', "><script>pass</script></scriptTask>"
        )
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.ElementTree(etree.fromstring(text.encode())))
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.predicted = len(self.workflow.tasks)
        self.workflow.task_tree.data["n"] = 1

    def run(self) -> None:
        self.workflow.do_engine_steps()

    def _tasks(self, state: int) -> list[Any]:
        return [task for task in walk(self.workflow) if task.state == state]

    def seen(self) -> tuple[list[str], list[str], bool]:
        people = [t.task_spec.bpmn_id for t in self._tasks(TaskState.READY) if t.task_spec.manual]
        timers = [t.task_spec.name for t in self._timers()]
        return sorted(people), sorted(timers), self.workflow.is_completed()

    def _timers(self) -> list[Any]:
        waiting = self._tasks(TaskState.WAITING)
        return [task for task in waiting if task.task_spec.name.startswith("t")]

    def act(self, kind: str, name: str, nth: int, n: int) -> None:
        if kind == "task":
            ready = [t for t in self._tasks(TaskState.READY) if t.task_spec.bpmn_id == name]
            ready[nth].data["n"] = n
            ready[nth].run()
        else:
            task = [t for t in self._timers() if t.task_spec.name == name][nth]
            task.internal_data["event_value"] = "2001-01-01T00:00:00+00:00"
            task.parent.data["n"] = n  # the event inherits from it when it fires
            self.workflow.refresh_timers()
        self.run()
        # the facts of a case are the same for everybody; task data are not
        for task in self._tasks(TaskState.READY) + self._tasks(TaskState.WAITING):
            task.data["n"] = n


def _differs(seed: int) -> str:
    """Return how the engines differ on one diagram, "" when they do not or it does not count."""
    source = Diagram(random.Random(seed)).source()
    rng = random.Random(seed)
    with library():
        try:
            plain = Plain(source)
            if plain.predicted > 600:
                return ""
            plain.run()
        except Exception:
            return ""  # the library could not even start it
        ours = [Ours(source, reload=False), Ours(source, reload=True)]
        for step in range(STEPS):
            view = plain.seen()
            for mode, engine in zip(("kept", "reloaded"), ours, strict=True):
                if engine.seen() != view:
                    return f"seed {seed} step {step} {mode}: plain {view}, ours {engine.seen()}"
            people, timers, done = view
            if done or not (people or timers):
                return ""
            act = _choose(rng, people, timers)
            try:
                plain.act(*act)
            except Exception:
                return ""  # the library fails where ours goes on: see `test_traps`
            for engine in ours:
                engine.act(*act)
    return ""


def _choose(rng: random.Random, people: list[str], timers: list[str]) -> tuple[str, str, int, int]:
    n = rng.randint(1, 12)
    if people and (not timers or rng.random() < 0.85):
        return "task", rng.choice(people), 0, n
    return "timer", rng.choice(timers), 0, n


def test_our_engine_goes_where_the_plain_library_goes() -> None:
    found = [_differs(seed) for seed in range(60) if seed not in EXPLAINED]
    assert [difference for difference in found if difference] == []


@pytest.mark.parametrize("seed", [*EXPLAINED])
def test_an_explained_difference_is_that_the_plain_library_went_on_too_early(seed: int) -> None:
    found = _differs(seed)
    assert found
    plain, _, ours = found.rpartition("ours ")
    more, fewer = (set(re.findall(r"'(u\d+)'", text.split("]")[0])) for text in (plain, ours))
    assert fewer < more


@pytest.mark.nightly
def test_our_engine_goes_where_the_plain_library_goes_on_many_diagrams() -> None:
    found = [_differs(seed) for seed in range(60, 600) if seed not in EXPLAINED]
    assert [difference for difference in found if difference] == []


# ------------------------------------------------------------------ our engine against itself


def _work(seed: int) -> str:
    """Walk a random case of every kind we accept, reloading on one side; say what went wrong."""
    source = Diagram(random.Random(seed), kinds=OURS).source()
    found = [p for p in problems(source, NAMES) if p.severity == "error"]
    if found:  # generated blocks are sound; only their number may be too much
        wrong = [(p.code, p.element) for p in found if p.code != "and-series"]
        return f"seed {seed}: {wrong}" if wrong else ""
    definition, rng = read_counting(source), random.Random(seed)
    kept = Instance.start(definition, case_id="c", at=T0, facts={})
    for step in range(STEPS):
        if kept.completed:
            return ""
        fresh = read_counting(source)
        reloaded = Instance.restore(fresh, kept.dump(), case_id="c")
        operation, arguments, facts = _anything(rng, kept)
        for instance in (kept, reloaded):
            getattr(instance, operation)(*arguments, at=T0, facts=facts)
        if kept.dump() != reloaded.dump():
            return f"seed {seed} step {step}: reloaded differs after {operation} {arguments}"
        if len({*kept.open_tasks}) != len(kept.open_tasks):
            return f"seed {seed} step {step}: two open tasks of one address"
    return ""


def _anything(rng: random.Random, case: Instance) -> tuple[str, tuple[str, ...], dict[str, object]]:
    facts: dict[str, object] = {} if rng.random() < 0.3 else {"n": rng.randint(1, 12)}
    acts: list[tuple[str, tuple[str, ...]]] = [
        *(("complete", (task.element, task.key)) for task in case.open_tasks),
        *(("settle", (p.element, p.key)) for p in case.pending if p.kind != "gateway"),
        *(("fire", (timer.element, timer.key)) for timer in case.timers),
        *(("deliver", (message.name,)) for message in case.messages),
    ]
    if any(p.kind == "gateway" for p in case.pending):
        acts.append(("reconsider", ()))
    operation, arguments = rng.choice(acts)
    return operation, arguments, facts


def test_a_random_case_reloaded_before_every_step_stays_the_same_byte_for_byte() -> None:
    assert [found for found in map(_work, range(60)) if found] == []


@pytest.mark.nightly
def test_many_random_cases_reloaded_before_every_step_stay_the_same() -> None:
    assert [found for found in map(_work, range(60, 400)) if found] == []
