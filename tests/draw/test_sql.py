"""The database draws exactly what Python draws, byte for byte, on SQLite and on PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text

from engine.draw import sampling, sizes, sql
from engine.draw.refusals import ManifestProblem
from engine.draw.sampling import Selection, ThresholdMissed
from tests.draw import example

KEY = "7a0da09d405b0e32e74a31986abb497a70c437ad56481bea9cee1652c3e6586a"
SOURCE = sql.Source(relation="drawn_from", eligible="codes = ''")
Rows = Sequence[tuple[str, str, str]]  # unit, stratum, codes


@contextmanager
def database(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _register(connection: Any, _record: object) -> None:
            connection.create_function(
                sql.SQLITE_FUNCTION, 2, sql.sqlite_ticket(), deterministic=True
            )

    with engine.connect() as connection:
        yield connection
    engine.dispose()


def load(connection: Connection, rows: Rows) -> None:
    connection.execute(text("CREATE TABLE drawn_from (unit text, stratum text, codes text)"))
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy("COPY drawn_from FROM STDIN") as copy:
            copy.write("".join(f"{u}\t{s}\t{c}\n" for u, s, c in rows))
    else:
        connection.exec_driver_sql("INSERT INTO drawn_from VALUES (?, ?, ?)", list(rows))


def survivors(connection: Connection, statement: sql.Statement) -> Iterator[tuple[str, bytes]]:
    for stratum, found in connection.execute(text(statement.text), dict(statement.parameters)):
        yield stratum, bytes(found)


def drawn(connection: Connection, places: dict[str, int], able: dict[str, int]) -> Selection:
    """Draw in the database; sort and cut in Python; once more with everything if missed."""
    for everything in (False, True):
        statement = sql.survivors(
            connection.dialect.name, SOURCE, KEY, places, able, everything=everything
        )
        try:
            return sampling.from_units(KEY, survivors(connection, statement), places)
        except ThresholdMissed:
            continue
    raise AssertionError("sorting everything cannot miss")


def in_python(rows: Rows, places: dict[str, int]) -> Selection:
    able = [(unit, stratum) for unit, stratum, codes in rows if not codes]
    return sampling.select(KEY, able, places)


def population(count: int) -> Rows:
    """Strata as in a city: many low-risk, few high-risk; every 20th is left out; a Chinese id."""
    rows = [
        (
            f"91220104{number:010d}",
            "ABCD"[(number % 20 > 11) + (number % 20 > 16) + (number % 20 > 18)],
            "E01" if number % 20 == 7 else "",
        )
        for number in range(count)
    ]
    return [*rows, ("双阳区-项目-1", "A", ""), ("ÀB_Z-1", "B", "")]


def plan(connection: Connection) -> tuple[dict[str, int], dict[str, int]]:
    """Sizes from the counts that the database gives."""
    found = connection.execute(text(sql.counts(SOURCE).text)).all()
    listed = {stratum: listed for stratum, listed, _ in found}
    able = {stratum: int(eligible) for stratum, _, eligible in found}
    settled = sizes.sizes(listed, able, example.TIERS, bounds=example.BOUNDS)
    return {stratum.name: stratum.places for stratum in settled.strata}, able


def test_the_database_draws_what_python_draws(store_url: str) -> None:
    rows = population(5_000)
    with database(store_url) as connection:
        load(connection, rows)
        places, able = plan(connection)
        found = drawn(connection, places, able)
    assert found == in_python(rows, places)
    assert found.digest == in_python(rows[::-1], places).digest


def test_a_missed_threshold_sorts_everything(store_url: str) -> None:
    rows = population(500)
    with database(store_url) as connection:
        load(connection, rows)
        places, able = plan(connection)
        wrong = {stratum: count * 1000 for stratum, count in able.items()}
        assert drawn(connection, places, wrong) == in_python(rows, places)


def test_pooled_strata_are_drawn_as_one(store_url: str) -> None:
    rows = population(500)
    pooled = {"A": "A+B", "B": "A+B", "C": "C", "D": "D"}
    places, able = {"A+B": 30, "C": 0, "D": 3}, {"A+B": 450, "C": 40, "D": 20}
    with database(store_url) as connection:
        load(connection, rows)
        statement = sql.survivors(connection.dialect.name, SOURCE, KEY, places, able, pooled=pooled)
        found = sampling.from_units(KEY, survivors(connection, statement), places)
    renamed = [(unit, pooled[stratum], codes) for unit, stratum, codes in rows]
    assert found == in_python(renamed, places)


def test_nothing_to_draw_asks_for_no_row(store_url: str) -> None:
    with database(store_url) as connection:
        load(connection, population(10))
        assert drawn(connection, {"A": 0}, {"A": 10}).winners == ()


def test_postgresql_has_no_sm3_and_says_so() -> None:
    with pytest.raises(ManifestProblem, match="sm3"):
        sql.survivors("postgresql", SOURCE, KEY, {"A": 1}, {"A": 2}, alg="sm3")


def test_the_sqlite_function_speaks_sm3() -> None:
    found = sql.sqlite_ticket("sm3")("a", "bc")
    digest = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert found == bytes.fromhex(digest)
