"""What oversight reads: recorded events of a jurisdiction's cases, and acts that were refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, and_, or_, select

from engine import clock
from engine.bindings import Outcome
from engine.oversight import duty
from engine.oversight.seen import KINDS, Head, Seen, Told, gather
from engine.store.tables import artefacts, cases, events, people, positions, refusals
from rules import supervision
from rules.pack import Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One act that was turned down: who, in which departments then, what, and why."""

    at: datetime
    person: str
    name: str
    departments: tuple[str, ...]
    number: str | None
    command: str
    code: str
    rule: str | None
    sentence: str
    is_recorded: bool = False  # part of a case's history, not only noted


def seen(
    connection: Connection,
    jurisdiction: str,
    *,
    since: datetime | None = None,
    processes: Sequence[str] = (),
) -> Iterator[Seen]:
    """Yield the cases opened since an instant, or open still, as their recorded events say them."""
    query = (
        select(
            cases.c.case_id,
            cases.c.number,
            cases.c.process,
            cases.c.jurisdiction,
            cases.c.title,
            cases.c.parent_id,
            cases.c.lead,
            cases.c.subject_id,
            cases.c.opened_at,
            cases.c.closed_at,
            events.c.seq,
            events.c.kind,
            events.c.at,
            events.c.actor,
            events.c.hash,
            events.c.body,
        )
        .join(events, events.c.case_id == cases.c.case_id)
        .where(cases.c.jurisdiction == jurisdiction, events.c.kind.in_(KINDS))
        .order_by(cases.c.opened_at, cases.c.case_id, events.c.seq)
    )
    if since is not None:
        query = query.where(or_(cases.c.opened_at >= since, cases.c.closed_at.is_(None)))
    if processes:
        query = query.where(cases.c.process.in_(processes))
    for _, rows in groupby(connection.execute(query), key=lambda row: row.case_id):
        listed = list(rows)
        yield gather(_head(listed[0]), map(_told, listed))


def _head(row: Any) -> Head:
    return Head(
        case_id=str(row.case_id),
        number=row.number,
        process=row.process,
        jurisdiction=row.jurisdiction,
        title=row.title,
        parent=None if row.parent_id is None else str(row.parent_id),
        lead=row.lead,
        subject_id=row.subject_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _told(row: Any) -> Told:
    return Told(
        seq=row.seq,
        kind=row.kind,
        at=row.at,
        actor=row.actor,
        hash=bytes(row.hash).hex(),
        payload=orjson.loads(row.body)["payload"],
    )


def refused(connection: Connection, jurisdiction: str, *, since: datetime) -> tuple[Refused, ...]:
    """Return every refused act of a jurisdiction's people, the latest first."""
    then = and_(
        positions.c.person == people.c.person,
        positions.c.from_at <= refusals.c.at,
        or_(positions.c.until_at.is_(None), positions.c.until_at > refusals.c.at),
    )
    rows = connection.execute(
        select(
            refusals.c.id,
            refusals.c.at,
            refusals.c.actor,
            refusals.c.command,
            refusals.c.code,
            refusals.c.rule,
            refusals.c.sentence,
            people.c.name,
            cases.c.number,
            positions.c.department,
        )
        .join(people, people.c.person == refusals.c.actor)
        .outerjoin(positions, then)
        .outerjoin(cases, cases.c.case_id == refusals.c.case_id)
        .where(people.c.jurisdiction == jurisdiction, refusals.c.at >= since)
        .order_by(refusals.c.at.desc(), refusals.c.id.desc(), positions.c.department)
    )
    return tuple(_refused(list(group)) for _, group in groupby(rows, key=lambda row: row.id))


def _refused(rows: Sequence[Any]) -> Refused:
    first = rows[0]
    return Refused(
        at=first.at,
        person=first.actor,
        name=first.name,
        departments=tuple(dict.fromkeys(row.department for row in rows if row.department)),
        number=first.number,
        command=first.command,
        code=first.code,
        rule=first.rule,
        sentence=first.sentence,
    )


def attempts(
    connection: Connection, seen: Iterable[Seen], *, since: datetime
) -> tuple[Refused, ...]:
    """Return the attempts that histories hold: refusals with legal weight."""
    found = [
        (case, event)
        for case in seen
        for event in case.of_kind("attempt-refused")
        if event.at >= since
    ]
    known = {event.actor for _, event in found}
    rows = connection.execute(
        select(people.c.person, people.c.name).where(people.c.person.in_(known))
    )
    names = {row.person: row.name for row in rows}
    return tuple(
        _attempt(case, event, names.get(event.actor, event.actor)) for case, event in found
    )


def _attempt(case: Seen, event: Told, name: str) -> Refused:
    said = event.payload
    department = (said.get("seat") or {}).get("department")
    return Refused(
        at=event.at,
        person=event.actor,
        name=name,
        departments=(department,) if department else (),
        number=case.number,
        command=said["command"],
        code=said["code"],
        rule=said["rule"],
        sentence=said["sentence"],
        is_recorded=True,
    )


def duty_of(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Look up what the record says about a business up to the day of an incident (免责 E1)."""
    until = date.fromisoformat(inputs["until"])
    year = datetime(until.year, 1, 1, tzinfo=clock.SHANGHAI)
    found = duty.performed(
        inputs["subject"],
        seen(connection, inputs["jurisdiction"], since=year),
        until=until,
        counted=supervision.of(law).duty,
        fetch=lambda address: _content(connection, address),
    )
    counts = {f"count_{name}": amount for name, amount in found.counts.items()}
    return Outcome(result={**counts, "duty_record": [each.line() for each in found.statements]})


def _content(connection: Connection, address: str) -> bytes:
    query = select(artefacts.c.content).where(artefacts.c.address == address)
    return bytes(connection.execute(query).scalar_one())
