"""Opening a case: who may, what it inherits from its parent, and its first consequences."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime

from engine.case import Case
from engine.commands import Actor, OpenCase
from engine.decide import Decision, follow
from engine.errors import FormInvalid, NotYourCase, OtherJurisdiction
from engine.events import CaseOpened, Parties, Seat
from engine.guards import NO_SEAT
from engine.version import Version

LONGEST_TITLE = 200


def title_trouble(title: str) -> str:
    """Return why people cannot give a case this title; empty when they can."""
    kinds = {unicodedata.category(mark)[0] for mark in title}
    if kinds <= {"C", "Z"}:  # controls and blanks alone
        return "不能为空，须有看得见的字"
    if "C" in kinds:
        return "含有不能显示的字符，请删去"
    if len(title) > LONGEST_TITLE:
        return f"最多 {LONGEST_TITLE} 个字，现在有 {len(title)} 个"
    return ""


def open_case(
    command: OpenCase,
    *,
    actor: Actor,
    number: str,
    parent: Case | None,
    engine: str,
    now: datetime,
    version: Version,
    standing_in: Parties | None = None,
    calendar: Mapping[str, str] | None = None,
) -> Decision:
    """Return the opened case with what follows; refused to those who do not hold its first lane.

    `standing_in` says which department's work has gone to which other; `calendar` which years of
    holidays were published after the version."""
    seat = _permitted(command, actor, version, dict(standing_in or {}))
    inherited = _inherited(parent, version)
    opened = CaseOpened(
        number=number,
        process=command.process,
        version=version.digest,
        engine=engine,
        jurisdiction=command.jurisdiction,
        title=command.title,
        parent=None if command.parent is None else str(command.parent),
        parties={
            **(
                {name: tuple(ids) for name, ids in command.parties.items()}
                or _parent_parties(parent)
            ),
            **(standing_in or {}),
        },
        fields={**inherited, **command.fields},
        inherited={},
        seat=seat,
        calendar=calendar or {},
    )
    return follow(
        None, opened, case_id=command.case_id, at=now, actor=actor.person, version=version
    )


def _permitted(command: OpenCase, actor: Actor, version: Version, standing_in: Parties) -> Seat:
    """Return the seat that may open this process: one that the lane of its start is bound to."""
    if actor.is_system:
        return NO_SEAT
    trouble = title_trouble(command.title)
    if trouble:
        raise FormInvalid((("标题", trouble),))
    if actor.jurisdiction != command.jurisdiction:
        raise OtherJurisdiction(person=actor.name or actor.person)
    lane = version.definition.start.lane or ""
    parties = {**command.parties, **standing_in}
    for bound in version.law.organisation.bind(lane, parties):
        for seat in actor.seats:
            if (bound.department, bound.position) == (seat.department, seat.position):
                return seat
    raise NotYourCase(process=version.definition.name, role=lane)


def _inherited(parent: Case | None, version: Version) -> dict[str, object]:
    """Return the parent's fields that the forms of this version name under `x-inherits`."""
    if parent is None:
        return {}
    wanted = version.inherits
    return {name: value for name, value in parent.fields.items() if name in wanted}


def _parent_parties(parent: Case | None) -> dict[str, tuple[str, ...]]:
    return {} if parent is None else dict(parent.parties)
