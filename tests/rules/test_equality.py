"""One tree, three back-ends: interpreter, bytecode and SQL never disagree."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from types import CodeType
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.facts import Facts
from rules.language.answer import decide_plan
from rules.language.compile import compile_nodes
from rules.language.evaluate import truth
from rules.language.phrase import phrase
from rules.language.run import Run
from rules.language.setwise import (
    NotSetwise,
    Query,
    calendar_rows,
    condition,
    excluded,
    verdict,
)
from rules.language.sqlpieces import NoColumn, NoSql
from rules.language.types import Value, legal_day
from rules.pack import Law
from tests.rules.city import CALENDAR_2026, TODAY, city
from tests.rules.generate import CONDITIONS, FACTS, facts, rule_packs
from tests.toolchain.postgres import PostgresServer

NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
EMPTY = city()


def _run(law: Law, values: dict[str, Value]) -> Run:
    return Run(
        values=values,
        parameter=law.executor.parameters(TODAY),
        calendar=law.calendar,
        today=legal_day(NOW),
    )


@QUICK
@given(text=CONDITIONS, records=st.lists(facts(), min_size=3, max_size=12))
def test_bytecode_answers_every_condition_as_the_interpreter_does(
    text: str, records: list[dict[str, Value]]
) -> None:
    core = EMPTY.condition(text).core
    compiled = compile_nodes([core], EMPTY.executor.parameters(TODAY))
    for values in records:
        traced = truth(core, _run(EMPTY, values))
        assert compiled.kleene(values, _run(EMPTY, values)) == (traced,)
        assert compiled(values, _run(EMPTY, values)) == (traced,)


@QUICK
@given(text=rule_packs(), records=st.lists(facts(), min_size=3, max_size=12))
def test_bytecode_gives_the_verdict_the_interpreter_gives(
    text: str, records: list[dict[str, Value]]
) -> None:
    law = city(text)
    plan = law.executor.plan("甲", TODAY)
    assert plan is not None
    compiled = law.executor.compiled(plan, TODAY)
    split = len(plan.conditions)
    for values in records:
        outcome = law.executor.evaluate(plan, _run(law, values))
        truths = compiled(values, _run(law, values))
        decision = decide_plan(plan, truths[:split], truths[split:])
        assert decision == outcome.decision
        answer = law.assess("甲", Facts(values), on=TODAY, now=NOW)
        assert answer.verdict == outcome.decision.verdict


@QUICK
@given(text=CONDITIONS)
def test_the_same_text_compiles_to_the_same_bytecode(text: str) -> None:
    core = EMPTY.condition(text).core
    parameter = EMPTY.executor.parameters(TODAY)
    first, second = (compile_nodes([core], parameter).code for _ in range(2))
    assert [_shape(code) for code in first] == [_shape(code) for code in second]


def _shape(code: CodeType) -> tuple[Any, ...]:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    rest = [repr(constant) for constant in code.co_consts if not isinstance(constant, CodeType)]
    return (code.co_code, code.co_names, code.co_varnames, rest, [_shape(c) for c in inner])


# ---------------------------------------------------------------- sets of rows
COLUMNS = {path: f"f{index}" for index, path in enumerate(FACTS)}
RATIONAL = {"计划的比例", "计划的旧比例", "评分的分值"}
SETWISE_COLUMNS: dict[str, Any] = {
    path: (f"{name}_n", f"{name}_d") if path in RATIONAL else name for path, name in COLUMNS.items()
}


def _kind(path: str) -> str:
    if path.endswith("日期"):
        return "date"
    if path in {"对象的重点", "对象的停业"}:
        return "boolean"
    return "integer" if path.endswith(("次数", "上限", "户数", "抽数", "年度")) else "text"


def _definition() -> str:
    columns = []
    for path, name in COLUMNS.items():
        if path in RATIONAL:
            columns += [f"{name}_n bigint", f"{name}_d bigint"]
        else:
            columns.append(f"{name} {_kind(path)}")
    return f"CREATE TABLE facts (id integer, {', '.join(columns)})"


def _row(number: int, values: dict[str, Value], *, text_dates: bool) -> list[Any]:
    row: list[Any] = [number]
    for path in COLUMNS:
        value = values.get(path)
        if path in RATIONAL:
            exact = Fraction(value) if isinstance(value, int | Fraction) else None
            row += [exact and exact.numerator, exact and exact.denominator]
            if exact == 0:
                row[-2:] = [0, 1]
        elif isinstance(value, date) and text_dates:
            row.append(value.isoformat())
        elif isinstance(value, frozenset):
            row.append(json.dumps(sorted(value)))
        else:
            row.append(value)
    return row


class Sqlite:
    """A table of facts in SQLite."""

    dialect = "sqlite"

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.execute(_definition())
        self.database.execute("CREATE TABLE working_days (day text, works integer, seq integer)")
        self.database.executemany(
            "INSERT INTO working_days VALUES (:day, :works, :seq)",
            list(calendar_rows(EMPTY.calendar)),
        )

    def fill(self, records: list[dict[str, Value]]) -> None:
        self.database.execute("DELETE FROM facts")
        rows = [_row(i, values, text_dates=True) for i, values in enumerate(records)]
        marks = ",".join("?" * len(rows[0]))
        self.database.executemany(f"INSERT INTO facts VALUES ({marks})", rows)

    def ask(self, query: Query) -> list[Any]:
        text = f"SELECT {query.text} FROM facts ORDER BY id"
        return [row[0] for row in self.database.execute(text, dict(query.parameters))]


class Postgres:
    """The same table in PostgreSQL."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.database = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self.database.execute(_definition())
        self.database.execute("CREATE TABLE working_days (day date, works integer, seq integer)")
        with self.database.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO working_days VALUES (%(day)s, %(works)s, %(seq)s)",
                list(calendar_rows(EMPTY.calendar)),
            )

    def fill(self, records: list[dict[str, Value]]) -> None:
        self.database.execute("TRUNCATE facts")
        rows = [_row(i, values, text_dates=False) for i, values in enumerate(records)]
        marks = ",".join(["%s"] * len(rows[0]))
        with self.database.cursor() as cursor:
            cursor.executemany(f"INSERT INTO facts VALUES ({marks})", rows)

    def ask(self, query: Query) -> list[Any]:
        text = query.text
        for name in sorted(query.parameters, key=len, reverse=True):
            text = text.replace(f":{name}", f"%({name})s")
        full = f"SELECT {text} FROM facts ORDER BY id"
        rows = self.database.execute(full, dict(query.parameters))
        return [row[0] for row in rows]


