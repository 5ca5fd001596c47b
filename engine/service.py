"""The one transaction: lock, load, decide, append, update the views, commit.

Nobody else writes events. A crash at any point leaves everything of a command, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from engine import config, edge, entering, history, state
from engine.case import Case
from engine.commands import SYSTEM, Command, CompleteTask, OpenCase, RecomputeDeadline, TransferTask
from engine.decide import decide
from engine.entering import ENGINE_VERSION, Entered
from engine.errors import CaseExists, Conflict, Refusal, UnknownCase
from engine.events import AttemptRefused
from engine.folding import Parents, fold, load
from engine.history import Record
from engine.store import actors, drafts, eventstore, lookups, projection, withheld
from engine.store.database import Connection, Store
from engine.store.shelf import Shelf
from engine.version import Version

__all__ = ["ENGINE_VERSION", "Engine", "Handled", "RecordedRefusal", "fold", "load"]

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
        self._parents = Parents()

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

    def open_children(self, commands: Sequence[OpenCase]) -> tuple[Handled, ...]:
        """Open cases of one parent in one transaction; those that are there are passed over.

        If one cannot be opened, the others are, one by one, and then its reason is raised."""
        if len(commands) < 2:
            return self._one_by_one(commands)
        now = self.now()
        try:
            with self.store.write() as connection:
                known = eventstore.numbers_of(connection, [c.case_id for c in commands])
                fresh = [command for command in commands if command.case_id not in known]
                if not fresh:
                    return ()
                entered = entering.enter(connection, self.shelf, self._parents, fresh, now=now)
            return tuple(_handled(each) for each in entered)
        except Exception:  # whatever one child brings along must not take the others with it
            return self._one_by_one(commands)

    def _one_by_one(self, commands: Sequence[OpenCase]) -> tuple[Handled, ...]:
        handled: list[Handled] = []
        failures: list[Exception] = []
        for command in commands:
            try:
                handled.append(self.handle(command))
            except CaseExists:
                continue
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        return tuple(handled)

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
            command = self._completed(connection, command, case, version, now)
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
            eventstore.append(connection, records)
            eventstore.keep(connection, decision.artefacts, media="text/html", at=now)
            projection.project(connection, case, decision.case, records, version)
            if isinstance(command, CompleteTask) and _refusal(records) is None:
                drafts.forget(
                    connection, command.case_id, command.element, command.key, command.actor
                )
            return Handled(
                case_id=case.case_id, number=head.number, records=records, case=decision.case
            )

    def _completed(
        self,
        connection: Connection,
        command: Command,
        case: Case,
        version: Version,
        now: datetime,
    ) -> Command:
        """Fill in what only the transaction knows: a receiver's positions, salted hashes."""
        if isinstance(command, TransferTask):
            return replace(command, to_actor=actors.actor(connection, command.to, at=now))
        if isinstance(command, CompleteTask):
            command = lookups.look_up(connection, command, case, version)
            return withheld.withhold(
                connection, command, version, salt=self._salt, key=self.seal_key
            )
        return command

    def _open(self, connection: Connection, command: OpenCase, now: datetime) -> Handled:
        (entered,) = entering.enter(connection, self.shelf, self._parents, [command], now=now)
        return _handled(entered)

    def _note(self, command: Command, refusal: Refusal, now: datetime) -> None:
        """Keep the refusal in its own transaction: who, what, when, which rule."""
        if command.actor == SYSTEM:
            return
        with self.store.write() as connection:
            eventstore.note_refusal(
                connection,
                case_id=command.case_id,
                at=now,
                actor=command.actor,
                command=command.name,
                command_hash=history.address(repr(command).encode()),
                code=refusal.code,
                rule=refusal.facts.get("rule"),
                sentence=str(refusal),
            )


def _handled(entered: Entered) -> Handled:
    case = entered.case
    return Handled(case_id=case.case_id, number=case.number, records=entered.records, case=case)


def _refusal(records: tuple[Record, ...]) -> AttemptRefused | None:
    """Return the recorded refusal that a command ended in, if it did."""
    first = records[0].event
    return first if isinstance(first, AttemptRefused) else None
