"""Instants inside a manifest: UTC, whole seconds, `Z`; one text per moment, no clock."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.draw.refusals import ManifestProblem


def text(moment: datetime) -> str:
    """Return the canonical text of an aware instant in whole seconds."""
    if moment.tzinfo is None or moment.microsecond:
        raise ManifestProblem(
            field="instant",
            why=f"时间 {moment} 须带时区且为整秒",
            why_en=f"{moment} is not an aware instant in whole seconds",
        )
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(written: str) -> datetime:
    """Read an instant; a time without a zone is refused, for it names no moment."""
    try:
        read: datetime | None = datetime.fromisoformat(written)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise ManifestProblem(
            field="instant",
            why=f"「{written}」不是带时区的时间，应如 2026-07-01T01:00:00Z",
            why_en=f"`{written}` is no instant such as 2026-07-01T01:00:00Z",
        )
    return read
