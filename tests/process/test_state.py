"""What an instance costs and how it is kept: small, flat, the same for everybody."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from engine.process.instance import Instance
from tests.process.drawing import (
    boundary,
    chain,
    document,
    end,
    flows,
    lanes,
    parallel,
    service,
    start,
    timed,
    user,
    xor,
)
from tests.process.drawing import subprocess as embedded
from tests.process.driving import T0, Drive, Fact, read

ROOT = Path(__file__).resolve().parents[2]
AGAIN = {"again": True}


def approval(nodes: int) -> bytes:
    """A chain of draft, service, decision with a way back from each decision: `nodes` in all."""
    stages = nodes // 3
    body, last = start("s"), "s"
    for n in range(stages):
        following = f"u{n + 1}" if n + 1 < stages else "e"
        body += user(f"u{n}") + service(f"v{n}") + xor(f"g{n}", following)
        body += chain(last, f"u{n}", f"v{n}", f"g{n}")
        body += flows((f"g{n}", f"u{max(0, n - 1)}", "again"))
        last = f"g{n}"
    people = [f"u{n}" for n in range(stages)]
    return document(lanes(people) + body + end("e") + chain(last, "e"))


@functools.cache
def turns(nodes: int, count: int) -> list[Instance]:
    """Send one approval back `count` times and return it, reloaded, after every turn."""
    definition = read(approval(nodes))
    instance = Instance.start(definition, case_id="c", at=T0, facts=AGAIN)
    seen = []
    for _ in range(count):
        for task in instance.open_tasks:
            instance.complete(task.element, task.key, at=T0, facts=AGAIN)
        for pending in instance.pending:
            instance.settle(pending.element, pending.key, at=T0, facts=AGAIN)
        instance = Instance.restore(definition, instance.dump(), case_id="c")
        seen.append(instance)
    return seen


def tasks(instance: Instance) -> int:
    return len(orjson.loads(instance.dump())["state"]["t"])


@pytest.mark.parametrize("nodes", [20, 100])
def test_a_case_keeps_as_many_tasks_at_turn_300_as_at_turn_10(nodes: int) -> None:
    seen = turns(nodes, 300)
    assert tasks(seen[9]) == tasks(seen[299]) <= 12
    assert seen[299].dump() in {instance.dump() for instance in seen[:10]}


@pytest.mark.parametrize("nodes", [20, 100])
def test_the_state_of_an_approval_is_smaller_than_a_kilobyte(nodes: int) -> None:
    assert all(len(instance.dump()) < 1024 for instance in turns(nodes, 300)[:20])


def test_rework_inside_an_open_parallel_branch_does_not_grow() -> None:
    source = document(
        start("s")
        + parallel("g", "j")
        + xor("h")
        + user("a", "b")
        + xor("l", "j")
        + end("e")
        + chain("s", "g", "h", "a", "l", "j", "e")
        + flows(("g", "b"), ("b", "j"), ("l", "h", "again"))
    )
    instance = Instance.start(read(source), case_id="c", at=T0, facts=AGAIN)
    sizes = []
    for _ in range(100):
        instance.complete("a", "", at=T0, facts=AGAIN)
        sizes.append(tasks(instance))
    assert len(set(sizes[3:])) == 1
    instance.complete("a", "", at=T0, facts={"again": False})
    instance.complete("b", "", at=T0, facts={})
    assert instance.completed


def test_an_open_escalation_of_an_early_turn_does_not_keep_the_turns_between() -> None:
    source = document(
        start("s")
        + user("u", "urge")
        + boundary("t", "u", timed(), interrupting=False)
        + xor("l", "e")
        + end("e", "e2")
        + chain("s", "u", "l", "e")
        + chain("t", "urge", "e2")
        + flows(("l", "u", "again"))
    )
    instance = Instance.start(read(source), case_id="c", at=T0, facts=AGAIN)
    instance.fire("t", "", at=T0, facts=AGAIN)
    sizes = []
    for _ in range(50):
        instance.complete("u", "", at=T0, facts=AGAIN)
        sizes.append(tasks(instance))
    assert len(set(sizes[1:])) == 1
    assert [task.element for task in instance.open_tasks] == ["u", "urge"]


def test_a_closed_case_is_a_handful_of_bytes() -> None:
    case = Drive(document(start("s") + user("u") + end("e") + chain("s", "u", "e"))).complete("u")
    assert case.completed
    assert len(case.instance.dump()) < 100


def test_the_state_holds_no_fact_and_no_specification() -> None:
    facts: dict[str, object] = {"again": False, "法定代表人": "王某"}
    case = Drive(approval(20), facts=facts).complete("u0").settle("v0")
    blob = case.instance.dump()
    assert b"\\u" not in blob
    assert "王".encode() not in blob
    assert b"draw.objects" not in blob


# ------------------------------------------------------------------ the same for everybody


SCRIPT = """
import json, sys
from tests.process.test_state import history
print(json.dumps(history()))
"""


def history() -> list[str]:
    """Walk one case with branches, rework and timers; return the digest after every command."""
    source = document(
        start("s")
        + xor("h")
        + parallel("g", "j")
        + user("a", "b", "u", "urge")
        + boundary("t", "u", timed(), interrupting=False)
        + xor("l", "e")
        + end("e", "e2")
        + chain("s", "h", "g", "a", "j", "u", "l", "e")
        + chain("t", "urge", "e2")
        + flows(("g", "b"), ("b", "j"), ("l", "h", "again"))
    )
    case = Drive(source, facts=dict(AGAIN))
    digests = [case.instance.digest()]
    for _ in range(4):
        for step in ("b", "a", "t", "u"):
            case = case.fire(step) if step == "t" else case.complete(step)
            digests.append(case.instance.digest())
    return digests


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_another_process_replays_the_same_digests_whatever_its_hash_seed(seed: str) -> None:
    child = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "America/Lima"},
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert json.loads(child.stdout) == history()


def test_the_instant_of_a_command_does_not_enter_the_state_of_the_tree() -> None:
    """Two commands may carry one instant, or the clock be set back: order is counted instead."""
    source = approval(20)
    early = Drive(source, facts=dict(AGAIN)).complete("u0").settle("v0")
    late = Drive(source, facts=dict(AGAIN), at=T0.replace(year=2030)).complete("u0").settle("v0")
    assert early.instance.digest() == late.instance.digest()


def test_a_digest_changes_with_every_step_and_is_that_of_the_bytes() -> None:
    assert len({*history()}) == len(history())


def test_definitions_may_be_shared_by_many_cases() -> None:
    definition = read(approval(20))
    cases = [Instance.start(definition, case_id=str(n), at=T0, facts=AGAIN) for n in range(5)]
    cases[0].complete("u0", "", at=T0, facts=AGAIN)
    assert [len(case.pending) for case in cases] == [1, 0, 0, 0, 0]
    assert len({case.digest() for case in cases[1:]}) == 1


def test_a_definition_may_be_shared_by_threads() -> None:
    definition = read(approval(20))

    def play(number: int) -> list[str]:
        case = Instance.start(definition, case_id=str(number), at=T0, facts=AGAIN)
        digests = []
        for turn in range(12):
            facts = {"again": turn % 3 == 0}
            for task in case.open_tasks:
                case.complete(task.element, task.key, at=T0, facts=facts)
            for pending in case.pending:
                case.settle(pending.element, pending.key, at=T0, facts=facts)
            digests.append(case.digest())
        return digests

    with ThreadPoolExecutor(8) as pool:
        played = [*pool.map(play, range(64))]
    assert played == [played[0]] * 64


def test_a_definition_is_named_by_its_bytes_and_lists_its_nodes() -> None:
    source = document(
        lanes(["u"], "审核人")
        + start("s")
        + end("e")
        + chain("s", "u", "e")
        + '<userTask id="u" name="审核" implementation="form:f"><documentation>逐项核对。'
        "</documentation></userTask>"
        + boundary("t", "u", timed("rule:公示期限"))
        + end("e2")
        + chain("t", "e2")
    )
    definition = read(source)
    node, timer = definition.nodes["u"], definition.nodes["t"]
    assert definition.source == source
    assert (node.kind, node.lane, node.form, node.documentation) == (
        "userTask",
        "审核人",
        "f",
        "逐项核对。",
    )
    assert (timer.kind, timer.attached_to, timer.interrupting) == ("timer", "u", True)
    assert timer.timer is not None
    assert timer.timer.rule == "公示期限"
    assert definition.lanes == ("审核人",)
    assert Fact("x").missing({}) == ("x",)


def test_a_process_begins_at_its_own_start_and_a_part_names_its_own_people() -> None:
    part = lanes(["v", "w"], "司法局审核人").replace('id="lanes"', 'id="lanes2"')
    inner = part + start("b") + user("v") + end("w") + chain("b", "v", "w")
    source = document(
        lanes(["s", "part", "e"], "经办人")
        + embedded("part", inner)  # drawn first: its start is not that of the process
        + start("s")
        + end("e")
        + chain("s", "part", "e")
    )
    definition = read(source)
    assert definition.start.id == "s"
    assert definition.nodes["v"].lane == "司法局审核人"
    assert definition.nodes["b"].lane == "经办人"  # in no lane of the part: where the part stands
    assert definition.nodes["v"].scope == "part"
