"""Killed at any moment, the record holds whole commands and every message still goes out."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from engine import state
from engine.store import outbox, readings, rosters
from engine.store.database import Store
from engine.store.tables import cases, events, leaves, timers, work, worklist
from engine.store.tables import outbox as messages
from tests.engine import chains
from tests.engine.office import Office
from tests.engine.tally import tally
from tests.toolchain.postgres import running_server

KILLS = 8
COMMANDS = 200

VIEWS = {
    worklist: tuple(worklist.c),
    timers: tuple(timers.c),
    # what delivery and work mark later is no part of what the history says
    messages: (
        messages.c.case_id,
        messages.c.seq,
        messages.c.part,
        messages.c.kind,
        messages.c.body,
    ),
    work: (work.c.address, work.c.case_id, work.c.element, work.c.key, work.c.name, work.c.inputs),
}


def views(connection: Connection) -> dict[str, set[Any]]:
    return {
        table.name: {tuple(row) for row in connection.execute(select(*columns))}
        for table, columns in VIEWS.items()
    }


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
        command = [sys.executable, "-m", "tests.engine.player", self.url]
        with subprocess.Popen(
            [*command, str(self.run), str(self.steps)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for line in child.stdout:
                self._read(line)
                if self.acts >= acts:
                    time.sleep(seconds)
                    child.kill()
                    break
            for line in child.stdout:
                self._read(line)

    def _read(self, line: str) -> None:
        if not line.endswith("\n"):
            return  # cut off by the kill
        word, *rest = line.split()
        if word == "done":
            self.receipts[UUID(rest[0])] = int(rest[1])
        if word in ("done", "refused"):
            self.acts += 1
        else:
            self.settings[word] = rest[0]


def assert_whole(office: Office) -> None:
    """Every case is what its events say: audit, cached state, views, leaves."""
    with office.engine.store.read() as connection:
        rows = readings.every_case(connection)
        standing = views(connection)
        counted = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (events, leaves)
        ]
        assert counted[0] == counted[1]
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    for row in rows:
        found = office.audit(row.case_id)
        assert found.is_clean, found.discrepancies
        assert found.events == row.seq
        assert state.dump(office.case(row.case_id)) == state.dump(office.folded(row.case_id))
    for row in rows:
        office.engine.rebuild(row.case_id)
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
    furnished_sqlite: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "ssj.db"
    shutil.copy(furnished_sqlite, copy)
    url = f"sqlite:///{copy}"
    dice = random.Random("kills")
    acts = 0
    places = [0, *sorted(dice.sample(range(3, COMMANDS), KILLS - 1)), COMMANDS]
    for run, (before, after) in enumerate(pairwise(places)):
        player = Player(url, run, COMMANDS)
        player.killed_after(after - before, dice.random() * 0.1)
        assert player.settings["synchronous"] == "2", "FULL: a commit is on the disk"
        assert player.settings["journal_mode"] == "wal"
        acts += player.acts
        office = Office.at(url, synchronous="OFF")
        with office.engine.store.read() as connection:
            for case_id, count in player.receipts.items():
                query = select(func.count()).where(events.c.case_id == case_id)
                assert connection.execute(query).scalar_one() >= count, "a receipt is kept"
        assert_whole(office)
        office.engine.store.dispose()
    assert acts >= COMMANDS

    office = Office.at(url, synchronous="OFF")
    office.hand.moment = max(office.hand.moment, *(row.opened_at for row in every_case(office)))
    office.settle()
    with office.engine.store.read() as connection:
        assert outbox.waiting(connection, limit=1) == ()
        born = select(cases.c.case_id).where(cases.c.parent_id.is_not(None))
        children = set(connection.execute(born).scalars())
    wanted = expected_children(office)
    assert wanted, "the play reached a draw"
    assert wanted <= children
    assert_whole(office)
    office.engine.store.dispose()


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


def test_our_connections_leave_the_durability_of_postgresql_alone() -> None:
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    with running_server(**durable) as server, server.database() as url:
        store = Store(url)
        with tally(store) as asked:
            with store.write() as connection:
                for name in durable:
                    shown = connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                    assert shown == "on", name
            with store.read() as connection:
                connection.execute(text("SELECT 1"))
        store.dispose()
    assert not [said for said in asked.statements if said.upper().startswith("SET ")]
