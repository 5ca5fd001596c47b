"""What goes wrong is said in a sentence, with a status, and never with a stack trace."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import errors
from engine.errors import ProductError
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
