"""Turn a linted BPMN tree into SpiffWorkflow specifications made of our own task kinds."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, Protocol

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser, event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity, SubWorkflowTask

from engine.process import gateways, specs
from engine.process.timers import read

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PARTY = re.compile(r"[a-z][a-z0-9_]*")

# What the library never needs to see: positions (it orders branches by them), prose, lanes.
_STRIPPED = (
    "documentation",
    "extensionElements",
    "laneSet",
    "collaboration",
    "textAnnotation",
    "association",
    "group",
    "category",
)


class Condition(Protocol):
    """A compiled gateway condition of the rules language; None means that facts are missing."""

    def evaluate(self, facts: Any, /) -> bool | None: ...

    def missing(self, facts: Any, /) -> tuple[str, ...]: ...


Compile = Callable[[str], Condition]


def local(element: Any) -> str:
    """Return a tag without its namespace; "" for a comment or a processing instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def party(loop: Any) -> str | None:
    """Return the party name that a multi-instance marker counts, None if it holds a number."""
    text = (loop.findtext(full_tag("loopCardinality")) or "").strip()
    return text if PARTY.fullmatch(text) else None


def timer_text(event: Any) -> str:
    """Return what stands in a timer event definition, "" if nothing does."""
    texts = (event.findtext(full_tag(t)) for t in ("timeDate", "timeDuration", "timeCycle"))
    return next((text.strip() for text in texts if text and text.strip()), "")


# ------------------------------------------------------------------ parsers for our task kinds


class _Activity:
    PARALLEL_MI_CLASS = specs.Together
    SEQUENTIAL_MI_CLASS = specs.InTurn


class _TaskParser(_Activity, TaskParser): ...


class _SubProcessParser(_Activity, task_parsers.SubWorkflowParser): ...


class _CallParser(_Activity, task_parsers.CallActivityParser): ...


class _GatewayParser(task_parsers.GatewayParser):
    def connect_outgoing(
        self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool
    ) -> None:
        text = None if is_default else self.parse_condition(sequence_flow_node)
        if text is None:
            self.task.connect(outgoing_task)
        else:
            compiled = self.process_parser.parser.condition(text.strip())
            self.task.connect_if(compiled, outgoing_task)


def _timer(self: Any, event: Any) -> specs.NamedTimer:
    return specs.NamedTimer(self.bpmn_id, timer_text(event))


def _message(self: Any, event: Any) -> specs.NamedMessage:
    name = self.process_parser.parser.messages.get(event.get("messageRef"))
    return specs.NamedMessage(name)


class _BoundaryParser(event_parsers.BoundaryEventParser):
    parse_timer_event = _timer
    parse_message_event = _message

    def create_task(self) -> Any:
        task = super().create_task()
        if isinstance(task.event_definition, specs.NamedTimer):
            task.times = read(task.event_definition.expression).times
        return task


class _CatchParser(event_parsers.IntermediateCatchEventParser):
    parse_timer_event = _timer
    parse_message_event = _message


class _Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library's extension point
        full_tag("userTask"): (_TaskParser, defaults.UserTask),
        full_tag("manualTask"): (_TaskParser, defaults.ManualTask),
        full_tag("serviceTask"): (_TaskParser, specs.Bound),
        full_tag("businessRuleTask"): (_TaskParser, specs.Bound),
        full_tag("subProcess"): (_SubProcessParser, defaults.SubWorkflowTask),
        full_tag("callActivity"): (_CallParser, defaults.CallActivity),
        full_tag("exclusiveGateway"): (_GatewayParser, gateways.Exclusive),
        full_tag("inclusiveGateway"): (_GatewayParser, gateways.Inclusive),
        full_tag("parallelGateway"): (task_parsers.GatewayParser, gateways.Parallel),
        full_tag("boundaryEvent"): (_BoundaryParser, specs.RepeatingBoundary),
        full_tag("intermediateCatchEvent"): (_CatchParser, defaults.IntermediateCatchEvent),
        full_tag("eventBasedGateway"): (event_parsers.EventBasedGatewayParser, specs.FirstEvent),
    }

    def __init__(self, condition: Compile) -> None:
        super().__init__()
        self.condition = condition


# ------------------------------------------------------------------ the way in


def specifications(root: Any, condition: Compile) -> tuple[Any, dict[str, Any]]:
    """Return the process specification of a tree and those of its embedded sub-processes."""
    tree = _bare(root)
    parser = _Parser(condition)
    parser.add_bpmn_xml(tree)
    process = tree.find(full_tag("process")).get("id")
    top = parser.get_spec(process)
    parts = _embedded(parser, top)
    for spec in (top, *parts.values()):
        _freeze(spec)
    return top, parts


def _embedded(parser: _Parser, top: Any) -> dict[str, Any]:
    """Collect the embedded sub-processes; the library's own search fails on a call inside one."""
    parts: dict[str, Any] = {}
    stack = [top]
    while stack:
        for task_spec in stack.pop().task_specs.values():
            if isinstance(task_spec, SubWorkflowTask) and not isinstance(task_spec, CallActivity):
                parts[task_spec.spec] = parser.get_spec(task_spec.spec)
                stack.append(parts[task_spec.spec])
    return parts


def rename_parts(top: Any, parts: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Give a called process's specifications names of their own: two files may share ids."""
    for spec in (top, *parts.values()):
        for task_spec in spec.task_specs.values():
            if isinstance(task_spec, SubWorkflowTask) and not isinstance(task_spec, CallActivity):
                task_spec.spec = f"{prefix} {task_spec.spec}"
    return {prefix: top, **{f"{prefix} {name}": spec for name, spec in parts.items()}}


def _bare(root: Any) -> Any:
    """Return a copy without prose, lanes, pictures and the marker of `each` tasks."""
    tree = copy.deepcopy(root)
    for element in [*tree.iter()]:
        if element.getparent() is None:
            continue
        name = local(element)
        foreign = name and etree.QName(element).namespace != BPMN
        counts_party = name == "multiInstanceLoopCharacteristics" and party(element)
        if not name or foreign or name in _STRIPPED or counts_party:
            _remove(element)
    tree.find(full_tag("process")).set("isExecutable", "true")
    return tree


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        element.tail = None
        parent.remove(element)


def _freeze(spec: Any) -> None:
    """Do now what the library would do to the shared specification while instances run.

    A multi-instance task connects its merge callback when it makes its first child; after a reload
    in a fresh process nobody would, and its children would never be counted.
    """
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, MultiInstanceTask):
            task_spec.cardinality = int(task_spec.cardinality)
            child = spec.task_specs[task_spec.task_spec]
            child.completed_event.connect(task_spec.merge_child)
