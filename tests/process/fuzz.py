"""Random structured diagrams, and one seeded person who works on the same case in two engines."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.process.definition import Definition, parse
from engine.process.instance import Instance
from tests.process.drawing import (
    MESSAGE,
    boundary,
    catch,
    chain,
    document,
    end,
    flows,
    heard,
    inclusive,
    lanes,
    multi,
    parallel,
    service,
    start,
    subprocess,
    timed,
    user,
    xor,
)
from tests.process.driving import T0

Ends = tuple[str, str]  # first and last node of a block
COMMON = (
    "user",
    "user",
    "service",
    "sequence",
    "xor",
    "loop",
    "and",
    "or",
    "timer",
    "sub",
    "multi",
)
# what plain SpiffWorkflow gets wrong, or does not know
OURS = (*COMMON, "message", "first", "and_loop", "reminder", "call")


@dataclass
class Diagram:
    """Builds a diagram block by block; the conditions ask for `n % k == 0`."""

    rng: random.Random
    kinds: tuple[str, ...] = COMMON
    parts: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    _count: int = 0

    def source(self, depth: int = 3) -> bytes:
        first, last = self.block(depth)
        self.parts += [start("s"), end("e"), chain("s", first), chain(last, "e")]
        return document(lanes(self.people) + "\n".join(self.parts), extra=MESSAGE)

    def block(self, depth: int) -> Ends:
        kind = self.rng.choice(self.kinds) if depth else self.rng.choice(("user", "service"))
        build: Callable[[int], Ends] = getattr(self, f"_{kind}")
        return build(depth - 1)

    def _new(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _user(self, _depth: int = 0) -> Ends:
        name = self._new("u")
        self.people.append(name)
        self.parts.append(user(name))
        return name, name

    def _service(self, _depth: int) -> Ends:
        name = self._new("v")
        self.parts.append(service(name))
        return name, name

    def _message(self, _depth: int) -> Ends:
        name = self._new("m")
        self.parts.append(catch(name, heard()))
        return name, name

    def _sequence(self, depth: int) -> Ends:
        blocks = [self.block(depth) for _ in range(self.rng.randint(2, 3))]
        for (_, last), (first, _) in itertools.pairwise(blocks):
            self.parts.append(chain(last, first))
        return blocks[0][0], blocks[-1][1]

    def _xor(self, depth: int) -> Ends:
        return self._split(depth, xor)

    def _or(self, depth: int) -> Ends:
        return self._split(depth, inclusive)

    def _split(self, depth: int, gateway: Callable[..., str]) -> Ends:
        split, join = self._new("g"), self._new("j")
        branches = [self.block(depth) for _ in range(self.rng.randint(2, 3))]
        for number, (first, last) in enumerate(branches[:-1]):
            self.parts += [flows((split, first, f"n % {number + 2} == 0")), chain(last, join)]
        first, last = branches[-1]
        self.parts += [chain(split, first), chain(last, join)]
        self.parts += [gateway(split, first), gateway(join)]
        return split, join

    def _and(self, depth: int) -> Ends:
        split, join = self._new("g"), self._new("j")
        self.parts.append(parallel(split, join))
        for _ in range(self.rng.randint(2, 3)):
            first, last = self.block(depth)
            self.parts += [chain(split, first), chain(last, join)]
        return split, join

    def _loop(self, depth: int) -> Ends:
        head, tail, out = self._new("h"), self._new("l"), self._new("v")
        (person, _), (first, last) = self._user(), self.block(depth)
        self.parts += [xor(head), xor(tail, out), service(out)]
        self.parts += [chain(head, person, first), chain(last, tail, out)]
        self.parts.append(flows((tail, head, "n % 4 != 0")))
        return head, out

    def _and_loop(self, _depth: int) -> Ends:
        """Rework that contains an AND join: the second turn is where the plain library errs."""
        head, tail, out = self._new("h"), self._new("l"), self._new("v")
        first, last = self._and(0)
        person, _ = self._user()
        self.parts += [xor(head), xor(tail, out), service(out)]
        self.parts += [chain(head, first), chain(last, person, tail, out)]
        self.parts.append(flows((tail, head, "n % 3 != 0")))
        return head, out

    def _timer(self, depth: int) -> Ends:
        (person, _), event = self._user(), self._new("t")
        first, last = self.block(depth)
        if self.rng.random() < 0.5:
            join = self._new("j")
            self.parts += [boundary(event, person), xor(join)]
            self.parts += [chain(event, first), chain(last, join), chain(person, join)]
            return person, join
        stop = self._new("e")
        self.parts += [boundary(event, person, interrupting=False), end(stop)]
        self.parts += [chain(event, first), chain(last, stop)]
        return person, person

    def _reminder(self, _depth: int) -> Ends:
        (person, _), (urge, _) = self._user(), self._user()
        event, stop = self._new("t"), self._new("e")
        self.parts += [boundary(event, person, timed("R3/P1D"), interrupting=False), end(stop)]
        self.parts.append(chain(event, urge, stop))
        return person, person

    def _first(self, depth: int) -> Ends:
        gateway, message, timer, join = (self._new(letter) for letter in "fmtj")
        self.parts += [f'<eventBasedGateway id="{gateway}"/>', xor(join)]
        for event, inner in ((message, heard()), (timer, timed())):
            first, last = self.block(depth)
            self.parts += [catch(event, inner), chain(gateway, event, first), chain(last, join)]
        return gateway, join

    def _sub(self, depth: int, marker: str = "") -> Ends:
        outside, self.parts = self.parts, []
        first, last = self.block(depth)
        begin, stop, name = (self._new(letter) for letter in "sep")
        self.parts += [start(begin), end(stop), chain(begin, first), chain(last, stop)]
        inside, self.parts = "\n".join(self.parts), outside
        self.parts.append(subprocess(name, inside, marker))
        return name, name

    def _call(self, _depth: int) -> Ends:
        name = self._new("c")
        self.parts.append(f'<callActivity id="{name}" calledElement="inner"/>')
        return name, name

    def _multi(self, depth: int) -> Ends:
        return self._sub(depth, multi("2", sequential=self.rng.random() < 0.5))


# What `call` blocks call: it has a way back, a reminder and a sub-process of its own.
INNER = document(
    start("s")
    + user("u")
    + boundary("t", "u", interrupting=False)
    + end("te")
    + chain("t", "te")
    + subprocess("p", start("ps") + service("v") + end("pe") + chain("ps", "v", "pe"))
    + xor("l", "e")
    + end("e")
    + chain("s", "u", "p", "l", "e")
    + flows(("l", "u", "n % 5 == 0")),
    process="inner",
)
CALLED = {"inner": INNER}


# ------------------------------------------------------------------ our engine


@dataclass
class Ours:
    """Our instance; services are settled at once, as the case does."""

    source: bytes
    reload: bool
    n: int = 1

    def __post_init__(self) -> None:
        self.definition = read_counting(self.source)
        self.instance = Instance.start(self.definition, case_id="c", at=T0, facts=self._facts())
        self._settle()

    def _facts(self) -> dict[str, object]:
        return {"n": self.n}

    def _settle(self) -> None:
        while self.instance.pending:
            pending = self.instance.pending[0]
            self.instance.settle(pending.element, pending.key, at=T0, facts=self._facts())

    def seen(self) -> tuple[list[str], list[str], bool]:
        if self.reload:
            blob = self.instance.dump()
            self.instance = Instance.restore(self.definition, blob, case_id="c")
        people = sorted(task.element for task in self.instance.open_tasks)
        timers = sorted(timer.element for timer in self.instance.timers)
        return people, timers, self.instance.completed

    def act(self, kind: str, name: str, nth: int, n: int) -> None:
        self.n = n
        waiting: Any = self.instance.open_tasks if kind == "task" else self.instance.timers
        chosen = [w for w in waiting if w.element == name][nth]
        operation = self.instance.complete if kind == "task" else self.instance.fire
        operation(chosen.element, chosen.key, at=T0, facts=self._facts())
        self._settle()


class Counting:
    """A condition such as `n % 3 == 0`, read by hand."""

    def __init__(self, text: str) -> None:
        _, _, divisor, relation, _ = text.split()
        self.divisor, self.equal = int(divisor), relation == "=="

    def evaluate(self, facts: Any) -> bool | None:
        return None if "n" not in facts else (facts["n"] % self.divisor == 0) is self.equal

    def missing(self, facts: Any) -> tuple[str, ...]:
        return () if "n" in facts else ("n",)


def read_counting(source: bytes) -> Definition:
    return parse(source, condition=Counting, called=CALLED)
