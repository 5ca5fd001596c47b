"""A drawing can be read: nothing overlaps, flows bend at right angles and go around shapes."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from engine.process.layout import arrange, has_drawing
from tests.workflows.drawings import Drawing, Rectangle, look, parts, planes, undrawn
from tests.workflows.shipped import WORKFLOWS

SHIPPED = sorted(WORKFLOWS.glob("*/*.bpmn"))
RANDOM = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


# What a desk screen shows at once, at a size that can be read.
SCREEN = (1700, 950)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_a_shipped_diagram_is_drawn_and_legible(path: Path) -> None:
    source = path.read_bytes()
    assert has_drawing(source)
    for drawing in planes(source).values():
        judge(drawing)


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_every_plane_of_a_shipped_diagram_fits_one_screen(path: Path) -> None:
    larger = [
        (element, drawing.width, drawing.height)
        for element, drawing in planes(path.read_bytes()).items()
        if drawing.width > SCREEN[0] or drawing.height > SCREEN[1]
    ]
    assert not larger


@pytest.mark.parametrize("path", SHIPPED, ids=named)
def test_every_element_lies_in_exactly_one_plane(path: Path) -> None:
    source = path.read_bytes()
    nodes, flows = parts(source)
    drawn = planes(source).values()
    assert sorted(node for each in drawn for node in each.nodes) == sorted(nodes)
    assert sorted(flow for each in drawn for flow in each.flows) == sorted(flows)


@pytest.mark.parametrize("path", SHIPPED[::4], ids=named)
def test_drawing_again_gives_the_same_drawing(path: Path) -> None:
    once = arrange(path.read_bytes())
    assert arrange(once) == once


@given(source=undrawn())
@RANDOM
def test_any_diagram_gets_a_legible_drawing(source: bytes) -> None:
    assert not has_drawing(source)
    drawn = arrange(source)
    assert has_drawing(drawn)
    assert arrange(drawn) == drawn
    assert set(look(drawn).flows) == parts(drawn)[1]
    judge(look(drawn))


PART = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
    '<startEvent id="a"/><subProcess id="s">{inside}</subProcess>'
    '<sequenceFlow id="f" sourceRef="a" targetRef="s"/></process></definitions>'
)
STEPS = "".join(f'<userTask id="u{i}"/>' for i in range(5))
BANDS = '<laneSet id="l"><lane id="l1"><flowNodeRef>u</flowNodeRef></lane></laneSet>'


@pytest.mark.parametrize("inside", [STEPS, f'{BANDS}<userTask id="u"/>'], ids=["long", "lanes"])
def test_a_part_that_would_crowd_the_drawing_has_a_plane_of_its_own(inside: str) -> None:
    drawn = arrange(PART.format(inside=inside).encode())
    whole, part = planes(drawn).values()
    assert set(whole.nodes) == {"a", "s"}
    assert whole.nodes["s"].width == 100
    assert set(part.nodes) == {node for node in parts(drawn)[0] if node.startswith("u")}
    assert arrange(drawn) == drawn


def test_a_clock_on_a_box_leaves_room_for_the_sign_that_opens_it() -> None:
    clock = '<boundaryEvent id="b" name="任务期满" attachedToRef="s"/><endEvent id="e"/>'
    late = '<sequenceFlow id="g" sourceRef="b" targetRef="e"/></process>'
    source = PART.format(inside=STEPS).replace("</process>", clock + late)
    drawing = look(arrange(source.encode()))
    box, event = drawing.nodes["s"], drawing.nodes["b"]
    assert event.x + event.width < box.x + box.width - 20


def test_a_small_part_lies_open_in_its_place() -> None:
    drawn = arrange(PART.format(inside='<userTask id="u"/>').encode())
    (whole,) = planes(drawn).values()
    assert whole.nodes["s"].holds(whole.nodes["u"])


def test_a_node_outside_all_lanes_is_drawn_below_them() -> None:
    source = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
        b'<laneSet id="s"><lane id="l"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
        b'<userTask id="a"/><serviceTask id="b"/>'
        b'<sequenceFlow id="f" sourceRef="a" targetRef="b"/></process></definitions>'
    )
    drawing = look(arrange(source))
    assert drawing.nodes["b"].y >= drawing.lanes["l"].y + drawing.lanes["l"].height


# ------------------------------------------------------------------ what legible means


def judge(drawing: Drawing) -> None:
    assert set(drawing.flows) == set(drawing.ends)
    _shapes_stand_apart(drawing)
    _lanes_hold_their_nodes(drawing)
    _boundary_events_sit_on_their_host(drawing)
    for flow, points in drawing.flows.items():
        _flow_is_orthogonal_and_docks(drawing, flow, points)
        _flow_goes_around_shapes(drawing, flow, points)


def _shapes_stand_apart(drawing: Drawing) -> None:
    for (a, one), (b, other) in combinations(drawing.nodes.items(), 2):
        related = a in drawing.hosts or b in drawing.hosts
        nested = drawing.inside.get(a) == b or drawing.inside.get(b) == a
        assert related or nested or not one.overlaps(other), (a, b)


def _lanes_hold_their_nodes(drawing: Drawing) -> None:
    for node, lane in drawing.lane_of.items():
        if node not in drawing.inside:  # an open part stands in one band, whoever acts within
            assert drawing.lanes[lane].holds(drawing.nodes[node]), (node, lane)
    for one, other in combinations(drawing.lanes.values(), 2):
        assert not one.overlaps(other)


def _boundary_events_sit_on_their_host(drawing: Drawing) -> None:
    for event, host in drawing.hosts.items():
        box = drawing.nodes[event]
        middle = (box.x + box.width // 2, box.y + box.height // 2)
        assert drawing.nodes[host].touches(middle), event


def _flow_is_orthogonal_and_docks(
    drawing: Drawing, flow: str, points: list[tuple[int, int]] | object
) -> None:
    assert isinstance(points, list)
    source, target = drawing.ends[flow]
    assert drawing.nodes[source].touches(points[0]), flow
    assert drawing.nodes[target].touches(points[-1]), flow
    for (ax, ay), (bx, by) in pairwise(points):
        assert ax == bx or ay == by, flow


def _flow_goes_around_shapes(drawing: Drawing, flow: str, points: object) -> None:
    assert isinstance(points, list)
    ends = set(drawing.ends[flow])
    around = {drawing.inside.get(end, "") for end in ends}
    hosts = {drawing.hosts.get(end, "") for end in ends}
    for node, box in drawing.nodes.items():
        if node in ends | around | hosts or node in drawing.hosts:
            continue
        for (ax, ay), (bx, by) in pairwise(points):
            stretch = Rectangle(
                x=min(ax, bx), y=min(ay, by), width=abs(ax - bx), height=abs(ay - by)
            )
            crossing = (
                stretch.x < box.x + box.width
                and stretch.x + stretch.width > box.x
                and stretch.y < box.y + box.height
                and stretch.y + stretch.height > box.y
            )
            assert not crossing, (flow, node)


AWKWARD = {
    "a flow back to its own task": (
        '<userTask id="a"/><sequenceFlow id="f" sourceRef="a" targetRef="a"/>'
    ),
    "a boundary event on nothing": '<userTask id="a"/><boundaryEvent id="b" attachedToRef="z"/>',
    "a boundary event on itself": '<boundaryEvent id="b" attachedToRef="b"/><userTask id="a"/>',
    "a flow into a boundary event": (
        '<userTask id="a"/><boundaryEvent id="b" attachedToRef="a"/><userTask id="c"/>'
        '<sequenceFlow id="f" sourceRef="c" targetRef="b"/>'
    ),
    "one id twice": '<userTask id="a"/><serviceTask id="a"/>',
    "a flow to nowhere": '<userTask id="a"/><sequenceFlow id="f" sourceRef="a" targetRef="z"/>',
    "kinds the engine refuses": '<scriptTask id="a"/><complexGateway id="g"/>',
    "nothing at all": "",
}


@pytest.mark.parametrize("inside", AWKWARD.values(), ids=AWKWARD.keys())
def test_a_drawing_that_will_be_refused_is_still_drawn(inside: str) -> None:
    """The linter can only point at what the editor shows."""
    source = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<process id="p">{inside}</process></definitions>'
    )
    drawing = look(arrange(source.encode()))
    assert set(drawing.nodes) >= {name for name in "abcg" if f'id="{name}"' in inside}
