"""Killed at any moment, the record holds whole commands and every message still goes out."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from engine import state
from engine.store import outbox, readings, rosters
from engine.store.tables import cases, events, leaves
from engine.store.tables import outbox as messages
from tests.engine.office import Office
from tests.engine.player import work
from tests.engine.views import views
from tests.toolchain.postgres import PostgresServer

FORKS = multiprocessing.get_context("forkserver")  # what is imported once is not waited for
FORKS.set_forkserver_preload([work.__module__])
KILLS = 8
COMMANDS = 200

DURABLE = {  # a commit is on the disk before anybody hears of it
    "sqlite": {"synchronous": "2", "journal_mode": "wal"},
    "postgresql": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A durable database somebody works on until killed, and how to wait for what that leaves."""

    url: str
    durable: dict[str, str]
    left: Callable[[], None]

    @contextmanager
    def office(self) -> Iterator[Office]:
        self.left()
        office = Office.at(self.url, synchronous="OFF")
        yield office
        office.engine.store.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    durable = DURABLE[request.param]
    if request.param == "sqlite":
        copy = tmp_path / "ssj.db"
        shutil.copy(request.getfixturevalue("furnished_sqlite"), copy)
        yield Place(url=f"sqlite:///{copy}", durable=durable, left=lambda: None)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("furnished_postgresql")
    with server.database(template) as url, server.durable():
        yield Place(url=url, durable=durable, left=lambda: server.left(url))


@dataclass(slots=True)
class Player:
    """The child process of one run, and the receipts it wrote before it died."""

    url: str
    run: int
    steps: int
    settings: dict[str, str] = field(default_factory=dict)
    receipts: dict[UUID, int] = field(default_factory=dict)
    acts: int = 0

    def killed_after(self, acts: int, seconds: float) -> None:
        """Let it work, then kill it a moment after its `acts`-th receipt, wherever it is."""
        heard, said = FORKS.Pipe(duplex=False)
        child = FORKS.Process(target=work, args=(self.url, self.run, self.steps, said))
        child.start()
        said.close()
        while self.acts < acts and self._hears(heard):
            pass
        time.sleep(seconds)
        child.kill()
        while self._hears(heard):
            pass
        child.join()
        heard.close()

    def _hears(self, heard: Connection) -> bool:
        """Take the next line; False when the process is gone, in the middle of one or not."""
        try:
            word, *rest = heard.recv().split()
        except EOFError:
            return False
        if word == "done":
            self.receipts[UUID(rest[0])] = int(rest[1])
        if word in ("done", "refused"):
            self.acts += 1
        else:
            self.settings[word] = rest[0]
        return True


def assert_whole(office: Office, clean: dict[UUID, int]) -> None:
    """Every case is what its events say: audit, cached state, views, leaves.

    `clean` says up to which event a case was found whole before: what stood still stays whole."""
    with office.engine.store.read() as connection:
        rows = readings.every_case(connection)
        standing = views(connection)
        counted = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (events, leaves)
        ]
        assert counted[0] == counted[1]
        if office.engine.store.is_sqlite:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    moved = [row for row in rows if clean.get(row.case_id) != row.seq]
    for row in moved:
        found = office.audit(row.case_id)
        assert found.is_clean, found.discrepancies
        assert found.events == row.seq
        assert state.dump(office.case(row.case_id)) == state.dump(office.folded(row.case_id))
        office.engine.rebuild(row.case_id)
        clean[row.case_id] = row.seq
    with office.engine.store.read() as connection:
        assert views(connection) == standing


def expected_children(office: Office) -> set[UUID]:
    """Return the cases that the messages in the outbox ask for."""
    wanted: set[UUID] = set()
    with office.engine.store.read() as connection:
        for row in connection.execute(select(messages)):
            body = json.loads(row.body)
            units: list[str] = []
            if row.kind == "open-case":
                units = [body["object"]]
            elif row.kind == "open-cases":
                listed = rosters.inspections(connection, body, office.engine.shelf.fetch)
                units = [entry["object"] for entry in listed]
            wanted |= {outbox.child_id(row.case_id, row.seq, unit) for unit in units}
    return wanted


def test_a_process_killed_at_any_moment_leaves_whole_commands_and_loses_no_message(
    place: Place,
) -> None:
    dice = random.Random("kills")
    acts = 0
    clean: dict[UUID, int] = {}
    places = [0, *sorted(dice.sample(range(3, COMMANDS), KILLS - 1)), COMMANDS]
    for run, (before, after) in enumerate(pairwise(places)):
        player = Player(place.url, run, COMMANDS)
        player.killed_after(after - before, dice.random() * 0.1)
        assert player.settings == place.durable, "what was committed is on the disk"
        acts += player.acts
        with place.office() as office:
            with office.engine.store.read() as connection:
                for case_id, count in player.receipts.items():
                    query = select(func.count()).where(events.c.case_id == case_id)
                    assert connection.execute(query).scalar_one() >= count, "a receipt is kept"
            assert_whole(office, clean)
    assert acts >= COMMANDS

    with place.office() as office:
        opened = select(func.max(cases.c.opened_at))
        with office.engine.store.read() as connection:
            last = connection.execute(opened).scalar_one()
        office.hand.moment = max(office.hand.moment, last)
        office.settle()
        assert_every_message_arrived(office)
    audited = subprocess.run(
        [sys.executable, "-m", "engine.cli", "audit", "--all"],
        env={**os.environ, "SSJ_DATABASE_URL": place.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert audited.returncode == 0, audited.stdout + audited.stderr


def assert_every_message_arrived(office: Office) -> None:
    with office.engine.store.read() as connection:
        assert outbox.waiting(connection, limit=1) == ()
        born = select(cases.c.case_id).where(cases.c.parent_id.is_not(None))
        children = set(connection.execute(born).scalars())
    wanted = expected_children(office)
    assert wanted, "the play reached a draw"
    assert wanted <= children
