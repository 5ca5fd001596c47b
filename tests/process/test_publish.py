"""The way of a diagram into a version, and what a hostile one can do on it: nothing.

Every test of a hostile diagram asserts that it is answered with problems, in bounded time; the
`witness` file and variable show that no code of it ran.
"""

from __future__ import annotations

import codecs
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.process import publish, trial
from engine.process.errors import BadDiagram
from engine.process.naming import Names
from engine.process.problems import Problem
from engine.process.source import read
from tests.process.drawing import (
    HEAD,
    boundary,
    catch,
    chain,
    document,
    end,
    flows,
    lanes,
    multi,
    parallel,
    service,
    start,
    subprocess,
    timed,
    user,
    xor,
)

PLAIN = start("s") + user("u") + end("e") + chain("s", "u", "e")
RIGHT = document(lanes(["u"]) + PLAIN)
CALLED = document(start("s") + service("v") + end("e") + chain("s", "v", "e"), process="inner")


def _condition(text: str) -> str:
    if set(text) & set("([*"):
        raise ValueError(text)  # the rules language knows no calls
    return text


def _names(**processes: bytes) -> Names:
    return Names(
        forms=frozenset({"f"}),
        rules=frozenset({"r"}),
        bindings=frozenset({"draw.objects"}),
        roles=frozenset({"经办人"}),
        processes=processes,
        condition=_condition,
    )


def check(source: bytes, **processes: bytes) -> tuple[Problem, ...]:
    return publish.check(source, _names(**processes), file="x.bpmn")


def codes(source: bytes, **processes: bytes) -> list[str]:
    return [found.code for found in check(source, **processes)]


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[str]:
    """A piece of Python that would leave a trace if it ran anywhere."""
    trace = tmp_path / "ran"
    yield f"__import__('pathlib').Path('{trace}').touch()"
    assert not trace.exists()


# ------------------------------------------------------------------ the right way


def test_a_right_diagram_passes_every_stage() -> None:
    assert codes(RIGHT) == []


def test_warnings_do_not_keep_a_diagram_back() -> None:
    unnamed = RIGHT.replace('name="办理 u"'.encode(), b"")
    assert [(p.code, p.severity) for p in check(unnamed)] == [("label-missing", "warning")]


def test_what_the_schema_forbids_is_found_after_the_linter() -> None:
    late = RIGHT.replace(b"</process>", b'<documentation id="d">x</documentation></process>')
    (found,) = check(late)
    assert (found.code, found.element) == ("schema", "d")


def test_a_called_process_is_tried_with_its_caller() -> None:
    call = '<callActivity id="c" calledElement="inner"/>'
    source = document(start("s") + call + end("e") + chain("s", "c", "e"))
    assert codes(source, inner=CALLED) == []


@pytest.mark.parametrize("target", ["p", "inner"])
def test_a_process_that_calls_itself_directly_or_not_is_refused(target: str) -> None:
    call = '<callActivity id="c" calledElement="{}"/>'
    body = start("s") + call + end("e") + chain("s", "c", "e")
    outer = document(body.format(target))
    inner = document(body.format("p"), process="inner")
    (found,) = check(outer, p=outer, inner=inner)
    assert (found.code, found.element) == ("call-cycle", "c")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
