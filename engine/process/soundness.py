"""Play the token game on each level: can it stop for ever, can a step be reached twice at once?

The diagram is explored as a workflow net (van der Aalst 1997), choices free, sub-processes as
one step. A join of exclusive branches by a parallel gateway waits for ever; a merge of parallel
branches by an exclusive gateway does everything after it twice. What
lies beyond the budget is left undecided: the instance refuses at run time what is not found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.process import graph
from engine.process.graph import Level, Report
from engine.process.parser import BPMN, local

BUDGET = 20_000  # markings looked at in one diagram
WIDEST = 6  # branches of an inclusive gateway that are tried in every combination

# A token rests at a node, or before a join on the flow that comes from `source`.
Place = tuple[str, str]  # (node, source or "")
Marking = frozenset[Place]


class _Unsafe(Exception):
    def __init__(self, node: str) -> None:
        self.node = node
        super().__init__(node)


def check(report: Report, process: object) -> None:
    """Report at most one deadlock and one doubled step on each level."""
    left = BUDGET
    for level in graph.levels(process):
        left -= _Game(report, level, left).play()


class _Game:
    def __init__(self, report: Report, level: Level, budget: int) -> None:
        self.report = report
        self.level = level
        self.budget = budget
        self._lasting = {
            node: tuple(b for b in borders if self._interrupts(b))
            for node, borders in level.attached.items()
        }
        self._ahead: dict[str, frozenset[str]] = {}

    def play(self) -> int:
        """Play from the start and return how many markings were looked at."""
        start = self.level.of_kind("startEvent")[0]
        self._side_branches(start)
        return self._explore(frozenset({(start, "")}))

    def _interrupts(self, boundary: str) -> bool:
        return bool(self.level.nodes[boundary].get("cancelActivity") != "false")

    # ---------------------------------------------------------------- exploring

    def _explore(self, first: Marking) -> int:
        seen, stack, said = {first}, [first], set[str]()
        while stack and len(seen) < self.budget:
            marking = stack.pop()
            try:
                following = [*self._steps(marking)]
            except _Unsafe as twice:
                self._say("token-twice", twice.node, said)
                continue
            if marking and not following:
                self._say("deadlock", next(iter(sorted(marking)))[0], said)
            for after in following:
                if after not in seen:
                    seen.add(after)
                    stack.append(after)
        return len(seen)

    def _say(self, code: str, node: str, said: set[str]) -> None:
        if code not in said:
            said.add(code)
            self.report.add(code, self.level.nodes[node])

    def _steps(self, marking: Marking) -> Iterator[Marking]:
        for place in sorted(marking):
            node, source = place
            if source:
                continue
            rest = marking - {place}
            if self._ends_everything(node):
                yield frozenset()
                continue
            for targets in self._choices(node):
                yield self._moved(rest, node, targets)
            for boundary in self._lasting.get(node, ()):
                yield self._moved(rest, boundary, self.level.after.get(boundary, ()))
        for node in sorted({node for node, source in marking if source}):
            waiting = frozenset(p for p in marking if p[0] == node and p[1])
            if self._joins(node, {source for _, source in waiting}, marking):
                for targets in self._choices(node):
                    yield self._moved(marking - waiting, node, targets)

    def _moved(self, rest: Marking, source: str, targets: tuple[str, ...]) -> Marking:
        places = set(rest)
        for target in targets:
            place = (target, source if self._is_join(target) else "")
            if place in places:
                raise _Unsafe(target)
            places.add(place)
        return frozenset(places)

    # ---------------------------------------------------------------- what a node does

    def _is_join(self, node: str) -> bool:
        joining = self.level.kind(node) in ("parallelGateway", "inclusiveGateway")
        return joining and len(self.level.before.get(node, ())) > 1

    def _ends_everything(self, node: str) -> bool:
        element = self.level.nodes[node]
        final = ("terminateEventDefinition", "errorEventDefinition")
        return local(element) == "endEvent" and any(local(e) in final for e in element)

    def _choices(self, node: str) -> Iterator[tuple[str, ...]]:
        after, kind = self.level.after.get(node, ()), self.level.kind(node)
        if kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ((target,) for target in after)
        elif kind == "inclusiveGateway" and 1 < len(after) <= WIDEST:
            for width in range(1, len(after) + 1):
                yield from combinations(after, width)
        else:
            yield after

    def _joins(self, node: str, filled: set[str], marking: Marking) -> bool:
        empty = set(self.level.before[node]) - filled
        if self.level.kind(node) == "parallelGateway" or not empty:
            return not empty
        others = {n for n, source in marking if (n, source) != (node, source) and n != node}
        ahead = [self._ahead_of(other, node) for other in others]
        return not any(before & empty and not before & filled for before in ahead)

    def _ahead_of(self, start: str, join: str) -> frozenset[str]:
        key = f"{start} {join}"
        if key not in self._ahead:
            step = self.level.next
            found = self.level.reach([start], lambda n: () if n == join else step(n))
            self._ahead[key] = frozenset(found - {join})
        return self._ahead[key]

    # ---------------------------------------------------------------- reminders and escalations

    def _side_branches(self, start: str) -> None:
        """A branch opened by a non-interrupting event must not run into the main flow."""

        def main(node: str) -> tuple[str, ...]:
            return (*self.level.after.get(node, ()), *self._lasting.get(node, ()))

        whole = self.level.reach([start], main)
        for boundary in self.level.of_kind("boundaryEvent"):
            if self._interrupts(boundary):
                continue
            branch = self.level.reach(self.level.after.get(boundary, ()), main)
            shared = [n for n in self.level.nodes if n in whole & branch and self._matters(n)]
            if shared and boundary not in branch:
                self.report.add("token-twice", self.level.nodes[shared[0]])

    def _matters(self, node: str) -> bool:
        """Sharing an end event, or a gateway that leads only there, repeats nothing."""
        element = self.level.nodes[node]
        return element.tag.removeprefix(f"{{{BPMN}}}") not in (
            "endEvent",
            "exclusiveGateway",
        )
