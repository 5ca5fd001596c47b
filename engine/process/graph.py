"""A diagram as the linter sees it: levels of nodes and flows, whatever else is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process.parser import local
from engine.process.problems import Problem, problem
from engine.process.source import Source
from engine.process.vocabulary import ACTIVITIES, DECIDING, NODES


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Level:
    """One process or sub-process: its own nodes and flows, by id.

    `after` and `before` hold only flows between two nodes of the level; `attached` maps an activity
    to the boundary events on its border.
    """

    scope: Any
    nodes: Mapping[str, Any]
    flows: tuple[Any, ...]
    after: Mapping[str, tuple[str, ...]] = field(repr=False)
    before: Mapping[str, tuple[str, ...]] = field(repr=False)
    outgoing: Mapping[str, tuple[Any, ...]] = field(repr=False)
    attached: Mapping[str, tuple[str, ...]] = field(repr=False)

    def kind(self, node: str) -> str:
        return local(self.nodes[node])

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        return tuple(n for n in self.nodes if self.kind(n) in kinds)

    def next(self, node: str) -> tuple[str, ...]:
        """Return what may come after a node: along its flows and through its boundary events."""
        return (*self.after.get(node, ()), *self.attached.get(node, ()))

    def cycle(self, without: Iterable[str]) -> str | None:
        """Return a node on a cycle that avoids `without`, None if there is no such cycle."""
        done, path = set(without), set[str]()
        for first in self.nodes:
            stack: list[tuple[str, Iterator[str]]] = []
            if first not in done:
                stack.append((first, iter(self.next(first))))
                path.add(first)
            while stack:
                node, rest = stack[-1]
                following = next(rest, None)
                if following is None:
                    stack.pop()
                    path.discard(node)
                    done.add(node)
                elif following in path:
                    return following
                elif following not in done:
                    stack.append((following, iter(self.next(following))))
                    path.add(following)
        return None

    def reach(self, starts: Iterable[str], step: Callable[[str], Iterable[str]]) -> set[str]:
        """Return all nodes that can be come to from `starts`, those included."""
        seen, stack = set[str](), [*starts]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack.extend(step(node))
        return seen


def levels(process: Any) -> Iterator[Level]:
    """Yield the level of a process and, after it, those of its sub-processes."""
    yield level(process)
    for element in process.iter():
        if local(element) == "subProcess":
            yield level(element)


def connects(flow: Any, nodes: Mapping[str, Any]) -> bool:
    """Whether both ends of a flow lie on this level."""
    return flow.get("sourceRef") in nodes and flow.get("targetRef") in nodes


def backwards(flow: Any, nodes: Mapping[str, Any]) -> bool:
    """Whether a flow leaves an end event or enters one that begins something."""
    source, target = nodes[flow.get("sourceRef")], nodes[flow.get("targetRef")]
    return local(source) == "endEvent" or local(target) in ("startEvent", "boundaryEvent")


def level(scope: Any) -> Level:
    """Read one level; unsupported kinds of node take part, so that one fault is reported once."""
    nodes = {e.get("id"): e for e in scope if local(e) in NODES and e.get("id")}
    flows = tuple(e for e in scope if local(e) == "sequenceFlow")
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    outgoing: dict[str, list[Any]] = {}
    attached: dict[str, list[str]] = {}
    for flow in flows:
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if connects(flow, nodes) and not backwards(flow, nodes):
            after.setdefault(source, []).append(target)
            before.setdefault(target, []).append(source)
            outgoing.setdefault(source, []).append(flow)
    for node, element in nodes.items():
        host = element.get("attachedToRef")
        if host in nodes:
            attached.setdefault(host, []).append(node)
    return Level(
        scope=scope,
        nodes=nodes,
        flows=flows,
        after=_frozen(after),
        before=_frozen(before),
        outgoing=_frozen(outgoing),
        attached=_frozen(attached),
    )


def stops(element: Any) -> bool:
    """Whether a token rests here until somebody outside acts."""
    kind = local(element)
    if kind in ("userTask", "manualTask", "receiveTask", "callActivity", "eventBasedGateway"):
        return True
    if kind in ("intermediateCatchEvent", "boundaryEvent"):
        return any(local(e) in ("timerEventDefinition", "messageEventDefinition") for e in element)
    return kind == "subProcess" and any(stops(inner) for inner in element)


def decides(level: Level, node: str) -> bool:
    return level.kind(node) in (*DECIDING, "eventBasedGateway")


def is_activity(element: Any) -> bool:
    return element is not None and local(element) in ACTIVITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Collects problems and knows how to place and to name them."""

    source: Source
    found: list[Problem] = field(default_factory=list)
    refused: set[Any] = field(default_factory=set)

    def judges(self, element: Any) -> bool:
        """Whether an element lies outside everything that was refused as a whole."""
        return self.refused.isdisjoint((element, *element.iterancestors()))

    def add(self, code: str, element: Any, **facts: object) -> None:
        """Note a problem at an element, or at its nearest ancestor that has an id."""
        facts.setdefault("label", label(element))
        self.found.append(
            problem(
                code,
                file=self.source.file,
                line=self.source.line(element),
                element=identified(element),
                **facts,
            )
        )


def label(element: Any) -> str:
    """Return what people call an element: its name, else its id, else its kind."""
    return str(element.get("name") or element.get("id") or local(element))


def identified(element: Any) -> str:
    while element is not None and not element.get("id"):
        element = element.getparent()
    return "" if element is None else str(element.get("id"))


def nearest(name: str, options: Iterable[str]) -> dict[str, str]:
    """Return the hint that offers the nearest spelling by edit distance, if one is near."""
    near = difflib.get_close_matches(name, [*options], n=1, cutoff=0.6)
    if not near:
        return {"nearest": "", "nearest_en": ""}
    return {"nearest": f"是不是「{near[0]}」？", "nearest_en": f"did you mean “{near[0]}”? "}


def _frozen(lists: Mapping[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    return {key: tuple(values) for key, values in lists.items()}
