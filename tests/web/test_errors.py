"""What goes wrong is said in a sentence, with a status, and never with a stack trace."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from engine import errors
from engine.errors import ProductError
from engine.store.database import Store
from tests.web.conftest import House
from web.access import PUBLIC, allow
from web.app import create_app
from web.errors import STATUS, status_of


def failing(house: House) -> Flask:
    app = create_app(
        house.office.engine, secret_key="e" * 32, var=house.var, demo=True, shelves=house.shelves
    )

    @allow(PUBLIC)
    def broken() -> str:
        raise RuntimeError("a secret detail")

    app.add_url_rule("/broken", "broken", broken)
    app.add_url_rule("/api/v1/broken", "broken-api", broken)
    return app


def test_a_failure_shows_a_number_and_nothing_else(house: House) -> None:
    answer = failing(house).test_client().get("/broken")
    assert answer.status_code == 500
    assert "系统出错，已记录" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_a_failure_is_kept_for_the_administrator(house: House) -> None:
    from sqlalchemy import select

    from engine.store.tables import incidents

    failing(house).test_client().get("/broken")
    with house.office.engine.store.read() as tx:
        traces = tx.execute(select(incidents.c.trace)).scalars().all()
    assert any("a secret detail" in trace for trace in traces)


def test_a_program_gets_the_same_as_a_problem(house: House) -> None:
    answer = failing(house).test_client().get("/api/v1/broken")
    assert answer.status_code == 500
    assert answer.get_json()["problems"][0]["code"] == "internal"


def test_a_busy_database_is_no_incident_but_a_reason_to_come_again(
    house: House, tmp_path: Path
) -> None:
    app = create_app(
        house.office.engine, secret_key="e" * 32, var=house.var, demo=True, shelves=house.shelves
    )
    impatient = Store(f"sqlite:///{tmp_path / 'busy.db'}")

    @allow(PUBLIC)
    def busy() -> str:
        with impatient.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        raise AssertionError

    @allow(PUBLIC)
    def mistaken() -> str:
        with impatient.engine.connect() as connection:
            connection.exec_driver_sql("SELECT * FROM nowhere")
        raise AssertionError

    app.add_url_rule("/busy", "busy", busy)
    app.add_url_rule("/mistaken", "mistaken", mistaken)
    with closing(sqlite3.connect(tmp_path / "busy.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = app.test_client().get("/busy")
    assert answer.status_code == 503
    assert "这次没有写入任何内容；请稍后再试" in answer.text
    assert app.test_client().get("/mistaken").status_code == 500, "a mistake of ours is an incident"
    impatient.dispose()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UnknownCase(case="X"), 404),
        (errors.NotYourTask(task="a", role="b"), 403),
        (errors.FourEyesViolation(person="a", task="b", role="c"), 403),
        (errors.TaskNotOpen(task="a", by="", by_en=""), 409),
        (errors.CaseIsClosed(number="a"), 409),
        (errors.StaleTimer(element="a", due_at="b"), 409),
        (errors.Conflict(), 409),
        (errors.FormInvalid((("a", "b"),)), 422),
        (errors.RuleBroken(rule="a", message="b", quote="c"), 422),
        (errors.ReasonRequired(rule="a", message="b", field="c", quote="d"), 422),
    ],
)
def test_a_refusal_has_the_status_of_its_kind(error: ProductError, status: int) -> None:
    assert status_of(error) == status


def test_every_status_is_one_that_a_person_can_act_on() -> None:
    assert set(STATUS.values()) <= {400, 401, 403, 404, 409, 413, 422}
