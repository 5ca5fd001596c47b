"""A year in both jurisdictions: plans in winter, draws in spring, visits, what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from engine import almanac, clock
from engine.audit import audit
from engine.demo import registries, tasks
from engine.demo.hand import NINE, Hand, shanghai
from engine.demo.office import Office
from engine.demo.records import Records
from engine.demo.scenario import Scenario
from engine.registry import synthetic
from engine.service import Engine
from engine.store import eventstore, readings, settings, shelf
from rules import pack
from rules.pack import Law


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
) -> Office:
    """Play `played` (a year), or up to the end of the day `until`, for each jurisdiction."""
    last = date.fromisoformat(until) if until else date(played, 12, 31)
    hand = Hand(moment=shanghai(date(played, 1, 5)) + NINE)
    furnished = engine.shelf
    engine = Engine(engine.store, now=hand, salt=hand.new_salt, var=engine.var)
    engine.shelf = furnished
    for jurisdiction in jurisdictions:
        law = _law(engine, jurisdiction)
        registries.fill(
            engine, jurisdiction, law.organisation, count=count, new_id=hand.new_id, say=say
        )
        named = tasks.named_items(jurisdiction)
        registries.enter_lists(engine, jurisdiction, named, new_id=hand.new_id, say=say)
    almanac.begin(engine)
    office = Office(
        engine=engine,
        hand=hand,
        say=say,
        laws={each: _law(engine, each) for each in jurisdictions},
        scenario=Scenario.of(played, tuple(jurisdictions), Records(engine=engine)),
    )
    office.run(until=clock.end_of_day(last))
    with engine.store.write() as connection:
        settings.put(connection, settings.DEMO_NOW, clock.text(hand.moment))
    say(f"演示到 {clock.legal_day(hand.moment)}：办理 {office.acts} 步，期限触发 {office.fired} 次")
    return office


def _law(engine: Engine, jurisdiction: str) -> Law:
    with engine.store.read() as connection:
        digest = shelf.in_force(connection, jurisdiction, "registry_batch", at=engine.now())
    return engine.shelf.get(digest).law


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