def test_the_encodings_of_our_offices_are_read(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{RIGHT.decode()}'
    assert codes(text.encode(encoding)) == []
    (found,) = check(text.replace('name="经办人"', 'name="陌生人"').encode(encoding))
    assert "陌生人" in found.message


# ------------------------------------------------------------------ hostile XML


BOMB = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
HOSTILE_XML = {
    "external entity": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
    "external parameter entity": b'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]><d/>',
    "external DTD": b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><d/>',
    "internal entity": b'<!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>',
    "entity bomb": f'<!DOCTYPE d [<!ENTITY a0 "b">{BOMB}]><d>&a9;</d>'.encode(),
    "bare DOCTYPE": b"<!DOCTYPE definitions>" + RIGHT,
    "processing instruction": RIGHT.replace(b"<process", b"<?php system('x')?><process"),
    "stylesheet": b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>' + RIGHT,
    "truncated": RIGHT[:-20],
    "not XML": b"%PDF-1.7 nothing of the kind",
    "empty": b"",
    "zeros": b"\0" * 1000,
    "control character": RIGHT.replace("办理".encode(), b"\x08"),
    "undeclared prefix": RIGHT.replace(b"<process", b"<bpmn:process"),
    "html": b"<html><body><script>alert(1)</script></body></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "wrong root": RIGHT.replace(b"definitions", b"definition"),
    "other BPMN": RIGHT.replace(b"20100524", b"20190524"),
    "XInclude": RIGHT.replace(
        b"<process",
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/><process',
    ),
    "wrong declaration": b'<?xml version="1.0" encoding="utf-16"?>' + RIGHT,
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?><d/>',
    "UTF-32": f'<?xml version="1.0" encoding="UTF-32"?>{RIGHT.decode()}'.encode("utf-32"),
    "Big5": b'<?xml version="1.0" encoding="Big5"?><d/>',
    "unknown encoding": b'<?xml version="1.0" encoding="x-evil"?><d/>',
    "two megabytes": RIGHT + b" " * (2 * 1024 * 1024),
    "two marks": codecs.BOM_UTF8 * 2 + RIGHT,
    "deep elements": HEAD.encode() + b"<process>" * 400 + b"</process>" * 400 + b"</definitions>",
    "wide attributes": b"<d " + b" ".join(b"a%d='1'" % n for n in range(5000)) + b"/>",
}


@pytest.mark.parametrize("kind", [*HOSTILE_XML])
def test_hostile_xml_is_answered_with_a_problem_and_reaches_nothing(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    before = time.monotonic()
    found = check(HOSTILE_XML[kind])
    assert time.monotonic() - before < 10
    assert found
    assert all(p.line >= 1 and "root:" not in p.message and "Error" not in p.message for p in found)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("external entity", "xml-doctype"),
        ("entity bomb", "xml-doctype"),
        ("bare DOCTYPE", "xml-doctype"),
        ("processing instruction", "xml-instruction"),
        ("truncated", "xml-syntax"),
        ("UTF-7", "xml-encoding"),
        ("two megabytes", "too-large"),
        ("svg", "not-bpmn"),
        ("XInclude", "extension-unknown"),
        ("Big5", "xml-encoding"),
    ],
)
def test_hostile_xml_is_called_by_its_name(kind: str, code: str) -> None:
    assert code in codes(HOSTILE_XML[kind])


def test_lines_of_a_truncated_file_are_told() -> None:
    with pytest.raises(BadDiagram) as refused:
        read(RIGHT[:-20])
    assert refused.value.problems[0].line > 5


# ------------------------------------------------------------------ code in every place


def _task(inner: str) -> str:
    return f'<userTask id="u" name="u" implementation="form:f">{inner}</userTask>'


