"""The state of a case as bytes: a cache for the write path, never the truth.

`digest` is the hash of these bytes; it is recorded in a command's last event, so a blob can be
checked before it is trusted, and deleted at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from engine import clock, history
from engine.case import Case, Deadline, Done, Offer, Slot, changed
from engine.process.errors import UnusableState
from engine.process.instance import Instance
from engine.version import Version

STATE_VERSION = 2


def digest(case: Case) -> str:
    """Return the state digest: SHA-256 of the case's canonical content, its process included."""
    return sealed(case)[0]


def dump(case: Case) -> bytes:
    return sealed(case)[1]


def sealed(case: Case) -> tuple[str, bytes]:
    """Return the digest of a case and the bytes it is the digest of."""
    process = orjson.Fragment(case.instance.dump())
    blob = history.written({**_content(case), "process_state": process})
    return history.address(blob), blob


def in_order(case: Case) -> Case:
    """Return the case with its mappings in the order its bytes have.

    What follows from a command may name several tasks or departments, one after the other: read
    from the cache or folded from the history, a case must name them in the same order."""
    return changed(
        case,
        **{name: dict(sorted(getattr(case, name).items())) for name in _NAMED},
        **{name: _by_key(getattr(case, name)) for name in _PLACED},
    )


_NAMED = ("parties", "fields", "inherited", "verdicts", "answers", "turns", "done", "calendar")
_PLACED = ("offers", "claims", "works", "deadlines")


def _by_key(placed: Mapping[Slot, Any]) -> dict[Slot, Any]:
    return dict(sorted(placed.items(), key=lambda item: _key(item[0])))


def load(blob: bytes, *, version: Version, digest: str) -> Case | None:
    """Read a blob with this digest; None when it cannot be read or is another state's.

    The caller folds the events instead: the blob is never more than a cache."""
    if history.address(blob) != digest:
        return None
    try:
        content: dict[str, Any] = orjson.loads(blob)
        return _load(content, version) if content["v"] == STATE_VERSION else None
    except (ValueError, LookupError, TypeError, AttributeError, UnusableState):
        return None


def _load(content: dict[str, Any], version: Version) -> Case:
    instance = Instance.read(
        version.definition, content["process_state"], case_id=content["case_id"]
    )
    return Case(
        case_id=UUID(content["case_id"]),
        number=content["number"],
        process=content["process"],
        jurisdiction=content["jurisdiction"],
        version=content["version"],
        title=content["title"],
        parent=content["parent"],
        opened_at=clock.instant(content["opened_at"]),
        at=clock.instant(content["at"]),
        parties={name: tuple(ids) for name, ids in content["parties"].items()},
        fields=content["fields"],
        inherited=content["inherited"],
        instance=instance,
        verdicts=content["verdicts"],
        offers={_slot(key): _offer(value) for key, value in content["offers"].items()},
        claims={_slot(key): value for key, value in content["claims"].items()},
        answers={name: tuple(ids) for name, ids in content["answers"].items()},
        turns=content["turns"],
        works={_slot(key): value for key, value in content["works"].items()},
        deadlines={_slot(key): _deadline(value) for key, value in content["deadlines"].items()},
        missed=tuple(_slot(key) for key in content["missed"]),
        done={
            key: Done(by=value["by"], at=clock.instant(value["at"]))
            for key, value in content["done"].items()
        },
        calendar=content["calendar"],
        received=tuple(content.get("received", ())),
        outcome=content["outcome"],
    )


def _content(case: Case) -> dict[str, Any]:
    # a case that received nothing has the same digest as before messages were told apart
    received = {"received": case.received} if case.received else {}
    return {
        **received,
        "v": STATE_VERSION,
        "case_id": str(case.case_id),
        "number": case.number,
        "process": case.process,
        "jurisdiction": case.jurisdiction,
        "version": case.version,
        "title": case.title,
        "parent": case.parent,
        "opened_at": clock.text(case.opened_at),
        "at": clock.text(case.at),
        "parties": case.parties,
        "fields": case.fields,
        "inherited": case.inherited,
        "verdicts": case.verdicts,
        "offers": {_key(slot): _offer_text(offer) for slot, offer in case.offers.items()},
        "claims": {_key(slot): person for slot, person in case.claims.items()},
        "answers": case.answers,
        "turns": case.turns,
        "works": {_key(slot): place for slot, place in case.works.items()},
        "deadlines": {_key(slot): _deadline_text(value) for slot, value in case.deadlines.items()},
        "missed": [_key(slot) for slot in case.missed],
        "done": {
            name: {"by": value.by, "at": clock.text(value.at)} for name, value in case.done.items()
        },
        "calendar": case.calendar,
        "outcome": case.outcome,
    }


def _offer_text(offer: Offer) -> dict[str, Any]:
    return {
        "turn": offer.turn,
        "name": offer.name,
        "lane": offer.lane,
        "seats": offer.seats,
        "at": clock.text(offer.at),
        "missing": offer.missing,
    }


def _deadline_text(deadline: Deadline) -> dict[str, Any]:
    return {
        "rule": deadline.rule,
        "due_at": None if deadline.due_at is None else clock.text(deadline.due_at),
        "missing": deadline.missing,
        "provisional": deadline.provisional,
        "calendar": deadline.calendar,
    }


def _key(slot: Slot) -> str:
    return f"{slot[0]}|{slot[1]}"


def _slot(key: str) -> Slot:
    element, _, index = key.partition("|")
    return element, index


def _offer(value: dict[str, Any]) -> Offer:
    return Offer(
        turn=value["turn"],
        name=value["name"],
        lane=value["lane"],
        seats=tuple(value["seats"]),
        at=clock.instant(value["at"]),
        missing=tuple(value["missing"]),
    )


def _deadline(value: dict[str, Any]) -> Deadline:
    due_at = value["due_at"]
    return Deadline(
        rule=value["rule"],
        due_at=None if due_at is None else clock.instant(due_at),
        missing=value["missing"],
        provisional=value["provisional"],
        calendar=value["calendar"],
    )
