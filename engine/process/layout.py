"""Gives a diagram its drawing: a file without coordinates becomes one that people can read.

Lanes are bands, time runs from left to right, flows bend at right angles. A sub-process that would
crowd its surroundings is one box there and has a plane of its own, where its parts stand (BPMN
2.0.2, chapter 12: diagram interchange). The same file always gives the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from engine.process import shapes
from engine.process.captions import text_width
from engine.process.picture import Picture, draw
from engine.process.placement import NO_LANE, Flow, Node
from engine.process.routing import Box, Point
from engine.process.vocabulary import (
    BOUND,
    BPMN,
    BPMNDI,
    EVENTS,
    GATEWAYS,
    NODES,
    PEOPLE,
)

DIAMONDS = frozenset((*GATEWAYS, "complexGateway"))
HEADER, PADDING, TITLE = 30, 10, 24
CORNER: Point = (160, 80)  # where a drawing begins: the editor's palette covers what lies left
OPEN = 4  # parts of a sub-process that may lie open in its place


def has_drawing(source: bytes) -> bool:
    """Whether the file brings coordinates for at least one shape."""
    return next(_read(source).iter(f"{{{BPMNDI}}}BPMNShape"), None) is not None


def arrange(source: bytes) -> bytes:
    """Return the diagram with fresh drawing information in place of any it had.

    Elements that are no flow nodes (data objects, annotations) get no shape.
    """
    root = _read(source)
    for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(old)
    for diagram in _diagrams(root):
        root.append(diagram)
    fresh = _with_namespaces(root)
    etree.indent(fresh, space="  ")
    return etree.tostring(fresh, xml_declaration=True, encoding="UTF-8") + b"\n"


def _with_namespaces(root: etree._Element) -> etree._Element:
    """Return the same root with the prefixes of the drawing declared once, at the top."""
    known: dict[str | None, str] = dict(root.nsmap)
    known.update(shapes.SPACES.items())
    fresh = etree.Element(root.tag, nsmap=cast(Mapping[str, str], known))
    for name, value in root.attrib.items():
        fresh.set(name, value)
    fresh.text = root.text
    fresh.extend(list(root))
    etree.cleanup_namespaces(fresh, keep_ns_prefixes=[prefix for prefix in known if prefix])
    return fresh


def _read(source: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(source, parser)


@dataclass(slots=True, kw_only=True)
class _Level:
    """One process or sub-process with its picture and the levels inside it."""

    process: etree._Element
    picture: Picture
    inside: dict[str, _Level] = field(default_factory=dict)

    @property
    def stands_apart(self) -> bool:
        """Whether a sub-process has its own plane: with lanes or many parts it reads better so."""
        return bool(self.picture.lanes) or len(self.picture.boxes) > OPEN

    @property
    def size(self) -> tuple[int, int]:
        """How much room it takes in its surroundings."""
        if self.stands_apart:
            return shapes.TASK
        return self.picture.width + 2 * PADDING, self.picture.height + TITLE


def _diagrams(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the drawing of the file and, after it, those of the sub-processes that stand apart."""
    collaboration = root.find(f"{{{BPMN}}}collaboration")
    diagram, plane = shapes.diagram("", "")
    levels = []
    x, top = CORNER
    for process in root.findall(f"{{{BPMN}}}process"):
        pool = _pool(root, process)
        level = _level(process)
        levels.append(level)
        plane.set("bpmnElement", process.get("id", ""))
        shift = (x + (HEADER if pool is not None else 0), top)
        if pool is not None:
            box = level.picture
            width = box.width + HEADER + (HEADER if box.lanes else 0)
            shapes.shape(plane, pool, Box(x=x, y=top, width=width, height=box.height), across=True)
        _write(plane, level, shift)
        top += level.picture.height + 40
    if collaboration is not None:
        plane.set("bpmnElement", collaboration.get("id", ""))
    yield diagram
    for level in levels:
        yield from _apart(level)


def _apart(level: _Level) -> Iterator[etree._Element]:
    for name, inner in level.inside.items():
        if inner.stands_apart:
            diagram, plane = shapes.diagram(f"{name}_", name)
            _write(plane, inner, CORNER)
            yield diagram
        yield from _apart(inner)


