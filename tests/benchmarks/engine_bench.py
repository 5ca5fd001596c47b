"""What a step of the engine costs, as ratios of interleaved pairs in one run.

    python -m tests.benchmarks.engine_bench [--quick] [--cases 5000]

The diagram is `approval-20` (tests/benchmarks/approval.py) under the law of Chaoyang; inspections
are opened one by one, and as the publisher opens the list of a draw. SQLite is on a file with WAL
and synchronous=NORMAL, which spares the disk and shows the code; the product runs with FULL. CPU
seconds; every ratio is the median of pairs measured one right after the other.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from engine import catalogue, clock, config, scheduler, services, version
from engine.audit import audit_stored
from engine.commands import SYSTEM, CompleteTask, OpenCase
from engine.demo.people import person_id
from engine.publisher import BATCH
from engine.service import Engine
from engine.store import eventstore, outbox, people, schema, shelf
from engine.store.database import Store
from engine.store.tables import cases, timers
from tests.benchmarks.approval import (
    BACK,
    FORM,
    ON,
    SCHEMA,
    STEPS,
    InMemory,
    JsonInSqlite,
    diagram,
    parsed,
    stock,
)
from tests.engine.crowd import INSPECTED, PARTIES

assert services  # binds the names of the shipped diagrams

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PERSON = person_id("bench")
TABLES = ("cases", "events", "leaves", "worklist", "timers", "assignments", "outbox")


@dataclass(slots=True)
class Desk:
    """One engine on one file, one person who may do everything, one clock."""

    engine: Engine
    ids: int = 0
    moment: datetime = MORNING
    turns: dict[tuple[UUID, str], int] = field(default_factory=dict)

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def open(self, process: str, **fields: Any) -> UUID:
        self.ids += 1
        command = OpenCase(
            case_id=clock.named_case_id(f"bench|{self.ids}"),
            actor=SYSTEM,
            process=process,
            jurisdiction="chaoyang",
            title=f"{process} {self.ids}",
            parties=PARTIES,
            fields=fields,
        )
        return self.engine.handle(command).case_id

    def children(self, parent: UUID, count: int) -> list[OpenCase]:
        """Return the commands that open inspections of one task, as its publisher writes them."""
        first = self.ids + 1
        self.ids += count
        return [
            OpenCase(
                case_id=outbox.child_id(parent, 1, str(number)),
                actor=SYSTEM,
                process="inspection",
                jurisdiction="chaoyang",
                title=f"inspection {number}",
                parties=PARTIES,
                fields=INSPECTED,
                parent=parent,
            )
            for number in range(first, first + count)
        ]

    def complete(self, case_id: UUID, element: str, decision: str) -> None:
        data = {"sign_off_decision": decision, "sign_off_opinion": "已核对，符合要求。"}
        self.engine.handle(CompleteTask(case_id=case_id, actor=PERSON, element=element, data=data))


def furnished(folder: Path) -> Desk:
    """Return a desk with the named diagram and the shipped inspection on its shelf."""
    store = Store(f"sqlite:///{folder / 'bench.db'}", synchronous="NORMAL")
    schema.upgrade(store)
    desk = Desk(Engine(store))
    desk.engine.now = desk.now
    found = catalogue.shipped(config.WORKFLOWS, config.PACKS, "chaoyang")
    named = version.definition_of(diagram(), found.law)
    versions = {
        "approval_20": version.compose(named, {FORM: json.dumps(SCHEMA).encode()}, found.law),
        **{
            name: found.files_of(found.definition(name))
            for name in ("inspection", "inspection_task")
        },
    }
    with store.write() as connection:
        for process, files in versions.items():
            shelf.release(
                connection,
                files,
                jurisdiction="chaoyang",
                process=process,
                name=process,
                effective_at=MORNING - timedelta(days=1),
                released_by=None,
                stored_at=MORNING,
            )
        people.add(
            connection,
            person=PERSON,
            login="bench",
            name="测试人员",
            jurisdiction="chaoyang",
            at=MORNING,
        )
        for position in ("handler", "head"):
            people.grant(
                connection,
                PERSON,
                department="samr",
                position=position,
                since=MORNING - timedelta(days=1),
            )
    desk.engine.shelf.warm(at=MORNING)  # as a serving process does
    return desk


# ---------------------------------------------------------------- measuring


def timed(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def median_ratio(pairs: list[tuple[float, float]]) -> float:
    return statistics.median(above / below for above, below in pairs)


def steps() -> Iterator[str]:
    yield "draft"
    yield from (f"step{number}" for number in range(1, STEPS + 1))
    yield "file"


def approvals(desk: Desk, folder: Path, rounds: int) -> dict[str, float]:
    """Play whole approvals step by step, each step three times: ours, in memory, own JSON."""
    spec = parsed()
    with stock():
        filed = JsonInSqlite(spec, folder / "plain.db")
    memory: list[tuple[float, float]] = []
    written: list[tuple[float, float]] = []
    for turn in range(rounds + 1):
        ours = desk.open("approval_20")
        with stock():
            light = InMemory(spec)
            filed.begin()
        spent = [0.0, 0.0, 0.0]
        for element in steps():
            spent[0] += timed(partial(desk.complete, ours, element, ON))
            with stock():
                spent[1] += timed(partial(light.complete, ON))
                spent[2] += timed(partial(filed.complete, ON))
        if turn:  # the first round warms everything up
            memory.append((spent[0], spent[1]))
            written.append((spent[0], spent[2]))
    return {
        "ours ms": 1000 * statistics.median(pair[0] for pair in memory) / (STEPS + 2),
        "memory ms": 1000 * statistics.median(pair[1] for pair in memory) / (STEPS + 2),
        "json ms": 1000 * statistics.median(pair[1] for pair in written) / (STEPS + 2),
        "in memory": median_ratio(memory),
        "own JSON": median_ratio(written),
    }


def rework(desk: Desk, turns: int, pairs: int) -> float:
    """Return a turn of a loop after `turns` turns over one after ten."""

    def turn(case_id: UUID) -> None:
        desk.complete(case_id, "draft", ON)
        desk.complete(case_id, "step1", BACK)

    def aged(count: int) -> UUID:
        case_id = desk.open("approval_20")
        for _ in range(count):
            turn(case_id)
        return case_id

    old = aged(turns)
    young = old
    found = []
    for number in range(pairs):
        if number % 10 == 0:
            young = aged(10)
        found.append((timed(partial(turn, old)), timed(partial(turn, young))))
    return median_ratio(found)


Rows = list[tuple[str, list[tuple[Any, ...]]]]  # statements with what they insert


def opening(desk: Desk, folder: Path, count: int) -> dict[str, float]:
    """Open inspections of one task; right after them write the same rows again with bare SQL.

    The bar is judged like for like: cases opened one by one against one commit a case. Beside it
    stand the lists of `BATCH` that the product opens, against the same rows in one commit and
    against one commit a case; a tenth as many, which is enough to see."""
    source = sqlite3.connect(str(desk.engine.store.url.database), isolation_level=None)
    apart, together = (_replica(folder / name) for name in ("apart.db", "together.db"))
    task = desk.open("inspection_task", **INSPECTED)
    desk.engine.open_children(desk.children(task, BATCH))

    def opened(at_once: int) -> tuple[float, float, float]:
        """Return what `BATCH` cases cost, and their rows with one commit each and in one."""
        born = desk.children(task, BATCH)
        ours = timed(partial(_open, desk, born, at_once))
        rows = [_rows(source, command.case_id) for command in born]
        return (
            ours,
            timed(partial(_replay, apart, rows)),
            timed(partial(_replay, together, [[s for case in rows for s in case]])),
        )

    singly = [opened(1) for _ in range(count // BATCH)]
    lists = [opened(BATCH) for _ in range(max(5, count // BATCH // 10))]
    return {
        "alone ms": 1000 * statistics.median(ours for ours, _, _ in singly) / BATCH,
        "bare ms": 1000 * statistics.median(bare for _, bare, _ in singly) / BATCH,
        "open ms": 1000 * statistics.median(ours for ours, _, _ in lists) / BATCH,
        "alone": median_ratio([(ours, bare) for ours, bare, _ in singly]),
        "opening": median_ratio([(ours, bare) for ours, bare, _ in lists]),
        "one commit": median_ratio([(ours, bare) for ours, _, bare in lists]),
    }


def _open(desk: Desk, commands: list[OpenCase], at_once: int) -> None:
    for first in range(0, len(commands), at_once):
        desk.engine.open_children(commands[first : first + at_once])


def _replica(place: Path) -> sqlite3.Connection:
    store = Store(f"sqlite:///{place}", synchronous="NORMAL")
    schema.upgrade(store)
    store.dispose()
    bare = sqlite3.connect(place, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        bare.execute(f"PRAGMA {pragma}")
    return bare


def _rows(source: sqlite3.Connection, case_id: UUID) -> Rows:
    """Return the statements that a case consists of, as its transaction sent them."""
    asked = {table: ("case_id = ?", [case_id.hex]) for table in TABLES}
    kept = source.execute("SELECT body FROM events WHERE case_id = ?", (case_id.hex,)).fetchall()
    files = [
        place for (body,) in kept for place in json.loads(body)["payload"].get("artefacts", ())
    ]
    asked["artefacts"] = (f"address IN ({', '.join('?' * len(files))})", files)
    found: Rows = []
    for table, (where, values) in asked.items():
        rows = source.execute(f"SELECT * FROM {table} WHERE {where}", values).fetchall()
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            found.append((f"INSERT INTO {table} VALUES ({marks})", rows))
    return found


def _replay(bare: sqlite3.Connection, transactions: list[Rows]) -> None:
    for statements in transactions:
        bare.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            bare.executemany(statement, rows)
        bare.execute("COMMIT")


def idle_ticks(desk: Desk, crowd: int, pairs: int) -> float:
    """Return an idle tick beside `crowd` open cases over one beside ten."""
    with tempfile.TemporaryDirectory() as folder:
        few = Desk(Engine(Store(f"sqlite:///{folder}/few.db", synchronous="NORMAL")))
        few.engine.now = few.now
        schema.upgrade(few.engine.store)
        with desk.engine.store.read() as connection:
            case = connection.execute(select(cases).limit(1)).mappings().one()
        timer = {"element": "late", "key": "", "rule": "rule:结论期限"}
        for place, count in ((few, 10), (desk, crowd)):
            twins = [clock.named_case_id(f"idle|{number}") for number in range(count)]
            due = MORNING + timedelta(days=3650)
            with place.engine.store.write() as connection:
                connection.execute(
                    insert(cases),
                    [{**case, "case_id": t, "number": f"I-{t.hex}"} for t in twins],
                )
                connection.execute(
                    insert(timers), [{**timer, "case_id": t, "due_at": due} for t in twins]
                )
        for place in (few, desk):
            assert scheduler.tick(place.engine) == 0
        found = [(timed(partial(_ticks, desk)), timed(partial(_ticks, few))) for _ in range(pairs)]
        few.engine.store.dispose()
    return median_ratio(found)


def _ticks(desk: Desk) -> None:
    for _ in range(20):
        scheduler.tick(desk.engine)


def auditing(desk: Desk, pairs: int) -> float:
    """Return audited events per second over steps per second of the library in memory."""
    case_id = desk.open("approval_20")
    for element in steps():
        desk.complete(case_id, element, ON)
    spec = parsed()
    with desk.engine.store.read() as connection:
        stored = eventstore.stored(connection, case_id)
        head = eventstore.lock(connection, case_id, for_update=False)
    assert head is not None
    pinned = desk.engine.shelf.get(head.version)

    def library() -> None:
        case = InMemory(spec)
        for _ in steps():
            case.complete(ON)

    found = []
    for _ in range(pairs):
        ours = timed(lambda: audit_stored(stored, pinned))
        with stock():
            plain = timed(library)
        found.append((len(stored) / ours, (STEPS + 2) / plain))
    return median_ratio(found)


def blob(desk: Desk) -> tuple[int, int]:
    """Return the bytes of a state of the named diagram: its process, and everything."""
    case_id = desk.open("approval_20")
    desk.complete(case_id, "draft", ON)
    with desk.engine.store.read() as connection:
        found = connection.execute(
            select(cases.c.state).where(cases.c.case_id == case_id)
        ).scalar_one()
    return len(json.dumps(json.loads(found)["process_state"])), len(found)


def main(arguments: list[str] | None = None) -> int:
    """Print every figure and whether its bar is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--cases", type=int, default=5000, help="inspection cases to open")
    chosen = parser.parse_args(arguments)
    scale = 10 if chosen.quick else 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = furnished(folder)
        steps_ = approvals(desk, folder, max(5, 60 // scale))
        flat = rework(desk, 300 // (5 if chosen.quick else 1), max(20, 100 // scale))
        born = opening(desk, folder, max(chosen.cases // scale, BATCH))
        idle = idle_ticks(desk, 10_000 // scale, max(20, 100 // scale))
        audited = auditing(desk, max(5, 30 // scale))
        small, whole = blob(desk)
        desk.engine.store.dispose()
    for label, value in {**steps_, **born}.items():
        if label.endswith(" ms"):
            print(f"{label:12}{value:9.3f}")
    print(f"state blob: process {small} B, whole {whole} B")
    print(f"opening a list / the same rows in one commit = {born['one commit']:.3f}")
    print(f"opening a list / bare SQL, one commit a case = {born['opening']:.3f}")
    bars = (
        ("a step / in memory", steps_["in memory"], 10.0, steps_["in memory"] <= 10),
        ("a step / own JSON in SQLite", steps_["own JSON"], 1.0, steps_["own JSON"] < 1),
        ("turn 300 / turn 10", flat, 1.15, 0.85 <= flat <= 1.15),
        ("opening / bare SQL", born["alone"], 2.5, born["alone"] <= 2.5),
        ("idle tick 10,000 / 10", idle, 1.2, 0.8 <= idle <= 1.2),
        ("audited events / library steps", audited, 0.25, audited >= 0.25),
    )
    for label, value, bar, is_met in bars:
        print(f"{'met   ' if is_met else 'MISSED'} {label} = {value:.3f} (bar {bar})")
    return 0 if all(bar[3] for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
