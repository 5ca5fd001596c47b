"""The cap filter over a million subjects: `python -m tests.benchmarks.setwise_bench [rows]`.

In SQLite and in PostgreSQL, as a condition and as a rule with its exceptions, over columns and over
counts taken from a history of visits, each beside a bare aggregate query over the same rows. Bar:
at most 3 × the bare query (median over rounds of one run). Elapsed time, one worker."""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg

from rules.language.setwise import Dialect, Query, condition, excluded
from tests.rules.city import TODAY, city
from tests.rules.test_verdicts import CAP
from tests.toolchain.postgres import running_server

ROWS = 1_000_000
ROUNDS = 5
BAR = 3.0
SUBJECTS = (
    "CREATE TABLE subjects (id integer PRIMARY KEY, tier text, visits integer, is_key integer)"
)
VISITS = "CREATE TABLE history (subject integer)"
COLUMNS = {"对象的等级": "tier", "对象的次数": "visits", "对象的重点": "is_key"}
COUNTED = (
    "(SELECT s.tier, s.is_key, coalesce(h.visits, 0) AS visits FROM subjects s LEFT JOIN "
    "(SELECT subject, count(*) AS visits FROM history GROUP BY subject) h ON h.subject = s.id) c"
)
Ask = Callable[[str, Mapping[str, Any]], Any]


def subjects(rows: int) -> Iterator[tuple[int, str | None, int | None, int | None]]:
    """Return random subjects with some unknowns."""
    seed = random.Random(20260615)
    tiers, visits, keys = ("低", "中", "高", None), (0, 1, 2, 3, None), (0, 0, 1, None)
    for number in range(rows):
        yield number, seed.choice(tiers), seed.choice(visits), seed.choice(keys)


def history(rows: int) -> Iterator[tuple[int]]:
    """Return one and a half visits per subject."""
    seed = random.Random(20260616)
    for _ in range(rows * 3 // 2):
        yield (seed.randrange(rows),)


def in_sqlite(rows: int) -> Ask:
    """Fill a database in memory."""
    database = sqlite3.connect(":memory:")
    database.execute(SUBJECTS)
    database.execute(VISITS)
    database.executemany("INSERT INTO subjects VALUES (?, ?, ?, ?)", subjects(rows))
    database.executemany("INSERT INTO history VALUES (?)", history(rows))
    return lambda text, parameters: database.execute(text, dict(parameters)).fetchone()


def in_postgres(connection: psycopg.Connection[Any], rows: int) -> Ask:
    """Fill a database of a server of our own."""
    connection.execute("SET max_parallel_workers_per_gather = 0")
    connection.execute(SUBJECTS)
    connection.execute(VISITS)
    with connection.cursor() as cursor:
        with cursor.copy("COPY subjects FROM STDIN") as copy:
            for row in subjects(rows):
                copy.write_row(row)
        with cursor.copy("COPY history FROM STDIN") as copy:
            for visit in history(rows):
                copy.write_row(visit)
    connection.execute("VACUUM ANALYZE")

    def ask(text: str, parameters: Mapping[str, Any]) -> Any:
        for name in sorted(parameters, key=len, reverse=True):
            text = text.replace(f":{name}", f"%({name})s")
        return connection.execute(text.encode(), dict(parameters)).fetchone()

    return ask


def queries(dialect: Dialect) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return the queries to time; every third one is the bare aggregate the next two stand by."""
    law = city(CAP)
    gate = law.condition("非 对象的等级 为 低 或 对象 重点 或 对象的次数 少于 2 次")
    one = condition(law, gate, COLUMNS, dialect=dialect, on=TODAY)
    rule = excluded(law, "频次上限", COLUMNS, dialect=dialect, on=TODAY)
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for source, rows in (("columns", "subjects"), ("counts", COUNTED)):
        bare = "sum(CASE WHEN tier = '低' THEN 1 ELSE 0 END), sum(visits), sum(is_key)"
        found[f"{source}: bare aggregate"] = _over(Query(text=bare, parameters={}), rows)
        found[f"{source}: cap as a condition"] = _over(_total(one), rows)
        found[f"{source}: cap as a rule"] = _over(_total(rule), rows)
    return found


def _total(query: Query) -> Query:
    return Query(text=f"sum({query.text})", parameters=query.parameters)


def _over(query: Query, rows: str) -> tuple[str, Mapping[str, Any]]:
    return " ".join(("SELECT", query.text, "FROM", rows)), query.parameters


def measure(ask: Ask, dialect: Dialect) -> float:
    """Print the table of one database; return the worst ratio."""
    found = queries(dialect)
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        times = {}
        for name, (text, parameters) in found.items():
            started = time.perf_counter()
            ask(text, parameters)
            times[name] = time.perf_counter() - started
        rounds.append(times)
    worst = 0.0
    for name in found:
        bare = f"{name.split(':')[0]}: bare aggregate"
        ratio = statistics.median(times[name] / times[bare] for times in rounds)
        middle = statistics.median(times[name] for times in rounds)
        worst = max(worst, ratio)
        print(f"{dialect:11}{name:28}{middle * 1000:8.0f} ms{ratio:8.2f} x bare aggregate")
    return worst


def main() -> int:
    """Print the tables and whether the bar is met."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    worst = measure(in_sqlite(rows), "sqlite")
    with running_server() as server, server.database() as url:
        address = url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            worst = max(worst, measure(in_postgres(connection, rows), "postgresql"))
    print(f"{'met   ' if worst <= BAR else 'MISSED'} {worst:.2f} (bar {BAR})")
    return 0 if worst <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
