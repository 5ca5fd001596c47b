"""What no case can tell of itself: numbers that were given and have no case, files of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from engine.audit import Discrepancy
from engine.auditing.files import Files
from engine.store import asis
from engine.store.database import Connection

MOST = 100  # missing numbers told of one kind: a counter that was altered would go on for ever


def wrong(connection: Connection, files: Files) -> Iterator[Discrepancy]:
    """Yield what contradicts in the database as a whole.

    A number is taken in the transaction that opens its case, so each one that was taken has a case:
    one deleted with all its events and leaves is missed here."""
    yield from _numbers(connection)
    yield from files.rest(connection)


def _numbers(connection: Connection) -> Iterator[Discrepancy]:
    for jurisdiction, year, kind, last in asis.numbers_taken(connection):
        middle = f"-{year}-{kind}-"
        listed = asis.numbers_of(connection, jurisdiction)
        tails = (number.rpartition("-")[2] for number in listed if middle in number)
        given = {int(tail) for tail in tails if tail.isdecimal()}
        prefix = listed[0].partition("-")[0] if listed else jurisdiction
        missed = (place for place in range(1, last + 1) if place not in given)
        for place in islice(missed, MOST):
            yield Discrepancy(
                seq=0,
                code="row",
                recorded="（无）",
                recomputed=f"一件案件：编号已发到 {last:04d}",
                place=f"cases.number {prefix}{middle}{place:04d}",
            )
