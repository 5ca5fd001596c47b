"""Enters new cases: their numbers, their first events, their rows and views; one or many at once.

Cases that a list opens differ only in whom they are about. Whatever they share is asked once, and
each table is written once, so that a list costs little more than its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import clock, history, opening, state
from engine.case import Case
from engine.commands import OpenCase
from engine.decide import Decision
from engine.errors import UnknownCase
from engine.folding import Parents
from engine.history import Record
from engine.store import actors, eventstore, projection, standing
from engine.store.database import Connection
from engine.store.shelf import Shelf

ENGINE_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A case that was not there before, with the events it began with."""

    case: Case
    records: tuple[Record, ...]
    digest: str
    state: bytes
    artefacts: tuple[bytes, ...]


def enter(
    connection: Connection,
    versions: Shelf,
    parents: Parents,
    commands: Sequence[OpenCase],
    *,
    now: datetime,
) -> tuple[Entered, ...]:
    """Open cases of one actor, process and parent; none of them may be there yet."""
    first = commands[0]
    assert len({_shared(command) for command in commands}) == 1, "one list has one origin"
    parent = _parent(connection, versions, parents, first)
    stands = standing.found(
        connection,
        first.jurisdiction,
        first.process,
        first.case_id,
        at=now,
        version=first.version,
    )
    version = versions.get(stands.version)
    actor = actors.actor(connection, first.actor, at=now)
    organisation, year = version.law.organisation, clock.legal_day(now).year
    letters = organisation.numbers.get(first.process, "AJ")
    count = eventstore.take_numbers(
        connection, first.jurisdiction, year, letters, count=len(commands)
    )
    entered = tuple(
        _sealed(
            opening.open_case(
                command,
                actor=actor,
                number=f"{organisation.prefix}-{year}-{letters}-{count + place:04d}",
                parent=parent,
                engine=ENGINE_VERSION,
                now=now,
                version=version,
                standing_in=stands.parties,
                calendar=stands.calendar,
            ),
            command,
            now,
        )
        for place, command in enumerate(commands)
    )
    _write(connection, entered, commands, now)
    projection.begin(connection, [(each.case, each.records) for each in entered], version)
    return entered


def _shared(command: OpenCase) -> tuple[object, ...]:
    return (
        command.actor,
        command.process,
        command.jurisdiction,
        command.parent,
        command.version,
    )


def _parent(
    connection: Connection, versions: Shelf, parents: Parents, command: OpenCase
) -> Case | None:
    if command.parent is None:
        return None
    head = eventstore.lock(connection, command.parent)
    if head is None:
        raise UnknownCase(case=command.parent)
    return parents.look(connection, head, versions.get(head.version))


def _sealed(decision: Decision, command: OpenCase, now: datetime) -> Entered:
    digest, blob = state.sealed(decision.case)
    records = history.seal(
        decision.events,
        case_id=command.case_id,
        after=0,
        head=history.GENESIS,
        at=now,
        actor=command.actor,
        digest=digest,
    )
    return Entered(
        case=decision.case,
        records=records,
        digest=digest,
        state=blob,
        artefacts=decision.artefacts,
    )


def _write(
    connection: Connection,
    entered: Sequence[Entered],
    commands: Sequence[OpenCase],
    now: datetime,
) -> None:
    eventstore.enter(
        connection,
        [_row(each, command, now) for each, command in zip(entered, commands, strict=True)],
    )
    eventstore.append(connection, [record for each in entered for record in each.records])
    files = [content for each in entered for content in each.artefacts]
    eventstore.keep(connection, files, media="text/html", at=now)


def _row(entered: Entered, command: OpenCase, now: datetime) -> dict[str, Any]:
    case = entered.case
    return {
        "case_id": case.case_id,
        "number": case.number,
        "process": case.process,
        "jurisdiction": case.jurisdiction,
        "version": case.version,
        "parent_id": command.parent,
        "title": case.title,
        "lead": projection.lead(case),
        "subject_id": case.fields.get("subject_id"),
        "matter": projection.items_of(case),
        "opened_at": now,
        "closed_at": projection.closed_at(entered.records),
        "seq": len(entered.records),
        "digest": entered.digest,
        "state": entered.state,
    }
