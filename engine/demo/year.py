"""A year in both jurisdictions: plans in winter, draws in spring, inspections, what they lead to.

The clock is simulated; everything else is the product. It jumps to whatever comes next: a person
at their desk, or a legal deadline, which the scheduler's own tick then fires.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from engine import almanac, clock, scheduler
from engine.audit import audit
from engine.commands import CompleteTask, OpenCase
from engine.demo import answers, registries, scenario
from engine.demo.answers import Scene
from engine.errors import Refusal
from engine.registry import synthetic
from engine.service import Engine, load
from engine.store import actors, eventstore, offers, queues, readings, settings, shelf
from engine.store.offers import Offered
from rules import pack
from rules.pack import Law

NINE = timedelta(hours=9)
SPREAD_DAYS = 3  # a task waits up to so many working days on a desk


def jurisdictions(packs: Path) -> tuple[str, ...]:
    """Return the jurisdictions that have a synthetic world."""
    return tuple(name for name in pack.jurisdictions(packs) if name in synthetic.worlds())


def play(
    engine: Engine,
    *,
    jurisdictions: Sequence[str],
    count: int,
    played: int,
    until: str | None,
    say: Callable[[str], None],
) -> None:
    """Play `played` (a year), or up to the end of the day `until`, for each jurisdiction."""
    start = _shanghai(date(played, 1, 5)) + NINE
    last = date.fromisoformat(until) if until else date(played, 12, 31)
    hand = Hand(moment=start)
    engine.now = hand
    for jurisdiction in jurisdictions:
        law = _law(engine, jurisdiction)
        registries.fill(
            engine, jurisdiction, law.organisation, count=count, new_id=hand.new_id, say=say
        )
    almanac.begin(engine)
    office = Office(
        engine=engine, hand=hand, say=say, laws={j: _law(engine, j) for j in jurisdictions}
    )
    for jurisdiction in jurisdictions:
        for wanted in scenario.openings(jurisdiction, played):
            office.schedule(_shanghai(wanted.on) + NINE, wanted)
    office.run(until=clock.end_of_day(last))
    with engine.store.write() as connection:
        settings.put(connection, settings.DEMO_NOW, clock.text(hand.moment))
    say(f"演示到 {clock.legal_day(hand.moment)}：办理 {office.acts} 步，期限触发 {office.fired} 次")


def _law(engine: Engine, jurisdiction: str) -> Law:
    with engine.store.read() as connection:
        digest = shelf.in_force(connection, jurisdiction, "registry_batch", at=engine.now())
    return engine.shelf.get(digest).law


def _shanghai(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)


@dataclass(slots=True, kw_only=True)
class Hand:
    """The hand of the demonstration's clock, and its ids: the same in every run."""

    moment: datetime
    name: str = "demo"
    ids: int = 0

    def __call__(self) -> datetime:
        # events need an order: two acts never share an instant
        self.moment += timedelta(microseconds=1)
        return self.moment

    def new_id(self) -> UUID:
        self.ids += 1
        return clock.named_case_id(f"{self.name}|{self.ids}")


