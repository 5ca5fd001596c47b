"""Every rule of every pack, over random facts with unknowns: all back-ends give one verdict."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rules.facts import Facts
from rules.language.answer import decide_plan
from rules.language.cells import domain
from rules.language.plan import Plan
from rules.language.run import Run
from rules.language.setwise import NotSetwise, calendar_rows, verdict
from rules.language.sqlpieces import NoColumn, NoSql
from rules.language.types import NOT_YET, Value, legal_day
from rules.pack import Law, jurisdictions, read

PACKS = Path(__file__).parents[2] / "rules" / "packs"
ON = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
RECORDS = 24


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
    return law.executor.run_over(law, Facts(values), ON, legal_day(NOW), plan.paths)


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


def test_sql_agrees_with_single_cases_on_every_rule_it_can_say(law: Law) -> None:
    seed = random.Random(2)
    said = 0
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE working_days (day text PRIMARY KEY, works integer, seq integer)")
    database.execute("CREATE INDEX by_count ON working_days (seq, works)")
    rows = list(calendar_rows(law.calendar))
    database.executemany("INSERT INTO working_days VALUES (:day, :works, :seq)", rows)
    for name in law.rule_names:
        plan = law.executor.plan(name, ON)
        if plan is None:
            continue
        columns: dict[str, Any] = {}
        for index, fact in enumerate(plan.facts):
            exact = fact.type.kind in {"ratio", "number"}
            columns[fact.path] = (f"n{index}", f"d{index}") if exact else f"c{index}"
        try:
            query = verdict(law, name, columns, dialect="sqlite", on=ON)
        except (NoSql, NotSetwise, NoColumn):
            continue
        said += 1
        for values in records(law, plan, seed):
            known = {p: v for p, v in values.items() if v is not NOT_YET}
            inner = ", ".join(_columns(columns, known)) or "1 AS one"
            text = f"SELECT {query.text} FROM (SELECT {inner})"
            (answer,) = database.execute(text, dict(query.parameters)).fetchone()
            facts = Facts(known)
            assert answer == law.assess(name, facts, on=ON, now=NOW).verdict.value, (name, known)
    assert said > len(law.rule_names) * 0.8


def _columns(columns: dict[str, Any], values: dict[str, Value]) -> list[str]:
    found = []
    for path, column in columns.items():
        value = values.get(path)
        if isinstance(column, tuple):
            exact = None if value is None else Fraction(value)  # type: ignore[arg-type]
            above = "NULL" if exact is None else str(exact.numerator)
            below = "NULL" if exact is None else str(exact.denominator)
            found += [f"{above} AS {column[0]}", f"{below} AS {column[1]}"]
        else:
            found.append(f"{_literal(value)} AS {column}")
    return found


def _literal(value: Value | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    return str(value) if isinstance(value, int) else f"'{value}'"
