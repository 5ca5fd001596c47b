"""Before the engine starts: is the library still the one whose traps we know and close?

Each probe runs a minimal diagram; a failed probe keeps the product from starting, because a process
that skips an approval is worse than one that does not run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from engine.errors import ProductError
from engine.process import flow, patch
from engine.process.definition import Definition, parse
from engine.process.errors import Runaway
from engine.process.instance import Instance
from engine.process.parser import BPMN

_AT = datetime(2026, 1, 5, tzinfo=UTC)


class UnfitLibrary(ProductError):
    """The installed SpiffWorkflow does not behave as the one this engine was built on."""

    code = "unfit-library"
    zh = "流程引擎自检未通过：{probe}。请安装 SpiffWorkflow {supported}，不要启动系统。"
    en = "The process engine failed its self-test: {probe}. Install SpiffWorkflow {supported}."


def self_test() -> None:
    """Run every probe; raises UnfitLibrary with the first that fails."""
    for name, probe in PROBES.items():
        try:
            fit = probe()
        except Exception as error:  # the library may raise anything; the probe's name says enough
            raise UnfitLibrary(probe=name, supported=patch.SUPPORTED) from error
        if not fit:
            raise UnfitLibrary(probe=name, supported=patch.SUPPORTED)


def _join_waits_for_both_approvals_after_rework() -> bool:
    instance = _start(
        '<startEvent id="s"/><exclusiveGateway id="h"/><parallelGateway id="g"/><userTask id="a"/>'
        '<userTask id="b"/><parallelGateway id="j"/><userTask id="u"/>'
        '<exclusiveGateway id="l" default="f_l_e"/><endEvent id="e"/>',
        "s-h h-g g-a g-b a-j b-j j-u u-l l-e l-h",
    )
    for element in ("a", "b", "u", "a", "b", "u", "b"):
        instance.complete(element, "", at=_AT, facts={"": True})
    return [task.element for task in instance.open_tasks] == ["a"]


def _endless_loop_is_refused() -> bool:
    try:
        _start(
            '<startEvent id="s"/><exclusiveGateway id="h"/><exclusiveGateway id="l" '
            'default="f_l_e"/><endEvent id="e"/>',
            "s-h h-l l-e l-h",
        )
    except Runaway:
        return True
    return False


def _deep_trees_are_walked() -> bool:
    """The library's iterator stops at 1000 levels; ours must refuse well before that."""
    return flow.DEPTH < 1000 and flow.BUDGET < flow.DEPTH


def _timer_waits_for_its_command() -> bool:
    instance = _start(
        '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>'
        "<timeDate>2001-01-01</timeDate></timerEventDefinition></intermediateCatchEvent>"
        '<endEvent id="e"/>',
        "s-t t-e",
    )
    return len(instance.timers) == 1 and not instance.completed


def _countersigning_is_counted_after_a_reload() -> bool:
    body = (
        '<startEvent id="s"/><userTask id="u"><multiInstanceLoopCharacteristics>'
        "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
        '<endEvent id="e"/>'
    )
    blob = _start(body, "s-u u-e").dump()
    instance = Instance.restore(_definition(body, "s-u u-e"), blob, case_id="probe")
    instance.complete("u", "1", at=_AT, facts={})
    instance.complete("u", "2", at=_AT, facts={})
    return instance.completed


PROBES: dict[str, Callable[[], bool]] = {
    "SpiffWorkflow version": patch.supported_version,
    "names rebound to ours": lambda: all(patch.bound_names().values()),
    "an AND join in a rework loop waits for every branch": (
        _join_waits_for_both_approvals_after_rework
    ),
    "an endless automatic loop is refused": _endless_loop_is_refused,
    "the depth guard lies below the library's": _deep_trees_are_walked,
    "a timer does not fire by itself": _timer_waits_for_its_command,
    "a multi-instance is counted after a reload": _countersigning_is_counted_after_a_reload,
}


class _Always:
    def __init__(self, _text: str) -> None: ...

    def evaluate(self, _facts: object) -> bool:
        return True

    def missing(self, _facts: object) -> tuple[str, ...]:
        return ()


def _definition(body: str, arrows: str) -> Definition:
    return parse(_diagram(body, arrows), condition=_Always)


def _diagram(body: str, arrows: str) -> bytes:
    flows = []
    for arrow in arrows.split():
        source, target = arrow.split("-")
        guarded = f'default="f_{source}_' in body and f'"f_{source}_{target}"' not in body
        inner = "<conditionExpression>x</conditionExpression>" if guarded else ""
        flows.append(
            f'<sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f"{inner}</sequenceFlow>"
        )
    return (
        f'<definitions xmlns="{BPMN}" id="D" targetNamespace="urn:probe">'
        f'<process id="p">{body}{"".join(flows)}</process></definitions>'
    ).encode()


def _start(body: str, arrows: str) -> Instance:
    definition = parse(_diagram(body, arrows), condition=_Always)
    return Instance.start(definition, case_id="probe", at=_AT, facts={})
