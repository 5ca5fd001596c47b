"""Everybody who works in a demonstration: tasks come to desks, people act, the background works.

The clock is simulated; everything else is the product. It jumps to whatever comes next: a person
at their desk, or a legal deadline, which the scheduler's own tick then fires.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from engine import clock, scheduler, supervise
from engine.case import Case
from engine.commands import CompleteTask, LookAtSealed, OpenCase
from engine.demo import answers
from engine.demo.answers import Scene
from engine.demo.episodes import Attempt, Opening, TakenUp
from engine.demo.hand import NINE, Hand, shanghai
from engine.demo.scenario import Scenario
from engine.errors import Refusal
from engine.service import Engine
from engine.store import offers, queues
from engine.store.offers import Offered
from rules.pack import Law

SPREAD_DAYS = 3  # a task waits up to so many working days on a desk
SHOWN_EVERY = 250
PATIENT = 5  # times somebody does the same task again before giving it up


@dataclass(slots=True, kw_only=True)
class Office:
    """Everybody who works in the demonstration, and the agenda of what they do next."""

    engine: Engine
    hand: Hand
    say: Callable[[str], None]
    laws: dict[str, Law]
    scenario: Scenario
    acts: int = 0
    fired: int = 0
    stuck: int = 0  # tasks nobody could do as the scenario wants: none, or the demo is broken
    agenda: list[tuple[datetime, int, Any]] = field(default_factory=list)
    seen: set[tuple[UUID, str, str, datetime]] = field(default_factory=set)
    tried: set[tuple[UUID, str]] = field(default_factory=set)
    order: int = 0
    shown: int = 0

    def schedule(self, moment: datetime, what: Any) -> None:
        self.order += 1
        heapq.heappush(self.agenda, (moment, self.order, what))

    def run(self, *, until: datetime) -> None:
        """Work until the agenda is empty or the day is over."""
        for wanted in self.scenario.openings():
            self.schedule(shanghai(wanted.on) + NINE, wanted)
        self._settle()
        while True:
            moment = self._next(until)
            if moment is None:
                break
            self.hand.moment = max(self.hand.moment, moment)
            self.fired += scheduler.tick(self.engine)
            while self.agenda and self.agenda[0][0] <= self.hand.moment:
                self._act(heapq.heappop(self.agenda)[2])
            self._settle()
            self._progress()
        self.hand.moment = max(self.hand.moment, until - timedelta(hours=15))

    def _next(self, until: datetime) -> datetime | None:
        with self.engine.store.read() as connection:
            due = queues.next_due(connection, after=self.hand.moment)
        known = [moment for moment in (due, self.agenda[0][0] if self.agenda else None) if moment]
        soonest = min(known, default=None)
        return soonest if soonest is not None and soonest < until else None

    def _settle(self) -> None:
        """Let the background work, then put every new task on somebody's desk."""
        scheduler.drain(self.engine)
        with self.engine.store.read() as connection:
            waiting = offers.all_open(connection)
        for offer in waiting:
            name = (offer.case_id, offer.element, offer.key, offer.offered_at)
            if name not in self.seen and offer.jurisdiction in self.laws:
                self.seen.add(name)
                self.schedule(self._when(offer), offer)

    def _when(self, offer: Offered) -> datetime:
        """Return when somebody gets round to it: within days, in office hours, on a working day."""
        law = self.laws[offer.jurisdiction]
        lot = int.from_bytes(
            sha256(f"{offer.number}|{offer.element}|{offer.key}".encode()).digest()[:4], "big"
        )
        wait = self.scenario.patience(offer.case_id, offer.element)
        if wait is None:
            wait = lot % (SPREAD_DAYS + 1)
        day = clock.legal_day(offer.offered_at)
        if wait:
            day = law.calendar.add_working_days(day, wait) or day + timedelta(days=wait)
        moment = shanghai(day) + NINE + timedelta(minutes=lot % 420)
        return max(moment, offer.offered_at + timedelta(minutes=5 + lot % 40))

    # ------------------------------------------------------------ acts

    def _act(self, what: Opening | TakenUp | Offered) -> None:
        try:
            match what:
                case Opening():
                    self._open(what)
                case TakenUp():
                    self._take_up(what)
                case Offered():
                    self._complete(what)
        except (Refusal, LookupError) as problem:  # a small registry may lack whom a story is about
            self.stuck += 1
            self.say(f"  {self._called(what)}：{problem}")

    @staticmethod
    def _called(what: Opening | TakenUp | Offered) -> str:
        match what:
            case Opening():
                return what.title
            case TakenUp():
                return f"{what.jurisdiction} {what.branch}"
            case Offered():
                return f"{what.number} {what.task}"

    def _open(self, wanted: Opening) -> None:
        actor = self._holder(wanted.department, wanted.position, wanted.jurisdiction)
        parent = wanted.parent(self.scenario.records).case_id if wanted.parent else None
        self._opened(
            OpenCase(
                case_id=self.hand.new_id(),
                actor=actor,
                process=wanted.process,
                jurisdiction=wanted.jurisdiction,
                title=wanted.title,
                parties={"lead": (wanted.department,), "department": (wanted.department,)}
                | {name: tuple(ids) for name, ids in wanted.parties.items()},
                fields=dict(wanted.fields),
                parent=parent,
            )
        )

    def _take_up(self, wanted: TakenUp) -> None:
        """Look at the findings as the page shows them, and open a case from one."""
        number = wanted.case(self.scenario.records).number
        shown = supervise.overview(self.engine, wanted.jurisdiction).findings
        found = [f for f in shown if (f.branch.code, f.number) == (wanted.branch, number)]
        if not found:
            raise LookupError(f"{number} 没有线索 {wanted.branch}")
        self._opened(
            supervise.take_up(
                found[0],
                case_id=self.hand.new_id(),
                actor=self._holder(wanted.department, wanted.position, wanted.jurisdiction),
                jurisdiction=wanted.jurisdiction,
            )
        )

    def _opened(self, command: OpenCase) -> None:
        handled = self.engine.handle(command)
        self.say(f"{clock.legal_day(self.hand.moment)} {handled.number} {command.title}")

    def _complete(self, offer: Offered) -> None:
        row = self.scenario.records.row(offer.case_id)
        case = self.scenario.records.state(row)
        open_offer = case.offers.get((offer.element, offer.key))
        if open_offer is None:
            return
        if open_offer.turn > PATIENT:
            raise LookupError(f"做过 {PATIENT} 次仍被退回")
        self._try(case, offer)
        person = self._willing(case, offer, open_offer.seats)
        if person is None:
            self.stuck += 1
            self.say(f"  {offer.number} {offer.task}：没有可办理的人员 {open_offer.seats}")
            return
        self.engine.handle(self._done(case, offer, person, {}))
        self.acts += 1

    def _willing(self, case: Case, offer: Offered, seats: tuple[str, ...]) -> str | None:
        """Return somebody who holds a seat of the task and is not barred by four eyes."""
        form = self.engine.shelf.get(case.version).form_of(offer.element)
        barred = {case.fields.get(name) for name in (form.not_by if form else ())}
        with self.engine.store.read() as connection:
            people = offers.holders(connection, seats, offer.jurisdiction)
        return next((person for person in people if person not in barred), None)

    def _done(self, case: Case, offer: Offered, person: str, says: dict[str, Any]) -> CompleteTask:
        form = self.engine.shelf.get(case.version).form_of(offer.element)
        scene = Scene(
            case=case,
            element=offer.element,
            key=offer.key,
            today=clock.legal_day(self.hand.moment),
            wishes={**self.scenario.wishes(case), **says},
        )
        return CompleteTask(
            case_id=offer.case_id,
            actor=person,
            element=offer.element,
            key=offer.key,
            data=answers.fill(form, scene) if form else {},
            turn=case.offers[offer.element, offer.key].turn,
        )

    def _try(self, case: Case, offer: Offered) -> None:
        """Try what must not succeed; that it was tried is kept, and shown to oversight."""
        if (offer.case_id, offer.element) in self.tried:
            return
        self.tried.add((offer.case_id, offer.element))
        for attempt in self.scenario.tries(offer.case_id, offer.element):
            person = self._holder(attempt.department, attempt.position, offer.jurisdiction)
            try:
                self.engine.handle(self._attempted(case, offer, attempt, person))
            except Refusal as refusal:
                day = clock.legal_day(self.hand.moment)
                self.say(f"{day} {offer.number} {offer.task}：不予受理，{refusal}")
            else:
                self.stuck += 1
                self.say(f"  {offer.number} {offer.task}：本不应受理")

    def _attempted(
        self, case: Case, offer: Offered, attempt: Attempt, person: str
    ) -> CompleteTask | LookAtSealed:
        if attempt.at_sealed:
            above = self.scenario.records.lineage(offer.case_id)[1]
            return LookAtSealed(case_id=above.case_id, actor=person)
        return self._done(case, offer, person, dict(attempt.says))

    def _holder(self, department: str, position: str, jurisdiction: str) -> str:
        with self.engine.store.read() as connection:
            return offers.someone(connection, department, position, jurisdiction)

    def _progress(self) -> None:
        if self.acts - self.shown >= SHOWN_EVERY:
            self.shown = self.acts
            self.say(f"{clock.legal_day(self.hand.moment)} 已办理 {self.acts} 步")
