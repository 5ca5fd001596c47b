"""A running process: what is open, what it waits for, how it moves on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.process.errors import NoBranch, StuckInstance, UnknownTask, UnusableState
from engine.process.instance import Instance
from tests.process.drawing import (
    MESSAGE,
    boundary,
    catch,
    chain,
    document,
    end,
    flows,
    heard,
    inclusive,
    multi,
    parallel,
    rule,
    service,
    start,
    subprocess,
    timed,
    user,
    xor,
)
from tests.process.driving import T0, Drive, read

APPROVAL = document(
    start("s")
    + user("draft", "review")
    + xor("ok", "draw")
    + service("draw")
    + end("e")
    + chain("s", "draft", "review", "ok", "draw", "e")
    + flows(("ok", "draft", "退回"))
)


def test_a_fresh_instance_offers_its_first_person_task() -> None:
    case = Drive(APPROVAL)
    assert case.open == ["draft"]
    assert not case.completed


def test_a_completed_task_opens_the_next_one() -> None:
    assert Drive(APPROVAL).complete("draft").open == ["review"]


def test_a_gateway_without_its_facts_waits_and_says_which() -> None:
    case = Drive(APPROVAL).complete("draft").complete("review")
    (waiting,) = case.instance.pending
    assert (waiting.element, waiting.kind, waiting.missing) == ("ok", "gateway", ("退回",))


def test_facts_that_arrive_let_the_gateway_decide() -> None:
    case = Drive(APPROVAL).complete("draft").complete("review")
    assert case.learn(退回=True).open == ["draft"]


def test_the_default_is_taken_only_when_every_other_condition_is_false() -> None:
    body = (
        start("s")
        + xor("g", "c")
        + user("a", "b", "c")
        + end("ea", "eb", "ec")
        + flows(("s", "g"), ("g", "a", "甲"), ("g", "b", "乙"), ("g", "c"))
        + flows(("a", "ea"), ("b", "eb"), ("c", "ec"))
    )
    case = Drive(document(body))
    assert case.learn(甲=False).open == []
    assert case.pending == ["g"]
    assert case.learn(乙=False).open == ["c"]


def test_a_true_condition_is_not_taken_before_an_earlier_unknown_one() -> None:
    body = (
        start("s")
        + xor("g", "c")
        + user("a", "b", "c")
        + end("ea", "eb", "ec")
        + flows(("s", "g"), ("g", "a", "甲"), ("g", "b", "乙"), ("g", "c"))
        + flows(("a", "ea"), ("b", "eb"), ("c", "ec"))
    )
    case = Drive(document(body)).learn(乙=True)
    assert case.pending == ["g"]
    assert case.learn(甲=False).open == ["b"]


def test_where_shapes_stand_in_the_picture_does_not_change_the_order_of_conditions() -> None:
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{node}"><dc:Bounds x="0" y="{y}" width="1" height="1"/>'
        "</bpmndi:BPMNShape>"
        for node, y in (("a", 900), ("b", 10))
    )
    picture = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        f'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">{shapes}</bpmndi:BPMNDiagram>'
    )
    body = (
        start("s")
        + xor("g", "c")
        + user("a", "b", "c")
        + end("ea", "eb", "ec")
        + flows(("s", "g"), ("g", "a", "甲"), ("g", "b", "乙"), ("g", "c"))
        + flows(("a", "ea"), ("b", "eb"), ("c", "ec"))
    )
    source = document(body).replace(b"</definitions>", f"{picture}</definitions>".encode())
    assert Drive(source, facts={"甲": True, "乙": True}).open == ["a"]


def test_a_service_task_waits_for_its_result_and_a_rule_task_gives_its_rule() -> None:
    body = start("s") + service("d") + rule("r") + end("e") + chain("s", "d", "r", "e")
    case = Drive(document(body))
    (pending,) = case.instance.pending
    assert (pending.kind, pending.name) == ("service", "draw.objects")
    (pending,) = case.settle("d").instance.pending
    assert (pending.kind, pending.name) == ("rule", "r")
    assert case.settle("r").completed


def test_pending_work_stands_in_drawing_order() -> None:
    body = (
        start("s")
        + parallel("g", "j")
        + service("x", "b", "m")
        + end("e")
        + chain("s", "g", "x", "j", "e")
        + flows(("g", "b"), ("b", "j"), ("g", "m"), ("m", "j"))
    )
    assert Drive(document(body)).pending == ["x", "b", "m"]


# ------------------------------------------------------------------ timers and messages


TIMED = document(
    start("s")
    + user("u", "late")
    + boundary("t", "u", timed("rule:公示期限"), interrupting=False)
    + end("e", "e2")
    + chain("s", "u", "e")
    + chain("t", "late", "e2")
)


def test_a_timer_waits_without_a_date_until_one_is_decided_for_it() -> None:
    case = Drive(TIMED)
    (timer,) = case.instance.timers
    assert (timer.element, timer.text, timer.due_at) == ("t", "rule:公示期限", None)
    assert timer.since == T0


def test_a_decided_date_survives_storage() -> None:
    case = Drive(TIMED)
    due = datetime(2026, 7, 1, 16, tzinfo=UTC)
    case.instance.set_due("t", "", due)
    reloaded = Instance.restore(case.definition, case.instance.dump(), case_id="c")
    assert reloaded.timers[0].due_at == due


def test_a_date_that_cannot_be_known_yet_can_be_taken_back() -> None:
    case = Drive(TIMED)
    case.instance.set_due("t", "", T0)
    case.instance.set_due("t", "", None)
    assert case.instance.timers[0].due_at is None


def test_a_timer_never_fires_by_itself_however_late_it_is() -> None:
    body = (
        start("s")
        + user("a")
        + parallel("g", "j")
        + catch("t", timed("2001-01-01"))
        + end("e")
        + chain("s", "g", "a", "j", "e")
        + flows(("g", "t"), ("t", "j"))
    )
    case = Drive(document(body)).complete("a")
    assert case.timers == ["t"]
    assert case.fire("t").completed


def test_a_reminder_leaves_the_task_open() -> None:
    assert Drive(TIMED).fire("t").open == ["u", "late"]


def test_a_reminder_stays_open_when_its_task_is_done() -> None:
    case = Drive(TIMED).fire("t").complete("u")
    assert case.open == ["late"]
    assert case.complete("late").completed


def test_an_interrupting_timer_takes_the_task_away() -> None:
    body = (
        start("s")
        + user("u", "x")
        + boundary("t", "u")
        + xor("m")
        + end("e")
        + chain("s", "u", "m", "e")
        + chain("t", "x", "m")
    )
    case = Drive(document(body)).fire("t")
    assert case.open == ["x"]
    assert case.complete("x").completed


def test_a_timer_falls_away_with_its_task() -> None:
    case = Drive(TIMED).complete("u")
    assert case.completed
    with pytest.raises(UnknownTask):
        case.instance.fire("t", "", at=T0, facts={})


def test_a_repeating_reminder_fires_as_often_as_it_says_and_leaves_open_what_it_opened() -> None:
    body = (
        start("s")
        + user("u", "urge")
        + boundary("t", "u", timed("R3/P7D"), interrupting=False)
        + end("e", "e2")
        + chain("s", "u", "e")
        + chain("t", "urge", "e2")
    )
    case = Drive(document(body)).fire("t").fire("t").fire("t")
    assert case.timers == []
    assert case.complete("u").open == ["urge", "urge#~2", "urge#~3"]
    assert case.complete("urge", "~2").complete("urge").complete("urge", "~3").completed


def test_a_message_is_delivered_by_name() -> None:
    body = start("s") + catch("m", heard()) + end("e") + chain("s", "m", "e")
    case = Drive(document(body, extra=MESSAGE))
    assert case.messages == ["inspections-closed"]
    assert case.deliver("inspections-closed").completed


def test_a_message_nobody_waits_for_is_refused() -> None:
    with pytest.raises(UnknownTask):
        Drive(APPROVAL).deliver("inspections-closed")


EITHER = document(
    start("s")
    + '<eventBasedGateway id="g"/>'
    + catch("m", heard())
    + catch("t", timed("P30D"))
    + user("a", "b")
    + xor("j")
    + end("e")
    + chain("s", "g", "m", "a", "j", "e")
    + chain("g", "t", "b", "j"),
    extra=MESSAGE,
)


@pytest.mark.parametrize(("first", "opened"), [("message", "a"), ("timer", "b")])
def test_of_two_events_the_first_opens_its_branch_and_the_other_is_off(
    first: str, opened: str
) -> None:
    case = Drive(EITHER)
    assert (case.messages, case.timers) == (["inspections-closed"], ["t"])
    case = case.deliver("inspections-closed") if first == "message" else case.fire("t")
    assert case.open == [opened]
    assert (case.messages, case.timers) == ([], [])
    assert case.complete(opened).completed


def test_a_signal_thrown_in_a_case_is_caught_in_it() -> None:
    throw = (
        '<intermediateThrowEvent id="x"><signalEventDefinition signalRef="S"/>'
        "</intermediateThrowEvent>"
    )
    body = (
        start("s")
        + parallel("g", "j")
        + user("a", "b")
        + throw
        + catch("c", '<signalEventDefinition signalRef="S"/>')
        + end("e")
        + chain("s", "g", "a", "x", "j", "e")
        + chain("g", "c", "b", "j")
    )
    case = Drive(document(body, extra='<signal id="S" name="closed"/>'))
    assert case.open == ["a"]
    assert case.complete("a").open == ["b"]


def test_a_signal_may_be_the_first_of_two_events() -> None:
    throw = (
        '<intermediateThrowEvent id="x"><signalEventDefinition signalRef="S"/>'
        "</intermediateThrowEvent>"
    )
    body = (
        start("s")
        + parallel("p", "pj")
        + '<eventBasedGateway id="g"/>'
        + user("u", "a", "b")
        + catch("c", '<signalEventDefinition signalRef="S"/>')
        + catch("t", timed())
        + xor("j")
        + throw
        + end("e")
        + chain("s", "p", "g", "c", "a", "j", "pj", "e")
        + chain("g", "t", "b", "j")
        + chain("p", "u", "x", "pj")
    )
    case = Drive(document(body, extra='<signal id="S" name="closed"/>')).complete("u")
    assert case.open == ["a"]
    assert case.timers == []


def test_a_call_back_to_a_caller_is_not_parsed_for_ever() -> None:
    call = '<callActivity id="c" calledElement="p"/>'
    source = document(start("s") + call + end("e") + chain("s", "c", "e"))
    with pytest.raises(RecursionError):
        read(source, {"p": source})


# ------------------------------------------------------------------ several at once


COUNTERSIGN = document(
    start("s")
    + '<userTask id="sign" implementation="form:f">'
    + multi("3")
    + "</userTask>"
    + boundary("t", "sign")
    + user("x")
    + xor("m")
    + end("e")
    + chain("s", "sign", "m", "e")
    + chain("t", "x", "m")
)


def test_a_small_multi_instance_offers_one_task_for_each_number() -> None:
    case = Drive(COUNTERSIGN)
    assert case.open == ["sign#1", "sign#2", "sign#3"]
    assert case.complete("sign", "2").open == ["sign#1", "sign#3"]
    assert case.complete("sign", "1").complete("sign", "3").completed


def test_an_interrupting_timer_closes_all_that_did_not_sign() -> None:
    assert Drive(COUNTERSIGN).complete("sign", "2").fire("t").open == ["x"]


def test_a_sequential_multi_instance_offers_one_after_another() -> None:
    source = COUNTERSIGN.replace(
        b"<multiInstanceLoopCharacteristics>",
        b'<multiInstanceLoopCharacteristics isSequential="true">',
    )
    case = Drive(source)
    assert case.open == ["sign#1"]
    assert case.complete("sign", "1").open == ["sign#2"]


def test_a_task_that_counts_a_party_is_one_task_for_the_process() -> None:
    case = Drive(COUNTERSIGN.replace(b"<loopCardinality>3<", b"<loopCardinality>participants<"))
    assert case.open == ["sign"]
    assert case.definition.nodes["sign"].each == "participants"
    assert case.complete("sign").completed


INSIDE = start("si") + user("u") + boundary("ti", "u", interrupting=False) + user("n")
INSIDE += end("ei", "en") + chain("si", "u", "ei") + chain("ti", "n", "en")


def test_sub_processes_run_side_by_side_with_timers_of_their_own() -> None:
    body = (
        start("s")
        + subprocess("sub", INSIDE, multi("3"))
        + boundary("t", "sub")
        + user("x")
        + xor("m")
        + end("e")
        + chain("s", "sub", "m", "e")
        + chain("t", "x", "m")
    )
    case = Drive(document(body))
    assert case.timers == ["ti#1", "ti#2", "ti#3", "t"]
    case.complete("u", "2").fire("ti", "1").complete("u", "1")
    assert case.open == ["n#1", "u#3"]
    assert case.fire("t").open == ["x"]  # no sub-process survives its interrupted task
    assert case.complete("x").completed


def test_an_error_inside_a_sub_process_is_caught_on_its_border() -> None:
    inner = (
        start("si")
        + user("u")
        + xor("g", "ei")
        + end("ei")
        + '<endEvent id="bad"><errorEventDefinition errorRef="E"/></endEvent>'
        + chain("si", "u", "g", "ei")
        + flows(("g", "bad", "不合格"))
    )
    body = (
        start("s")
        + subprocess("sub", inner)
        + user("fix")
        + end("e", "e2")
        + boundary("b", "sub", '<errorEventDefinition errorRef="E"/>')
        + chain("s", "sub", "e")
        + chain("b", "fix", "e2")
    )
    case = Drive(document(body, extra='<error id="E" name="错" errorCode="x"/>'))
    assert case.complete("u").learn(不合格=True).open == ["fix"]


def test_a_terminate_end_closes_everything_that_is_open() -> None:
    body = (
        start("s")
        + parallel("g")
        + user("a", "b")
        + end("e2")
        + '<endEvent id="e"><terminateEventDefinition/></endEvent>'
        + chain("s", "g", "a", "e")
        + chain("g", "b", "e2")
    )
    case = Drive(document(body)).complete("a")
    assert case.completed
    assert case.open == []


CALLED = document(
    start("s")
    + subprocess("q", start("qs") + user("u") + end("qe") + chain("qs", "u", "qe"))
    + end("e")
    + chain("s", "q", "e"),
    process="inner",
)


def test_a_called_process_runs_inside_and_is_addressed_by_its_call() -> None:
    body = (
        start("s")
        + '<callActivity id="c1" calledElement="inner"/>'
        + parallel("g", "j")
        + '<callActivity id="c2" calledElement="inner"/>'
        + user("u")
        + end("e")
        + chain("s", "c1", "g", "c2", "j", "e")
        + chain("g", "u", "j")
    )
    case = Drive(document(body), called={"inner": CALLED})
    assert case.open == ["c1/u"]
    assert case.definition.nodes["c1/u"].name == "办理 u"
    assert case.complete("c1/u").open == ["c2/u", "u"]
    assert case.complete("u").complete("c2/u").completed


def test_a_process_may_be_called_from_inside_a_sub_process() -> None:
    inner = start("si") + '<callActivity id="c" calledElement="inner"/>' + end("ei")
    body = subprocess("sub", inner + chain("si", "c", "ei"), multi("2"))
    source = document(start("s") + body + end("e") + chain("s", "sub", "e"))
    case = Drive(source, called={"inner": CALLED})
    assert case.open == ["c/u#1", "c/u#2"]
    assert case.complete("c/u", "2").complete("c/u", "1").completed


# ------------------------------------------------------------------ inclusive gateways


OR_JOIN = document(
    start("s")
    + inclusive("g", "c")
    + service("a")
    + user("b", "c", "a2", "z")
    + xor("x", "a2")
    + inclusive("j")
    + end("xe", "e")
    + chain("s", "g", "c", "j", "z", "e")
    + flows(("g", "a", "甲"), ("g", "b", "乙"))
    + chain("a", "x", "a2", "j")
    + flows(("x", "xe", "完"))
    + flows(("b", "j"))
)


def test_an_inclusive_gateway_opens_each_branch_whose_condition_holds() -> None:
    case = Drive(OR_JOIN, facts={"甲": False})
    assert case.pending == ["g"]
    assert case.learn(乙=True).open == ["b"]
    assert case.complete("b").open == ["z"]


def test_an_inclusive_join_waits_for_a_service_that_is_still_at_work() -> None:
    case = Drive(OR_JOIN, facts={"甲": True, "乙": True}).complete("b")
    assert case.open == []  # plain SpiffWorkflow overlooks the STARTED service and goes on
    assert case.pending == ["a"]


def test_an_inclusive_join_goes_on_when_the_other_branch_has_ended_elsewhere() -> None:
    case = Drive(OR_JOIN, facts={"甲": True, "乙": True, "完": True}).complete("b")
    assert case.settle("a").open == ["z"]


# ------------------------------------------------------------------ refusals


def test_a_task_that_is_not_open_cannot_be_completed() -> None:
    case = Drive(APPROVAL)
    with pytest.raises(UnknownTask) as refused:
        case.instance.complete("review", "", at=T0, facts={})
    assert "办理 review" in refused.value.sentence()


def test_the_same_completion_twice_is_refused_the_second_time() -> None:
    case = Drive(APPROVAL).complete("draft")
    with pytest.raises(UnknownTask):
        case.instance.complete("draft", "", at=T0, facts={})


def test_a_gateway_without_any_way_on_is_refused() -> None:
    body = (
        start("s")
        + user("u")
        + xor("g")
        + end("e")
        + chain("s", "u", "g")
        + flows(("g", "e", "甲"))
    )
    case = Drive(document(body), facts={"甲": False})
    with pytest.raises(NoBranch):
        case.instance.complete("u", "", at=T0, facts={"甲": False})


def test_a_step_that_fails_half_way_leaves_the_case_where_it_was() -> None:
    body = start("s") + user("u") + xor("g") + end("e") + chain("s", "u", "g")
    case = Drive(document(body + flows(("g", "e", "甲"))), facts={"甲": False})
    before = case.instance.dump()
    with pytest.raises(NoBranch):
        case.instance.complete("u", "", at=T0, facts={"甲": False})
    assert case.instance.dump() == before
    case.instance.complete("u", "", at=T0, facts={"甲": True})
    assert case.completed


def test_a_timer_on_a_service_takes_it_away_when_its_result_is_too_late() -> None:
    body = (
        start("s")
        + service("v")
        + boundary("t", "v")
        + user("x")
        + end("e", "e2")
        + chain("s", "v", "e")
        + chain("t", "x", "e2")
    )
    case = Drive(document(body)).fire("t")
    assert (case.open, case.pending) == (["x"], [])


def test_services_and_calls_may_be_multiplied_as_well() -> None:
    many = '<serviceTask id="v" implementation="draw.objects">' + multi("2") + "</serviceTask>"
    case = Drive(document(start("s") + many + end("e") + chain("s", "v", "e")))
    assert case.pending == ["v#1", "v#2"]
    assert case.settle("v", "2").settle("v", "1").completed


def test_an_escalation_runs_beside_the_work_it_came_from() -> None:
    throw = (
        '<intermediateThrowEvent id="x"><escalationEventDefinition escalationRef="E"/>'
        "</intermediateThrowEvent>"
    )
    inner = start("si") + throw + user("u") + end("ei") + chain("si", "x", "u", "ei")
    caught = boundary(
        "b", "sub", '<escalationEventDefinition escalationRef="E"/>', interrupting=False
    )
    body = (
        start("s")
        + subprocess("sub", inner)
        + caught
        + user("told")
        + end("e", "e2")
        + chain("s", "sub", "e")
        + chain("b", "told", "e2")
    )
    case = Drive(document(body, extra='<escalation id="E" name="升" escalationCode="x"/>'))
    assert case.open == ["u", "told"]


def test_a_case_that_would_wait_for_nobody_is_refused() -> None:
    body = (
        start("s")
        + user("u")
        + xor("g", "a")
        + parallel("j")
        + user("a", "b")
        + end("e")
        + chain("s", "u", "g", "a", "j", "e")
        + flows(("g", "b", "甲"), ("b", "j"))
    )
    case = Drive(document(body), facts={"甲": False}).complete("u")
    with pytest.raises(StuckInstance):
        case.instance.complete("a", "", at=T0, facts={})


@pytest.mark.parametrize(
    "blob",
    [b"", b"{}", b"[]", b'{"v":2}', b"\xff", b'{"dates":[],"state":{"v":1,"t":[],"sub":[]}}'],
)
def test_a_blob_that_cannot_be_read_is_refused_so_that_events_are_folded(blob: bytes) -> None:
    with pytest.raises(UnusableState):
        Instance.restore(read(APPROVAL), blob, case_id="c")


def test_a_blob_of_another_diagram_is_refused() -> None:
    with pytest.raises(UnusableState):
        Instance.restore(read(APPROVAL), Drive(TIMED).instance.dump(), case_id="c")
