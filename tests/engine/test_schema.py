"""The migrations make exactly the tables the code speaks of; running them twice is harmless."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.store import schema
from engine.store.database import Store
from engine.store.tables import metadata, registry


def test_the_migrations_and_the_tables_agree(store_url: str) -> None:
    assert registry.registry_subjects.metadata is metadata
    store = Store(store_url)
    schema.upgrade(store)
    schema.upgrade(store)
    assert schema.is_current(store)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    store.dispose()
