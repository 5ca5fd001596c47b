"""Creates and migrates the database: one Alembic history for both kinds, and the append-only locks.

The triggers refuse UPDATE and DELETE on `events`, whoever asks.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, literal, select

from engine.store import settings, tables
from engine.store.database import Store

MIGRATIONS = Path(__file__).parent / "migrations"

SQLITE_LOCKS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS events_refuse_{verb.lower()} BEFORE {verb} ON events "
    f"BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRESQL_LOCKS = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$",
    "CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def upgrade(store: Store) -> None:
    """Bring the database to the newest schema; an up-to-date one stays as it is."""
    with store.write() as connection:
        command.upgrade(_config(connection), "head")


def is_current(store: Store) -> bool:
    """Return whether the database has the newest schema."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with store.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def is_in_earnest(store: Store) -> bool:
    """Return whether anybody or any case is in the database and it is no demonstration.

    One without our tables is nobody's; an older one counts as what it holds."""
    with store.read() as connection:
        there = set(inspect(connection).get_table_names())
        if not {"settings", "people", "cases"} <= there:
            return False
        if settings.demo_now(connection) is not None:
            return False
        return any(
            connection.execute(select(literal(1)).select_from(table).limit(1)).first()
            for table in (tables.people, tables.cases)
        )


def lock_events(connection: Connection) -> None:
    """Install the triggers that refuse to change the record."""
    locks = SQLITE_LOCKS if connection.dialect.name == "sqlite" else POSTGRESQL_LOCKS
    for statement in locks:
        connection.exec_driver_sql(statement)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
