"""The one table from the names in a diagram to the functions they mean.

A *pure* binding is settled inside the command. A *long* one is computed by a worker from
content-addressed inputs and only looked up; an audit computes it again. An *extract* reads the
registry as it stands and enters the history as an input, because no audit can repeat the look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from engine import clock
from engine.case import Case
from engine.events import Fields
from engine.version import Fetch, Version
from rules.facts import Facts
from rules.pack import Law


class Kind(Enum):
    PURE = "pure"
    LONG = "long"
    EXTRACT = "extract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What a binding may see: the recorded facts of the case, its law and the instant."""

    case: Case
    version: Version
    element: str
    at: datetime

    @property
    def law(self) -> Law:
        return self.case.law(self.version)

    @property
    def fields(self) -> Fields:
        return self.case.fields

    @property
    def today(self) -> date:
        return clock.legal_day(self.at)

    @property
    def fetch(self) -> Fetch:
        return self.version.fetch

    def facts(self, extra: Fields | None = None) -> Facts:
        return self.case.facts(self.version, extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a binding found: fields for the case, messages to send, files to keep."""

    result: Fields = field(default_factory=dict)
    messages: tuple[Fields, ...] = ()
    artefacts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """`settle` for pure names; `inputs` and `compute` for work that a worker does."""

    kind: Kind = Kind.PURE
    settle: Callable[[Settling], Outcome] | None = None
    inputs: Callable[[Settling], Fields] | None = None
    compute: Callable[[Mapping[str, Any], Fetch], Outcome] | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)  # filled in when a result is accepted
    # (inputs, recorded result, fetch) → None, or (recorded, recomputed) where they differ
    verify: Callable[[Fields, Fields, Fetch], tuple[str, str] | None] | None = None


BINDINGS: dict[str, Binding] = {}


def register(entries: Mapping[str, Binding]) -> None:
    """Add a room's names to the table; the same name twice is a mistake in the product."""
    for name, binding in entries.items():
        assert name not in BINDINGS, f"{name} is bound twice"
        BINDINGS[name] = binding
