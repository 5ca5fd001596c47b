"""A published year of holidays: first every due date that would move is shown, then it counts.

Nothing moves silently: each case gets a command that names the calendar before and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from uuid import UUID

from engine import clock, history
from engine.case import Case
from engine.commands import SYSTEM, RecomputeDeadline
from engine.errors import CaseIsClosed, ProductError
from engine.service import Engine, load
from engine.store import agenda, eventstore, queues, settings
from engine.store.agenda import Entry
from engine.store.database import Connection
from rules import calendar as statutory

FOLDER = "base/calendar/"
YEARS = "years"  # the stage of the daily look at clocks without a day
OBLIGATION = "@calendar"


class NoHolidays(ProductError):
    code = "no-holidays"
    zh = "文件「{file}」里没有一个放假日期：公布的年度安排不会是空的，请核对文件。"
    en = "The file “{file}” names no holiday: no published year is empty; check the file."


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One due date that the new calendar changes; `before` is None where the year was missing."""

    case_id: UUID
    jurisdiction: str
    number: str
    title: str
    element: str
    rule: str
    before: date | None
    after: date | None


def read(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return calendar files by their path in a version; a malformed one raises PackProblems."""
    files = {f"{FOLDER}{name}": content for name, content in contents.items()}
    for path, content in files.items():
        if not any(statutory.load({path: content}).rest.values()):
            raise NoHolidays(file=PurePosixPath(path).name)
    return files


def moves(engine: Engine, files: Mapping[str, bytes], *, among: str | None = None) -> list[Move]:
    """Return every waiting due date that would move, of one jurisdiction or of all, by number."""
    found: list[Move] = []
    with engine.store.read() as connection:
        waiting = queues.cases_with_timers(connection, among)
        for case_id in waiting:
            head = eventstore.lock(connection, case_id, for_update=False)
            assert head is not None
            case = load(connection, head, engine.shelf.get(head.version))
            found.extend(_moves(engine, case, files))
    return sorted(found, key=lambda move: (move.number, move.element))


def _moves(engine: Engine, case: Case, files: Mapping[str, bytes]) -> list[Move]:
    version = engine.shelf.get(case.version)
    law = case.law(version).with_calendar(files)
    found = []
    for timer in case.instance.timers:
        known = case.deadlines.get((timer.element, timer.key))
        if known is None or not known.rule.startswith("rule:"):
            continue
        rule = known.rule.removeprefix("rule:")
        due = law.due(rule, law.facts(case.record()), on=clock.legal_day(case.at))
        before, after = _last_day(known.due_at), due.last_day
        if before != after:
            found.append(
                Move(
                    case_id=case.case_id,
                    jurisdiction=case.jurisdiction,
                    number=case.number,
                    title=case.title,
                    element=timer.element,
                    rule=rule,
                    before=before,
                    after=after,
                )
            )
    return found


def _last_day(due_at: datetime | None) -> date | None:
    """Return the last day that is in time: `due_at` is its 24:00."""
    return None if due_at is None else clock.legal_day(due_at - timedelta(microseconds=1))


def apply(
    engine: Engine, files: Mapping[str, bytes], *, by: str = SYSTEM, among: str | None = None
) -> list[Move]:
    """Let the years count: for every case they touch now, and for new cases; returns what moved.

    `among` is the jurisdiction whose keeper confirms; the command line speaks for all."""
    found = moves(engine, files, among=among)
    places = {path: history.address(content) for path, content in files.items()}
    with engine.store.write() as connection:
        eventstore.keep(connection, tuple(files.values()), media="text/csv", at=engine.now())
        for jurisdiction in (among,) if among else agenda.jurisdictions(connection):
            settings.publish_years(connection, jurisdiction, places)
            agenda.put(connection, _daily(jurisdiction, engine.now()))
    for case_id in dict.fromkeys(move.case_id for move in found):
        _recompute(engine, case_id, places, by)
    return found


def _recompute(engine: Engine, case_id: UUID, places: Mapping[str, str], by: str) -> None:
    with engine.store.read() as connection:
        head = eventstore.lock(connection, case_id, for_update=False)
        assert head is not None
        case = load(connection, head, engine.shelf.get(head.version))
    if all(case.calendar.get(path) == place for path, place in places.items()):
        return
    engine.handle(
        RecomputeDeadline(case_id=case_id, actor=by, calendar={**case.calendar, **places})
    )


# ---------------------------------------------------------------- clocks that start later


def on_the_day(engine: Engine, entry: Entry) -> None:
    """Give the published years to clocks that have started since and reach into them.

    A case takes the calendar when one of its clocks needs it, so nothing moves that had a date."""
    with engine.store.read() as connection:
        places = settings.published_years(connection, entry.jurisdiction)
        waiting = queues.cases_without_a_day(connection, entry.jurisdiction)
    for case_id in waiting:
        with suppress(CaseIsClosed):
            _recompute(engine, case_id, places, SYSTEM)
    with engine.store.write() as connection:
        agenda.note(connection, entry, next_at=_daily(entry.jurisdiction, engine.now()).next_at)


def _daily(jurisdiction: str, now: datetime) -> Entry:
    return Entry(
        jurisdiction=jurisdiction,
        obligation=OBLIGATION,
        department="",
        period="",
        stage=YEARS,
        next_at=clock.end_of_day(clock.legal_day(now)),
        due_at=None,
    )


def published(connection: Connection, jurisdiction: str) -> set[int]:
    """Return the years that count for a jurisdiction beside those of its version."""
    paths = settings.published_years(connection, jurisdiction)
    return {int(PurePosixPath(path).stem) for path in paths}
