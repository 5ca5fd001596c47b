"""What every event is made of: a kind that is a word for ever, a role, JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

Fields: TypeAlias = Mapping[str, Any]  # JSON values under English field names
Parties: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    kind: ClassVar[str]
    role: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Event):
    role: ClassVar[str] = "input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence(Event):
    role: ClassVar[str] = "consequence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """In what capacity someone acted: a position in a department."""

    department: str = ""
    position: str = ""
