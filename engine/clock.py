"""Instants and legal days: pure arithmetic; who reads the wall clock is engine/edge.py."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from uuid import UUID

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991


def named_case_id(name: str) -> UUID:
    """Return the id that a name always has: a UUIDv8 from SHA-256 (RFC 9562, section 5.8)."""
    bits = bytearray(hashlib.sha256(name.encode()).digest()[:16])
    bits[6] = bits[6] & 0x0F | 0x80
    bits[8] = bits[8] & 0x3F | 0x80
    return UUID(bytes=bytes(bits))


@lru_cache(maxsize=256)  # one command asks for the day of the same instants again and again
def legal_day(instant: datetime) -> date:
    """Return the day an instant belongs to in law: the civil date in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """Return 24:00 of `day` in Shanghai as UTC: the first instant that is too late."""
    following = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    return following.astimezone(UTC)


@lru_cache(maxsize=256)
def text(instant: datetime) -> str:
    """Return the canonical text of an instant: UTC, microseconds, `Z`."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return f"{instant.isoformat(timespec='microseconds')[:-6]}Z"  # without its "+00:00"


def instant(written: str) -> datetime:
    """Read what `text` wrote."""
    return datetime.fromisoformat(written)
