"""People who leave: what they hold is freed, their place in a team goes to a successor.

Whoever takes a place in a team must be in the registry, of the same department, in service and
certified where the leaver was (A-29): a team is never joined from outside.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from engine import clock, handovers, succession
from engine.case import Case
from engine.commands import SYSTEM, ReplacePerson
from engine.errors import CaseIsClosed, OffRegistry
from engine.handover import NoBasis, Preview, Touched
from engine.handovers import NothingToHandOver
from engine.registry.types import Inspector, RegistryKind, Validity
from engine.service import Engine, load
from engine.store import accounts, eventstore, people, registry, sessions, successions
from engine.store.database import Connection
from engine.store.people import Person


def of_person(engine: Engine, leaver: Person) -> Preview:
    """Return the open cases in which somebody holds a task or belongs to a team."""
    names = _names(leaver)
    with engine.store.read() as connection:
        found = []
        for case_id in successions.cases_of_person(connection, leaver.jurisdiction, names):
            head = eventstore.lock(connection, case_id, for_update=False)
            assert head is not None
            case = load(connection, head, engine.shelf.get(head.version))
            if handovers.concerns_person(case, leaver.id, leaver.inspector_id or ""):
                found.append(_held(case, leaver))
    return Preview(cases=tuple(found))


def _held(case: Case, leaver: Person) -> Touched:
    own = {f"{succession.PERSON}{name}" for name in _names(leaver)}
    tasks = tuple(
        offer.name
        for slot, offer in case.offers.items()
        if case.claims.get(slot) == leaver.id or own.intersection(offer.seats)
    )
    return Touched(case_id=case.case_id, number=case.number, title=case.title, tasks=tasks)


def replace_person(
    engine: Engine,
    leaver: Person,
    successor: Person | None,
    *,
    reason: str,
    by: str = SYSTEM,
    closes_account: bool = False,
) -> Preview:
    """Free what somebody holds, put the successor in their place in teams, and end positions.

    Whoever takes a place in a team must be in the registry, of the same department, in service and
    certified where the leaver was (A-29): a team is never joined from outside."""
    if not reason.strip():
        raise NoBasis
    found = of_person(engine, leaver)
    if successor is not None and leaver.inspector_id:
        with engine.store.read() as connection:
            _require_fit(connection, leaver, successor, clock.legal_day(engine.now()))
    for each in found.cases:
        command = ReplacePerson(
            case_id=each.case_id,
            actor=by,
            leaver=leaver.id,
            leaver_inspector=leaver.inspector_id or "",
            successor=successor.id if successor else "",
            successor_inspector=(successor.inspector_id or "") if successor else "",
            reason=reason.strip(),
        )
        with suppress(NothingToHandOver, CaseIsClosed):
            engine.handle(command)
    if closes_account:
        _close(engine, leaver)
    return found


def _require_fit(connection: Connection, leaver: Person, successor: Person, day: date) -> None:
    place, kind = leaver.jurisdiction, RegistryKind.INSPECTORS
    gone = registry.find(connection, place, kind, leaver.inspector_id or "")
    new = registry.find(connection, place, kind, successor.inspector_id or "")
    fits = (
        isinstance(new, Inspector)
        and new.status is Validity.VALID
        and (not isinstance(gone, Inspector) or new.department == gone.department)
        and (not isinstance(gone, Inspector) or not gone.certificate_no or new.is_certified(day))
    )
    if not fits:
        raise OffRegistry(people=successor.name)


def _close(engine: Engine, leaver: Person) -> None:
    now = engine.now()
    with engine.store.write() as connection:
        for held in leaver.positions:
            people.withdraw(
                connection,
                leaver.id,
                department=held.department,
                position=held.position,
                at=now,
            )
        accounts.disable(connection, leaver.id, at=now)
        sessions.end_all(connection, leaver.id)


def _names(person: Person) -> tuple[str, ...]:
    return tuple(name for name in (person.id, person.inspector_id) if name)
