"""The cap filter over a million subjects in SQLite: `python -m tests.benchmarks.setwise_bench`.

Bar: at most 3 × a bare aggregate query over the same rows (median over rounds of one run)."""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import time

from rules.language.setwise import condition, excluded
from tests.rules.city import TODAY, city
from tests.rules.test_verdicts import CAP

ROWS = 1_000_000
BARE = "SELECT sum(tier = '低'), sum(visits), sum(is_key) FROM subjects"


def table() -> sqlite3.Connection:
    """Return a million random subjects with some unknowns."""
    seed = random.Random(20260615)
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE subjects (tier text, visits integer, is_key integer)")
    tiers, visits, keys = ("低", "中", "高", None), (0, 1, 2, 3, None), (0, 0, 1, None)
    database.executemany(
        "INSERT INTO subjects VALUES (?, ?, ?)",
        ((seed.choice(tiers), seed.choice(visits), seed.choice(keys)) for _ in range(ROWS)),
    )
    return database


def queries() -> dict[str, tuple[str, dict[str, str | int]]]:
    """Return the queries to time."""
    law = city(CAP)
    columns = {"对象的等级": "tier", "对象的次数": "visits", "对象的重点": "is_key"}
    gate = law.condition("非 对象的等级 为 低 或 对象的重点 或 对象的次数 少于 2 次")
    one = condition(law, gate, columns, dialect="sqlite", on=TODAY)
    rule = excluded(law, "频次上限", columns, dialect="sqlite", on=TODAY)
    return {
        "bare aggregate": (BARE, {}),
        "cap as a condition": (f"SELECT sum({one.text}) FROM subjects", dict(one.parameters)),
        "cap as a rule": (f"SELECT sum({rule.text}) FROM subjects", dict(rule.parameters)),
    }


def main() -> int:
    """Print the table and whether the bar is met."""
    database = table()
    found = queries()
    rounds: list[dict[str, float]] = []
    for _ in range(7):
        times = {}
        for name, (text, parameters) in found.items():
            started = time.process_time()
            database.execute(text, parameters).fetchall()
            times[name] = time.process_time() - started
        rounds.append(times)
    worst = 0.0
    for name in found:
        ratio = statistics.median(times[name] / times["bare aggregate"] for times in rounds)
        middle = statistics.median(times[name] for times in rounds)
        worst = max(worst, ratio)
        print(f"{name:22}{middle * 1000:8.0f} ms{ratio:8.2f} x bare aggregate")
    print(f"{'met   ' if worst <= 3 else 'MISSED'} {worst:.2f} (bar 3)")
    return 0 if worst <= 3 else 1


if __name__ == "__main__":
    sys.exit(main())
