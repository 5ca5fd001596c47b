"""How long a draw takes, as ratios to a bare hashing loop of the same run.

    python -m tests.benchmarks.draw_bench [--subjects 1000000] [--postgres] [--json]

Seconds depend on the machine and its load; the ratios are the bars. CPU time is measured, each part
in its best of three; the peak memory is that of a process that only draws.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import create_engine, text

from engine.draw import evidence, execution, frame, matching, sampling, sql, verify
from engine.draw.sizes import Tier, sizes
from engine.draw.terms import Slot
from tests.draw import example
from tests.toolchain.postgres import running_server

KEY = sha256(b"demo-draw-key").hexdigest()
BARS = {
    "freeze, draw and evidence": 12.0,
    "selection of rows": 2.0,
    "matching 10,000 × 200": 3.0,
    "selection in PostgreSQL, elapsed": 1.0,
    "peak memory, MB": 250.0,
}
STRATA = (b"A", b"A", b"A", b"A", b"A", b"A", b"B", b"B", b"C", b"D")


class FileLines:
    """The lines of a stored frame file, read anew each time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            yield from file


def listing(count: int) -> Iterator[bytes]:
    """Subjects as a registry would give them: in id order, every 20th left out."""
    for number in range(count):
        code = b"E01" if number % 20 == 7 else b""
        yield b"91220104MA%08d|%s|item=SC-012|%s\n" % (number, STRATA[number * 7 % 10], code)


def best(work: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    times = []
    for _ in range(3):
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


def whole_draw(folder: Path, count: int) -> dict[str, Any]:
    """Freeze, draw and publish from a stream of rows, as a worker does; CPU seconds."""
    start = process_time()
    path = folder / "list.txt"
    with path.open("wb") as out:
        frozen = frame.write(listing(count), out)
    froze = process_time()
    task = example.task(teams=0)
    places = sizes(frozen.listed, frozen.eligible, example.TIERS, bounds=example.BOUNDS)
    task = example.task(teams=0, frame=frozen, sizes=places)
    opened = [entry.document() for entry in task.reveals]
    value = task.random_value.document() if task.random_value else None
    manifest = task.manifest.document()
    result = execution.draw_objects(manifest, FileLines(path), opened, value)
    drew = process_time()
    document = evidence.build(manifest, result, lines=FileLines(path), reveals=opened, beacon=value)
    (folder / "evidence.json").write_bytes(evidence.encode(document))
    return {
        "freeze": froze - start,
        "draw": drew - froze,
        "evidence": process_time() - drew,
        "drawn": len(result["winners"]),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def selection(count: int) -> Callable[[], object]:
    rows = list(frame.eligible_rows(listing(count)))
    able = {s: sum(1 for _, stratum in rows if stratum == s.encode()) for s in "ABCD"}
    places = {tier.stratum: _places(tier, able) for tier in example.TIERS}
    return lambda: sampling.select_bytes(KEY, rows, places, eligible=able)


def _places(tier: Tier, able: dict[str, int]) -> int:
    return int(able[tier.stratum] * tier.ratio // 1)


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


def in_postgres(count: int) -> float:
    """Elapsed seconds of the selection in PostgreSQL with two workers, best of three."""
    able = dict.fromkeys("ABCD", 0)
    for _, stratum in frame.eligible_rows(listing(count)):
        able[stratum.decode()] += 1
    places = {tier.stratum: _places(tier, able) for tier in example.TIERS}
    source = sql.Source(relation="listing", eligible="codes = ''")
    statement = sql.survivors("postgresql", source, KEY, places, able)
    with running_server() as server, server.database() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE listing (unit text, stratum text, codes text)"))
            cursor = connection.connection.cursor()
            with cursor.copy("COPY listing FROM STDIN") as copy:
                for line in listing(count):
                    unit, stratum, _, codes = line.rstrip(b"\n").split(b"|")
                    copy.write(b"\t".join((unit, stratum, codes)) + b"\n")
            connection.execute(text("ANALYZE listing"))
            for setting in sql.PARALLEL:
                connection.execute(text(setting))

            def draw() -> None:
                rows = connection.execute(text(statement.text), dict(statement.parameters))
                sampling.from_survivors(((s, t, u) for s, t, u in rows), places)

            seconds = best(draw, perf_counter)
        engine.dispose()
    return seconds


def measure(count: int, *, postgres: bool) -> dict[str, float]:
    """Return every measured ratio of one run."""
    million = best(bare_loop(count))
    with tempfile.TemporaryDirectory() as name:
        alone = subprocess.run(  # a process of its own, so that its peak memory is the draw's
            [sys.executable, "-m", __spec__.name, "--alone", name, "--subjects", str(count)],
            check=True,
            capture_output=True,
        )
        parts = json.loads(alone.stdout)
        checking = best(lambda: verify.verify(Path(name) / "evidence.json"))
    whole = parts["freeze"] + parts["draw"] + parts["evidence"]
    ratios = {
        "bare loop, s": million,
        "freeze": parts["freeze"] / million,
        "draw from the frame file": parts["draw"] / million,
        "evidence": parts["evidence"] / million,
        "freeze, draw and evidence": whole / million,
        "selection of rows": best(selection(count)) / million,
        "verify.py on the evidence": checking / million,
        "matching 10,000 × 200": best(pairing()) / best(bare_loop(200_000)),
        "peak memory, MB": parts["peak"],
    }
    if postgres:
        elapsed = best(bare_loop(count), perf_counter)
        ratios["selection in PostgreSQL, elapsed"] = in_postgres(count) / elapsed
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=1_000_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        runs = [whole_draw(asked.alone, asked.subjects) for _ in range(3)]
        print(json.dumps({part: min(run[part] for run in runs) for part in runs[0]}))
        return
    ratios = measure(asked.subjects, postgres=asked.postgres)
    if asked.json:
        print(json.dumps(ratios, ensure_ascii=False, indent=1))
        return
    for name, value in ratios.items():
        bar = f"  (bar {BARS[name]:g})" if name in BARS else ""
        print(f"{name:36} {value:8.2f}{bar}")


if __name__ == "__main__":
    main()