@dataclass(slots=True, kw_only=True)
class Office:
    """Everybody who works in the demonstration, and the agenda of what they do next."""

    engine: Engine
    hand: Hand
    say: Callable[[str], None]
    laws: dict[str, Law]
    acts: int = 0
    fired: int = 0
    agenda: list[tuple[datetime, int, Any]] = field(default_factory=list)
    seen: set[tuple[UUID, str, str, datetime]] = field(default_factory=set)
    order: int = 0
    shown: int = 0

    def schedule(self, moment: datetime, what: Any) -> None:
        self.order += 1
        heapq.heappush(self.agenda, (moment, self.order, what))

    def run(self, *, until: datetime) -> None:
        """Work until the agenda is empty or the day is over."""
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
        wait = self._patience(offer)
        if wait is None:
            wait = scenario.PATIENCE.get(offer.element, lot % (SPREAD_DAYS + 1))
        day = clock.legal_day(offer.offered_at)
        if wait:
            day = law.calendar.add_working_days(day, wait) or day + timedelta(days=wait)
        moment = _shanghai(day) + NINE + timedelta(minutes=lot % 420)
        return max(moment, offer.offered_at + timedelta(minutes=5 + lot % 40))

    def _patience(self, offer: Offered) -> int | None:
        with self.engine.store.read() as connection:
            row = readings.case_by_id(connection, offer.case_id)
        return scenario.patience(row.process, row.lead, offer.element) if row else None

    def _act(self, what: Any) -> None:
        if isinstance(what, scenario.Opening):
            self._open(what)
            return
        assert isinstance(what, Offered)
        try:
            self._complete(what)
        except Refusal as refusal:
            self.say(f"  {what.number} {what.task}：{refusal}")

    def _open(self, wanted: scenario.Opening) -> None:
        for command in self._commands(wanted):
            handled = self.engine.handle(command)
            self.say(f"{clock.legal_day(self.hand.moment)} {handled.number} {command.title}")

    def _commands(self, wanted: scenario.Opening) -> Iterator[OpenCase]:
        with self.engine.store.read() as connection:
            parent = None
            if wanted.parent is not None:
                rows = readings.cases_page(
                    connection, wanted.jurisdiction, search=wanted.parent, limit=1
                )
                if not rows:
                    return
                parent = rows[0].case_id
            actor = offers.someone(
                connection, wanted.department, wanted.position, wanted.jurisdiction
            )
        yield OpenCase(
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

    def _complete(self, offer: Offered) -> None:
        with self.engine.store.read() as connection:
            head = eventstore.lock(connection, offer.case_id, for_update=False)
            assert head is not None
            version = self.engine.shelf.get(head.version)
            case = load(connection, head, version)
            open_offer = case.offers.get((offer.element, offer.key))
            if open_offer is None:
                return
            people = offers.holders(connection, open_offer.seats, offer.jurisdiction)
            form = version.form_of(offer.element)
            barred = {case.fields.get(name) for name in (form.not_by if form else ())}
            people = [person for person in people if person not in barred]
            if not people:
                self.say(f"  {offer.number} {offer.task}：没有可办理的人员 {open_offer.seats}")
                return
            actor = actors.actor(connection, people[0], at=self.engine.now())
        scene = Scene(
            case=case,
            element=offer.element,
            key=offer.key,
            today=clock.legal_day(self.hand.moment),
            wishes=scenario.wishes(case),
        )
        data = answers.fill(form, scene) if form else {}
        self.engine.handle(
            CompleteTask(
                case_id=offer.case_id,
                actor=actor.person,
                element=offer.element,
                key=offer.key,
                data=data,
                turn=open_offer.turn,
            )
        )
        self.acts += 1

    def _progress(self) -> None:
        if self.acts - self.shown >= 250:
            self.shown = self.acts
            self.say(f"{clock.legal_day(self.hand.moment)} 已办理 {self.acts} 步")


def audit_all(engine: Engine, *, say: Callable[[str], None]) -> int:
    """Audit every case; returns 0 when all are clean, 1 otherwise."""
    with engine.store.read() as connection:
        rows = readings.every_case(connection)
    broken = events = 0
    for place, row in enumerate(rows, start=1):
        with engine.store.read() as connection:
            records = eventstore.history(connection, row.case_id)
            copies = tuple(eventstore.copies(connection, row.case_id))
        found = audit(records, engine.shelf.get(row.version), copies)
        events += found.events
        for discrepancy in found.discrepancies:
            broken += 1
            say(f"{found.number} {discrepancy.sentence()}")
        if place % 500 == 0:
            say(f"已审计 {place}/{len(rows)} 件")
    say(f"审计 {len(rows)} 件案件、{events} 个事件，{broken} 处不一致")
    return 1 if broken else 0
