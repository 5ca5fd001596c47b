"""Where time and ids enter: the wall clock is read here, and from here both travel in commands."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Return the present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def new_case_id() -> UUID:
    """Return a fresh UUIDv7: sortable by the time it was made (RFC 9562)."""
    return UUID(bytes=uuid_utils.compat.uuid7().bytes)


def new_salt() -> str:
    """Return 128 unpredictable bits in hex, for one salted hash."""
    return secrets.token_hex(16)
