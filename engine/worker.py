"""Long work beside the transactions: compute from content-addressed inputs, then send the result.

It may run twice or die half-way: the same inputs have the same address and the same result.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.bindings import BINDINGS, Outcome
from engine.commands import SYSTEM, SettleService
from engine.errors import CaseIsClosed, NotWaiting
from engine.service import Engine
from engine.store import eventstore, extracts, queues, release_checks, tallies
from engine.store.queues import Work
from rules.pack import Law

log = logging.getLogger("ssj.worker")

# what only the database can answer: the look at the registry that an audit cannot repeat
EXTRACTS: Mapping[str, Callable[[Connection, Mapping[str, Any], Law], Outcome]] = {
    "registry.survey": extracts.survey,
    "frame.freeze": extracts.freeze_frame,
    "release.check": release_checks.check,
    "inspections.tally": tallies.inspections,
}

COUNTING = frozenset({"frame.freeze"})  # keeps the counters it froze


def work_all(engine: Engine, *, limit: int = 10) -> int:
    """Do the requested work that waits; returns how much was finished."""
    with engine.store.read() as connection:
        jobs = queues.requested_work(connection, limit=limit)
    for job in jobs:
        _guarded(engine, job)
    return len(jobs)


def _guarded(engine: Engine, job: Work) -> None:
    try:
        work(engine, job)
    except Exception:
        log.exception("work %s failed", job.name)
        incident = queues.note_incident(
            engine.store,
            at=engine.now(),
            actor=SYSTEM,
            what=f"work {job.name}",
            trace=traceback.format_exc(),
            case_id=job.case_id,
        )
        with engine.store.write() as connection:
            queues.note_work(connection, job, failure=incident)


def work(engine: Engine, job: Work) -> None:
    """Compute one result, keep its files, settle the service task that waits for it."""
    inputs: Mapping[str, Any] = json.loads(job.inputs)
    if job.name in EXTRACTS:
        law = engine.shelf.get(inputs["version"]).law
        look = engine.store.write if job.name in COUNTING else engine.store.read
        with look() as connection:
            outcome = EXTRACTS[job.name](connection, inputs, law)
    else:
        compute = BINDINGS[job.name].compute
        assert compute is not None, f"{job.name} has nothing to compute"
        outcome = compute(inputs, engine.shelf.fetch)
    with engine.store.write() as connection:
        eventstore.keep(
            connection, outcome.artefacts, media="application/octet-stream", at=engine.now()
        )
    try:
        engine.handle(
            SettleService(
                case_id=job.case_id,
                actor=SYSTEM,
                element=job.element,
                key=job.key,
                work=job.address,
                result=outcome.result,
            )
        )
    except (NotWaiting, CaseIsClosed) as stale:
        log.info("%s", stale)
    with engine.store.write() as connection:
        queues.note_work(connection, job, finished_at=engine.now())
