"""Every rule of every pack, over random facts with unknowns: all back-ends give one verdict."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rules.calendar import Calendar
from rules.facts import Facts
from rules.language.answer import decide_plan
from rules.language.cells import domain
from rules.language.plan import Plan
from rules.language.run import Run
from rules.language.setwise import Dialect, NotSetwise, Query, calendar_rows, verdict
from rules.language.sqlpieces import NoColumn, NoSql
from rules.language.types import NOT_YET, Value, legal_day
from rules.pack import Law, jurisdictions, read
from tests.toolchain.postgres import PostgresServer

PACKS = Path(__file__).parents[2] / "rules" / "packs"
ON = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
RECORDS = 12


@pytest.fixture(scope="module", params=jurisdictions(PACKS))
def law(request: pytest.FixtureRequest) -> Law:
    return read(PACKS, request.param)


def records(law: Law, plan: Plan, seed: random.Random) -> list[dict[str, Value]]:
    """Return facts near every number the rule names, about one in six unknown."""
    cells = domain(plan.nodes, law.program.names, law.executor.parameters(ON))
    found = []
    for _ in range(RECORDS):
        values = {p: seed.choice(choices) for p, choices in cells.items() if seed.random() > 0.17}
        for path, value in values.items():
            if isinstance(value, date) and seed.random() < 0.1:
                values[path] = NOT_YET
        found.append(values)
    return found


def run(law: Law, values: dict[str, Value], plan: Plan) -> Run:
    return law.executor.run_over(Facts(values), ON, legal_day(NOW), plan.paths)


def test_bytecode_agrees_with_the_interpreter_on_every_rule(law: Law) -> None:
    seed = random.Random(1)
    for name in law.rule_names:
        plan = law.executor.plan(name, ON)
        if plan is None:
            continue
        compiled, split = law.executor.compiled(plan, ON), len(plan.conditions)
        for values in records(law, plan, seed):
            outcome = law.executor.evaluate(plan, run(law, values, plan))
            once = run(law, values, plan)
            for truths in (compiled(once.values, once), compiled.kleene(once.values, once)):
                found = decide_plan(plan, truths[:split], truths[split:])
                assert found == outcome.decision, (name, values)


class Sqlite:
    """Asks SQLite about one row written out as literals."""

    dialect: Dialect = "sqlite"

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.execute("CREATE TABLE working_days (day text, works integer, seq integer)")
        self.database.execute("CREATE INDEX by_day ON working_days (day)")
        self.database.execute("CREATE INDEX by_count ON working_days (seq, works)")

    def publish(self, calendar: Calendar) -> None:
        rows = list(calendar_rows(calendar))
        self.database.execute("DELETE FROM working_days")
        self.database.executemany("INSERT INTO working_days VALUES (:day, :works, :seq)", rows)

    def ask(self, query: Query, row: str) -> Any:
        text = " ".join(("SELECT", query.text, "FROM (SELECT", row, ") facts"))
        return self.database.execute(text, dict(query.parameters)).fetchone()[0]


class Postgres:
    """The same in PostgreSQL."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.database = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self.database.execute("CREATE TABLE working_days (day date, works integer, seq integer)")
        self.database.execute("CREATE INDEX by_day ON working_days (day)")
        self.database.execute("CREATE INDEX by_count ON working_days (seq, works)")

    def publish(self, calendar: Calendar) -> None:
        self.database.execute("TRUNCATE working_days")
        with self.database.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO working_days VALUES (%(day)s, %(works)s, %(seq)s)",
                list(calendar_rows(calendar)),
            )

    def ask(self, query: Query, row: str) -> Any:
        text = " ".join(("SELECT", query.text, "FROM (SELECT", row, ") facts"))
        for name in sorted(query.parameters, key=len, reverse=True):
            text = text.replace(f":{name}", f"%({name})s")
        found = self.database.execute(text.encode(), dict(query.parameters)).fetchone()
        assert found is not None
        return found[0]


@pytest.fixture(scope="module")
def sqlite_asked() -> Sqlite:
    return Sqlite()


@pytest.fixture(scope="module")
def postgres_asked(postgres_server: PostgresServer) -> Iterator[Postgres]:
    with postgres_server.database() as url:
        asked = Postgres(url)
        yield asked
        asked.database.close()


@pytest.mark.parametrize("name", ["sqlite_asked", "postgres_asked"])
def test_sql_agrees_with_single_cases_on_every_rule_it_can_say(
    law: Law, name: str, request: pytest.FixtureRequest
) -> None:
    asked: Sqlite | Postgres = request.getfixturevalue(name)
    asked.publish(law.calendar)
    seed = random.Random(2)
    said = 0
    for rule in law.rule_names:
        plan = law.executor.plan(rule, ON)
        if plan is None:
            continue
        columns: dict[str, Any] = {}
        for index, fact in enumerate(plan.facts):
            exact = fact.type.kind in {"ratio", "number"}
            columns[fact.path] = (f"n{index}", f"d{index}") if exact else f"c{index}"
        try:
            query = verdict(law, rule, columns, dialect=asked.dialect, on=ON)
        except (NoSql, NotSetwise, NoColumn):
            continue
        said += 1
        for values in records(law, plan, seed):
            known = {p: v for p, v in values.items() if v is not NOT_YET}
            row = ", ".join(_columns(plan, columns, known)) or "1 AS one"
            wanted = law.assess(rule, Facts(known), on=ON, now=NOW).verdict.value
            assert asked.ask(query, row) == wanted, (rule, known)
    assert said > len(law.rule_names) * 0.9


def _columns(plan: Plan, columns: dict[str, Any], values: dict[str, Value]) -> Iterator[str]:
    types = {fact.path: fact.type.kind for fact in plan.facts}
    for path, column in columns.items():
        value = values.get(path)
        if isinstance(column, tuple):
            exact = None if value is None else Fraction(value)  # type: ignore[arg-type]
            above = "NULL" if exact is None else str(exact.numerator)
            below = "NULL" if exact is None else str(exact.denominator)
            yield f"CAST({above} AS integer) AS {column[0]}"
            yield f"CAST({below} AS integer) AS {column[1]}"
        else:
            kind = "text" if types[path] in {"enum", "text", "date"} else "integer"
            yield f"CAST({_literal(value)} AS {kind}) AS {column}"


def _literal(value: Value | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, frozenset):
        return f"'{json.dumps(sorted(value))}'"
    return str(value) if isinstance(value, int) else f"'{value}'"
