"""An office for tests: the real engine on a real database, with people, registries and a clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine import auditing, clock, config, scheduler
from engine.audit import Audit, audit_stored
from engine.case import Case, Offer
from engine.commands import SYSTEM, CompleteTask, FireTimer, OpenCase
from engine.demo import answers
from engine.demo.answers import Scene
from engine.demo.hand import Hand
from engine.demo.people import person_id
from engine.demo.registries import fill
from engine.history import Record
from engine.service import Engine, Handled, fold, load
from engine.store import eventstore, offers, readings
from engine.store.database import Store
from engine.store.tables import incidents
from rules import pack
from rules.pack import Law

START = datetime(2026, 3, 2, 9, 0, tzinfo=clock.SHANGHAI)


@cache
def laws() -> tuple[Law, ...]:
    """Every city's law, read once per process: offices borrow what they would read themselves."""
    return tuple(pack.read(config.PACKS, name) for name in pack.jurisdictions(config.PACKS))


@dataclass(slots=True, kw_only=True)
class Office:
    """Whoever works here acts through commands only; what is checked is the record."""

    engine: Engine
    tolerant: bool = False  # a test that provokes incidents says so
    hand: Hand = field(default_factory=lambda: Hand(moment=START, name="office"))

    @classmethod
    def at(cls, url: str, **settings: Any) -> Office:
        return cls(engine=Engine(Store(url, **settings)))._started()

    def _started(self) -> Office:
        """Give the engine this office's clock, and salts that are the same in every run."""
        grains = count(1)
        self.engine = Engine(
            self.engine.store,
            now=self.hand,
            salt=lambda: f"{self.hand.moment.isoformat()}-{next(grains)}",
        )
        for law in laws():
            self.engine.shelf.lend(law)
        return self

    def restarted(self) -> Office:
        """Return the same office after a restart: nothing is remembered but the database.

        Only packs stay read: a law is a function of its bytes, and is lent by their address."""
        return Office(engine=self.engine, hand=self.hand)._started()

    # ------------------------------------------------------------ people and time

    def person(self, login: str) -> str:
        return person_id(login)

    def on(self, day: str, at: str = "09:00") -> Office:
        """Move the clock to a day; the scheduler ticks on the way, as it would."""
        moment = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=clock.SHANGHAI)
        assert moment >= self.hand.moment, "time does not run backwards"
        self.hand.moment = moment
        self.settle()
        return self

    @property
    def today(self) -> date:
        return clock.legal_day(self.hand.moment)

    def settle(self) -> None:
        """Let the background work until nothing is left; it may not fail in silence."""
        scheduler.drain(self.engine)
        with self.engine.store.read() as connection:
            ours = incidents.c.actor == SYSTEM  # a page's own incident is the page's business
            failed = connection.execute(
                select(incidents.c.what, incidents.c.trace).where(ours)
            ).all()
        assert self.tolerant or not failed, failed[-1]

    # ------------------------------------------------------------ cases

    def open(
        self,
        process: str,
        *,
        by: str,
        lead: str,
        jurisdiction: str = "chaoyang",
        title: str = "测试案件",
        fields: Mapping[str, Any] | None = None,
        parent: UUID | None = None,
        **parties: tuple[str, ...],
    ) -> UUID:
        """Open a case through the command; returns its id after the background has rested."""
        handled = self.engine.handle(
            OpenCase(
                case_id=self.hand.new_id(),
                actor=self.person(by),
                process=process,
                jurisdiction=jurisdiction,
                title=title,
                parties={"lead": (lead,), "department": (lead,), **parties},
                fields={"lead_department": lead, **(fields or {})},
                parent=parent,
            )
        )
        self.settle()
        return handled.case_id

    def case(self, case_id: UUID) -> Case:
        with self.engine.store.read() as connection:
            head = eventstore.lock(connection, case_id, for_update=False)
            assert head is not None
            return load(connection, head, self.engine.shelf.get(head.version))

    def records(self, case_id: UUID) -> tuple[Record, ...]:
        with self.engine.store.read() as connection:
            return eventstore.history(connection, case_id)

    def kinds(self, case_id: UUID) -> list[str]:
        return [record.kind for record in self.records(case_id)]

    def folded(self, case_id: UUID, upto: int | None = None) -> Case:
        records = self.records(case_id)[:upto]
        return fold(records, self.engine.shelf.get(self.version(case_id)))

    def version(self, case_id: UUID) -> str:
        with self.engine.store.read() as connection:
            row = readings.case_by_id(connection, case_id)
        assert row is not None
        return row.version

    def audit(self, case_id: UUID, upto: int | None = None) -> Audit:
        with self.engine.store.read() as connection:
            stored = eventstore.stored(connection, case_id)[:upto]
            copies = tuple(eventstore.copies(connection, case_id))[:upto]
        return audit_stored(stored, self.engine.shelf.get(self.version(case_id)), copies)

    def audit_all(self) -> list[Audit]:
        """Audit every case with all that stands beside it, and the database as a whole."""
        return list(auditing.audit_every(self.engine))

    def children(self, parent: UUID, process: str) -> list[UUID]:
        with self.engine.store.read() as connection:
            rows = readings.children(connection, parent, limit=10_000)
        return [row.case_id for row in rows if row.process == process]

    def publications(self, **wanted: str) -> list[dict[str, Any]]:
        from engine.store import outbox

        with self.engine.store.read() as connection:
            return outbox.board(
                connection,
                jurisdiction=wanted.get("jurisdiction"),
                kind=wanted.get("kind"),
                limit=1000,
                offset=0,
            )

    # ------------------------------------------------------------ work

    def open_tasks(self, case_id: UUID) -> dict[tuple[str, str], Offer]:
        return dict(self.case(case_id).offers)

    def holder(self, case: Case, slot: tuple[str, str]) -> str:
        """Return somebody who may do the task: holds its seat and is not barred by four eyes."""
        version = self.engine.shelf.get(case.version)
        form = version.form_of(slot[0])
        barred = {case.fields.get(name) for name in (form.not_by if form else ())}
        with self.engine.store.read() as connection:
            people = offers.holders(connection, case.offers[slot].seats, case.jurisdiction)
        return next(person for person in people if person not in barred)

    def answer(self, case: Case, slot: tuple[str, str], **wishes: Any) -> dict[str, Any]:
        """Return a valid answer to the task's form, with what the test wants said."""
        form = self.engine.shelf.get(case.version).form_of(slot[0])
        if form is None:
            return {}
        scene = Scene(case=case, element=slot[0], key=slot[1], today=self.today, wishes=wishes)
        known = set(form.schema["properties"])
        unknown = set(wishes) - known
        assert not unknown, f"the form {form.name} has no field {unknown}"
        return {**answers.fill(form, scene), **wishes}

    def do(
        self, case_id: UUID, element: str, *, by: str | None = None, key: str = "", **wishes: Any
    ) -> Handled:
        """Complete a task as somebody who may, or as `by`; the clock moves on by ten minutes."""
        self.hand.moment += timedelta(minutes=10)
        case = self.case(case_id)
        slot = (element, key)
        if slot in case.offers:
            person = self.person(by) if by else self.holder(case, slot)
            data = self.answer(case, slot, **wishes)
        else:
            person, data = self.person(by or "cy-samr-handler1"), dict(wishes)
        handled = self.engine.handle(
            CompleteTask(case_id=case_id, actor=person, element=element, key=key, data=data)
        )
        self.settle()
        return handled

    def fire(self, case_id: UUID, element: str) -> Handled:
        deadline = self.case(case_id).deadlines[element, ""]
        assert deadline.due_at is not None
        return self.engine.handle(
            FireTimer(
                case_id=case_id, actor="system", element=element, key="", due_at=deadline.due_at
            )
        )


def furnish(engine: Engine, packs: Any, *, subjects: int = 120) -> None:
    """Fill a new database with people and registries, as `ssj init --demo` and imports do."""
    from engine.demo import people
    from engine.store import shelf
    from rules import pack

    hand = Hand(moment=START - timedelta(days=30), name="furnish")
    engine.now = hand
    people.settle_in(engine, packs)
    for jurisdiction in pack.jurisdictions(packs):
        with engine.store.read() as connection:
            digest = shelf.in_force(connection, jurisdiction, "registry_batch", at=engine.now())
        organisation = engine.shelf.get(digest).law.organisation
        fill(
            engine,
            jurisdiction,
            organisation,
            count=subjects,
            new_id=hand.new_id,
            say=lambda _: None,
        )


def payloads(records: tuple[Record, ...], kind: str) -> list[dict[str, Any]]:
    """Return the recorded payloads of one kind, as stored."""
    return [json.loads(r.body)["payload"] for r in records if r.kind == kind]
