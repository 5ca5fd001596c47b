"""What a draw over a million subjects costs, as ratios to a bare hashing loop of the same run.

    python -m tests.benchmarks.draw_bench [--subjects 1000000] [--city FOLDER]

End to end: the pack's rules over a real registry, freeze, roots, draw, evidence, each step as the
worker does it, in a process of its own whose peak memory counts. Times are elapsed, because a
database works elsewhere; on a busy machine only the CPU seconds beside them say anything. The
registry takes minutes to fill: `--city` keeps it for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from engine.draw import frame, matching, sampling, verify
from engine.draw.terms import Slot
from engine.store import drawing
from engine.store.database import Store
from tests.benchmarks import draw_city
from tests.toolchain.postgres import PostgresServer, running_server

KEY = sha256(b"demo-draw-key").hexdigest()
PAIRS = 7  # a loop and a draw, one right after the other; the best of each counts
TUNED = {"shared_buffers": "256MB"}  # what a server for a city has at least
BARS = {
    "end to end, SQLite": 12.0,
    "end to end, PostgreSQL": 12.0,
    "selection in Python": 2.0,
    "selection in PostgreSQL, two workers": 1.0,
    "matching 10,000 × 200": 3.0,
    "peak memory, SQLite, MB": 250.0,
    "peak memory, PostgreSQL, MB": 250.0,
}


def best(work: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    times = []
    for _ in range(PAIRS):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def bare_loop(count: int) -> Callable[[], None]:
    """Hash so many ids in the citizen's form and do nothing else."""
    ids = [b"91220104MA%08d" % number for number in range(count)]
    prefix = f"{KEY}:".encode()

    def loop() -> None:
        for unit in ids:
            sha256(prefix + unit).hexdigest()

    return loop


def alone(url: str, folder: Path) -> dict[str, Any]:
    """Draw in a process of its own, three times; the best counts, and the highest memory."""
    command = [sys.executable, "-m", __spec__.name, "--alone", url, str(folder)]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        for _ in range(3)
    ]
    quickest: dict[str, Any] = min(runs, key=lambda run: sum(run["parts"].values()))
    return {**quickest, "peak": max(run["peak"] for run in runs)}