@pytest.fixture(scope="module")
def sqlite_rows() -> Sqlite:
    return Sqlite()


@pytest.fixture(scope="module")
def postgres_rows(postgres_server: PostgresServer) -> Iterator[Postgres]:
    with postgres_server.database() as url:
        rows = Postgres(url)
        yield rows
        rows.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def rows(request: pytest.FixtureRequest) -> Sqlite | Postgres:
    name = {"sqlite": "sqlite_rows", "postgresql": "postgres_rows"}[request.param]
    found: Sqlite | Postgres = request.getfixturevalue(name)
    return found


SQL = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
RECORDS = st.lists(facts(acts_may_wait=False), min_size=4, max_size=16)


@SQL
@given(text=CONDITIONS, records=RECORDS)
def test_sql_answers_every_condition_as_the_interpreter_does(
    rows: Sqlite | Postgres, text: str, records: list[dict[str, Value]]
) -> None:
    gate = EMPTY.condition(text)
    rows.fill(records)
    dialect: Any = rows.dialect
    query = condition(EMPTY, gate, SETWISE_COLUMNS, dialect=dialect, on=TODAY)
    traced = [truth(gate.core, _run(EMPTY, values)) for values in records]
    answered = [None if value is None else bool(value) for value in rows.ask(query)]
    assert answered == traced


@SQL
@given(text=rule_packs(CONDITIONS, most=2), records=RECORDS)
def test_sql_gives_the_verdict_the_interpreter_gives(
    rows: Sqlite | Postgres, text: str, records: list[dict[str, Value]]
) -> None:
    law = city(text)
    rows.fill(records)
    dialect: Any = rows.dialect
    query = verdict(law, "甲", SETWISE_COLUMNS, dialect=dialect, on=TODAY)
    wanted = [law.assess("甲", Facts(v), on=TODAY, now=NOW).verdict.value for v in records]
    assert rows.ask(query) == wanted


