"""A case as a film: after every event, which elements are active, done, and how often visited.

The state of each picture is the case itself, folded to that event. Gateways leave no trace in a
history; those on the shortest way between two recorded elements are shown as passed.
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

_PASSED_BY = frozenset({"gateway", "startEvent", "endEvent", "intermediateThrowEvent", "terminate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the diagram shows after one event."""

    active: tuple[str, ...]
    done: tuple[str, ...]
    cancelled: tuple[str, ...]
    count: Mapping[str, int]

    def record(self) -> dict[str, object]:
        return {
            "active": list(self.active),
            "done": list(self.done),
            "cancelled": list(self.cancelled),
            "count": dict(self.count),
        }


def pictures(records: Sequence[Record], version: Version) -> Iterator[tuple[Record, Case, Picture]]:
    """Yield each event with the case and the picture after it."""
    film = _Film(nodes=version.definition.nodes, flows=flows(version.definition.source))
    for record, case in steps(records, version):
        yield record, case, film.next(case, withdrawn=_withdrawn(record))


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


def _withdrawn(record: Record) -> str | None:
    return getattr(record.event, "element", None) if record.kind == "task-withdrawn" else None


@dataclass(slots=True, kw_only=True)
class _Film:
    nodes: Mapping[str, Node]
    flows: Mapping[str, list[str]]
    active: tuple[str, ...] = ()
    done: dict[str, None] = field(default_factory=dict)
    cancelled: dict[str, None] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)
    is_begun: bool = False

    def next(self, case: Case, *, withdrawn: str | None) -> Picture:
        now = active_elements(case)
        left = [each for each in self.active if each not in now]
        came = [each for each in now if each not in self.active]
        origins = left or (self._starts() if not self.is_begun else [])
        self.is_begun = True
        if withdrawn is not None and withdrawn not in now:
            self.cancelled[withdrawn] = None
        for passed in self._between(origins, came, ended=case.is_closed):
            self.done[passed] = None
            self.count[passed] += 1
        for each in left:
            if self._was_done(each):
                self.done[each] = None
        self.count.update(came)
        self.active = now
        return self._picture()

    def _picture(self) -> Picture:
        return Picture(
            active=self.active,
            done=tuple(each for each in self.done if each not in self.cancelled),
            cancelled=tuple(each for each in self.cancelled if each not in self.active),
            count=dict(self.count),
        )

    def _starts(self) -> list[str]:
        return [node.id for node in self.nodes.values() if node.tag == "startEvent"]

    def _was_done(self, element: str) -> bool:
        """A clock that no longer runs because its task ended was not done; it fell away."""
        node = self.nodes.get(element)
        return node is None or node.tag != "boundaryEvent"

    def _between(self, origins: Iterable[str], targets: Iterable[str], *, ended: bool) -> list[str]:
        """Return the gateways and events on the shortest ways from what ended to what began."""
        wanted = set(targets)
        found: dict[str, None] = {}
        for origin in origins:
            if self.nodes[origin].tag == "startEvent":
                found[origin] = None
            for way in self._ways(origin, wanted, ended=ended):
                found.update(dict.fromkeys(way))
        return list(found)

    def _ways(self, origin: str, wanted: set[str], *, ended: bool) -> Iterator[list[str]]:
        queue: deque[tuple[str, list[str]]] = deque([(origin, [])])
        seen = {origin}
        while queue:
            at, way = queue.popleft()
            for following in self.flows.get(at, ()):
                if following in wanted:
                    yield way
                elif following not in seen and self._is_passed(following, ended=ended):
                    seen.add(following)
                    queue.append((following, [*way, following]))
                    if ended and self.nodes[following].tag == "endEvent":
                        yield [*way, following]

    def _is_passed(self, element: str, *, ended: bool) -> bool:
        node = self.nodes.get(element)
        if node is None or node.kind not in _PASSED_BY:
            return False
        return ended or node.tag != "endEvent"
