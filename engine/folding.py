"""The case that a history says: from its cached state where that fits, else by folding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine import state
from engine.case import Case
from engine.evolve import evolve
from engine.history import Record
from engine.store import eventstore
from engine.store.database import Connection
from engine.store.eventstore import Head
from engine.version import Version


def load(connection: Connection, head: Head, version: Version) -> Case:
    """Return the case: from its cached state if that fits the last event, else by folding."""
    if head.state is not None and head.digest == head.recorded_digest:
        cached = state.load(head.state, version=version, digest=head.digest)
        if cached is not None:
            return cached
    return fold(eventstore.history(connection, head.case_id), version)


class Parents:
    """Cases that were read a moment ago, for whoever only reads them: their children open in turn.

    A state's digest says all that is in it and stands in the row that was just locked, so whatever
    happens to a case shows. It forgets all when it is full; threads may share it."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._cases: dict[str, Case] = {}

    def look(self, connection: Connection, head: Head, version: Version) -> Case:
        """Return the case of a head; it must not be changed."""
        if head.state is None or head.digest != head.recorded_digest:
            return load(connection, head, version)
        known = self._cases.get(head.digest)
        if known is None:
            if len(self._cases) >= self._most:
                self._cases = {}
            known = self._cases[head.digest] = load(connection, head, version)
        return known


def steps(records: Iterable[Record], version: Version) -> Iterator[tuple[Record, Case]]:
    """Yield each event with the case as it stands after it."""
    case: Case | None = None
    for record in records:
        case = evolve(
            case,
            record.event,
            case_id=record.case_id,
            at=record.at,
            actor=record.actor,
            version=version,
        )
        yield record, case


def fold(records: tuple[Record, ...], version: Version) -> Case:
    """Return the case that a history says; the only truth."""
    last: Case | None = None
    for _, case in steps(records, version):
        last = case
    assert last is not None, "a case has at least one event"
    return last
