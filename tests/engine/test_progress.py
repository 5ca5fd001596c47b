"""What long work says of itself: that it waits, since when it is under way, and how far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import worker
from engine.store import following
from engine.store.tables import work
from tests.engine import chains
from tests.engine.office import Office


def _awaiting_freeze(office: Office) -> UUID:
    """Return a task that has all it needs; the worker has not been asked yet."""
    task = chains.task(office, chains.approved_plan(office))
    office.do(task, "strategy")
    return task


def _freeze(office: Office) -> Any:
    with office.engine.store.read() as connection:
        return connection.execute(select(work).where(work.c.name == "frame.freeze")).one_or_none()


def _watched(
    office: Office, task: UUID, look: Callable[..., Any]
) -> tuple[Callable[..., Any], Any]:
    """Return the freeze with an onlooker, who looks through a connection of their own."""
    seen: list[tuple[Any, str]] = []

    def freeze(*arguments: Any) -> Any:
        row = _freeze(office)
        with office.engine.store.read() as connection:
            seen.append((row, following.place_of(connection, task)))
        return look(*arguments)

    return freeze, seen


def test_while_a_freeze_runs_everybody_sees_since_when(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction holds the database; that the step has begun was written before it."""
    task = _awaiting_freeze(office)
    freeze, seen = _watched(office, task, worker.EXTRACTS["frame.freeze"])
    monkeypatch.setattr(worker, "EXTRACTS", {**worker.EXTRACTS, "frame.freeze": freeze})
    chains.until(office, task, "record")
    ((during, place),) = seen
    assert during.requested_at <= during.started_at <= office.engine.now()
    assert during.finished_at is None
    assert during.progress == 0, "nothing is counted, so nothing is claimed"
    with office.engine.store.read() as connection:
        assert following.place_of(connection, task) != place
    assert _freeze(office).finished_at is not None


def test_work_that_begins_moves_whoever_follows_the_case(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.task(office, chains.approved_plan(office))
    chains.until(office, task, "record")
    places = set()
    for values in (
        {"started_at": None, "finished_at": None, "progress": 0},
        {"started_at": office.engine.now()},
        {"progress": 5},
        {"finished_at": office.engine.now()},
    ):
        with office.engine.store.write() as connection:
            freezes = work.update().where(work.c.name == "frame.freeze")
            connection.execute(freezes.values(**values))
        with office.engine.store.read() as connection:
            places.add(following.place_of(connection, task))
    assert len(places) == 4
