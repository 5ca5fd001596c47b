"""Long work beside the transactions: compute from content-addressed inputs, then send the result.

It may run twice or die half-way: the same inputs have the same address and the same result.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from engine import unsealing
from engine.bindings import BINDINGS, Outcome
from engine.commands import SYSTEM, SettleService
from engine.draw import execution
from engine.draw.execution import Select
from engine.draw.frame import Lines
from engine.draw.manifest import Manifest
from engine.draw.sampling import Selection
from engine.errors import CaseIsClosed, NotWaiting
from engine.service import Engine
from engine.services import draws
from engine.store import (
    drawing,
    eventstore,
    extracts,
    oversight,
    queues,
    release_checks,
    replacements,
    tallies,
)
from engine.store.queues import Work
from rules.pack import Law

log = logging.getLogger("ssj.worker")

# what only the database can answer: the look at the registry that an audit cannot repeat
EXTRACTS: Mapping[str, Callable[[Connection, Mapping[str, Any], Law], Outcome]] = {
    "registry.survey": extracts.survey,
    "frame.freeze": extracts.freeze_frame,
    "release.check": release_checks.check,
    "replacement.survey": replacements.survey,
    "inspections.tally": tallies.inspections,
    "duty.survey": oversight.duty_of,
}

COUNTING = frozenset({"registry.survey", "frame.freeze"})  # write down the counters they use


Progress = Callable[[int], None]  # told how many percent are done
STEP = 5  # percent between two notes of progress


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
    """Compute one result, keep its files, settle the service task that waits for it.

    That it has begun is noted first, on its own: a freeze is one transaction, and on SQLite nobody
    can write down how far it is while it runs."""
    with engine.store.write() as connection:
        queues.note_work(connection, job, started_at=engine.now(), progress=0)
    inputs: Mapping[str, Any] = json.loads(job.inputs)
    if job.name in EXTRACTS:
        law = engine.shelf.get(inputs["version"]).law
        look = engine.store.write if job.name in COUNTING else engine.store.read
        with look() as connection:
            outcome = EXTRACTS[job.name](connection, inputs, law)
    else:
        outcome = computed(engine, job, inputs)
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


def computed(engine: Engine, job: Work, inputs: Mapping[str, Any]) -> Outcome:
    """Compute long work; a draw in the database where that can, and with its progress noted."""
    if job.name == "draw.objects":
        frame = engine.shelf.fetch(inputs["frame"])
        held = {inputs["frame"]: frame}  # the one large file is not read twice

        def fetch(place: str) -> bytes:
            return held[place] if place in held else engine.shelf.fetch(place)

        select = _selecting(engine, job, frame)

        def draw(known: Mapping[str, Any]) -> Outcome:
            return draws.draw_objects(known, fetch, select=select)

        return unsealing.drawn(engine, job.case_id, inputs, draw)
    if job.name == "draw.open":
        return unsealing.opened(engine, job.case_id, inputs)
    compute = BINDINGS[job.name].compute
    assert compute is not None, f"{job.name} has nothing to compute"
    return compute(inputs, engine.shelf.fetch)


def _selecting(engine: Engine, job: Work, frame: bytes) -> Select:
    """Return who selects: PostgreSQL where it can, this process otherwise; the same winners."""
    progress = _progress(engine, job)

    def select(manifest: Manifest, key: str) -> Selection:
        if drawing.can(engine.store, manifest):
            name = job.address[:16]
            return drawing.select(engine.store, frame, manifest, key, name=name, progress=progress)
        return execution.selected(manifest, Watched(frame, progress), key)

    return select


def _progress(engine: Engine, job: Work) -> Progress:
    """Return what notes the progress of a job, every few percent, for whoever watches."""
    noted = 0

    def note(percent: int) -> None:
        nonlocal noted
        if percent >= noted + STEP:
            noted = percent
            with engine.store.write() as connection:
                queues.note_work(connection, job, progress=percent)

    return note


class Watched(Lines):
    """The lines of a frame file, any number of times; says how far a reading has come."""

    def __init__(self, content: bytes, progress: Progress) -> None:
        super().__init__(content)
        self._whole, self._progress = len(content), progress

    def blocks(self) -> Iterator[bytes]:
        done = 0
        for block in super().blocks():
            yield block
            done += len(block)
            self._progress(100 * done // self._whole)