@pytest.mark.parametrize("steps", [-10, -3, -1, 0, 1, 3, 10])
def test_sql_steps_over_a_holiday_season_to_the_day_the_calendar_says(
    rows: Sqlite | Postgres, steps: int
) -> None:
    season = [date(2026, 9, 20) + timedelta(days=n) for n in range(30)]
    reached = [EMPTY.calendar.add_working_days(day, steps) for day in season]
    assert None not in reached
    rows.fill(
        [
            {"事由的日期": day, "公示的日期": other}
            for day, other in zip(season, reached, strict=True)
            if other is not None
        ]
    )
    sign = "+" if steps >= 0 else "−"
    gate = EMPTY.condition(f"公示的日期 为 事由的日期 {sign} {abs(steps)} 个工作日")
    dialect: Any = rows.dialect
    query = condition(EMPTY, gate, SETWISE_COLUMNS, dialect=dialect, on=TODAY)
    assert [bool(value) for value in rows.ask(query)] == [True] * len(season)


def test_the_calendar_table_keeps_unconnected_years_apart() -> None:
    years = {"base/calendar/2024.csv": "date,kind\n", "base/calendar/2026.csv": CALENDAR_2026}
    table = list(calendar_rows(city("", **years).calendar))
    assert [row["day"] for row in table if row["works"] == 0 and row["day"] == "2025-12-31"]
    last_2024 = max(int(row["seq"]) for row in table if str(row["day"]) < "2025-06")
    first_2026 = min(int(row["seq"]) for row in table if str(row["day"]) > "2025-06")
    assert first_2026 - last_2024 > 90_000


@QUICK
@given(text=CONDITIONS, records=st.lists(facts(), min_size=3, max_size=8))
def test_a_condition_put_back_into_words_means_the_same(
    text: str, records: list[dict[str, Value]]
) -> None:
    core = EMPTY.condition(text).core
    again = EMPTY.condition(phrase(core)).core
    for values in records:
        assert truth(again, _run(EMPTY, values)) == truth(core, _run(EMPTY, values))


def test_what_has_no_sql_form_is_refused_by_name() -> None:
    def ask(text: str, columns: dict[str, Any] | None = None, table: str = "working_days") -> None:
        given_columns = SETWISE_COLUMNS if columns is None else columns
        gate = EMPTY.condition(text)
        condition(EMPTY, gate, given_columns, dialect="sqlite", on=TODAY, calendar_table=table)

    with pytest.raises(NoColumn, match="对象的重点"):
        ask("对象的重点", {})
    with pytest.raises(NoSql, match="表名"):
        ask("公示的日期 在 事由的日期 后 5 个工作日内", table="x; DROP TABLE y")
    many = "".join(f"例外 例{n} 之于 甲\n  当 对象的重点\n  免除\n结束\n" for n in range(8))
    law = city(f"规则 甲\n  应当 对象的停业\n结束\n{many}")
    with pytest.raises(NotSetwise, match="个条件"):
        verdict(law, "甲", SETWISE_COLUMNS, dialect="sqlite", on=TODAY)


def test_a_cap_excludes_keeps_or_leaves_open_each_row(rows: Sqlite | Postgres) -> None:
    text = (
        "规则 甲 强度 原则上\n  有效 自 2026-01-01\n  当 对象的等级 为 低\n"
        "  应当 对象的次数 不超过 2 次\n结束\n"
        "例外 乙 之于 甲\n  当 对象的应查\n  免除\n结束\n"
        "规则 丙\n  当 对象的停业\n  认定 对象的应查\n结束"
    )
    law = city(text)
    records: list[dict[str, Value]] = [
        {"对象的等级": "低", "对象的次数": 3, "对象的停业": False},
        {"对象的等级": "低", "对象的次数": 3, "对象的停业": True},
        {"对象的等级": "低", "对象的次数": 3},
        {"对象的等级": "高"},
    ]
    rows.fill(records)
    dialect: Any = rows.dialect
    query = excluded(law, "甲", SETWISE_COLUMNS, dialect=dialect, on=TODAY)
    assert rows.ask(query) == [1, 0, None, 0]
    before = verdict(law, "甲", SETWISE_COLUMNS, dialect=dialect, on=date(2025, 1, 1))
    assert rows.ask(before) == ["不适用"] * 4
