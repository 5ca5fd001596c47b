"""What stands when a case opens: the version in force, the calendars since, who acts for whom.

One look: everything that a new case takes over from its city is found in one statement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, literal, select

from engine.errors import CaseExists, UnknownProcess
from engine.events import Parties
from engine.store import settings
from engine.store.prepared import Asked
from engine.store.shelf import NEWEST
from engine.store.tables import cases, successions
from engine.store.tables import settings as marks
from engine.succession import STANDS_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a new case of a process takes over."""

    version: str
    calendar: Mapping[str, str]  # years of holidays published after the version: path → address
    parties: Parties  # who answers for a department that the law names


_NUMBER = select(cases.c.number).where(cases.c.case_id == bindparam("child")).scalar_subquery()
_YEARS = select(marks.c.value).where(marks.c.name == bindparam("years")).scalar_subquery()
_ONE = select(literal(1).label("one")).subquery()  # a city without successions has a row too
_FOUND = Asked(
    select(_NUMBER, NEWEST.scalar_subquery(), _YEARS, successions.c.former, successions.c.successor)
    .select_from(
        _ONE.outerjoin(
            successions,
            and_(
                successions.c.jurisdiction == bindparam("city"),
                successions.c.effective_at <= bindparam("moment"),
            ),
        )
    )
    .order_by(successions.c.effective_at, successions.c.former)
)


def found(
    connection: Connection,
    jurisdiction: str,
    process: str,
    case_id: UUID,
    *,
    at: datetime,
    version: str | None = None,
) -> Standing:
    """Return what stands at an instant for a case that is not there yet.

    `version` is one that was agreed on before."""
    rows = _FOUND.all(
        connection,
        child=case_id,
        city=jurisdiction,
        wanted=process,
        moment=at,
        years=settings.years_of(jurisdiction),
    )
    number, in_force, written, *_ = rows[0]
    if number is not None:
        raise CaseExists(number=number)
    digest = version or in_force
    if digest is None:
        raise UnknownProcess(jurisdiction=jurisdiction, process=process)
    heirs = {former: successor for *_, former, successor in rows if former is not None}
    return Standing(
        version=digest,
        calendar=json.loads(written) if written else {},
        parties={f"{STANDS_IN}{former}": (_last(heirs, former),) for former in heirs},
    )


def _last(heirs: Mapping[str, str], former: str) -> str:
    """Return who has the work in the end: a successor that was itself merged passes it on."""
    seen = {former}
    successor = heirs[former]
    while successor in heirs and successor not in seen:
        seen.add(successor)
        successor = heirs[successor]
    return successor
