"""Secrets of a sealed draw (突击检查): encrypted beside the history until the last visit ends.

The event holds the party's promise, a salted hash; without the key, which is never in the
database, the row tells nothing. Whoever holds both can read it: operators are not kept out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, insert, select

from engine import history
from engine.draw.refusals import SealBroken
from engine.draw.reveals import Reveal
from engine.store.tables import sealed

NONCE = 12  # bytes, as NIST SP 800-38D recommends


def seal(
    connection: Connection, case_id: UUID, party: str, value: str, *, grain: str, key: bytes
) -> str:
    """Keep a party's secret encrypted and return its promise; `grain` is fresh chance."""
    reveal = Reveal(party=party, salt=_spread(grain, "salt").hex(), value=value)
    promise = reveal.commit.commit
    nonce = _spread(grain, "nonce")[:NONCE]
    content = history.canonical(reveal.document())
    cipher = AESGCM(key).encrypt(nonce, content, _bound(case_id, promise))
    connection.execute(
        insert(sealed).values(case_id=case_id, commit=promise, party=party, content=nonce + cipher)
    )
    return promise


def opened(
    connection: Connection, case_id: UUID, promises: Sequence[Mapping[str, str]], *, key: bytes
) -> list[dict[str, Any]]:
    """Return the secrets behind these promises; one that is lost or does not fit is SealBroken."""
    rows = connection.execute(
        select(sealed.c.commit, sealed.c.content).where(sealed.c.case_id == case_id)
    )
    kept = {row.commit: bytes(row.content) for row in rows}
    return [_opened(case_id, promise, kept.get(promise["commit"]), key) for promise in promises]


def _opened(
    case_id: UUID, promise: Mapping[str, str], content: bytes | None, key: bytes
) -> dict[str, Any]:
    broken = SealBroken(party=promise["party"])
    if content is None:
        raise broken
    try:
        bound = _bound(case_id, promise["commit"])
        plain = AESGCM(key).decrypt(content[:NONCE], content[NONCE:], bound)
    except InvalidTag:
        raise broken from None
    document: dict[str, Any] = json.loads(plain)
    reveal = Reveal(**document)
    if (reveal.party, reveal.commit.commit) != (promise["party"], promise["commit"]):
        raise broken
    return document


def _spread(grain: str, purpose: str) -> bytes:
    return sha256(f"{purpose}|{grain}".encode()).digest()


def _bound(case_id: UUID, promise: str) -> bytes:
    """What the cipher text belongs to: moved to another case or promise it does not open."""
    return f"{case_id}|{promise}".encode()