def _pool(root: etree._Element, process: etree._Element) -> str | None:
    for participant in root.iter(f"{{{BPMN}}}participant"):
        if participant.get("processRef") == process.get("id"):
            return str(participant.get("id"))
    return None


def _level(process: etree._Element) -> _Level:
    inside = {str(sub.get("id")): _level(sub) for sub in process.findall(f"{{{BPMN}}}subProcess")}
    lane_of = {
        (ref.text or "").strip(): str(lane.get("id"))
        for lane in _lanes(process)
        for ref in lane.iterfind(f"{{{BPMN}}}flowNodeRef")
    }
    standing = {str(e.get("id")) for e in _nodes(process) if _kind(e) != "boundaryEvent"}
    found = [_node(element, lane_of, inside, standing) for element in _nodes(process)]
    nodes = list({node.id: node for node in found}.values())
    known = {node.id for node in nodes}
    names = {str(e.get("id")): e.get("name", "") for e in _nodes(process) if _is_small(e)}
    flows = []
    for element in process.iterfind(f"{{{BPMN}}}sequenceFlow"):
        source, target = element.get("sourceRef", ""), element.get("targetRef", "")
        if source in known and target in known:
            name = element.get("name", "")
            flow_id = str(element.get("id"))
            names[flow_id] = name
            flows.append(Flow(id=flow_id, source=source, target=target, label=text_width(name)))
    lanes = [str(lane.get("id")) for lane in _lanes(process)]
    return _Level(process=process, picture=draw(nodes, flows, lanes, names), inside=inside)


def _lanes(process: etree._Element) -> Sequence[etree._Element]:
    return process.findall(f"{{{BPMN}}}laneSet/{{{BPMN}}}lane")


def _nodes(process: etree._Element) -> Iterator[etree._Element]:
    """Yield what gets a shape: also kinds the linter refuses, so that it can point at them."""
    for element in process:
        if isinstance(element.tag, str) and _kind(element) in NODES:
            yield element


def _kind(element: etree._Element) -> str:
    return etree.QName(element).localname


def _is_small(element: etree._Element) -> bool:
    return _kind(element) in EVENTS or _kind(element) in DIAMONDS


def _node(
    element: etree._Element,
    lane_of: Mapping[str, str],
    inside: Mapping[str, _Level],
    standing: set[str],
) -> Node:
    """Measure a node; a boundary event on nothing, or on another event, stands by itself."""
    node_id, kind, host = str(element.get("id")), _kind(element), element.get("attachedToRef")
    width, height = (36, 36) if kind in EVENTS else (50, 50) if kind in DIAMONDS else shapes.TASK
    if node_id in inside:
        width, height = inside[node_id].size
    return Node(
        id=node_id,
        width=width,
        height=height,
        lane=lane_of.get(node_id, NO_LANE),
        host=host if host in standing and node_id not in standing else None,
        task=_who(kind),
        opens=node_id in inside and inside[node_id].stands_apart,
    )


def _who(kind: str) -> str:
    return "system" if kind in BOUND else "person" if kind in PEOPLE else ""


def _write(plane: etree._Element, level: _Level, shift: Point) -> None:
    picture = level.picture
    for lane, box in picture.lanes.items():
        wide = Box(x=box.x, y=box.y, width=box.width + HEADER, height=box.height)
        shapes.shape(plane, lane, shapes.moved(wide, shift), across=True)
    inner = (shift[0] + (HEADER if picture.lanes else 0), shift[1])
    for node_id, box in picture.boxes.items():
        caption = picture.captions.get(node_id)
        sub = level.inside.get(node_id)
        expanded = None if sub is None else not sub.stands_apart
        label = shapes.moved(caption, inner) if caption else None
        moved = shapes.moved(box, inner)
        shapes.shape(plane, node_id, moved, caption=label, expanded=expanded)
        if sub is not None and expanded:
            _write(plane, sub, (moved.x + PADDING, moved.y + TITLE))
    for flow_id, path in picture.paths.items():
        label = picture.captions.get(flow_id)
        shapes.edge(
            plane,
            flow_id,
            [(x + inner[0], y + inner[1]) for x, y in path],
            caption=shapes.moved(label, inner) if label else None,
        )
