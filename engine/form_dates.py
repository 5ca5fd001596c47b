"""Dates a form may hold: what has happened is not in the future, and what ends has begun.

Declared in the form: `x-happened` at a date, `x-in-order` for pairs of dates. A schema cannot say
either, for one asks for today and the other for a second field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Misdated:
    """A date that cannot be; `before` names the field it must follow, empty: it is to come."""

    field: str
    before: str = ""


def misdated(
    schema: Mapping[str, Any], data: Mapping[str, Any], *, today: date | None
) -> Iterator[Misdated]:
    """Yield the dates that cannot be; without `today` only their order is looked at.

    What is no date at all is the schema's to refuse and is passed over here."""
    for field, declared in schema.get("properties", {}).items():
        day = _day(data.get(field)) if declared.get("x-happened") else None
        if day is not None and today is not None and day > today:
            yield Misdated(field=field)
    for first, last in schema.get("x-in-order", ()):
        begun, ended = _day(data.get(first)), _day(data.get(last))
        if begun is not None and ended is not None and ended < begun:
            yield Misdated(field=last, before=first)


def _day(said: object) -> date | None:
    if not isinstance(said, str) or len(said) != len("2026-06-15"):
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