def _coded(witness: str) -> dict[str, bytes]:
    branch = (
        start("s")
        + xor("g", "u")
        + user("u")
        + end("e", "e2")
        + chain("s", "g", "u", "e")
        + flows(("g", "e2", witness))
        + lanes(["u"])
    )
    wrap = "<{0} id='x'><{1}>{2}</{1}></{0}>"
    inside = [
        f"<multiInstanceLoopCharacteristics><loopCardinality>{witness}</loopCardinality>"
        "</multiInstanceLoopCharacteristics>",
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        f"<completionCondition>{witness}</completionCondition></multiInstanceLoopCharacteristics>",
        f"<standardLoopCharacteristics><loopCondition>{witness}</loopCondition>"
        "</standardLoopCharacteristics>",
        f"<extensionElements><preScript>{witness}</preScript></extensionElements>",
        f"<extensionElements><postScript>{witness}</postScript></extensionElements>",
    ]
    timers = [
        f"<timerEventDefinition><{kind}>{witness}</{kind}></timerEventDefinition>"
        for kind in ("timeDate", "timeDuration", "timeCycle")
    ]
    placed = [
        PLAIN.replace('implementation="form:f"/>', f'implementation="form:f">{i}</userTask>')
        for i in inside
    ]
    placed += [PLAIN + boundary("b", "u", timer) + end("e2") + chain("b", "e2") for timer in timers]
    placed += [
        start("s") + wrap.format("scriptTask", "script", witness) + end("e") + chain("s", "x", "e"),
        start("s")
        + catch(
            "x",
            "<conditionalEventDefinition><condition>"
            + witness
            + "</condition></conditionalEventDefinition>",
        )
        + end("e")
        + chain("s", "x", "e"),
        start("s")
        + wrap.format("adHocSubProcess", "completionCondition", witness)
        + end("e")
        + chain("s", "x", "e"),
        PLAIN.replace("form:f", witness),
        f'<correlationProperty id="c"><correlationPropertyRetrievalExpression messageRef="m">'
        f"<messagePath>{witness}</messagePath></correlationPropertyRetrievalExpression>"
        f"</correlationProperty>{PLAIN}",
    ]
    sources = [document(lanes(["u"]) + body) for body in placed]
    return {"condition": document(branch), **{f"place {n}": s for n, s in enumerate(sources)}}


CODE = (
    "__import__('os').system('touch {trace}')",
    "open('{trace}', 'w').close()",
    "__import__('time').sleep(60)",
    "[0] * 10**12",
    "().__class__.__base__.__subclasses__()",
    "exit()",
    "9**9**9**9",
)


