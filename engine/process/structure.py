"""Level by level: starts and ends, flows, gateways, borders, loops and parallel stages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.process import graph
from engine.process.elements import NODES_ON_LEVEL
from engine.process.graph import Level, Report, label
from engine.process.parser import BPMN, local
from engine.process.vocabulary import DECIDING, GATEWAYS

SERIES = 16  # predicted tasks are branches^stages: four two-way stages make 125, eight 2,045


def check(report: Report, process: Any) -> None:
    """Check every level of a process; each fault is reported at one place only."""
    for level in graph.levels(process):
        if not report.judges(level.scope):
            continue
        _starts_and_ends(report, level)
        _flows(report, level)
        _gateways(report, level)
        _borders(report, level)
        if len(level.nodes) > NODES_ON_LEVEL or not _reaches(report, level):
            continue
        _loops(report, level)
        _series(report, level)


# ------------------------------------------------------------------ starts, ends, flows


def _starts_and_ends(report: Report, level: Level) -> None:
    starts = level.of_kind("startEvent")
    if not starts:
        report.add("start-missing", level.scope)
    elif len(starts) > 1:
        report.add(
            "start-many", level.nodes[starts[1]], label=label(level.scope), found=len(starts)
        )
    if not level.of_kind("endEvent"):
        report.add("end-missing", level.scope)
    if len(level.nodes) > NODES_ON_LEVEL:
        found, limit = len(level.nodes), NODES_ON_LEVEL
        report.add("chain-too-long", level.scope, found=found, limit=limit)


def _flows(report: Report, level: Level) -> None:
    seen = set[tuple[str, str]]()
    for flow in level.flows:
        ends = flow.get("sourceRef"), flow.get("targetRef")
        if not graph.connects(flow, level.nodes):
            report.add("flow-dangling", flow, source=ends[0] or "—", target=ends[1] or "—")
            continue
        if graph.backwards(flow, level.nodes):
            report.add("flow-wrong-end", flow)
        if ends in seen:
            source, target = (label(level.nodes[end]) for end in ends)
            report.add("flow-duplicate", flow, source=source, target=target)
        seen.add(ends)
        if _condition(flow) is not None and level.kind(ends[0]) not in DECIDING:
            report.add("flow-condition-ignored", flow)
    for node, flows in level.outgoing.items():
        if len(flows) > 1 and level.kind(node) not in (*GATEWAYS, "complexGateway"):
            report.add("flow-many-out", level.nodes[node], found=len(flows))


def _condition(flow: Any) -> Any:
    return flow.find(f"{{{BPMN}}}conditionExpression")


# ------------------------------------------------------------------ gateways and borders


def _gateways(report: Report, level: Level) -> None:
    for node in level.of_kind(*DECIDING):
        _default(report, level, node)
    for node in level.of_kind("inclusiveGateway"):
        report.add("inclusive-gateway", level.nodes[node])
    for node in level.of_kind("eventBasedGateway"):
        targets = level.after.get(node, ())
        fine = all(
            level.kind(target) == "intermediateCatchEvent" and level.before[target] == (node,)
            for target in targets
        )
        if len(targets) < 2 or not fine:
            report.add("event-gateway", level.nodes[node])


def _default(report: Report, level: Level, node: str) -> None:
    element, flows = level.nodes[node], level.outgoing.get(node, ())
    default = next((flow for flow in flows if flow.get("id") == element.get("default")), None)
    conditional = [flow for flow in flows if _condition(flow) is not None]
    if default is None and (len(flows) > 1 or conditional or element.get("default")):
        report.add("gateway-no-default", element)
    if default is not None and _condition(default) is not None:
        report.add("flow-condition-ignored", default)
    for flow in flows:
        if len(flows) > 1 and flow is not default and _condition(flow) is None:
            report.add("gateway-no-condition", flow, gateway=label(element))


def _borders(report: Report, level: Level) -> None:
    for node in level.of_kind("boundaryEvent"):
        element = level.nodes[node]
        host = level.nodes.get(element.get("attachedToRef"))
        if not _is_attached(level, node):
            report.add("boundary-dangling", element)
            continue
        interrupting = element.get("cancelActivity") != "false"
        if interrupting and local(host) == "subProcess" and not graph.stops(host):
            report.add("subprocess-automatic", host)


def _is_attached(level: Level, boundary: str) -> bool:
    return graph.is_activity(level.nodes.get(level.nodes[boundary].get("attachedToRef")))


# ------------------------------------------------------------------ ways through


def _reaches(report: Report, level: Level) -> bool:
    """Report what is not reached and what leads nowhere; False when no start or end exists."""
    starts, ends = level.of_kind("startEvent"), level.of_kind("endEvent")
    if not starts or not ends:
        return False
    back: dict[str, list[str]] = {}
    for node in level.nodes:
        for following in level.next(node):
            back.setdefault(following, []).append(node)
    loose = [b for b in level.of_kind("boundaryEvent") if not _is_attached(level, b)]
    reached = level.reach((*starts, *loose), level.next)  # a loose one is reported as such
    lost = [node for node in level.nodes if node not in reached]
    heads = [node for node in lost if reached.issuperset(back.get(node, ()))]
    # of unreachable nodes on a cycle none is the first: each has an unreachable predecessor
    turning = set(lost) - level.reach(heads, level.next)
    heads += [node for node in lost if node in turning][:1]
    for node in heads:
        _unreachable(report, level, node, reached)
    leaving = level.reach(ends, lambda node: back.get(node, ()))
    stranded = [node for node in level.nodes if node in reached and node not in leaving]
    # where every one of them leads on, they go round for ever; the first stands for all
    for node in [n for n in stranded if not level.next(n)] or stranded[:1]:
        report.add("dead-end", level.nodes[node])
    return True


def _unreachable(report: Report, level: Level, node: str, reached: set[str]) -> None:
    joins = next((n for n in level.reach([node], level.next) if n in reached), None)
    name = label(level.nodes[joins]) if joins else ""
    zh = f"它通向「{name}」；请画出进入它的连线" if name else "请画出进入它的连线，或删除它"
    en = f"it leads to “{name}”; draw a flow to it" if name else "draw a flow to it or delete it"
    report.add("unreachable", level.nodes[node], nearest=zh, nearest_en=en)


# ------------------------------------------------------------------ loops and stages


def _loops(report: Report, level: Level) -> None:
    deciding = [node for node in level.nodes if graph.decides(level, node)]
    node = level.cycle(without=deciding)
    if node is not None:
        report.add("loop-no-gateway", level.nodes[node])
        return  # who acts in it can be judged once it is drawn
    resting = [node for node, element in level.nodes.items() if graph.stops(element)]
    node = level.cycle(without=resting)
    if node is not None:
        report.add("loop-automatic", level.nodes[node])


def _series(report: Report, level: Level) -> None:
    """Multiply the branches of parallel splits along each path; a decision ends a prediction."""
    product: dict[str, int] = {}
    for node in _ordered(level):
        here = 1 if graph.decides(level, node) else product.get(node, 1)
        width = len(level.after.get(node, ())) if level.kind(node) == "parallelGateway" else 1
        for following in level.next(node):
            product[following] = max(product.get(following, 1), here * max(width, 1))
    worst = max(product, key=lambda node: product[node], default=None)
    if worst is not None and product[worst] > SERIES:
        report.add("and-series", level.nodes[worst], found=product[worst], limit=SERIES)


def _ordered(level: Level) -> Iterator[str]:
    """Yield the nodes so that each follows its predecessors, back edges aside."""
    done, order = set[str](), list[str]()
    for first in (*level.of_kind("startEvent"), *level.nodes):
        stack = [(first, iter(level.next(first)))] if first not in done else []
        done.add(first)
        while stack:
            node, rest = stack[-1]
            following = next((n for n in rest if n not in done), None)
            if following is None:
                order.append(node)
                stack.pop()
            else:
                done.add(following)
                stack.append((following, iter(level.next(following))))
    return reversed(order)
