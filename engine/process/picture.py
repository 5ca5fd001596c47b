"""Turns placed nodes into coordinates: boxes, way points and captions of one level of a diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.process.captions import caption_below, place_captions, sign_of
from engine.process.placement import NO_LANE, Flow, Node, Placement, place
from engine.process.routing import Box, Grid, Point, Port

TRACK = 10  # distance between two flows that run side by side
GUTTER, GAP, HEADROOM, BAND = 36, 40, 26, 80
CROWD = 80  # flows on one level; more are routed in haste
BUSY = 400  # price of a door that a flow of the other direction or another target uses
PARCEL = 18  # a boundary event sticks out by half its size


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All coordinates of one level, from (0, 0)."""

    boxes: Mapping[str, Box]
    paths: Mapping[str, Sequence[Point]]
    captions: Mapping[str, Box]
    lanes: Mapping[str, Box]
    width: int
    height: int


def draw(
    nodes: Sequence[Node],
    flows: Sequence[Flow],
    lanes: Sequence[str],
    names: Mapping[str, str],
) -> Picture:
    """Place, measure and route; `names` holds the captions written outside of shapes."""
    placement = place(nodes, flows, lanes)
    frame = _measure(nodes, flows, placement)
    boxes = _boxes(nodes, placement, frame)
    small = [node for node in nodes if node.host or node.id in names]
    below = [caption_below(boxes[n.id], names[n.id]) for n in small if names.get(n.id)]
    signs = [sign_of(boxes[node.id]) for node in nodes if node.opens]
    stops = sorted({b.middle[0] for b in boxes.values()})
    grid = Grid(
        xs=[*frame.x_tracks, *stops],
        ys=[*frame.y_tracks, *frame.centres.values()],
        boxes=[boxes[node.id] for node in nodes if not node.host],
        labels=[*below, *signs],
        haste=1 if len(flows) <= CROWD else 12,
    )
    paths = _paths(nodes, flows, placement, boxes, grid)
    captions = place_captions(nodes, flows, boxes, paths, names)
    return Picture(
        boxes=boxes,
        paths=paths,
        captions=captions,
        lanes=frame.lanes,
        width=frame.width,
        height=frame.height,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where columns, rows, lanes and the tracks between them lie."""

    column_middles: Mapping[int, int]
    centres: Mapping[int, int]
    x_tracks: Sequence[int]
    y_tracks: Sequence[int]
    lanes: Mapping[str, Box]
    width: int
    height: int


def _measure(nodes: Sequence[Node], flows: Sequence[Flow], placement: Placement) -> _Frame:
    middles, x_tracks, width = _measure_columns(nodes, flows, placement)
    centres: dict[int, int] = {}
    y_tracks: list[int] = []
    lanes: dict[str, Box] = {}
    y = 0
    for lane, rows in placement.lanes.items():
        top = y
        y_tracks += range(y + TRACK, y + HEADROOM - 4, TRACK)
        y += HEADROOM
        for row in rows:
            height, parcels = _row_height(nodes, placement, row)
            centres[row] = y + height // 2
            y += height + (PARCEL + 2 if parcels else 0)
            y_tracks += range(y + TRACK, y + GAP - 4, TRACK)
            y += GAP
        if lane != NO_LANE:
            lanes[lane] = Box(x=0, y=top, width=width, height=y - top)
    return _Frame(
        column_middles=middles,
        centres=centres,
        x_tracks=x_tracks,
        y_tracks=y_tracks,
        lanes=lanes,
        width=width,
        height=y,
    )


def _measure_columns(
    nodes: Sequence[Node], flows: Sequence[Flow], placement: Placement
) -> tuple[dict[int, int], list[int], int]:
    middles: dict[int, int] = {}
    tracks = list(range(TRACK, GUTTER - 8, TRACK))
    x = GUTTER
    for column in range(1 + max((c.column for c in placement.cells.values()), default=0)):
        here = {node_id for node_id, cell in placement.cells.items() if cell.column == column}
        width = max((node.width for node in nodes if node.id in here), default=36)
        label = max((flow.label for flow in flows if flow.source in here), default=0)
        gutter = max(GUTTER, label + 24)
        middles[column] = x + width // 2
        x += width
        tracks += range(x + TRACK, x + gutter - 8, TRACK)
        x += gutter
    return middles, tracks, x


def _row_height(nodes: Sequence[Node], placement: Placement, row: int) -> tuple[int, bool]:
    here = {node_id for node_id, cell in placement.cells.items() if cell.row == row}
    height = max((node.height for node in nodes if node.id in here), default=BAND)
    return max(BAND, height), any(node.host in here for node in nodes)


def _boxes(nodes: Sequence[Node], placement: Placement, frame: _Frame) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    for node in nodes:
        if not node.host:
            cell = placement.cells[node.id]
            middle, centre = frame.column_middles[cell.column], frame.centres[cell.row]
            boxes[node.id] = _around((middle, centre), node)
    opening = {node.id for node in nodes if node.opens}
    count: dict[str, int] = {}
    for node in nodes:
        if node.host:
            host, position = boxes[node.host], count.get(node.host, 0)
            count[node.host] = position + 1
            aside = 26 + 42 * position
            x = host.x + aside if node.host in opening else host.right - aside
            boxes[node.id] = _around((x, host.bottom), node)
    return boxes


def _around(point: Point, node: Node) -> Box:
    return Box(
        x=point[0] - node.width // 2,
        y=point[1] - node.height // 2,
        width=node.width,
        height=node.height,
    )


def _paths(
    nodes: Sequence[Node],
    flows: Sequence[Flow],
    placement: Placement,
    boxes: Mapping[str, Box],
    grid: Grid,
) -> dict[str, list[Point]]:
    """Short flows first, loops last; flows to one target may run together."""
    hosts = {node.id: node.host for node in nodes if node.host}

    def span(flow: Flow) -> tuple[bool, int, str]:
        source = placement.cells[hosts.get(flow.source, flow.source)]
        target = placement.cells[hosts.get(flow.target, flow.target)]
        distance = abs(source.column - target.column) + 2 * abs(source.row - target.row)
        return flow.id in placement.backward, distance, flow.id

    busy: dict[tuple[str, Point], set[str]] = {}
    paths: dict[str, list[Point]] = {}
    for flow in sorted(flows, key=span):
        back = flow.id in placement.backward
        leave = _doors_out(boxes[flow.source], grid, hanging=flow.source in hosts, back=back)
        enter = _doors_in(boxes[flow.target], grid, boxes[flow.source].middle[0], back=back)
        path = grid.route(
            [_priced(port, busy.get((flow.source, port.at), set()), "") for port in leave],
            [_priced(port, busy.get((flow.target, port.at), set()), flow.target) for port in enter],
            flow.target,
        )
        paths[flow.id] = path
        busy.setdefault((flow.source, path[0]), set()).add(f"from {flow.id}")
        busy.setdefault((flow.target, path[-1]), set()).add(flow.target)
    return {flow.id: paths[flow.id] for flow in flows}


def _priced(port: Port, users: set[str], owner: str) -> Port:
    """Flows that arrive may share a door; a flow that leaves wants one for itself."""
    return Port(at=port.at, outside=port.outside, cost=port.cost + BUSY * len(users - {owner}))


def _doors_out(box: Box, grid: Grid, *, hanging: bool, back: bool) -> list[Port]:
    """To the right first; loops leave by the top or the bottom, boundary events downwards."""
    top, bottom, _, right = _doors(box, grid)
    if hanging:
        return [_at(port, 0) for port in bottom]
    aside, ahead = (0, 50) if back else (36, 0)
    return [*(_at(p, aside) for p in (*top, *bottom)), *(_at(p, ahead) for p in right)]


def _doors_in(box: Box, grid: Grid, above: int, *, back: bool) -> list[Port]:
    """From the left first; loops come back to the top or the bottom.

    A flow from straight `above` may dock off the middle, so that it needs no bend.
    """
    top, bottom, left, _ = _doors(box, grid)
    aside, ahead = (0, 50) if back else (36, 0)
    ports = [*(_at(p, aside) for p in (*top, *bottom)), *(_at(p, ahead) for p in left)]
    if box.x + 12 <= above <= box.right - 12 and above != box.middle[0]:
        ports += [
            Port(at=(above, p.at[1]), outside=(above, p.outside[1]), cost=aside + 4)
            for p in (*top, *bottom)
        ]
    return ports


def _at(port: Port, cost: int) -> Port:
    return Port(at=port.at, outside=port.outside, cost=cost)


def _doors(box: Box, grid: Grid) -> tuple[list[Port], list[Port], list[Port], list[Port]]:
    """Doors at top, bottom, left and right, where a track passes outside."""
    x, y = box.middle
    above = [t for t in grid.ys if t < box.y][-1:]
    below = [t for t in grid.ys if t > box.bottom][:1]
    left = [t for t in grid.xs if t < box.x][-1:]
    right = [t for t in grid.xs if t > box.right][:1]
    return (
        [Port(at=(x, box.y), outside=(x, t), cost=0) for t in above],
        [Port(at=(x, box.bottom), outside=(x, t), cost=0) for t in below],
        [Port(at=(box.x, y), outside=(t, y), cost=0) for t in left],
        [Port(at=(box.right, y), outside=(t, y), cost=0) for t in right],
    )
