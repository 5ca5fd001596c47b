"""The only place that reads the wall clock and makes ids; both travel in commands from here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import uuid_utils.compat as uuid_utils

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Return the present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def new_case_id() -> UUID:
    """Return a fresh UUIDv7: sortable by the time it was made (RFC 9562)."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def named_case_id(name: str) -> UUID:
    """Return the id that a name always has: a UUIDv8 from SHA-256 (RFC 9562, section 5.8)."""
    bits = bytearray(hashlib.sha256(name.encode()).digest()[:16])
    bits[6] = bits[6] & 0x0F | 0x80
    bits[8] = bits[8] & 0x3F | 0x80
    return UUID(bytes=bytes(bits))


def legal_day(instant: datetime) -> date:
    """Return the day an instant belongs to in law: the civil date in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """Return 24:00 of `day` in Shanghai as UTC: the first instant that is too late."""
    following = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    return following.astimezone(UTC)


def text(instant: datetime) -> str:
    """Return the canonical text of an instant: UTC, microseconds, `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(written: str) -> datetime:
    """Read what `text` wrote."""
    return datetime.fromisoformat(written)