def measured_alone(url: str, folder: Path) -> dict[str, Any]:
    found = draw_city.whole_draw(url, folder)
    return {
        **found,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def places_of(content: bytes) -> tuple[dict[str, int], dict[str, int]]:
    """Return places and eligible rows per stratum of a frame file."""
    able: dict[str, int] = {}
    for _, stratum in frame.eligible_rows(frame.Lines(content)):
        able[stratum.decode()] = able.get(stratum.decode(), 0) + 1
    ratios = draw_city.RATIOS
    return {s: int(n * ratios.get(s, ratios["A"])) for s, n in able.items()}, able


def selection(content: bytes) -> Callable[[], object]:
    rows = list(frame.eligible_rows(frame.Lines(content)))
    places, able = places_of(content)
    return lambda: sampling.select_bytes(KEY, rows, places, eligible=able)


def in_postgres(url: str, content: bytes, loop: Callable[[], object]) -> dict[str, float]:
    """Time the selection over the loaded frame, pair by pair with the loop; CPU seconds beside."""
    places, able = places_of(content)
    store, times, loops, cpu = Store(url), [], [], []
    with drawing.loaded(store, content, name="bench", progress=lambda _: None) as rows:
        for _ in range(PAIRS):
            used, mine, start = backend_seconds(), process_time(), perf_counter()
            rows.drawn(KEY, places, able)
            times.append(perf_counter() - start)
            cpu.append(backend_seconds() - used + process_time() - mine)
            start = perf_counter()
            loop()
            loops.append(perf_counter() - start)
    store.dispose()
    return {"ratio": min(times) / min(loops), "cpu": min(cpu) / min(loops)}


def backend_seconds() -> float:
    """CPU seconds of every process of the database, ended workers among them (Linux)."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = place.read_text().rpartition(")")
        except OSError:
            continue
        if "(postgres" in name:
            ticks += sum(int(number) for number in rest.split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def pairing() -> Callable[[], object]:
    """10,000 units of three kinds among 200 teams, some recused, quotas full to the brim."""
    people = [
        matching.Inspector(
            inspector=f"P{number:05d}",
            department="samr" if number % 2 else "fire",
            leader=True,
            items=frozenset({f"SC-{number % 3}", f"SC-{number % 5 % 3}", "SC-0"}),
        )
        for number in range(2_000)
    ]
    slots = (Slot(department="samr", leader=True), Slot(department="fire"))
    crews = matching.teams(KEY, people, slots, 200)
    visits = [
        matching.Visit(
            unit=f"91220104MA{number:08d}",
            items=frozenset({f"SC-{number % 3}"}),
            avoid=frozenset({f"P{number * 7 % 2000:05d}"} if number % 4 == 0 else ()),
        )
        for number in range(10_000)
    ]
    return lambda: matching.match(KEY, visits, crews)


def measure(count: int, city: Path) -> Iterator[tuple[str, float]]:
    """Yield every measured figure of one run by its name."""
    source = f"sqlite:///{city / 'city.db'}"
    if not (city / "city.db").exists():
        print("filling the registries …", flush=True)
        draw_city.settle(source, count)
    loop = bare_loop(count)
    million = best(loop)
    yield "bare loop, s", million
    with tempfile.TemporaryDirectory() as name, running_server(TUNED) as server:
        yield from end_to_end("SQLite", source, Path(name) / "one", loop)
        with server.database() as url:
            draw_city.copy_to_postgres(source, url)
            yield from end_to_end("PostgreSQL", url, Path(name) / "two", loop)
        yield from selecting(server, Path(name), loop)
    yield "matching 10,000 × 200", best(pairing()) / best(bare_loop(200_000))


def end_to_end(
    where: str, url: str, folder: Path, loop: Callable[[], object]
) -> Iterator[tuple[str, float]]:
    before = best(loop)
    found = alone(url, folder)
    million = min(before, best(loop))
    for part, seconds in found["parts"].items():
        yield f"  {part}", seconds / million
    yield f"end to end, {where}", sum(found["parts"].values()) / million
    yield f"  of it CPU outside the database, {where}", found["cpu"] / million
    yield f"peak memory, {where}, MB", found["peak"]


def selecting(
    server: PostgresServer, folder: Path, loop: Callable[[], object]
) -> Iterator[tuple[str, float]]:
    one, two = (
        json.loads((folder / name / "evidence.json").read_bytes()) for name in ("one", "two")
    )
    assert one["result"]["digest"] == two["result"]["digest"], "the databases draw differently"
    content = (folder / "one" / "list.txt").read_bytes()
    million = best(loop)
    yield "selection in Python", best(selection(content)) / million
    with server.database() as url:
        found = in_postgres(url, content, loop)
    yield "selection in PostgreSQL, two workers", found["ratio"]
    yield "  its CPU over all processes", found["cpu"]
    checking = perf_counter()
    report, _ = verify.verify(folder / "one" / "evidence.json")
    assert not report.problems
    yield "verify.py on the evidence", (perf_counter() - checking) / million


def main() -> int:
    """Print every figure and whether its bar is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--city", type=Path, help="a folder that keeps the filled registries")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        print(json.dumps(measured_alone(asked.alone[0], Path(asked.alone[1]))))
        return 0
    keeping = nullcontext(asked.city) if asked.city else tempfile.TemporaryDirectory()
    missed = 0
    with keeping as place:
        for name, value in measure(asked.subjects, Path(place)):
            if name not in BARS:
                print(f"       {name} = {value:.2f}", flush=True)
                continue
            is_met = value < 1 if BARS[name] == 1 else value <= BARS[name]
            missed += not is_met
            word = "met   " if is_met else "MISSED"
            print(f"{word} {name} = {value:.2f} (bar {BARS[name]:g})", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
