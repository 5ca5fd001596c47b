"""The hash chain of a case, and reading old events.

`body` holds the whole envelope; `hash = SHA256(prev ‖ body)`; the first `prev` is one zero byte.
What canonical means is said in `canonical`; what a payload holds, in `payloads`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from engine import clock, payloads
from engine.canonical import Json, NotCanonical, address, canonical, written
from engine.events import AnyEvent

__all__ = ["GENESIS", "Json", "NotCanonical", "Record", "Stored", "address", "canonical", "written"]

GENESIS = b"\x00"
ENVELOPE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One sealed event of a case: the bytes that count, and copies for reading."""

    case_id: UUID
    seq: int
    at: datetime
    actor: str
    event: AnyEvent
    prev: bytes
    digest: str | None  # state digest, only on a command's last event
    body: bytes
    hash: bytes

    @property
    def kind(self) -> str:
        return self.event.kind

    @property
    def role(self) -> str:
        return self.event.role


def seal(
    happened: tuple[AnyEvent, ...],
    *,
    case_id: UUID,
    after: int,
    head: bytes,
    at: datetime,
    actor: str,
    digest: str,
) -> tuple[Record, ...]:
    """Chain one command's events behind seq `after`; only the last one carries `digest`."""
    records: list[Record] = []
    of_case, moment = str(case_id), clock.text(at)
    for offset, event in enumerate(happened, start=1):
        last = digest if offset == len(happened) else None
        body = written(
            {
                "v": ENVELOPE_VERSION,
                "case": of_case,
                "seq": after + offset,
                "kind": event.kind,
                "role": event.role,
                "at": moment,
                "actor": actor,
                "payload": payloads.dump(event),
                "prev": head.hex(),
                "digest": last,
            }
        )
        link = hashlib.sha256(head + body).digest()
        records.append(
            Record(
                case_id=case_id,
                seq=after + offset,
                at=at,
                actor=actor,
                event=event,
                prev=head,
                digest=last,
                body=body,
                hash=link,
            )
        )
        head = link
    return tuple(records)


def unseal(body: bytes, link: bytes) -> Record:
    """Read a stored event; old kinds and shapes are brought up to date, the bytes stay."""
    envelope: dict[str, Any] = orjson.loads(body)
    return Record(
        case_id=UUID(envelope["case"]),
        seq=envelope["seq"],
        at=clock.instant(envelope["at"]),
        actor=envelope["actor"],
        event=payloads.load(envelope["kind"], envelope["payload"]),
        prev=bytes.fromhex(envelope["prev"]),
        digest=envelope["digest"],
        body=body,
        hash=link,
    )


Stored = tuple[bytes, bytes]  # body and hash of one event, as they lie in the table


def broken_bytes(stored: Sequence[Stored]) -> int | None:
    """Return the first place whose bytes do not hash to what stands beside them; None if sound."""
    head = GENESIS
    for position, (body, link) in enumerate(stored, start=1):
        if hashlib.sha256(head + body).digest() != link:
            return position
        head = link
    return None


def fits(body: bytes, link: bytes) -> bool:
    """Tell whether one event hashes to what stands beside it, by the predecessor it names.

    Cheap enough for every command; whether that is its predecessor, only the whole chain says."""
    try:
        prev = bytes.fromhex(orjson.loads(body)["prev"])
    except (ValueError, LookupError, TypeError):
        return False
    return hashlib.sha256(prev + body).digest() == link


def broken_link(records: tuple[Record, ...]) -> int | None:
    """Return the first seq whose place, predecessor or hash is wrong; None for a sound chain."""
    head = GENESIS
    for position, record in enumerate(records, start=1):
        sound = (
            record.seq == position
            and record.prev == head
            and record.hash == hashlib.sha256(head + record.body).digest()
        )
        if not sound:
            return position
        head = record.hash
    return None
