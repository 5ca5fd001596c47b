"""Wakes up, asks for what is due, sends commands. Holds no state and claims nothing."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping

from apscheduler.schedulers.background import BackgroundScheduler

from engine import almanac, calendars, clock, edge, handover, publisher, watching, worker
from engine.commands import SYSTEM, FireTimer
from engine.errors import CaseIsClosed, StaleTimer
from engine.service import Engine
from engine.store import agenda, queues
from engine.store.agenda import Entry
from engine.store.queues import DueLook, DueTimer

log = logging.getLogger("ssj.scheduler")

TICK_SECONDS = 5


def tick(engine: Engine) -> int:
    """Do what any clock says is due; an idle tick is one query. Returns how much was done."""
    with engine.store.read() as connection:
        due = queues.due(connection, now=engine.now(), limit=500)
    return sum(
        _fire(engine, each) if isinstance(each, DueTimer) else _look(engine, each) for each in due
    )


def _look(engine: Engine, due: DueLook) -> bool:
    """Look at one line of the year's agenda; a line that fails is tried again the next day."""
    with engine.store.read() as connection:
        entry = agenda.named(connection, due)
    if entry is None or entry.next_at is None:
        return False
    try:
        LOOKS.get(entry.stage, almanac.look)(engine, entry)
    except Exception:
        log.exception("the agenda's %s of %s failed", due.obligation, due.jurisdiction)
        queues.note_incident(
            engine.store,
            at=engine.now(),
            actor=SYSTEM,
            what=f"agenda {due.obligation}",
            trace=traceback.format_exc(),
        )
        with engine.store.write() as connection:
            agenda.note(connection, entry, next_at=almanac.tomorrow(engine))
    return True


LOOKS: Mapping[str, Callable[[Engine, Entry], None]] = {
    agenda.WATCH: watching.look,
    agenda.LATE: watching.look,
    handover.HAND: handover.on_the_day,
    calendars.YEARS: calendars.on_the_day,
}


def _fire(engine: Engine, timer: DueTimer) -> bool:
    """Fire one timer; one that fails becomes an incident and holds up no other case."""
    command = FireTimer(
        case_id=timer.case_id,
        actor=SYSTEM,
        element=timer.element,
        key=timer.key,
        due_at=timer.due_at,
    )
    try:
        engine.handle(command)
    except (StaleTimer, CaseIsClosed) as stale:
        log.info("%s", stale)
        return False
    except Exception:
        log.exception("timer %s of %s failed", timer.element, timer.case_id)
        queues.note_incident(
            engine.store,
            at=engine.now(),
            actor=SYSTEM,
            what=f"timer {timer.element}",
            trace=traceback.format_exc(),
            case_id=timer.case_id,
        )
        return False
    return True


def round_of(engine: Engine) -> int:
    """Do one round of all background work; returns how much there was."""
    return tick(engine) + worker.work_all(engine) + publisher.deliver_all(engine)


def drain(engine: Engine, *, rounds: int = 10_000) -> None:
    """Work until nothing is left to do at this instant."""
    for _ in range(rounds):
        if round_of(engine) == 0:
            return


def guarded(engine: Engine) -> None:
    """Run one round; whatever fails becomes an incident and the next round tries again."""
    try:
        while round_of(engine):
            pass
    except Exception:
        log.exception("background round failed")
        queues.note_incident(
            engine.store,
            at=engine.now(),
            actor=SYSTEM,
            what="background",
            trace=traceback.format_exc(),
        )


def run(engine: Engine, *, wait: Callable[[], object]) -> None:
    """Run rounds every few seconds until `wait` returns."""
    almanac.begin(engine)
    scheduler = BackgroundScheduler(timezone=clock.SHANGHAI)
    scheduler.add_job(
        guarded,
        "interval",
        seconds=TICK_SECONDS,
        args=[engine],
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,  # late is better than skipped: no round is a duplicate
        next_run_time=edge.wall_clock(),  # the first round at once, whatever a demo's clock says
    )
    scheduler.start()
    try:
        wait()
    finally:
        scheduler.shutdown(wait=True)
