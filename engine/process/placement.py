"""Places the nodes of a diagram on a grid: lanes are bands, time runs along the columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NO_LANE = ""
WIDE = 16  # columns a screen shows legibly; beyond, steps of the system share columns
Arc = tuple[str, str, str]  # flow, source, target


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A flow node with its size; `host` is the activity that a boundary event hangs on.

    `task` is "system" for a step that needs nobody, "person" for one that does, else empty. A node
    that `opens` another plane shows the sign for it at its lower right corner.
    """

    id: str
    width: int
    height: int
    lane: str = NO_LANE
    host: str | None = None
    task: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow; `label` is the width in pixels of its caption, 0 without one."""

    id: str
    source: str
    target: str
    label: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where a node stands: column from the left, row from the top of the whole diagram."""

    column: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Cells of all nodes that stand alone, rows of each lane, flows that lead backwards."""

    cells: Mapping[str, Cell]
    lanes: Mapping[str, range]
    backward: frozenset[str]


def place(nodes: Sequence[Node], flows: Sequence[Flow], lanes: Sequence[str]) -> Placement:
    """Give every node a cell of its own; the same input gives the same cells.

    A boundary event has no cell: it stands on the border of its host.
    """
    hosts = {node.id: node.host for node in nodes if node.host}
    standing = [node for node in nodes if not node.host]
    arcs = [(f.id, hosts.get(f.source, f.source), hosts.get(f.target, f.target)) for f in flows]
    backward = _backward([node.id for node in standing], arcs)
    forward = [arc for arc in arcs if arc[0] not in backward]
    lane_of = {node.id: node.lane for node in standing}
    ids = [node.id for node in standing]
    columns, below = _columns(ids, forward, lane_of, {}), dict[str, str]()
    if max(columns.values(), default=0) >= WIDE:
        below = _stacked(standing, forward)
        columns = _columns(ids, forward, lane_of, below)
    hanging = {flow.id for flow in flows if flow.source in hosts}
    rows = _Rows(columns=columns, lane_of=lane_of, below=below)
    for node_id in _order(standing, columns):
        rows.put(node_id, forward, hanging)
    return _gather(rows, lanes, backward)


def _backward(ids: Sequence[str], arcs: Sequence[Arc]) -> frozenset[str]:
    """Flows that close a loop, found by a depth-first walk in the order of the document."""
    leaving: dict[str, list[tuple[str, str]]] = {node_id: [] for node_id in ids}
    entered = {target for _, _, target in arcs}
    for flow_id, source, target in arcs:
        leaving[source].append((flow_id, target))
    found: set[str] = set()
    done: set[str] = set()
    for start in sorted(ids, key=lambda node_id: node_id in entered):
        path: list[tuple[str, int]] = [(start, 0)] if start not in done else []
        open_ids = {start}
        while path:
            node_id, position = path.pop()
            if position == len(leaving[node_id]):
                open_ids.discard(node_id)
                done.add(node_id)
                continue
            path.append((node_id, position + 1))
            flow_id, target = leaving[node_id][position]
            if target in open_ids:
                found.add(flow_id)
            elif target not in done:
                open_ids.add(target)
                path.append((target, 0))
    return frozenset(found)


def _columns(
    ids: Sequence[str],
    forward: Sequence[Arc],
    lane_of: Mapping[str, str],
    below: Mapping[str, str],
) -> dict[str, int]:
    """Longest path; a step into another lane may go straight down and needs no new column.

    Inside one lane time always runs to the right: a node stands right of all that lead to it,
    unless it is stacked `below` the one before.
    """
    columns: dict[str, int] = {}
    behind: dict[str, dict[str, int]] = {}
    for node_id in _topological(ids, forward):
        reached: dict[str, int] = {}
        column = 0
        for _, source, target in forward:
            if target == node_id:
                column = max(column, columns[source])
                for lane, furthest in behind[source].items():
                    reached[lane] = max(reached.get(lane, -1), furthest)
        lane = lane_of[node_id]
        ahead = column if node_id in below else reached.get(lane, -1) + 1
        columns[node_id] = max(column, ahead)
        behind[node_id] = {**reached, lane: columns[node_id]}
    return columns


def _stacked(nodes: Sequence[Node], forward: Sequence[Arc]) -> dict[str, str]:
    """Tasks that may stand right under the system's step before them, in pairs."""
    known = {node.id: node for node in nodes}
    leaving, arriving = Counter(a for _, a, _ in forward), Counter(b for _, _, b in forward)
    below: dict[str, str] = {}
    for _, source, target in forward:
        one, other = known[source], known[target]
        alone = leaving[source] == 1 and arriving[target] == 1
        fits = one.task == "system" and bool(other.task) and one.lane == other.lane
        if alone and fits and source not in below:
            below[target] = source
    return below


