"""Makes an empty database ready: schema, shipped versions, and for a demonstration its people."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from engine import catalogue, clock, edge, services
from engine.config import Config
from engine.errors import ProductError
from engine.process.selftest import self_test
from engine.service import Engine
from engine.store import schema, settings, shelf, soundness
from engine.store.database import Store
from engine.store.settings import StoredClock
from rules import pack
from rules.pack import Law

DEMO_NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
SHIPPED_SINCE = datetime(2020, 1, 1, tzinfo=UTC)  # shipped versions are in force from the start


assert services  # imported so that every name of a diagram is bound before anything runs


class NotInitialised(ProductError):
    code = "not-initialised"
    zh = "这里还没有建立数据库，或者结构不是本版本的。请先运行 ssj init。"
    en = "There is no database here yet, or not of this version. Run ssj init first."


class NoDatabase(ProductError):
    code = "no-database"
    zh = "连不上数据库。请核对 SSJ_DATABASE_URL，并确认数据库服务已经启动。"
    en = "The database cannot be reached. Check SSJ_DATABASE_URL and that its server is running."


class ForeignDatabase(ProductError):
    code = "foreign-database"
    zh = (
        "「{place}」是另一个程序的数据库（其中的表：{tables}），没有改动它。"
        "请用 SSJ_VAR 或 SSJ_DATABASE_URL 另选一处。"
    )
    en = (
        "“{place}” is the database of another program (tables: {tables}); it was left as it is. "
        "Choose another place by SSJ_VAR or SSJ_DATABASE_URL."
    )


class InEarnest(ProductError):
    code = "in-earnest"
    zh = "这个数据库是正式使用的，已有人员或案件，不能变成演示库；请用 SSJ_VAR 另选一个文件夹。"
    en = "This database is in earnest: it has people or cases. Use another folder (SSJ_VAR)."


@contextmanager
def _passing(config: Config) -> Iterator[Store]:
    store = Store(config.database_url)
    try:
        yield store
    finally:
        store.dispose()


def refuse_foreign(config: Config) -> None:
    """Refuse a database with tables that are not ours; nothing of it is touched.

    A file that is no database at all is left to whoever opens it."""
    url = make_url(config.database_url)
    place = Path(url.database or "")
    try:
        if not config.is_sqlite:
            with _passing(config) as store, store.read() as connection:
                found = soundness.of_server(connection)
        elif place.is_file():
            found = soundness.of_file(place)
        else:
            return
    except sqlite3.DatabaseError:
        return
    if found.names and not found.is_ours:
        raise ForeignDatabase(
            place=url.render_as_string(hide_password=True),
            tables="、".join(found.strangers[:5]),
        )


def refuse_in_earnest(config: Config) -> None:
    """Refuse to make a demonstration of a database in which anybody works."""
    refuse_foreign(config)
    with _passing(config) as store:
        if not store.is_missing and schema.is_in_earnest(store):
            raise InEarnest


def open_engine(config: Config) -> Engine:
    """Return the engine of an initialised database; nothing is created where there is none."""
    self_test()  # the library beneath must be the one that was measured
    store = Store(config.database_url)
    if store.is_missing:
        raise NotInitialised
    if store.is_sqlite:  # of a server, what is not ours is not this version's
        refuse_foreign(config)
    try:
        ready = schema.is_current(store)
    except OperationalError as error:
        if store.is_sqlite:  # no server that could be out of reach: it says itself what is wrong
            raise
        raise NoDatabase from error
    if not ready:
        raise NotInitialised
    return Engine(store, now=StoredClock(store), var=config.var)


def initialise(
    config: Config, *, demo: bool = False, say: Callable[[str], None] = lambda _: None
) -> Engine:
    """Create or migrate the database and put the shipped versions on the shelf.

    What is already there stays: running it again is harmless.
    """
    refuse_foreign(config)
    store = Store(config.database_url)
    say("建立数据库结构")
    schema.upgrade(store)
    engine = Engine(store, var=config.var)
    with store.write() as connection:
        if demo and settings.demo_now(connection) is None:
            settings.put(connection, settings.DEMO_NOW, clock.text(DEMO_NOW))
        for jurisdiction in pack.jurisdictions(config.packs):
            say(f"装入流程与规则：{jurisdiction}")
            engine.shelf.lend(ship(connection, config, jurisdiction))
    engine.now = StoredClock(store)
    return engine


def ship(connection: Connection, config: Config, jurisdiction: str) -> Law:
    """Release the shipped diagrams of a jurisdiction with its law, which it returns."""
    found = catalogue.shipped(config.workflows, config.packs, jurisdiction)
    for stem in found.diagrams:
        definition = found.definition(stem)
        shelf.release(
            connection,
            found.files_of(definition),
            jurisdiction=jurisdiction,
            process=definition.id,
            name=definition.name,
            # a newer shipped version counts from its installation, never backwards
            effective_at=edge.wall_clock()
            if shelf.has_any(connection, jurisdiction, definition.id)
            else SHIPPED_SINCE,
            released_by=None,
            stored_at=edge.wall_clock(),
        )
    return found.law
