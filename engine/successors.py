"""A case after a department was merged, or a person replaced: who acts from now on."""

from __future__ import annotations

from dataclasses import replace

from engine import succession
from engine.case import LEAD_FIELD, Case, changed
from engine.events import (
    PersonReplaced,
)
from engine.version import Version


def after_succession(case: Case, former: str, successor: str, version: Version) -> Case:
    """Put the successor in the place of a department; a held task is free to be taken again."""
    departments = {LEAD_FIELD} | {name for form in version.forms.values() for name in form.parties}
    offers = {
        slot: replace(offer, seats=succession.seats(offer.seats, former, successor))
        for slot, offer in succession.keys(case.offers, former, successor).items()
    }
    kept = {slot: who for slot, who in case.claims.items() if offers.get(slot) == case.offers[slot]}
    answers = {
        element: names
        if successor in case.parties.get(version.node(element).each or "", ())
        else succession.renamed(names, former, successor)
        for element, names in case.answers.items()
    }
    return changed(
        case,
        parties=succession.stand_in(case.parties, former, successor),
        fields={
            name: succession.value(said, former, successor) if name in departments else said
            for name, said in case.fields.items()
        },
        offers=offers,
        claims=kept,
        answers=answers,
    )


def after_replacement(case: Case, event: PersonReplaced) -> Case:
    """Put another in a person's place in teams; without one, only their held tasks are freed."""
    claims = {slot: who for slot, who in case.claims.items() if who != event.leaver}
    case = changed(case, claims=claims)
    if not event.successor:
        return case
    taken = (event.leaver_inspector, event.successor_inspector or event.successor)
    for former, successor in ((event.leaver, event.successor), taken):
        if former:
            case = _renamed(case, former, successor)
    return case


def _renamed(case: Case, former: str, successor: str) -> Case:
    acting = succession.acting(case.parties)
    if not any(former in ids for ids in acting.values()):
        return case
    offers = {
        slot: replace(offer, seats=succession.persons(offer.seats, former, successor))
        for slot, offer in case.offers.items()
    }
    return changed(
        case,
        parties={**case.parties, **succession.parties(acting, former, successor)},
        fields={
            name: succession.value(said, former, successor) if name in acting else said
            for name, said in case.fields.items()
        },
        offers=offers,
    )
