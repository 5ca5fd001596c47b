"""A process that works until it is killed.

It first says how durable its own connection is. After every command it writes one line, the case
and how many events it has, as its receipt.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection
from uuid import UUID

from engine.errors import Refusal
from engine.store import offers, readings
from tests.engine import chains
from tests.engine.crowd import inspection
from tests.engine.office import START, Office, laws

Say = Callable[[str], None]

SETTINGS = {  # what decides whether a commit is on the disk, by whether it is SQLite
    True: ("PRAGMA", ("synchronous", "journal_mode")),
    False: ("SHOW", ("fsync", "synchronous_commit", "full_page_writes")),
}
AT_HAND = 6  # tasks that wait before anything new is begun


def play(office: Office, dice: random.Random, steps: int, say: Say) -> None:
    for _ in range(steps):
        try:
            case_id = step(office, dice)
        except Refusal as refusal:
            say(f"refused {refusal.code}")
        else:
            say(f"done {case_id} {len(office.records(case_id))}")


def step(office: Office, dice: random.Random) -> UUID:
    """Do one task that waits, or begin something when little does."""
    with office.engine.store.read() as connection:
        waiting = offers.all_open(connection)
        rows = readings.every_case(connection)
    tasks = {row.parent_id for row in rows if row.process == "inspection_task"}
    ready = [
        r for r in rows if r.process == "joint_plan" and r.closed_at and r.case_id not in tasks
    ]
    if ready:
        return chains.task(office, ready[0].case_id)
    if len(waiting) < AT_HAND:
        return dice.choice((chains.drafted_plan, inspection))(office)
    chosen = dice.choice(waiting[:AT_HAND])
    office.do(chosen.case_id, chosen.element, key=chosen.key)
    return chosen.case_id


def work(url: str, run: int, steps: int, said: Connection) -> None:
    """Work on a database and write receipts, from the first minute of a day of its own."""
    office = Office.at(url)
    office.hand.moment = START + timedelta(days=run)
    office.hand.name = f"run{run}"
    word, names = SETTINGS[office.engine.store.is_sqlite]
    with office.engine.store.write() as connection:
        for name in names:
            said.send(f"{name} {connection.exec_driver_sql(f'{word} {name}').scalar_one()}")
    office.settle()
    play(office, random.Random(f"player {run}"), steps, said.send)


laws()  # read before the fork: what every player would only read again
