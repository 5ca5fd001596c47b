"""What is lost of the views is built again from the record; nobody weakens what a commit means."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from engine.store import readings
from engine.store.database import Store
from engine.store.tables import cases
from tests.engine import chains
from tests.engine.office import Office
from tests.engine.tally import tally
from tests.engine.views import VIEWS, views
from tests.toolchain.postgres import FAST, PostgresServer


def every_case(office: Office) -> tuple[readings.CaseRow, ...]:
    with office.engine.store.read() as connection:
        return readings.every_case(connection)


def closings(connection: Connection) -> dict[UUID, Any]:
    rows = connection.execute(select(cases.c.case_id, cases.c.closed_at))
    return {row.case_id: row.closed_at for row in rows}


def test_what_is_rebuilt_after_every_view_was_lost_is_what_was_there(office: Office) -> None:
    task = chains.drawn_task(office)
    chains.finish(office, office.children(task, "inspection")[0])
    with office.engine.store.read() as connection:
        standing = views(connection)
        closed = closings(connection)
    with office.engine.store.write() as connection:
        for table in VIEWS:
            connection.execute(table.delete())
        connection.execute(cases.update().values(state=None, closed_at=None))
    for row in every_case(office):
        office.engine.rebuild(row.case_id)
    with office.engine.store.read() as connection:
        assert views(connection) == standing
        assert closings(connection) == closed


def test_our_connections_leave_the_durability_of_postgresql_alone(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with postgres_server.durable():
        store = Store(postgres_url)
        with tally(store) as asked:
            with store.write() as connection:
                for name in FAST:
                    shown = connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                    assert shown == "on", name
            with store.read() as connection:
                connection.execute(text("SELECT 1"))
        store.dispose()
    assert not [said for said in asked.statements if said.upper().startswith("SET ")]
