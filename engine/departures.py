"""People who leave: what they hold is freed, their place in a team goes to a successor.

Whoever takes a place in a team must be in the registry, of the same department, in service and
certified where the leaver was (A-29): a team is never joined from outside.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from engine import almanac, clock, handovers, succession
from engine.case import Case
from engine.commands import SYSTEM, ReplacePerson
from engine.errors import CaseIsClosed, OffRegistry, ProductError
from engine.handover import NoBasis, Preview, Touched
from engine.handovers import NothingToHandOver, OwnSuccessor
from engine.registry.types import Inspector, RegistryKind, Validity
from engine.service import Engine, load
from engine.store import accounts, eventstore, people, registry, sessions, successions
from engine.store.database import Connection
from engine.store.people import Person


class NotInThatPosition(ProductError):
    field = "successor"
    code = "not-in-that-position"
    zh = "{person}不是{seat}，不能接替。请先在人员页授予岗位，或者另选接替人。"
    en = "{person} does not hold the position {seat}: grant it first, or choose another successor."


class HasLeft(ProductError):
    field = "successor"
    code = "has-left"
    zh = "{person}的账号已经停用，不能接替，请另选接替人。"
    en = "The account of {person} is closed: choose another successor."


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
    chairs = {
        seat
        for slot, offer in case.offers.items()
        if case.claims.get(slot) == leaver.id
        for seat in set(offer.seats).intersection(_chairs(leaver))
    }
    return Touched(
        case_id=case.case_id,
        number=case.number,
        title=case.title,
        tasks=tasks,
        seats=tuple(sorted(chairs)),
    )


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

    A successor is somebody else, still here, and holds every position the leaver's tasks ask for.
    Whoever takes a place in a team must be in the registry, of the same department, in service and
    certified where the leaver was (A-29): a team is never joined from outside."""
    if not reason.strip():
        raise NoBasis
    found = of_person(engine, leaver)
    if successor is not None and leaver.inspector_id:
        with engine.store.read() as connection:
            _require_fit(connection, leaver, successor, clock.legal_day(engine.now()))
    if successor is not None:
        _require_position(engine, leaver, successor, found)
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


def _chairs(person: Person) -> tuple[str, ...]:
    return tuple(f"{held.department}/{held.position}" for held in person.positions)


def _require_position(engine: Engine, leaver: Person, successor: Person, found: Preview) -> None:
    """Refuse a successor who could not do the work; where no task waits, one common seat is enough.

    Somebody without any position, as one who left before, may be succeeded by anybody."""
    if successor.id == leaver.id:
        raise OwnSuccessor
    if successor.disabled:
        raise HasLeft(person=successor.name)
    own = set(_chairs(successor))
    needed = {seat for each in found.cases for seat in each.seats}
    lacking = sorted(needed - own)
    if not needed and leaver.positions and not own.intersection(_chairs(leaver)):
        lacking = list(_chairs(leaver))
    if lacking:
        raise NotInThatPosition(person=successor.name, seat=_named(engine, leaver, lacking[0]))


def _named(engine: Engine, leaver: Person, chair: str) -> str:
    code, _, position = chair.partition("/")
    law = almanac.law_of(engine, leaver.jurisdiction)
    if law is None:
        return chair
    department = law.organisation.departments.get(code)
    name = department.name if department else code
    return f"{name}的{law.organisation.positions.get(position, position)}"


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
