"""What the rules of a city were asked: the facts behind every verdict its cases record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine import clock
from engine.events import BeaconRecorded, RuleAssessed, TaskAnswered, TaskCompleted
from engine.folding import steps
from engine.guards import door_facts
from engine.history import Record
from engine.service import Engine
from engine.store import eventstore, readings
from engine.version import Version
from rules.facts import JSON
from rules.language.diff import Recorded


def recorded(engine: Engine, jurisdiction: str, first: date, last: date) -> Iterator[Recorded]:
    """Yield every question of a city's cases that was asked from the first day to the last."""
    with engine.store.read() as connection:
        rows = readings.every_case(connection)
    for row in rows:
        if row.jurisdiction != jurisdiction:
            continue
        with engine.store.read() as connection:
            records = eventstore.history(connection, row.case_id)
        for question, _ in questions(records, engine.shelf.get(row.version), row.number):
            if first <= question.on <= last:
                yield question


def questions(
    records: tuple[Record, ...], version: Version, number: str
) -> Iterator[tuple[Recorded, RuleAssessed]]:
    """Yield each question of one case as it was asked, beside what was answered.

    Facts travel as they were recorded, by origin, so that a law that calls them otherwise still
    finds them. A rule at the door of a task saw what was being submitted, and by whom."""
    before: dict[str, JSON] = {}  # what the case held before the event
    held: dict[str, JSON] = {}  # … before the submission whose consequences follow
    at_door: dict[str, JSON] = {}
    for record, case in steps(records, version):
        event = record.event
        if isinstance(event, TaskCompleted | BeaconRecorded | TaskAnswered):
            held = before
            at_door = door_facts(case, {**event.data, **event.stamps}, event.seat)
        elif isinstance(event, RuleAssessed):
            facts = held | at_door if event.guard else before
            day = clock.legal_day(record.at)
            yield (
                Recorded(case=number, rule=event.rule, facts=facts, on=day, now=record.at),
                event,
            )
        before = case.record()
