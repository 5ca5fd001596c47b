"""Makes random diagrams without coordinates, and reads the coordinates of drawn ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: Rectangle) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: Rectangle) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )

    def touches(self, point: tuple[int, int]) -> bool:
        """Whether a point lies on the border."""
        inside = self.x <= point[0] <= self.x + self.width
        inside = inside and self.y <= point[1] <= self.y + self.height
        upright = point[0] in (self.x, self.x + self.width)
        level = point[1] in (self.y, self.y + self.height)
        return inside and (upright or level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One plane: shapes of nodes, of lanes, and way points of flows, by element id."""

    nodes: dict[str, Rectangle]
    lanes: dict[str, Rectangle]
    flows: Mapping[str, Sequence[tuple[int, int]]]
    ends: dict[str, tuple[str, str]]
    lane_of: dict[str, str]
    hosts: dict[str, str]
    inside: dict[str, str]
    width: int
    height: int


def look(source: bytes) -> Drawing:
    """Return the plane of the process itself."""
    return next(iter(planes(source).values()))


def planes(source: bytes) -> dict[str, Drawing]:
    """Return every plane by the element whose inside it shows, that of the process first."""
    root = etree.fromstring(source)
    return {
        str(plane.get("bpmnElement")): _drawing(root, plane)
        for plane in root.iter(f"{BPMNDI}BPMNPlane")
    }


def parts(source: bytes) -> tuple[set[str], set[str]]:
    """Return the ids of all nodes with a shape of their own, and of all flows."""
    root = etree.fromstring(source)
    scopes = [*root.iter(f"{BPMN}process", f"{BPMN}subProcess")]
    no_shape = {"laneSet", "sequenceFlow", "documentation"}
    nodes = {
        str(each.get("id"))
        for scope in scopes
        for each in scope
        if each.get("id") and etree.QName(each).localname not in no_shape
    }
    return nodes, {str(flow.get("id")) for flow in root.iter(f"{BPMN}sequenceFlow")}


def _drawing(root: etree._Element, plane: etree._Element) -> Drawing:
    kinds = {str(e.get("id")): etree.QName(e).localname for e in root.iter(f"{BPMN}*")}
    shapes = {
        str(each.get("bpmnElement")): _bounds(each) for each in plane.iter(f"{BPMNDI}BPMNShape")
    }
    flows = {
        str(edge.get("bpmnElement")): [
            (int(p.get("x", "")), int(p.get("y", ""))) for p in edge.iter(f"{DI}waypoint")
        ]
        for edge in plane.iter(f"{BPMNDI}BPMNEdge")
    }
    corners = [(box.x, box.y) for box in shapes.values()]
    corners += [(box.x + box.width, box.y + box.height) for box in shapes.values()]
    corners += [point for path in flows.values() for point in path]
    xs, ys = [x for x, _ in corners] or [0], [y for _, y in corners] or [0]
    return Drawing(
        nodes={i: box for i, box in shapes.items() if kinds[i] not in ("lane", "participant")},
        lanes={i: box for i, box in shapes.items() if kinds[i] == "lane"},
        flows=flows,
        ends={
            str(flow.get("id")): (str(flow.get("sourceRef")), str(flow.get("targetRef")))
            for flow in root.iter(f"{BPMN}sequenceFlow")
            if flow.get("id") in flows
        },
        lane_of={
            str(reference.text): str(lane.get("id"))
            for lane in root.iter(f"{BPMN}lane")
            for reference in lane.iter(f"{BPMN}flowNodeRef")
            if reference.text in shapes
        },
        hosts={
            str(event.get("id")): str(event.get("attachedToRef"))
            for event in root.iter(f"{BPMN}boundaryEvent")
            if event.get("id") in shapes
        },
        inside={
            str(node.get("id")): str(sub.get("id"))
            for sub in root.iter(f"{BPMN}subProcess")
            for node in sub
            if node.get("id") in shapes and sub.get("id") in shapes
        },
        width=max(xs) - min(xs),
        height=max(ys) - min(ys),
    )


def _bounds(shape: etree._Element) -> Rectangle:
    bounds = shape.find(f"{DC}Bounds")
    assert bounds is not None
    x, y, width, height = (int(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
    return Rectangle(x=x, y=y, width=width, height=height)


TAGS = ("userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "endEvent")


@st.composite
def undrawn(draw: st.DrawFn) -> bytes:
    """A process of some lanes, tasks, gateways, boundary events and arbitrary flows."""
    size = draw(st.integers(1, 14))
    lanes = draw(st.integers(0, 4))
    tags = ["startEvent", *draw(st.lists(st.sampled_from(TAGS), min_size=size, max_size=size))]
    nodes = [f'<{tag} id="n{i}" name="{"办理" * (i % 5)}"/>' for i, tag in enumerate(tags)]
    hosts = [i for i, tag in enumerate(tags) if tag == "userTask" and draw(st.booleans())]
    nodes += [f'<boundaryEvent id="b{i}" name="期满" attachedToRef="n{i}"/>' for i in hosts]
    place = st.integers(0, size)
    sources = st.one_of(
        place.map(lambda i: f"n{i}"), st.sampled_from([f"b{i}" for i in hosts] or ["n0"])
    )
    pairs = draw(st.lists(st.tuples(sources, st.integers(1, size)), max_size=24, unique=True))
    flows = [
        f'<sequenceFlow id="f{i}" name="{"同意" * (i % 3)}" sourceRef="{a}" targetRef="n{b}"/>'
        for i, (a, b) in enumerate(pairs)
        if a != f"n{b}"
    ]
    bands = "".join(
        f'<lane id="lane{lane}" name="经办人{lane}">'
        + "".join(f"<flowNodeRef>n{i}</flowNodeRef>" for i in range(size + 1) if i % lanes == lane)
        + "</lane>"
        for lane in range(lanes)
    )
    bands = f'<laneSet id="bands">{bands}</laneSet>' if lanes else ""
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<process id="p">{bands}{"".join(nodes)}{"".join(flows)}</process></definitions>'
    ).encode()
