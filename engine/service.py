"""The one transaction: lock, load, decide, append, update the views, commit.

Nobody else writes events. A crash at any point leaves everything of a command, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert

from engine import clock, config, edge, history, opening, state
from engine.case import Case, evolve
from engine.commands import SYSTEM, Command, CompleteTask, OpenCase, RecomputeDeadline, TransferTask
from engine.decide import Decision, decide
from engine.errors import CaseExists, Conflict, Refusal, UnknownCase
from engine.events import AttemptRefused
from engine.history import Record
from engine.store import (
    actors,
    eventstore,
    lookups,
    projection,
    settings,
    shelf,
    successions,
    withheld,
)
from engine.store.database import Store
from engine.store.eventstore import Head
from engine.store.shelf import Shelf
from engine.store.tables import drafts, refusals
from engine.version import Version

ENGINE_VERSION = "1"
RETRIES = 3


class RecordedRefusal(Refusal):
    """The command was refused and the attempt is now part of the history."""

    code = "attempt-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    case_id: UUID
    number: str
    records: tuple[Record, ...]
    case: Case


class Engine:
    """The running engine: one store, one clock, the versions on its shelf."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime] = edge.wall_clock,
        salt: Callable[[], str] = edge.new_salt,
        var: Path | None = None,
    ) -> None:
        self.store = store
        self.var = var  # where files for people are written; None: nowhere
        self.now = now
        self.shelf = Shelf(store)
        self._salt = salt

    def handle(self, command: Command) -> Handled:
        """Carry out one command in one transaction, or raise the Refusal that turns it down."""
        now = self.now()
        if isinstance(command, RecomputeDeadline):
            self._keep_calendar(command, now)
        for attempt in range(RETRIES):
            try:
                handled = self._transact(command, now)
                break
            except Refusal as refusal:
                self._note(command, refusal, now)
                raise
            except Conflict:
                if attempt == RETRIES - 1:
                    raise
        refused = _refusal(handled.records)
        if refused is not None:
            raise RecordedRefusal(refused.sentence)
        return handled

    def seal_key(self) -> bytes:
        """Return the key of sealed draws; it is in no database."""
        return config.seal_key(self.var)

    def rebuild(self, case_id: UUID) -> None:
        """Write the cached state and the views of a case again, from its history alone."""
        with self.store.write() as connection:
            head = eventstore.lock(connection, case_id)
            if head is None:
                raise UnknownCase(case=case_id)
            version = self.shelf.get(head.version)
            records = eventstore.history(connection, case_id)
            case = fold(records, version)
            eventstore.keep_state(
                connection,
                case_id,
                seq=records[-1].seq,
                digest=records[-1].digest or "",
                state=state.dump(case),
                closed_at=projection.closed_at(records),
            )
            projection.rebuild(connection, case, records, version)

    def _keep_calendar(self, command: RecomputeDeadline, now: datetime) -> None:
        """Store published years first: the law reads them over a connection of its own."""
        with self.store.write() as connection:
            files = tuple(command.files.values())
            eventstore.keep(connection, files, media="text/csv", at=now)

    def _transact(self, command: Command, now: datetime) -> Handled:
        with self.store.write() as connection:
            if isinstance(command, OpenCase):
                return self._open(connection, command, now)
            head = eventstore.lock(connection, command.case_id)
            if head is None:
                raise UnknownCase(case=command.case_id)
            version = self.shelf.get(head.version)
            case = load(connection, head, version)
            command = self._completed(connection, command, version, now)
            actor = actors.actor(connection, command.actor, at=now)
            decision = decide(case, command, actor=actor, now=now, version=version)
            digest, blob = state.sealed(decision.case)
            records = history.seal(
                decision.events,
                case_id=case.case_id,
                after=head.seq,
                head=head.hash,
                at=now,
                actor=command.actor,
                digest=digest,
            )
            eventstore.keep_state(
                connection,
                case.case_id,
                seq=records[-1].seq,
                digest=digest,
                state=blob,
                closed_at=projection.closed_at(records),
            )
            self._record(connection, case, decision, records, version)
            if isinstance(command, CompleteTask) and _refusal(records) is None:
                forget_draft(connection, command)
            return Handled(
                case_id=case.case_id, number=head.number, records=records, case=decision.case
            )

    def _completed(
        self, connection: Connection, command: Command, version: Version, now: datetime
    ) -> Command:
        """Fill in what only the transaction knows: a receiver's positions, salted hashes."""
        if isinstance(command, TransferTask):
            return replace(command, to_actor=actors.actor(connection, command.to, at=now))
        if isinstance(command, CompleteTask):
            command = lookups.look_up(connection, command, version)
            return withheld.withhold(
                connection, command, version, salt=self._salt, key=self.seal_key
            )
        return command

    def _open(self, connection: Connection, command: OpenCase, now: datetime) -> Handled:
        head = eventstore.lock(connection, command.case_id)
        if head is not None:
            raise CaseExists(number=head.number)
        parent = None
        if command.parent is not None:
            parent_head = eventstore.lock(connection, command.parent)
            if parent_head is None:
                raise UnknownCase(case=command.parent)
            parent = load(connection, parent_head, self.shelf.get(parent_head.version))
        digest = command.version or shelf.in_force(
            connection, command.jurisdiction, command.process, at=now
        )
        version = self.shelf.get(digest)
        letters = version.law.organisation.numbers.get(command.process, "AJ")
        year = clock.legal_day(now).year
        count = eventstore.next_number(connection, command.jurisdiction, year, letters)
        decision = opening.open_case(
            command,
            actor=actors.actor(connection, command.actor, at=now),
            number=f"{version.law.organisation.prefix}-{year}-{letters}-{count:04d}",
            parent=parent,
            engine=ENGINE_VERSION,
            now=now,
            version=version,
            standing_in=successions.standing_in(connection, command.jurisdiction, at=now),
            calendar=settings.published_years(connection, command.jurisdiction),
        )
        return self._begin(connection, command, decision, version, now)

    def _begin(
        self,
        connection: Connection,
        command: OpenCase,
        decision: Decision,
        version: Version,
        now: datetime,
    ) -> Handled:
        case = decision.case
        digest, blob = state.sealed(case)
        records = history.seal(
            decision.events,
            case_id=case.case_id,
            after=0,
            head=history.GENESIS,
            at=now,
            actor=command.actor,
            digest=digest,
        )
        eventstore.enter(
            connection,
            case_id=case.case_id,
            number=case.number,
            process=case.process,
            jurisdiction=case.jurisdiction,
            version=case.version,
            parent_id=command.parent,
            title=case.title,
            lead=next(iter(case.parties.get("lead", ())), None),
            subject_id=case.fields.get("subject_id"),
            matter=projection.items_of(case),
            opened_at=now,
            closed_at=projection.closed_at(records),
            seq=len(records),
            digest=digest,
            state=blob,
        )
        self._record(connection, None, decision, records, version)
        return Handled(case_id=case.case_id, number=case.number, records=records, case=case)

    def _record(
        self,
        connection: Connection,
        before: Case | None,
        decision: Decision,
        records: tuple[Record, ...],
        version: Version,
    ) -> None:
        eventstore.append(connection, records)
        eventstore.keep(connection, decision.artefacts, media="text/html", at=records[-1].at)
        projection.project(connection, before, decision.case, records, version)

    def _note(self, command: Command, refusal: Refusal, now: datetime) -> None:
        """Keep the refusal in its own transaction: who, what, when, which rule."""
        if command.actor == SYSTEM:
            return
        with self.store.write() as connection:
            connection.execute(
                insert(refusals).values(
                    case_id=command.case_id,
                    at=now,
                    actor=command.actor,
                    command=command.name,
                    command_hash=history.address(repr(command).encode()),
                    code=refusal.code,
                    rule=refusal.facts.get("rule"),
                    sentence=str(refusal),
                )
            )


def _refusal(records: tuple[Record, ...]) -> AttemptRefused | None:
    """Return the recorded refusal that a command ended in, if it did."""
    first = records[0].event
    return first if isinstance(first, AttemptRefused) else None


def load(connection: Connection, head: Head, version: Version) -> Case:
    """Return the case: from its cached state if that fits the last event, else by folding."""
    if head.state is not None and head.digest == head.recorded_digest:
        cached = state.load(head.state, version=version, digest=head.digest)
        if cached is not None:
            return cached
    return fold(eventstore.history(connection, head.case_id), version)


def fold(records: tuple[Record, ...], version: Version) -> Case:
    """Return the case that a history says; the only truth."""
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
    assert case is not None, "a case has at least one event"
    return case


_FORGET = delete(drafts).where(
    drafts.c.case_id == bindparam("of_case"),
    drafts.c.element == bindparam("of_element"),
    drafts.c.key == bindparam("of_key"),
    drafts.c.person == bindparam("of_person"),
)


def forget_draft(connection: Connection, command: CompleteTask) -> None:
    connection.execute(
        _FORGET,
        {
            "of_case": command.case_id,
            "of_element": command.element,
            "of_key": command.key,
            "of_person": command.actor,
        },
    )