def _topological(ids: Sequence[str], forward: Sequence[Arc]) -> list[str]:
    waiting = {node_id: sum(target == node_id for _, _, target in forward) for node_id in ids}
    ready = [node_id for node_id in ids if not waiting[node_id]]
    for node_id in ready:
        for _, source, target in forward:
            if source == node_id:
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
    return ready


def _order(nodes: Sequence[Node], columns: Mapping[str, int]) -> list[str]:
    position = {node.id: index for index, node in enumerate(nodes)}
    return sorted(position, key=lambda node_id: (columns[node_id], position[node_id]))


class _Rows:
    """Rows inside each lane while the nodes are put in, column by column."""

    def __init__(
        self,
        *,
        columns: Mapping[str, int],
        lane_of: Mapping[str, str],
        below: Mapping[str, str],
    ) -> None:
        self.columns, self.lane_of, self.below = columns, lane_of, below
        self.row_of: dict[str, int] = {}
        self.taken: dict[tuple[str, int], list[range]] = {}

    def put(self, node_id: str, forward: Sequence[Arc], hanging: set[str]) -> None:
        """Prefer the row of a predecessor, the one below for a flow from a boundary event."""
        lane, column, wish = self.lane_of[node_id], self.columns[node_id], 0
        for flow_id, source, target in forward:
            if target == node_id and self.lane_of[source] == lane:
                under = flow_id in hanging or self.below.get(node_id) == source
                home = self.below.get(source, source)
                wish = self.row_of[source] + 1 if under else self.row_of[home]
                break
        row = next(row for row in _nearest(wish) if self._free(lane, row, column))
        self.row_of[node_id] = row
        until = max(column, self._reach(node_id, forward))
        self.taken.setdefault((lane, row), []).append(range(column, until + 1))

    def _reach(self, node_id: str, forward: Sequence[Arc]) -> int:
        """The column up to which the row stays free, so that the first flow can run straight."""
        for _, source, target in forward:
            if source == node_id:
                same = self.lane_of[target] == self.lane_of[node_id]
                return self.columns[target] - 1 if same else 0
        return 0

    def _free(self, lane: str, row: int, column: int) -> bool:
        return all(column not in span for span in self.taken.get((lane, row), ()))


def _nearest(wish: int) -> Iterable[int]:
    yield wish
    for distance in range(1, 1000):
        yield wish + distance
        if wish >= distance:
            yield wish - distance


def _gather(rows: _Rows, lanes: Sequence[str], backward: frozenset[str]) -> Placement:
    bands: dict[str, range] = {}
    first = 0
    names = [*lanes, *([NO_LANE] if NO_LANE in rows.lane_of.values() else [])]
    for lane in names:
        height = 1 + max((r for n, r in rows.row_of.items() if rows.lane_of[n] == lane), default=0)
        bands[lane] = range(first, first + height)
        first += height
    cells = {
        node_id: Cell(column=rows.columns[node_id], row=bands[rows.lane_of[node_id]].start + row)
        for node_id, row in rows.row_of.items()
    }
    return Placement(cells=cells, lanes=bands, backward=backward)
