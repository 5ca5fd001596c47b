"""Traps of SpiffWorkflow 3.2.0: what the plain library does, beside what we do.

Each test shows the fault first, so that it fails when the library mends it and our guard has become
superfluous, and when our guard stops working.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

from engine.process import codec, patch
from engine.process.errors import OutsideCommand, Runaway
from engine.process.instance import Instance
from engine.process.patch import Moment
from tests.process.drawing import (
    boundary,
    chain,
    document,
    end,
    flows,
    inclusive,
    multi,
    parallel,
    start,
    subprocess,
    timed,
    user,
    xor,
)
from tests.process.driving import T0, Drive, library, read


class Plain:
    """The same diagram in the library as it is; service tasks become scripts that do nothing."""

    def __init__(self, source: bytes, data: Mapping[str, object] | None = None) -> None:
        script = b"<script>pass</script></scriptTask>"
        source = source.replace(b'implementation="draw.objects"/>', b">" + script)
        source = source.replace(b"<serviceTask", b"<scriptTask")
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.ElementTree(etree.fromstring(source)))
        specs = parser.get_spec("p"), parser.get_subprocess_specs("p")
        self.workflow = BpmnWorkflow(*specs)
        self.workflow.task_tree.data.update(data or {})
        self.workflow.do_engine_steps()

    @property
    def open(self) -> list[str]:
        homes = (self.workflow, *self.workflow.subprocesses.values())
        tasks = [task for home in homes for task in home.tasks.values()]
        ready = [t for t in tasks if t.state == TaskState.READY and t.task_spec.manual]
        return sorted(task.task_spec.name for task in ready)

    def complete(self, element: str) -> Plain:
        homes = (self.workflow, *self.workflow.subprocesses.values())
        task = next(
            task
            for home in homes
            for task in home.tasks.values()
            if task.task_spec.name == element and task.state == TaskState.READY
        )
        task.run()
        self.workflow.do_engine_steps()
        return self

    def fire(self, element: str) -> Plain:
        for task in self.workflow.tasks.values():
            if task.task_spec.name == element and task.state == TaskState.WAITING:
                task.internal_data["event_value"] = "2001-01-01T00:00:00+00:00"
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()
        return self


@pytest.fixture(autouse=True)
def moment() -> Iterator[Moment]:
    """Let the plain library take ids and time from somewhere: ours raise outside a command."""
    with library(datetime(2026, 6, 15, tzinfo=UTC)) as moment:
        yield moment


# ------------------------------------------------------------------ joins in loops


REWORK = document(
    start("s")
    + xor("h")
    + parallel("g", "j")
    + user("a", "b", "u")
    + xor("l", "e")
    + end("e")
    + chain("s", "h", "g", "a", "j", "u", "l", "e")
    + flows(("g", "b"), ("b", "j"), ("l", "h", "x"))
)


def test_after_rework_an_and_join_still_waits_for_both_approvals() -> None:
    turns = ("a", "b", "u", "a", "b", "u", "b")
    plain = Plain(REWORK, {"x": True})
    case = Drive(REWORK, facts={"x": True})
    for element in turns:
        plain.complete(element)
        case.complete(element)
    assert plain.open == ["a", "u"]  # the dual approval is bypassed
    assert case.open == ["a"]


def test_after_rework_an_inclusive_join_still_waits_for_every_branch_it_opened() -> None:
    source = document(
        start("s")
        + xor("h")
        + inclusive("g", "c")
        + inclusive("j")
        + user("a", "b", "c", "u")
        + xor("l", "e")
        + end("e")
        + chain("s", "h", "g", "c", "j", "u", "l", "e")
        + flows(("g", "a", "x"), ("a", "j"), ("g", "b", "x"), ("b", "j"), ("l", "h", "x"))
    )
    turns = ("a", "b", "u", "b")
    plain = Plain(source, {"x": True})
    case = Drive(source, facts={"x": True})
    for element in turns:
        plain.complete(element)
        case.complete(element)
    assert plain.open == ["a", "u"]
    assert case.open == ["a"]


def test_an_escalation_left_open_does_not_let_a_later_and_join_pass_early() -> None:
    source = document(
        start("s")
        + xor("h")
        + parallel("g", "j")
        + user("a", "b", "u", "urge")
        + boundary("t", "u", interrupting=False)
        + xor("l", "e")
        + end("e", "e2")
        + chain("s", "h", "g", "a", "j", "u", "l", "e")
        + chain("t", "urge", "e2")
        + flows(("g", "b"), ("b", "j"), ("l", "h", "x"))
    )
    case = Drive(source, facts={"x": True}).complete("a").complete("b").fire("t").complete("u")
    case.complete("a").complete("b").complete("u").complete("b")
    assert case.open == ["a", "urge"]


def test_a_second_pass_of_a_join_does_not_take_away_what_the_first_opened() -> None:
    """The stock join drops, by force, the open children of its other turns."""
    side = parallel("bg", "bj") + user("after") + end("be")
    side += chain("t", "bg", "bj", "after", "be") + flows(("bg", "bm"), ("bm", "bj")) + xor("bm")
    source = document(
        start("s")
        + user("u")
        + boundary("t", "u", timed("R2/P1D"), interrupting=False)
        + end("e")
        + chain("s", "u", "e")
        + side
    )
    case = Drive(source).fire("t").fire("t")
    assert case.open == ["u", "after", "after#~2"]


OR_BESIDE_WORK = document(
    start("s")
    + inclusive("g", "c")
    + subprocess("a", start("si") + user("w") + end("ei") + chain("si", "w", "ei"))
    + user("b", "c", "a2", "z")
    + xor("x", "a2")
    + inclusive("j")
    + end("xe", "e")
    + chain("s", "g", "c", "j", "z", "e")
    + flows(("g", "a", "p"), ("g", "b", "q"), ("x", "xe", "r"))
    + chain("a", "x", "a2", "j")
    + chain("b", "j")
)


def test_an_inclusive_join_waits_for_a_sub_process_at_work() -> None:
    facts: dict[str, object] = {"p": True, "q": True, "r": False}
    plain = Plain(OR_BESIDE_WORK, facts).complete("b")
    case = Drive(OR_BESIDE_WORK, facts=facts).complete("b")
    assert plain.open == ["w", "z"]  # goes on although the sub-process may still come by
    assert case.open == ["w"]


# ------------------------------------------------------------------ false completion


ENDLESS = document(
    start("s")
    + xor("h")
    + xor("l", "e")
    + end("e")
    + chain("s", "h", "l", "e")
    + flows(("l", "h", "x"))
)


def test_an_endless_automatic_loop_is_refused_and_not_called_completed() -> None:
    plain = Plain(ENDLESS, {"x": True})
    assert plain.workflow.is_completed()
    assert any(t.state == TaskState.READY for t in plain.workflow.tasks.values())
    with pytest.raises(Runaway):
        Drive(ENDLESS, facts={"x": True})


def test_a_case_that_goes_round_a_thousand_times_is_still_the_same_size() -> None:
    source = document(
        start("s")
        + user("u")
        + xor("l", "e")
        + end("e")
        + chain("s", "u", "l", "e")
        + flows(("l", "u", "x"))
    )
    instance = Instance.start(read(source), case_id="c", at=T0, facts={"x": True})
    sizes = set[int]()
    for turn in range(1_100):
        instance.complete("u", "", at=T0, facts={"x": True})
        if turn > 1_000:
            sizes.add(len(instance.dump()) // 40)
    assert [task.element for task in instance.open_tasks] == ["u"]
    assert len(sizes) == 1


# ------------------------------------------------------------------ events


def test_a_reminder_of_a_repeating_timer_is_not_removed_with_its_task() -> None:
    source = document(
        start("s")
        + user("u", "urge")
        + boundary(
            "t",
            "u",
            "<timerEventDefinition><timeCycle>R3/P7D</timeCycle></timerEventDefinition>",
            interrupting=False,
        )
        + end("e", "e2")
        + chain("s", "u", "e")
        + chain("t", "urge", "e2")
    )
    plain = Plain(source.replace(b"R3/P7D", b'"R3/PT1S"'))
    with library(datetime(2027, 1, 1, tzinfo=UTC), number=10_000):
        plain.workflow.refresh_timers()
        plain.workflow.do_engine_steps()
        assert "urge" in plain.open
        assert plain.complete("u").open == []  # the open reminder has vanished
    assert Drive(source).fire("t").complete("u").open == ["urge"]


def test_an_interrupted_multi_instance_leaves_no_sub_process_behind() -> None:
    inner = start("si") + user("w") + end("ei") + chain("si", "w", "ei")
    source = document(
        start("s")
        + subprocess("sub", inner, multi("2"))
        + user("x")
        + end("e", "e2")
        + boundary("t", "sub", timed())
        + chain("s", "sub", "e")
        + chain("t", "x", "e2")
    )
    plain = Plain(source.replace(b"P1D", b'"P1D"'))
    with pytest.raises(Exception, match="not found"):
        plain.fire("t")  # the children's sub-processes outlive their removed tasks
    case = Drive(source).fire("t")
    assert case.open == ["x"]
    assert case.complete("x").completed


def test_a_multi_instance_is_counted_in_a_fresh_process() -> None:
    """The library connects the callback that counts when it makes the first child."""
    source = document(
        start("s")
        + '<userTask id="u">'
        + multi("2")
        + "</userTask>"
        + end("e")
        + chain("s", "u", "e")
    )
    spec = Plain(source).workflow.spec
    assert spec.task_specs["u [child]"].completed_event.n_subscribers() == 1
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.ElementTree(etree.fromstring(source)))
    assert parser.get_spec("p").task_specs["u [child]"].completed_event.n_subscribers() == 0
    assert read(source).spec.task_specs["u [child]"].completed_event.n_subscribers() == 1


def test_a_multi_instance_behind_a_boundary_event_can_be_started() -> None:
    source = document(
        start("s")
        + user("u", "late")
        + boundary("t", "u")
        + end("e", "e2")
        + '<userTask id="sign" name="sign" implementation="form:f">'
        + multi("2")
        + "</userTask>"
        + chain("s", "u", "e")
        + chain("t", "late", "sign", "e2")
    )
    plain = Plain(source.replace(b"P1D", b'"P1D"')).fire("t")
    with pytest.raises(Exception, match="non-predicted child"):
        plain.complete("late")
    assert Drive(source).fire("t").complete("late").open == ["sign#1", "sign#2"]


def test_running_an_instance_leaves_the_shared_specification_as_it_was() -> None:
    definition = read(REWORK)

    def shape() -> list[Any]:
        return [
            (name, spec._inputs, list(spec._outputs), spec.completed_event.n_subscribers())
            for name, spec in definition.spec.task_specs.items()
        ]

    before = shape()
    for case_id in ("one", "two"):
        instance = Instance.start(definition, case_id=case_id, at=T0, facts={"x": True})
        for element in ("a", "b", "u", "b", "a"):
            instance.complete(element, "", at=T0, facts={"x": True})
    assert shape() == before


# ------------------------------------------------------------------ clock, ids, code


def test_outside_a_command_the_library_gets_neither_time_nor_ids() -> None:
    source = document(start("s") + user("u") + end("e") + chain("s", "u", "e"))
    token = patch._MOMENT.set(None)
    try:
        with pytest.raises(OutsideCommand):
            BpmnWorkflow(read(source).spec)
    finally:
        patch._MOMENT.reset(token)


def test_no_expression_is_ever_evaluated() -> None:
    definition = read(REWORK)
    state = b'{"sub":[],"t":[[-1,"Start",64]],"v":2,"z":false}'
    engine = codec.load(state, definition.spec, definition.parts).script_engine
    for use in (engine.evaluate, engine.environment.evaluate):
        with pytest.raises(PermissionError):
            use(None, "__import__('os').system('true')")
    for run in (engine.execute, engine.environment.execute, engine.call_service, engine.validate):
        with pytest.raises(PermissionError):
            run(None, "import os")
