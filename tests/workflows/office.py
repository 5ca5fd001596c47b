"""An office that works a case to its end through `decide`: no database, no clock, no shortcuts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from engine import clock, opening, version
from engine.case import Case, Offer
from engine.commands import Actor, CompleteTask, OpenCase
from engine.decide import decide
from engine.demo.answers import Scene, fill
from engine.events import Seat
from engine.forms import Form
from engine.store.lookups import LOOKUPS
from engine.version import Version
from tests.workflows.shipped import shelf

BEGIN = datetime(2026, 2, 2, 1, tzinfo=UTC)
CASE = UUID("018f0000-0000-7000-8000-000000000001")
STEPS = 80
PARTIES = {
    "lead": ("samr",),
    "department": ("samr",),
    "participants": ("fire", "health"),
    "leader": ("inspector-1",),
    "team": ("inspector-1", "inspector-2"),
}
OPENED = {
    "lead_department": "samr",
    "subject_id": "91220104000000000X",
    "subject_name": "某餐饮店",
    "items": ["CY-001"],
    "plan_approved": True,
    "window_end": "2026-11-30",
    "plan_year": 2026,
}
WISHES: Mapping[str, Any] = {
    "participants": ["fire", "health"],
    "ratio": "5%",
    "window_start": "2026-03-01",
    "window_end": "2026-11-30",
    "plan_year": 2026,
    "subject_id": "91220104000000000X",
    "person_concerned": ["inspector-9"],
    "list_items": [
        {
            "item_code": "CY-001",
            "name": "餐饮服务检查",
            "item_class": "一般",
            "basis": "食品安全法",
            "authority": "市场监管部门",
            "content": "经营条件",
            "method": "现场检查",
            "impl_item_code": "JC-001",
        }
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a case went: its last state, and which tasks were done, in order."""

    case: Case
    done: tuple[str, ...]


@cache
def pinned(jurisdiction: str, stem: str) -> Version:
    found = shelf(jurisdiction)
    files = found.files_of(found.definition(stem))
    manifest = version.manifest_of(files, jurisdiction)
    return version.build(manifest, version.fetch_from(files), law=found.law)


def work(jurisdiction: str, stem: str, wishes: Mapping[str, Any]) -> Ended:
    """Open a case and let people do every open task, until it ends or nobody can go on."""
    ruled = pinned(jurisdiction, stem)
    asked = OpenCase(
        case_id=CASE,
        actor="system",
        process=stem,
        jurisdiction=jurisdiction,
        title="试办",
        parties=PARTIES,
        fields=OPENED,
    )
    case = opening.open_case(
        asked,
        actor=Actor(person="system"),
        number="CY-2026-SB-0001",
        parent=None,
        engine="test",
        now=BEGIN,
        version=ruled,
    ).case
    done: list[str] = []
    while not case.is_closed and case.offers and len(done) < STEPS:
        (element, key), offer = next(iter(sorted(case.offers.items())))
        now = BEGIN + timedelta(hours=len(done) + 1)
        form = ruled.form_of(element)
        scene = Scene(
            case=case,
            element=element,
            key=key,
            today=clock.legal_day(now),
            wishes={**WISHES, **wishes},
        )
        assert not offer.missing, (element, offer.missing)
        command = CompleteTask(
            case_id=CASE,
            actor="somebody",
            element=element,
            key=key,
            data=fill(form, scene) if form else {},
            found=_looked_up(form, wishes) if form else {},
            turn=offer.turn,
        )
        actor = next(_candidates(case, offer, form))
        case = decide(case, command, actor=actor, now=now, version=ruled).case
        done.append(element)
    return Ended(case=case, done=tuple(done))


def _looked_up(form: Form, wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the store would find for the stamps of a form: nothing, unless it is wished."""
    asked = {field: what for field, what in form.stamps.items() if what in LOOKUPS}
    return {what: wishes.get(field, 0) for field, what in asked.items()}


def _candidates(case: Case, offer: Offer, form: Form | None) -> Iterator[Actor]:
    """Yield holders of a seat of the task whom the form's four eyes do not bar."""
    assert offer.seats, f"nobody holds {offer.lane}"
    barred = {case.fields.get(field) for field in (form.not_by if form else ())}
    for seat in offer.seats:
        if seat.startswith("person:"):
            person = seat.removeprefix("person:")
            if person not in barred:
                yield Actor(person=person, jurisdiction=case.jurisdiction)
            continue
        department, position = seat.split("/")
        for name in ("甲", "乙", "丙"):
            person = f"{department}-{position}-{name}"
            if person not in barred:
                held = (Seat(department=department, position=position),)
                yield Actor(person=person, jurisdiction=case.jurisdiction, seats=held)
