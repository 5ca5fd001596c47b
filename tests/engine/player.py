"""A process that works until it is killed: `python -m tests.engine.player URL RUN STEPS`.

After every command it writes one line, the case and how many events it has, as its receipt.
"""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from uuid import UUID

from engine.errors import Refusal
from engine.store import offers, readings
from tests.engine import chains
from tests.engine.crowd import inspection
from tests.engine.office import START, Office

AT_HAND = 6  # tasks that wait before anything new is begun


def play(office: Office, dice: random.Random, steps: int) -> None:
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


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(url: str, run: str, steps: str) -> None:
    office = Office.at(url)
    office.hand.moment = START + timedelta(days=int(run))
    office.hand.name = f"run{run}"
    with office.engine.store.engine.connect() as connection:
        for pragma in ("synchronous", "journal_mode"):
            say(f"{pragma} {connection.exec_driver_sql(f'PRAGMA {pragma}').scalar_one()}")
    office.settle()
    play(office, random.Random(f"player {run}"), int(steps))


if __name__ == "__main__":
    main(*sys.argv[1:])
