"""A case as a film: after every event, which elements are active, done, and how often visited.

The state of each picture is the case itself, folded to that event. Gateways leave no trace in a
history; those on the shortest way between two recorded elements are shown as passed, with the flows
between. A sub-process is active while an element inside it is.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.case import Case
from engine.folding import steps
from engine.history import Record
from engine.process.definition import Node
from engine.version import Version
from web.diagrams import flows

_Step = tuple[str, str]  # a flow and the element it leads to
_PASSED_BY = frozenset({"gateway", "startEvent", "endEvent", "intermediateThrowEvent", "terminate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the diagram shows after one event."""

    active: tuple[str, ...]
    done: tuple[str, ...]
    cancelled: tuple[str, ...]
    path: tuple[str, ...]
    count: Mapping[str, int]

    def record(self) -> dict[str, object]:
        return {
            "active": list(self.active),
            "done": list(self.done),
            "cancelled": list(self.cancelled),
            "path": list(self.path),
            "count": dict(self.count),
        }


def pictures(records: Sequence[Record], version: Version) -> Iterator[tuple[Record, Case, Picture]]:
    """Yield each event with the case and the picture after it."""
    definition = version.definition
    film = _Film(nodes=definition.nodes, start=definition.start.id, flows=flows(definition.source))
    for record, case in steps(records, version):
        moved = getattr(record.event, "element", None)
        yield record, case, film.next(case, moved, is_withdrawn=record.kind == "task-withdrawn")


def active_elements(case: Case) -> tuple[str, ...]:
    """Return every element the case waits at, tasks of people first."""
    if case.is_closed:
        return ()
    instance = case.instance
    waiting: list[str] = [task.element for task in instance.open_tasks]
    waiting += [pending.element for pending in instance.pending]
    waiting += [timer.element for timer in instance.timers]
    waiting += [message.element for message in instance.messages]
    return tuple(dict.fromkeys(waiting))


@dataclass(slots=True, kw_only=True)
class _Film:
    nodes: Mapping[str, Node]
    start: str
    flows: Mapping[str, list[_Step]]
    active: tuple[str, ...] = ()
    parts: dict[str, None] = field(default_factory=dict)  # sub-processes around what is active
    done: dict[str, None] = field(default_factory=dict)
    cancelled: dict[str, None] = field(default_factory=dict)
    path: dict[str, None] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)
    is_begun: bool = False

    def next(self, case: Case, moved: str | None, *, is_withdrawn: bool) -> Picture:
        now = active_elements(case)
        left = [each for each in self.active if each not in now]
        came = [each for each in now if each not in self.active]
        steps = self._between(self._origins(left, moved), came, ended=case.is_closed)
        passed = [element for _, element in steps if element not in came]
        if not self.is_begun:
            passed.insert(0, self.start)
        self.is_begun = True
        if is_withdrawn and moved is not None and moved not in now:
            self.cancelled[moved] = None
        self.path.update(dict.fromkeys(flow for flow, _ in steps))
        self.done.update(dict.fromkeys(passed))
        self.done.update(dict.fromkeys(each for each in left if self._was_done(each)))
        self.count.update((*passed, *came))
        self._pass_parts(now, passed)
        self.active = now
        return self._picture()

    def _origins(self, left: Iterable[str], moved: str | None) -> list[str]:
        """Return whence the token went on: of a task and the clock on it, the one that moved."""
        if not self.is_begun:
            return [self.start]
        clock = self.nodes.get(moved or "")
        stopped = clock.attached_to if clock is not None else None
        return [
            each
            for each in left
            if each == moved
            or (self._was_done(each) and stopped not in (each, *self._around([each])))
        ]

    def _pass_parts(self, now: Iterable[str], passed: Iterable[str]) -> None:
        """Note which sub-processes were entered and which were left on the way."""
        around, crossed = self._around(now), self._around(passed)
        self.count.update(part for part in {**crossed, **around} if part not in self.parts)
        gone = {**self.parts, **crossed}
        self.done.update(dict.fromkeys(part for part in gone if part not in around))
        self.parts = around

    def _around(self, elements: Iterable[str]) -> dict[str, None]:
        """Return the sub-processes that the elements lie in, the innermost first."""
        found: dict[str, None] = {}
        for element in elements:
            node = self.nodes.get(element)
            while node is not None and node.scope is not None:
                found[node.scope] = None
                node = self.nodes.get(node.scope)
        return found

    def _picture(self) -> Picture:
        return Picture(
            active=(*self.active, *self.parts),
            done=tuple(each for each in self.done if each not in self.cancelled),
            cancelled=tuple(each for each in self.cancelled if each not in self.active),
            path=tuple(self.path),
            count=dict(self.count),
        )

    def _was_done(self, element: str) -> bool:
        """A clock that no longer runs because its task ended was not done; it fell away."""
        node = self.nodes.get(element)
        return node is None or node.tag != "boundaryEvent"

    def _between(
        self, origins: Iterable[str], targets: Iterable[str], *, ended: bool
    ) -> list[_Step]:
        """Return the flows on the shortest ways from what ended to what began."""
        wanted = set(targets)
        ways = (way for each in origins for way in self._ways(each, wanted, ended=ended))
        return list(dict.fromkeys(step for way in ways for step in way))

    def _ways(self, origin: str, wanted: set[str], *, ended: bool) -> Iterator[list[_Step]]:
        queue: deque[tuple[str, list[_Step]]] = deque([(origin, [])])
        seen = {origin}
        while queue:
            at, way = queue.popleft()
            for step in self.flows.get(at, ()):
                _, following = step
                if following in wanted:
                    yield [*way, step]
                elif following not in seen and self._is_passed(following, ended=ended):
                    seen.add(following)
                    queue.append((following, [*way, step]))
                    if ended and self._is_last(following):
                        yield [*way, step]

    def _is_passed(self, element: str, *, ended: bool) -> bool:
        node = self.nodes.get(element)
        if node is None or node.kind not in _PASSED_BY:
            return False
        return ended or not self._is_last(element)

    def _is_last(self, element: str) -> bool:
        """Whether this is an end of the process; an end inside it only leads out of a part."""
        node = self.nodes[element]
        return node.tag == "endEvent" and node.scope is None
