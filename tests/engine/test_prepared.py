"""Statements handed to the driver say, find and fail as SQLAlchemy's own do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.store.prepared import Asked, Prepared
from engine.store.tables import cases
from tests.engine.office import Office
from tests.engine.tally import tally

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
ROW = {
    "case_id": UUID(int=7),
    "number": "X-1",
    "process": "own_case",
    "jurisdiction": "nowhere",
    "version": "0" * 64,
    "parent_id": None,
    "title": "一件",
    "lead": None,
    "subject_id": None,
    "matter": "",
    "opened_at": NOON,
    "closed_at": None,
    "seq": 1,
    "digest": "1" * 64,
    "state": b"\x00\xff{}",
}
ENTER = Prepared(insert(cases))
NUMBERS = select(cases.c.number).where(cases.c.jurisdiction == ROW["jurisdiction"])
OF_CASE = select(cases).where(cases.c.case_id == bindparam("wanted"))


def whole(connection: Connection) -> tuple[object, ...]:
    """Return the row as SQLAlchemy reads it."""
    return tuple(connection.execute(OF_CASE, {"wanted": ROW["case_id"]}).one())


def test_a_row_that_was_written_is_read_as_it_was(office: Office) -> None:
    with office.engine.store.write() as connection:
        ENTER.write(connection, [ROW])
        found = Asked(OF_CASE).first(connection, wanted=ROW["case_id"])
        assert found == whole(connection) == tuple(ROW.values())
        assert Asked(OF_CASE).first(connection, wanted=UUID(int=8)) is None


def test_what_a_statement_says_itself_need_not_be_said_again(office: Office) -> None:
    reopened = update(cases).where(cases.c.case_id == bindparam("wanted"))
    first = Asked(NUMBERS.order_by(cases.c.number).limit(1))
    with office.engine.store.write() as connection:
        ENTER.write(connection, [ROW, {**ROW, "case_id": UUID(int=8), "number": "X-2"}])
        Prepared(reopened.values(closed_at=None, seq=3)).write(
            connection, [{"wanted": ROW["case_id"]}]
        )
        assert whole(connection)[-3] == 3
        assert first.all(connection) == [("X-1",)]


def test_an_instant_is_the_same_in_every_zone_and_a_naive_one_is_refused(office: Office) -> None:
    later = Asked(NUMBERS.where(cases.c.opened_at <= bindparam("moment")))
    with office.engine.store.write() as connection:
        ENTER.write(connection, [ROW])
        shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
        assert later.all(connection, moment=shanghai) == [("X-1",)]
        assert later.all(connection, moment=NOON - timedelta(microseconds=1)) == []
        with pytest.raises(Exception, match="no time zone"):
            later.all(connection, moment=NOON.replace(tzinfo=None))


def test_an_error_of_the_driver_is_the_one_everybody_expects(office: Office) -> None:
    store = office.engine.store
    with pytest.raises(IntegrityError), store.write() as connection:
        ENTER.write(connection, [ROW, ROW])
    with store.write() as connection:  # and the connection goes on
        assert Asked(OF_CASE).all(connection, wanted=ROW["case_id"]) == []


def test_whoever_listens_to_the_statements_hears_these_as_well(office: Office) -> None:
    gone = Prepared(delete(cases).where(cases.c.case_id == bindparam("wanted")))
    with tally(office.engine.store) as heard, office.engine.store.write() as connection:
        ENTER.write(connection, [])
        ENTER.write(connection, [ROW])
        Asked(OF_CASE).all(connection, wanted=ROW["case_id"])
        gone.write(connection, [{"wanted": ROW["case_id"]}, {"wanted": UUID(int=8)}])
    assert [statement.split()[0] for statement in heard.statements] == [
        "INSERT",
        "SELECT",
        "DELETE",
    ]