@pytest.mark.parametrize("text", CODE)
def test_code_in_any_place_is_refused_and_never_runs(text: str, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    for place, source in _coded(text.format(trace=trace)).items():
        before = time.monotonic()
        found = [p for p in check(source) if p.severity == "error"]
        assert found, place
        assert time.monotonic() - before < 10, place
    assert not trace.exists()


# ------------------------------------------------------------------ size, shape, runaway


def _deep(levels: int) -> bytes:
    body = PLAIN
    for n in range(levels):
        body = start(f"s{n}x") + subprocess(f"p{n}", body) + end(f"e{n}x")
        body += chain(f"s{n}x", f"p{n}", f"e{n}x")
    return document(lanes([f"p{levels - 1}"]) + body)


def _series(stages: int, width: int) -> bytes:
    body, last, people = start("s"), "s", list[str]()
    for stage in range(stages):
        g, j = f"g{stage}", f"j{stage}"
        body += parallel(g, j) + chain(last, g)
        for branch in range(width):
            name = f"u{stage}x{branch}"
            people.append(name)
            body += user(name) + chain(g, name, j)
        last = j
    return document(lanes(people) + body + end("e") + chain(last, "e"))


SHAPES = {
    "deep nesting": (_deep(60), "too-large"),
    "long chain": (
        document(user(*(f"u{n}" for n in range(600))) + chain(*(f"u{n}" for n in range(600)))),
        "too-large",
    ),
    "AND stages in series": (_series(14, 2), "and-series"),
    "wide AND stages": (_series(6, 5), "and-series"),
    "thousands of flows": (
        document(
            PLAIN
            + "".join(f'<sequenceFlow id="x{n}" sourceRef="u" targetRef="e"/>' for n in range(4000))
        ),
        "flow-duplicate",
    ),
    "thousands of scripts": (
        document(PLAIN + "".join(f'<scriptTask id="x{n}"/>' for n in range(4000))),
        "too-many-problems",
    ),
    "endless automatic loop": (
        document(
            start("s")
            + xor("h")
            + service("v")
            + xor("g", "e")
            + end("e")
            + chain("s", "h", "v", "g", "e")
            + flows(("g", "h", "甲"))
        ),
        "loop-automatic",
    ),
    "parallel loop": (
        document(
            start("s")
            + xor("h")
            + parallel("g")
            + end("e")
            + chain("s", "h", "g", "e")
            + chain("g", "h")
        ),
        "loop-automatic",
    ),
    "task to task loop": (
        document(start("s") + user("u", "v") + end("e") + chain("s", "u", "v", "u")),
        "loop-no-gateway",
    ),
    "zero-length cycle": (
        document(
            PLAIN
            + boundary("b", "u", timed("R3/P0D"), interrupting=False)
            + end("e2")
            + chain("b", "e2")
        ),
        "timer-invalid",
    ),
    "signal ping-pong": (
        document(
            start("s")
            + xor("h")
            + '<intermediateThrowEvent id="x"><signalEventDefinition/></intermediateThrowEvent>'
            + xor("g", "e")
            + end("e")
            + chain("s", "h", "x", "g", "e")
            + flows(("g", "h", "a"))
        ),
        "loop-automatic",
    ),
    "a million instances": (
        document(
            PLAIN.replace(
                'implementation="form:f"/>',
                f'implementation="form:f">{multi("1000000")}</userTask>',
            )
        ),
        "multi-too-wide",
    ),
}


@pytest.mark.parametrize("shape", [*SHAPES])
def test_a_shape_that_would_exhaust_the_library_is_refused_in_time(shape: str) -> None:
    source, code = SHAPES[shape]
    before = time.monotonic()
    found = codes(source)
    assert code in found
    assert time.monotonic() - before < 10


def test_what_only_the_trial_finds_is_placed_in_the_diagram() -> None:
    """Sixteen branches are allowed, but each predicts the whole chain behind the join."""
    people = [f"u{n}" for n in range(16)]
    after = [f"w{n}" for n in range(60)]
    body = start("s") + parallel("g", "j") + user(*people, *after) + end("e") + chain("s", "g")
    body += "".join(chain("g", name, "j") for name in people) + chain("j", *after, "e")
    (found,) = check(document(lanes([*people, *after]) + body))
    assert found.code == "trial-runaway"
    assert found.element


def test_the_trial_stops_a_diagram_that_predicts_too_many_tasks() -> None:
    outcome = trial.run(_series(9, 2), {})
    assert outcome.code == "trial-runaway"


def test_the_trial_stops_a_diagram_that_needs_too_much_time_or_memory() -> None:
    outcome = trial.run(_series(16, 3), {}, wall=1.5)
    assert outcome.code in ("trial-timeout", "trial-memory")


def test_the_trial_stops_an_endless_loop_that_nobody_linted() -> None:
    assert trial.run(SHAPES["parallel loop"][0], {}).code in ("trial-runaway", "trial-timeout")


def test_the_trial_finds_a_case_that_waits_for_nobody() -> None:
    source = document(
        start("s")
        + xor("g", "u")
        + user("u", "v")
        + parallel("j")
        + end("e")
        + chain("s", "g", "u", "j", "e")
        + flows(("g", "v", "甲"))
        + chain("v", "j")
    )
    outcome = trial.run(source, {})
    assert (outcome.code, outcome.element) == ("deadlock", "j")


def test_the_trial_runs_without_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSJ_SECRET_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert "SSJ_SECRET_KEY" in os.environ
    assert trial.run(RIGHT, {}).code == ""


# ------------------------------------------------------------------ content


@pytest.mark.parametrize(
    "name",
    [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "=HYPERLINK(&quot;http://x&quot;)",
        "+1+1",
        "a&#10;b",
        "&#x202E;kcab",
        "{label}{0.__class__}",
        "%s%n",
        "' or 1=1 --",
    ],
)
def test_markup_in_a_name_is_only_text(name: str) -> None:
    source = document(PLAIN.replace("办理 u", name))  # in no lane, so that the name is quoted
    (found,) = check(source)
    assert found.code == "lane-missing"
    assert "\n" not in found.message
    assert "\u202e" not in found.message


@pytest.mark.parametrize("file", ["../../etc/passwd", "a\0b", "x" * 5000, "C:\\x.bpmn"])
def test_the_name_of_a_file_is_only_shown(file: str) -> None:
    found = publish.check(b"", _names(), file=file)
    assert [p.code for p in found] == ["xml-syntax"]
