"""A diagram, read: what each element is, and the specification that instances run on.

A definition is immutable, named by the hash of its bytes, and shared by all cases of its version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from engine.process import source as source_
from engine.process.memory import Memory
from engine.process.parser import (
    BPMN,
    Compile,
    Condition,
    local,
    party,
    rename_parts,
    specifications,
    timer_text,
)
from engine.process.timers import Timer, read

__all__ = ["Condition", "Definition", "Node", "parse"]

GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")
EVENTS = (
    "startEvent",
    "endEvent",
    "boundaryEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
)
TASKS = ("userTask", "manualTask", "serviceTask", "businessRuleTask")
SCOPES = ("subProcess", "callActivity")
FLOW_NODES = frozenset((*GATEWAYS, *EVENTS, *TASKS, *SCOPES))
MEANINGS = ("timer", "message", "signal", "error", "escalation", "terminate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One element of a diagram, as the case, the worklist and the editor speak of it.

    `kind` is the BPMN tag, except: an event with a definition is what it waits for or throws
    ("timer", "message", "signal", "error", "escalation", "terminate"), every gateway is "gateway".
    """

    id: str
    name: str
    kind: str
    tag: str
    lane: str | None = None
    implementation: str | None = None
    documentation: str = ""
    each: str | None = None  # a party: one answer per department bound to it
    times: int = 1  # a literal multi-instance, 1–20
    sequential: bool = False
    attached_to: str | None = None
    interrupting: bool = False
    timer: Timer | None = None
    message: str | None = None  # name of the message, signal, or code of the error
    scope: str | None = None  # the sub-process or call activity it lies in

    @property
    def form(self) -> str | None:
        """The form of a user task, named `form:<file stem>`."""
        return self._named("form:")

    @property
    def rule(self) -> str | None:
        """The rule of a business rule task, named `rule:<rule name>`."""
        return self._named("rule:")

    def _named(self, prefix: str) -> str | None:
        text = self.implementation or ""
        return text.removeprefix(prefix) if text.startswith(prefix) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A parsed diagram; `nodes` are keyed by element id, inside a call activity by `call/id`."""

    id: str
    name: str
    digest: str
    source: bytes = field(repr=False)
    documentation: str = ""
    nodes: Mapping[str, Node] = field(repr=False)
    lanes: tuple[str, ...] = ()
    spec: Any = field(repr=False, compare=False)
    parts: dict[str, Any] = field(repr=False, compare=False)
    memory: Memory | None = field(default_factory=Memory, repr=False, compare=False)

    def without_memory(self) -> Definition:
        """Return the same definition with every move to be made by the library itself."""
        return replace(self, memory=None)

    @property
    def start(self) -> Node:
        """The start event of the process itself, wherever in the file those of its parts stand."""
        starts = (node for node in self.nodes.values() if node.tag == "startEvent")
        return next(node for node in starts if node.scope is None)

    def label(self, element: str) -> str:
        """Return the name people read for an element; its id when it has none."""
        node = self.nodes.get(element)
        return node.name if node is not None and node.name else element


def parse(
    source: bytes,
    *,
    condition: Compile,
    called: Mapping[str, bytes] = MappingProxyType({}),
) -> Definition:
    """Read a diagram that the publish pipeline accepted.

    `called` holds the pinned bytes of every process that call activities name, by process id. A
    diagram that was never checked may raise anything here; `publish.check` is the safe way in.
    """
    return _parse(source, condition, called, ())


def _parse(
    source: bytes, condition: Compile, called: Mapping[str, bytes], path: tuple[str, ...]
) -> Definition:
    root = source_.read(source).root
    process = next(e for e in root if local(e) == "process")
    own = process.get("id")
    spec, parts = specifications(root, condition)
    nodes = {node.id: node for node in _nodes(root, process)}
    for call in [e for e in process.iter() if local(e) == "callActivity"]:
        target = call.get("calledElement")
        if target in (*path, own):
            raise RecursionError(target)
        inner = _parse(called[target], condition, called, (*path, own))
        parts.update(_called(spec, parts, inner, target))
        nodes.update(_inside(inner, call.get("id")))
    return Definition(
        id=own,
        name=process.get("name") or own,
        digest=hashlib.sha256(source).hexdigest(),
        source=source,
        documentation=_documentation(process),
        nodes=MappingProxyType(nodes),
        lanes=tuple(dict.fromkeys(n.lane for n in nodes.values() if n.lane)),
        spec=spec,
        parts=parts,
    )


def _called(spec: Any, parts: dict[str, Any], inner: Definition, target: str) -> dict[str, Any]:
    prefix = f"call {target}"
    for part in (spec, *parts.values()):
        for task_spec in part.task_specs.values():
            if getattr(task_spec, "spec", None) == target and hasattr(task_spec, "transaction"):
                task_spec.spec = prefix
    return rename_parts(inner.spec, inner.parts, prefix)


def _inside(inner: Definition, call: str) -> dict[str, Node]:
    return {
        f"{call}/{node.id}": replace(
            node,
            id=f"{call}/{node.id}",
            scope=f"{call}/{node.scope}" if node.scope else call,
            attached_to=f"{call}/{node.attached_to}" if node.attached_to else None,
        )
        for node in inner.nodes.values()
    }


# ------------------------------------------------------------------ nodes


def _nodes(root: Any, process: Any) -> list[Node]:
    lanes = _lanes(process)
    names = {
        e.get("id"): e.get("errorCode") or e.get("escalationCode") or e.get("name") or ""
        for e in root
        if local(e) in ("message", "signal", "error", "escalation")
    }
    found = [e for e in process.iter(f"{{{BPMN}}}*") if local(e) in FLOW_NODES]
    return [_node(element, lanes, names) for element in found]


def _lanes(process: Any) -> dict[str, str]:
    """Map element ids to lane names; of nested lanes the innermost counts."""
    lanes = {}
    for lane in process.iter(f"{{{BPMN}}}lane"):
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            lanes[(reference.text or "").strip()] = lane.get("name") or lane.get("id")
    return lanes


def _node(element: Any, lanes: Mapping[str, str], names: Mapping[str, str]) -> Node:
    tag = local(element)
    definition = next((e for e in element if local(e).endswith("EventDefinition")), None)
    meaning = local(definition).removesuffix("EventDefinition") if definition is not None else ""
    reference = definition.get(f"{meaning}Ref") if definition is not None else None
    loop = next((e for e in element if local(e) == "multiInstanceLoopCharacteristics"), None)
    each = party(loop) if loop is not None else None
    scope = element.getparent()
    return Node(
        id=element.get("id"),
        name=element.get("name") or "",
        kind="gateway" if tag in GATEWAYS else meaning or tag,
        tag=tag,
        lane=_lane_of(element, lanes),
        implementation=element.get("implementation"),
        documentation=_documentation(element),
        each=each,
        times=_times(loop) if loop is not None and each is None else 1,
        sequential=loop is not None and loop.get("isSequential") == "true",
        attached_to=element.get("attachedToRef"),
        interrupting=tag == "boundaryEvent" and element.get("cancelActivity") != "false",
        timer=read(timer_text(definition)) if meaning == "timer" else None,
        message=names.get(reference) if reference else None,
        scope=scope.get("id") if local(scope) == "subProcess" else None,
    )


def _times(loop: Any) -> int:
    return int(loop.findtext(f"{{{BPMN}}}loopCardinality"))


def _lane_of(element: Any, lanes: Mapping[str, str]) -> str | None:
    while element is not None and local(element) != "process":
        if element.get("id") in lanes:
            return lanes[element.get("id")]
        element = element.getparent()
    return None


def _documentation(element: Any) -> str:
    texts = (e.text or "" for e in element if local(e) == "documentation")
    return "\n".join(text.strip() for text in texts)
