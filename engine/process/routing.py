"""Leads flows around shapes: the cheapest orthogonal path on a grid of tracks between them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[int, int]
BEND, CROSSING, SHARED, LABEL = 34, 40, 900, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle that flows may not cross."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A place where a flow may dock, the first grid point outside, and what using it costs."""

    at: Point
    outside: Point
    cost: int


@dataclass(slots=True, kw_only=True)
class Grid:
    """Tracks a flow may use, what stands in the way, and which stretches are already used."""

    xs: Sequence[int]
    ys: Sequence[int]
    boxes: Sequence[Box]
    labels: Sequence[Box] = ()
    haste: int = 1  # above 1, paths are found sooner, may be longer and cross more
    shaded: set[Point] = field(default_factory=set)
    walled: set[tuple[Point, Point]] = field(default_factory=set)  # stretches through a box
    used: dict[tuple[Point, Point], str] = field(default_factory=dict)
    passed: dict[Point, set[str]] = field(default_factory=dict)
    _steps: dict[Point, tuple[tuple[Point, int], ...]] = field(default_factory=dict)
    _x_at: Mapping[int, int] = field(default_factory=dict)
    _y_at: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.xs, self.ys = sorted(set(self.xs)), sorted(set(self.ys))
        self._x_at = {x: index for index, x in enumerate(self.xs)}
        self._y_at = {y: index for index, y in enumerate(self.ys)}
        for label in self.labels:
            rows = [y for y in self.ys if label.y < y < label.bottom]
            self.shaded |= {(x, y) for x in self.xs if label.x < x < label.right for y in rows}
        for box in self.boxes:
            self.walled.update(self._through(box))

    def _through(self, box: Box) -> Iterator[tuple[Point, Point]]:
        """Yield the stretches between neighbouring tracks that touch the inside of a box."""
        inside_y = [y for y in self.ys if box.y < y < box.bottom]
        for here, there in pairwise(self.xs):
            if here < box.right and there > box.x:
                yield from (((here, y), (there, y)) for y in inside_y)
        inside_x = [x for x in self.xs if box.x < x < box.right]
        for here, there in pairwise(self.ys):
            if here < box.bottom and there > box.y:
                yield from (((x, here), (x, there)) for x in inside_x)

    def route(self, sources: Iterable[Port], targets: Iterable[Port], owner: str) -> list[Point]:
        """Return the way points of the cheapest path; stretches shared with `owner` are free."""
        ends: dict[Point, Port] = {}
        for port in targets:
            if port.outside not in ends or port.cost < ends[port.outside].cost:
                ends[port.outside] = port
        best: dict[tuple[Point, int], int] = {}
        came: dict[tuple[Point, int], tuple[Point, int] | None] = {}
        first: dict[Point, Port] = {}
        queue: list[tuple[int, int, Point, int]] = []
        for port in sources:
            state = (port.outside, _axis(port.at, port.outside))
            if port.cost < best.get(state, 1 << 30):
                best[state], came[state], first[port.outside] = port.cost, None, port
                heapq.heappush(queue, (port.cost, port.cost, *state))
        goal = self._search(queue, best, came, ends, owner)
        return _simplify(self._unwind(goal, came, first, ends, owner))

    def _search(
        self,
        queue: list[tuple[int, int, Point, int]],
        best: dict[tuple[Point, int], int],
        came: dict[tuple[Point, int], tuple[Point, int] | None],
        ends: Mapping[Point, Port],
        owner: str,
    ) -> tuple[Point, int]:
        """A* over (point, direction); without haste the answer is the cheapest arrival."""
        goal, goal_cost = (next(iter(ends)), 0), 1 << 30
        left, right = min(x for x, _ in ends), max(x for x, _ in ends)
        top, bottom = min(y for _, y in ends), max(y for _, y in ends)
        while queue:
            estimate, cost, point, axis = heapq.heappop(queue)
            if estimate >= goal_cost:
                break
            if cost > best[point, axis]:
                continue
            if point in ends:
                port = ends[point]
                total = cost + port.cost + (BEND if _axis(port.outside, port.at) != axis else 0)
                if total < goal_cost:
                    goal, goal_cost = (point, axis), total
            for step, length in self._neighbours(point):
                turn = _axis(point, step)
                price = cost + length + self._price(point, step, turn, axis, owner)
                if price < best.get((step, turn), 1 << 30):
                    best[step, turn] = price
                    came[step, turn] = (point, axis)
                    x, y = step
                    away = max(left - x, x - right, 0) + max(top - y, y - bottom, 0)
                    heapq.heappush(queue, (price + self.haste * away, price, step, turn))
        return goal

    def _price(self, point: Point, step: Point, turn: int, axis: int, owner: str) -> int:
        price = BEND if turn != axis else 0
        other = self.used.get((point, step)) or self.used.get((step, point))
        if other is not None and other != owner:
            price += SHARED
        if self.haste == 1 and any(name != owner for name in self.passed.get(step, ())):
            price += CROSSING
        if step in self.shaded:
            price += LABEL
        return price

    def _neighbours(self, point: Point) -> tuple[tuple[Point, int], ...]:
        if point not in self._steps:
            self._steps[point] = tuple(self._reachable(point))
        return self._steps[point]

    def _reachable(self, point: Point) -> Iterator[tuple[Point, int]]:
        column, row = self._x_at[point[0]], self._y_at[point[1]]
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            if not (0 <= column + dx < len(self.xs) and 0 <= row + dy < len(self.ys)):
                continue
            step = (self.xs[column + dx], self.ys[row + dy])
            if (point, step) not in self.walled and (step, point) not in self.walled:
                yield step, abs(step[0] - point[0]) + abs(step[1] - point[1])

    def _unwind(
        self,
        goal: tuple[Point, int],
        came: Mapping[tuple[Point, int], tuple[Point, int] | None],
        first: Mapping[Point, Port],
        ends: Mapping[Point, Port],
        owner: str,
    ) -> list[Point]:
        """Walk back from the goal and mark the stretches as used."""
        trail: list[Point] = []
        state: tuple[Point, int] | None = goal
        while state is not None:
            trail.append(state[0])
            state = came.get(state)
        trail.reverse()
        for here, there in pairwise(trail):
            self.used[here, there] = owner
        for point in trail:
            self.passed.setdefault(point, set()).add(owner)
        return [first[trail[0]].at, *trail, ends[trail[-1]].at]


def _axis(here: Point, there: Point) -> int:
    return 0 if here[1] == there[1] else 1


def _simplify(points: Sequence[Point]) -> list[Point]:
    """Drop points in the middle of a straight stretch."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        straight = len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        )
        if straight:
            kept[-1] = point
        else:
            kept.append(point)
    return kept
