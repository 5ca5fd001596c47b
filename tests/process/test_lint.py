"""The linter: each row of the BPMN subset, each code, and all problems in one run."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest

from engine.config import WORKFLOWS
from engine.process.lint import Names, problems
from engine.process.problems import Problem
from engine.process.wording import Wording
from engine.process.wordings import WORDINGS
from rules.errors import PackProblems
from rules.errors import Problem as RuleProblem
from tests.process.drawing import (
    HEAD,
    MESSAGE,
    boundary,
    catch,
    chain,
    document,
    end,
    flows,
    heard,
    inclusive,
    lanes,
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


def _compile(text: str) -> object:
    if "?" in text:
        found = RuleProblem(
            file="", line=1, column=1, code="syntax", message="看不懂「?」", hint="请删去"
        )
        raise PackProblems([found])
    return text


NAMES = Names(
    forms=frozenset({"f", "inspection-report"}),
    rules=frozenset({"r", "公示期限"}),
    bindings=frozenset({"draw.objects"}),
    roles=frozenset({"经办人", "审核人"}),
    parties=frozenset({"participants"}),
    condition=_compile,
)
PLAIN = start("s") + user("u") + end("e") + chain("s", "u", "e") + lanes(["u"])


def lint(body: str, *, extra: str = "") -> tuple[Problem, ...]:
    return problems(document(body, extra=extra), NAMES, file="x.bpmn")


def codes(body: str, *, extra: str = "") -> list[str]:
    return [found.code for found in lint(body, extra=extra)]


def around(node: str, *more: str) -> str:
    """Put one node into a right diagram; `more` are further parts."""
    return start("s") + node + end("e") + chain("s", "x", "e") + lanes(["x"]) + "".join(more)


def event(tag: str, definition: str, name: str = "x") -> str:
    return f'<{tag} id="{name}">{definition}</{tag}>'


def test_a_right_diagram_has_no_problems() -> None:
    assert lint(PLAIN) == ()


# ------------------------------------------------------------------ kinds we refuse


INNER = start("is") + user("iu") + end("ie") + chain("is", "iu", "ie")

UNSUPPORTED = {
    "a task without a kind": '<task id="x"/>',
    "a script task": '<scriptTask id="x"><script>import os</script></scriptTask>',
    "a send task": '<sendTask id="x"/>',
    "a receive task": '<receiveTask id="x"/>',
    "a transaction": f'<transaction id="x">{INNER}</transaction>',
    "an ad-hoc sub-process": '<adHocSubProcess id="x"><userTask id="y"/></adHocSubProcess>',
    "a complex gateway": '<complexGateway id="x"/>',
    "a link throw": event("intermediateThrowEvent", '<linkEventDefinition name="l"/>'),
    "a compensation throw": event("intermediateThrowEvent", "<compensateEventDefinition/>"),
    "a message throw": event("intermediateThrowEvent", heard()),
    "a timer throw": event("intermediateThrowEvent", timed()),
    "a conditional catch": event(
        "intermediateCatchEvent",
        "<conditionalEventDefinition><condition>__import__('os')</condition>"
        "</conditionalEventDefinition>",
    ),
    "a catch event without a definition": event("intermediateCatchEvent", ""),
    "two definitions": event("intermediateCatchEvent", timed() + heard()),
    "a standard loop": (
        '<userTask id="x" name="x" implementation="form:f"><standardLoopCharacteristics>'
        "<loopCondition>True</loopCondition></standardLoopCharacteristics></userTask>"
    ),
    "a multi-instance over data": (
        '<userTask id="x" name="x" implementation="form:f"><multiInstanceLoopCharacteristics>'
        "<loopCardinality>2</loopCardinality><loopDataInputRef>a</loopDataInputRef>"
        "</multiInstanceLoopCharacteristics></userTask>"
    ),
    "a completion condition": (
        '<userTask id="x" name="x" implementation="form:f"><multiInstanceLoopCharacteristics>'
        "<loopCardinality>2</loopCardinality><completionCondition>os</completionCondition>"
        "</multiInstanceLoopCharacteristics></userTask>"
    ),
    "data input": (
        '<userTask id="x" name="x" implementation="form:f"><dataInputAssociation>'
        "<sourceRef>nowhere</sourceRef></dataInputAssociation></userTask>"
    ),
    "an io specification": (
        '<userTask id="x" name="x" implementation="form:f"><ioSpecification/></userTask>'
    ),
    "an unknown element": '<userTask id="x" name="x" implementation="form:f"><magic/></userTask>',
    "vendor extension elements": (
        '<userTask id="x" name="x" implementation="form:f"><extensionElements/></userTask>'
    ),
    "an event sub-process": (f'<subProcess id="x" triggeredByEvent="true">{INNER}</subProcess>'),
}


@pytest.mark.parametrize("kind", [*UNSUPPORTED])
def test_an_unsupported_kind_is_refused_with_what_to_use_instead(kind: str) -> None:
    found = [p for p in lint(around(UNSUPPORTED[kind]), extra=MESSAGE) if p.severity == "error"]
    assert [p.code for p in found] == ["element-unsupported"]
    assert found[0].hint


BESIDE = {
    "a data object whose reference dangles, on which the library hangs": (
        '<dataObjectReference id="d" dataObjectRef="nowhere"/>'
    ),
    "a data object": '<dataObject id="d"/>',
    "a data store reference": '<dataStoreReference id="d"/>',
    "a property": '<property id="d" name="n"/>',
    "correlation": '<correlationSubscription id="d" correlationKeyRef="k"/>',
}


@pytest.mark.parametrize("kind", [*BESIDE])
def test_data_inside_the_diagram_is_refused(kind: str) -> None:
    assert codes(PLAIN + BESIDE[kind]) == ["element-unsupported"]


EVENTS = {
    "a signal end event, which throws nothing": event(
        "endEvent", '<signalEventDefinition signalRef="S"/>', "e"
    ),
    "a message end event": event("endEvent", heard(), "e"),
    "a compensation end event, which is ignored": event(
        "endEvent", "<compensateEventDefinition/>", "e"
    ),
    "a cancel end event": event("endEvent", "<cancelEventDefinition/>", "e"),
    "a link end": event("endEvent", '<linkEventDefinition name="l"/>', "e"),
}


@pytest.mark.parametrize("kind", [*EVENTS])
def test_an_end_event_that_the_library_ignores_is_refused(kind: str) -> None:
    body = start("s") + user("u") + EVENTS[kind] + chain("s", "u", "e") + lanes(["u"])
    assert codes(body, extra=MESSAGE + '<signal id="S" name="n"/>') == ["element-unsupported"]


@pytest.mark.parametrize("definition", [timed(), heard(), '<signalEventDefinition signalRef="S"/>'])
def test_a_process_starts_by_a_command_and_not_by_an_event(definition: str) -> None:
    body = event("startEvent", definition, "s") + user("u") + end("e") + chain("s", "u", "e")
    found = codes(body + lanes(["u"]), extra=MESSAGE + '<signal id="S" name="n"/>')
    assert found == ["element-unsupported"]


@pytest.mark.parametrize(
    "definition",
    [heard(), '<signalEventDefinition signalRef="S"/>', "<conditionalEventDefinition/>", ""],
)
def test_a_boundary_event_waits_for_time_errors_or_escalations_only(definition: str) -> None:
    catcher = f'<boundaryEvent id="b" attachedToRef="u">{definition}</boundaryEvent>'
    body = PLAIN + catcher + end("e2") + chain("b", "e2")
    found = codes(body, extra=MESSAGE + '<signal id="S" name="n"/>')
    assert found == ["element-unsupported"]


@pytest.mark.parametrize(
    "attribute",
    [
        'startQuantity="2"',
        'completionQuantity="3"',
        'isForCompensation="true"',
        'default="f_u_e"',
        'operationRef="o"',
    ],
)
def test_an_attribute_that_the_library_ignores_is_refused(attribute: str) -> None:
    body = PLAIN.replace('<userTask id="u"', f'<userTask {attribute} id="u"')
    (found,) = lint(body)
    assert (found.code, found.element) == ("attribute-unsupported", "u")


def test_an_event_definition_reference_is_refused() -> None:
    caught = catch("x", "<eventDefinitionRef>d</eventDefinitionRef>")
    assert "element-unsupported" in codes(around(caught))


@pytest.mark.parametrize(
    "text",
    [
        '<userTask xmlns:v="urn:v" v:topic="t" id="u"',
        '<userTask xmlns:v="urn:v" v:formKey="k" id="u"',
    ],
)
def test_a_vendor_attribute_is_refused(text: str) -> None:
    (found,) = lint(PLAIN.replace('<userTask id="u"', text))
    assert (found.code, found.element) == ("extension-unknown", "u")


def test_a_vendor_element_is_refused_once_and_its_inside_is_not_judged() -> None:
    inner = '<v:pre xmlns:v="urn:v"><v:script>import os</v:script></v:pre>'
    body = PLAIN.replace('implementation="form:f"/>', f'implementation="form:f">{inner}</userTask>')
    assert codes(body) == ["extension-unknown"]


# ------------------------------------------------------------------ ids and sizes


@pytest.mark.parametrize("reserved", ["Start", "End", "Root", "u.BoundaryEventSplit", "p.EndJoin"])
def test_an_id_that_the_library_makes_for_itself_is_refused(reserved: str) -> None:
    body = start("s") + user(reserved) + end("e") + chain("s", reserved, "e") + lanes([reserved])
    assert codes(body) == ["id-reserved"]


def test_two_elements_of_one_id_are_reported_with_the_other_line() -> None:
    found = lint(PLAIN + '<textAnnotation id="u"/>')
    assert [p.code for p in found] == ["id-duplicate"]
    assert "行" in found[0].hint


def test_an_element_without_id_is_reported_at_its_parent() -> None:
    found = lint(PLAIN + '<sequenceFlow sourceRef="u" targetRef="e"/>')
    assert ("id-missing", "p") in [(p.code, p.element) for p in found]


def test_names_and_texts_have_a_length() -> None:
    long = PLAIN.replace('name="办理 u"', f'name="{"长" * 201}"')
    assert codes(long) == ["too-large"]


def test_nesting_has_a_depth() -> None:
    body = start("s9") + user("u") + end("e9") + chain("s9", "u", "e9")
    for n in range(9):
        body = start(f"s{n}x") + subprocess(f"p{n}", body) + end(f"e{n}x")
        body += chain(f"s{n}x", f"p{n}", f"e{n}x")
    assert "too-large" in codes(body + lanes(["p8"]))


def test_a_level_has_at_most_a_hundred_and_fifty_nodes() -> None:
    people = [f"u{n}" for n in range(150)]
    body = start("s") + user(*people) + end("e") + chain("s", *people, "e") + lanes(people)
    assert codes(body) == ["chain-too-long"]


# ------------------------------------------------------------------ structure


STRUCTURE = {
    "start-missing": user("u") + end("e") + chain("u", "e"),
    "start-many": start("s", "s2") + user("u") + end("e") + chain("s", "u", "e") + chain("s2", "u"),
    "end-missing": start("s") + user("u") + chain("s", "u"),
    "unreachable": PLAIN + user("v") + chain("v", "e"),
    "dead-end": start("s")
    + parallel("g")
    + user("u", "v")
    + end("e")
    + chain("s", "g", "u", "e")
    + chain("g", "v"),
    "flow-dangling": PLAIN + flows(("u", "nowhere")),
    "flow-wrong-end": PLAIN + flows(("e", "u")),
    "flow-duplicate": start("s")
    + xor("g", "u")
    + user("u")
    + end("e")
    + chain("s", "g", "u", "e")
    + '<sequenceFlow id="again" sourceRef="g" targetRef="u"><conditionExpression>a'
    "</conditionExpression></sequenceFlow>",
    "flow-many-out": PLAIN + end("e2") + chain("u", "e2"),
    "flow-condition-ignored": start("s")
    + user("u")
    + end("e")
    + chain("s", "u")
    + flows(("u", "e", "完")),
    "gateway-no-default": start("s")
    + user("u", "v")
    + xor("g")
    + end("e", "e2")
    + chain("s", "g")
    + flows(("g", "u", "甲"), ("g", "v", "乙"))
    + chain("u", "e")
    + chain("v", "e2"),
    "gateway-no-condition": start("s")
    + user("u", "v")
    + xor("g", "u")
    + end("e", "e2")
    + chain("s", "g", "u", "e")
    + chain("g", "v", "e2"),
    "event-gateway": start("s")
    + '<eventBasedGateway id="g"/>'
    + user("u", "v")
    + end("e", "e2")
    + chain("s", "g", "u", "e")
    + chain("g", "v", "e2"),
    "boundary-dangling": PLAIN + boundary("b", "nowhere") + end("e2") + chain("b", "e2"),
    "loop-no-gateway": start("s")
    + user("u", "v")
    + boundary("b", "u")
    + end("e")
    + chain("s", "u", "v")
    + chain("v", "u")
    + chain("b", "e"),
    "loop-automatic": start("s")
    + xor("h")
    + service("v")
    + xor("g", "e")
    + end("e")
    + chain("s", "h", "v", "g", "e")
    + flows(("g", "h", "甲")),
    "deadlock": start("s")
    + xor("g", "u")
    + user("u", "v")
    + parallel("j")
    + end("e")
    + chain("s", "g", "u", "j", "e")
    + flows(("g", "v", "甲"))
    + chain("v", "j"),
    "token-twice": start("s")
    + parallel("g")
    + user("u", "v", "w")
    + xor("j")
    + end("e")
    + chain("s", "g", "u", "j", "w", "e")
    + chain("g", "v", "j"),
}


@pytest.mark.parametrize("code", [*STRUCTURE])
def test_a_fault_of_structure_is_named_once(code: str) -> None:
    people = [name for name in ("u", "v", "w") if f'userTask id="{name}"' in STRUCTURE[code]]
    extra = lanes(people) if "<laneSet" not in STRUCTURE[code] else ""
    found = codes(STRUCTURE[code] + extra)
    if code == "unreachable":
        found.remove("lane-missing")
    assert found == [code]


def test_a_reminder_that_runs_into_the_main_flow_would_do_it_twice() -> None:
    body = (
        start("s")
        + user("u", "w")
        + boundary("t", "u", interrupting=False)
        + xor("m")
        + end("e")
        + chain("s", "u", "m", "w", "e")
        + chain("t", "m")
        + lanes(["u", "w"])
    )
    (found,) = lint(body)
    assert (found.code, found.element) == ("token-twice", "w")


def test_reminders_and_exclusive_merges_are_sound() -> None:
    body = (
        start("s")
        + user("u", "urge", "fix")
        + boundary("t", "u", interrupting=False)
        + xor("m")
        + xor("g", "e")
        + end("e", "e2")
        + chain("s", "m", "u", "g", "e")
        + chain("t", "urge", "e2")
        + flows(("g", "fix", "甲"))
        + chain("fix", "m")
        + lanes(["u", "urge", "fix"])
    )
    assert codes(body) == []


def test_parallel_stages_in_series_are_counted() -> None:
    body, last = start("s"), "s"
    people = []
    for stage in range(5):
        a, b, g, j = (f"{letter}{stage}" for letter in "abgj")
        people += [a, b]
        body += user(a, b) + parallel(g, j) + chain(last, g, a, j) + chain(g, b, j)
        last = j
    found = lint(body + end("e") + chain(last, "e") + lanes(people))
    assert [p.code for p in found] == ["and-series"]
    assert "32" in found[0].message


def test_a_decision_between_parallel_stages_ends_the_prediction() -> None:
    body, last = start("s"), "s"
    people = []
    for stage in range(8):
        a, b, g, j, x = (f"{letter}{stage}" for letter in "abgjx")
        people += [a, b]
        body += user(a, b) + parallel(g, j) + chain(last, g, a, j) + chain(g, b, j)
        body += xor(x, f"g{stage + 1}" if stage < 7 else "e") + chain(j, x) + end(f"out{stage}")
        body += flows((x, f"out{stage}", "甲"))
        last = x
    assert codes(body + end("e") + chain(last, "e") + lanes(people)) == []


def test_an_inclusive_gateway_is_accepted_with_a_warning() -> None:
    body = (
        start("s")
        + inclusive("g", "v")
        + inclusive("j")
        + user("u", "v")
        + end("e")
        + chain("s", "g", "v", "j", "e")
        + flows(("g", "u", "甲"))
        + chain("u", "j")
        + lanes(["u", "v"])
    )
    found = lint(body)
    assert {(p.code, p.severity) for p in found} == {("inclusive-gateway", "warning")}


def test_an_interrupting_event_on_an_automatic_sub_process_is_warned_of() -> None:
    inner = start("si") + service("v") + end("ei") + chain("si", "v", "ei")
    body = (
        start("s")
        + subprocess("x", inner)
        + boundary("t", "x")
        + end("e", "e2")
        + chain("s", "x", "e")
        + chain("t", "e2")
    )
    assert [(p.code, p.severity) for p in lint(body)] == [("subprocess-automatic", "warning")]


@pytest.mark.parametrize("caught", ['errorRef="E"', 'errorRef="F"', ""])
def test_an_error_is_caught_by_its_code_or_by_a_catch_all(caught: str) -> None:
    thrown = event("endEvent", '<errorEventDefinition errorRef="E"/>', "bad")
    inner = start("is") + user("u") + xor("g", "ie") + end("ie") + thrown
    inner += chain("is", "u", "g", "ie") + flows(("g", "bad", "甲"))
    body = (
        start("s")
        + subprocess("x", inner)
        + end("e", "e2")
        + chain("s", "x", "e")
        + boundary("b", "x", f"<errorEventDefinition {caught}/>")
        + chain("b", "e2")
        + lanes(["x"])
    )
    errors = '<error id="E" name="错" errorCode="1"/><error id="F" name="误" errorCode="2"/>'
    assert codes(body, extra=errors) == (["error-uncaught"] if "F" in caught else [])


def test_a_terminate_end_is_sound_wherever_the_other_branches_are() -> None:
    body = (
        start("s")
        + parallel("g")
        + user("u", "v")
        + end("e2")
        + event("endEvent", "<terminateEventDefinition/>", "e")
        + chain("s", "g", "u", "e")
        + chain("g", "v", "e2")
        + lanes(["u", "v"])
    )
    assert codes(body) == []


def test_elements_nested_without_end_are_refused() -> None:
    deep = "<subProcess>" * 60 + "</subProcess>" * 60
    assert "too-large" in codes(PLAIN + deep)


def test_what_is_not_xml_has_one_problem() -> None:
    assert [p.code for p in problems(b"nothing", NAMES)] == ["xml-syntax"]


def test_a_condition_that_exhausts_its_reader_is_only_a_wrong_condition() -> None:
    def recursive(text: str) -> object:
        return recursive(text)

    def silent(_text: str) -> object:
        raise ValueError

    body = (
        start("s")
        + xor("g", "u")
        + user("u", "v")
        + end("e", "e2")
        + chain("s", "g", "u", "e")
        + flows(("g", "v", "甲"))
        + chain("v", "e2")
        + lanes(["u", "v"])
    )
    for broken in (recursive, silent):
        found = problems(document(body), replace(NAMES, condition=broken))
        assert [p.code for p in found] == ["expression"]


def test_an_empty_condition_is_no_condition() -> None:
    body = (
        start("s")
        + xor("g", "u")
        + user("u", "v")
        + end("e", "e2")
        + chain("s", "g", "u", "e")
        + flows(("g", "v", " "))
        + chain("v", "e2")
        + lanes(["u", "v"])
    )
    assert codes(body) == ["gateway-no-condition"]


def test_an_error_that_nobody_catches_is_refused() -> None:
    body = (
        start("s")
        + user("u")
        + chain("s", "u", "e")
        + lanes(["u"])
        + event("endEvent", '<errorEventDefinition errorRef="E"/>', "e")
    )
    assert codes(body, extra='<error id="E" name="错" errorCode="x"/>') == ["error-uncaught"]


# ------------------------------------------------------------------ names


NAMING = {
    "lane-missing": PLAIN.replace("<flowNodeRef>u</flowNodeRef>", ""),
    "lane-twice": PLAIN.replace(
        "</laneSet>", '<lane id="l2" name="审核人"><flowNodeRef>u</flowNodeRef></lane></laneSet>'
    ),
    "lane-unknown": PLAIN.replace('name="经办人"', 'name="经办"'),
    "implementation-missing": PLAIN.replace(' implementation="form:f"', ""),
    "name-unbound": PLAIN.replace("form:f", "form:inspection-raport"),
    "reference-unknown": PLAIN.replace(
        "<flowNodeRef>", "<flowNodeRef>gone</flowNodeRef><flowNodeRef>"
    ),
    "label-missing": PLAIN.replace(' name="办理 u"', ""),
}


@pytest.mark.parametrize("code", [*NAMING])
def test_a_name_nobody_knows_is_reported(code: str) -> None:
    assert codes(NAMING[code]) == [code]


def test_a_part_may_have_lanes_of_its_own_but_nobody_sits_in_two() -> None:
    own = lanes(["v"], "审核人").replace('id="lane', 'id="own_lane')
    inner = own + start("b") + user("v") + end("w") + chain("b", "v", "w")
    body = start("s") + subprocess("x", inner) + end("e") + chain("s", "x", "e")
    assert codes(body + lanes(["x"])) == []
    assert codes(body + lanes(["x", "v"])) == ["lane-twice"]


def test_the_nearest_spelling_is_offered() -> None:
    (found,) = lint(NAMING["name-unbound"])
    assert found.hint.startswith("是不是「inspection-report」？")
    assert found.say("en")[1].startswith("did you mean “inspection-report”?")


def test_the_form_that_a_hint_names_as_an_example_exists() -> None:
    bare = start("s") + '<userTask id="u" name="u"/>' + end("e") + chain("s", "u", "e")
    (found,) = lint(bare + lanes(["u"]))
    assert found.hint.startswith("例如 form:")
    assert (WORKFLOWS / "forms" / f"{found.hint.partition(':')[2]}.json").is_file()


def _several(count: str) -> str:
    return f'<userTask id="x" name="x" implementation="form:f">{multi(count)}</userTask>'


@pytest.mark.parametrize(
    ("body", "instead"),
    [
        (user("x").replace("form:f", "form:g"), "新表单与流程图一起上传"),
        (rule("x").replace("rule:r", "rule:公示期线"), "新规则先随规则包发布"),
        (catch("x", timed("rule:公示期线")), "新规则先随规则包发布"),
        (service("x").replace("draw.objects", "draw.lots"), "函数由产品提供"),
        ('<callActivity id="x" calledElement="gone"/>', "被调用的流程先发布"),
        (_several("items"), "参与方由此前的表单确定"),
    ],
)
def test_the_hint_says_how_such_a_name_comes_into_being(body: str, instead: str) -> None:
    (found,) = lint(around(body))
    assert found.code == "name-unbound"
    assert found.hint.endswith(f"；{instead}")


@pytest.mark.parametrize(
    ("node", "wrong"),
    [
        (service("x"), "draw.objects"),
        (rule("x"), "rule:r"),
        (rule("x"), "r"),
        (user("x"), "form:f"),
    ],
)
def test_each_kind_of_task_names_its_own_kind_of_thing(node: str, wrong: str) -> None:
    spoilt = (
        node.replace(wrong, "draw.object")
        if wrong == "draw.objects"
        else node.replace(f'{wrong}"', 'f"')
    )
    assert codes(around(spoilt)) == ["name-unbound"]


PUT_TOGETHER = {"unreachable", "element-unsupported"}  # their hints, where they are found


def test_whatever_is_found_says_what_to_do() -> None:
    bare = {name: "" for wording in WORDINGS.values() for name in _facts(wording)}
    assert [
        code
        for code, wording in WORDINGS.items()
        for hint in (wording.zh_hint, wording.en_hint)
        if not hint.format_map(bare).strip() and code not in PUT_TOGETHER
    ] == []


def _facts(wording: Wording) -> set[str]:
    """Return the names of what a hint is filled in with."""
    hints = wording.zh_hint + wording.en_hint
    return {name for _, name, _, _ in Formatter().parse(hints) if name}


def test_a_wrong_condition_carries_the_words_of_the_rules_language() -> None:
    body = (
        start("s")
        + xor("g", "u")
        + user("u", "v")
        + end("e", "e2")
        + chain("s", "g", "u", "e")
        + flows(("g", "v", "甲 ?"))
        + chain("v", "e2")
        + lanes(["u", "v"])
    )
    (found,) = lint(body)
    assert (found.code, found.element) == ("expression", "f_g_v")
    assert "看不懂" in found.message
    assert found.hint.startswith("请删去；")


@pytest.mark.parametrize("text", ["7 days", "0 0 * * *", "", "__import__('os').getcwd()"])
def test_a_timer_that_is_neither_rule_nor_iso_is_refused(text: str) -> None:
    inner = f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>"
    assert codes(around(catch("x", inner))) == ["timer-invalid"]


def test_only_a_reminder_may_repeat() -> None:
    assert codes(around(catch("x", timed("R3/P1D")))) == ["timer-invalid"]


def test_a_deadline_rule_must_exist() -> None:
    assert codes(around(catch("x", timed("rule:公示期线")))) == ["name-unbound"]
    assert codes(around(catch("x", timed("rule:公示期限")))) == []


@pytest.mark.parametrize(
    "count", ["0", "21", "-1", "x+1", "items", "len(os.listdir('/'))", "", "３"]
)
def test_a_multi_instance_counts_to_twenty_or_names_a_party(count: str) -> None:
    (found,) = codes(around(_several(count)))
    assert found == ("name-unbound" if count == "items" else "multi-too-wide")


def test_a_party_answers_one_user_task_at_the_same_time() -> None:
    task = '<userTask id="x" name="x" implementation="form:f">{}</userTask>'
    assert codes(around(task.format(multi("participants")))) == []
    together = multi("participants", sequential=True)
    assert codes(around(task.format(together))) == ["multi-too-wide"]


@pytest.mark.parametrize("reference", ['messageRef="M2"', ""])
def test_a_message_must_be_declared(reference: str) -> None:
    caught = catch("x", f"<messageEventDefinition {reference}/>")
    assert codes(around(caught), extra=MESSAGE) == ["reference-unknown"]


def test_a_signal_needs_both_ends_in_its_process() -> None:
    caught = catch("x", '<signalEventDefinition signalRef="S"/>')
    assert codes(around(caught), extra='<signal id="S" name="n"/>') == ["signal-unpaired"]


def test_a_call_names_a_process_that_exists() -> None:
    assert codes(around('<callActivity id="x" calledElement="gone"/>')) == ["name-unbound"]
    assert codes(around('<callActivity id="x"/>')) == ["implementation-missing"]


# ------------------------------------------------------------------ the list as a whole


def test_a_first_drawing_hears_of_all_its_faults_at_once_in_the_order_of_lines() -> None:
    body = (
        start("s")
        + "\n"
        + '<scriptTask id="a"/>\n<userTask id="b"/>\n'
        + xor("g")
        + "\n"
        + user("c")
        + "\n"
        + end("e")
        + "\n"
        + flows(("s", "a"), ("a", "b"), ("b", "g"))
        + flows(("g", "c", "?"), ("g", "e", "乙"))
    )
    found = lint(body)
    assert {p.code for p in found} >= {
        "element-unsupported",
        "implementation-missing",
        "lane-missing",
        "gateway-no-default",
        "expression",
        "dead-end",
        "label-missing",
    }
    assert [p.line for p in found] == sorted(p.line for p in found)


def test_a_start_tag_of_several_lines_is_reported_where_it_begins() -> None:
    body = PLAIN.replace("<userTask id", "\n<userTask\n   id").replace(
        ' implementation="form:f"', '\n   implementation="form:g"\n'
    )
    (found,) = lint(body)
    lines = document(body).decode().split("\n")
    assert lines[found.line - 1].strip() == "<userTask"


def test_a_flood_of_problems_is_cut_with_a_count() -> None:
    many = "".join(f'<scriptTask id="x{n}"/>' for n in range(120))
    found = lint(PLAIN + many)
    assert len(found) == 201
    assert found[-1].code == "too-many-problems"


def test_user_input_is_quoted_short_on_one_line_and_without_direction_marks() -> None:
    evil = "甲&#10;乙&#x202e;" + "长" * 199
    (found,) = [p for p in lint(PLAIN.replace("办理 u", evil)) if p.code == "too-large"]
    assert "\n" not in found.message
    assert "\u202e" not in found.message
    assert len(found.message) < 200


def test_a_problem_is_printed_in_both_languages() -> None:
    (found,) = lint(NAMING["lane-missing"])
    zh, en = found.record(), found.record("en")
    assert (zh["file"], zh["element"], zh["code"], zh["severity"]) == (
        "x.bpmn",
        "u",
        "lane-missing",
        "error",
    )
    assert zh["message"] == "「办理 u」不在任何泳道内"
    assert found.printed() == (
        f"x.bpmn:{found.line}: lane-missing 「办理 u」不在任何泳道内 "
        "(泳道就是办理角色：审核人、经办人)"
    )
    assert en["message"] == "“办理 u” lies in no lane"


@pytest.mark.parametrize("code", [*WORDINGS])
def test_every_code_is_worded_in_chinese_and_english(code: str) -> None:
    wording = WORDINGS[code]
    assert wording.zh
    assert wording.en
    assert bool(wording.zh_hint) == bool(wording.en_hint)


def test_two_processes_in_a_file_are_refused() -> None:
    source = document(PLAIN).replace(b"</definitions>", b'<process id="q"/></definitions>')
    assert "process-one" in [p.code for p in problems(source, NAMES)]


def test_another_dialect_of_xml_is_refused() -> None:
    assert [p.code for p in problems(b"<svg/>", NAMES)] == ["not-bpmn"]
    assert [p.code for p in problems(HEAD.encode() + b"</definitions>", NAMES)] == ["process-one"]
