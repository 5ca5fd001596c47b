"""What a pack has declared: enums, terms, parameters, sets, units, aliases."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rules.language.core import Core
from rules.language.declarations import Cite
from rules.language.place import NOWHERE, Place
from rules.language.syntax import Path
from rules.language.types import DEPARTMENT, Type, Value, show

# Where a fact comes from decides how dear it is to find out: a person is asked last.
SOURCE_COST: Final = ("registry", "count", "verdict", "actor", "case")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The query behind a 统计: gathered outside, recorded with the input event."""

    counted: str
    period: str
    extent: str
    includes_this: bool
    where: Core | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A declared fact: type, origin, and a default only where its register is complete."""

    path: str
    type: Type
    origin: str | None
    default: Value | None = None
    default_origin: str = ""
    count: Count | None = None
    file: str = ""
    place: Place = NOWHERE

    @property
    def key(self) -> str | None:
        """The key of the recorded value: the origin without its @snapshot."""
        return self.origin.split("@", 1)[0] if self.origin else None

    @property
    def cost(self) -> int:
        """How dear the fact is: human findings last, unknown origins before them."""
        if self.type.kind == "human":
            return len(SOURCE_COST) + 1
        kind = (self.origin or "").split(".", 1)[0]
        return SOURCE_COST.index(kind) if kind in SOURCE_COST else len(SOURCE_COST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """The values of a parameter from a day on, by enum keys (the empty key for a plain one)."""

    start: date
    values: Mapping[tuple[str, ...], Value | None]
    cites: tuple[Cite, ...]
    place: Place
    known: date | None = None  # 收录 于


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A dated value with its own citations."""

    name: str
    type: Type
    keys: tuple[str, ...]
    dated: tuple[Dated, ...]
    file: str = ""
    place: Place = NOWHERE

    def on(self, day: date) -> Dated | None:
        """Return the values in force on a day, or None before the first of them."""
        index = bisect_right([entry.start for entry in self.dated], day)
        return self.dated[index - 1] if index else None


@dataclass(slots=True)
class Names:
    """Every declared name, filled once while a pack is linked and only read afterwards."""

    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    units: set[str] = field(default_factory=lambda: {"次"})
    aliases: dict[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)  # name -> code
    used: set[str] = field(default_factory=set)

    def canonical(self, path: Path | str) -> str:
        """Return a path with aliases replaced: first as a whole, then part by part."""
        text = str(path)
        if text in self.aliases:
            return self.aliases[text]
        return "的".join(self.aliases.get(part, part) for part in text.split("的"))

    def enums_of(self, value: str) -> tuple[str, ...]:
        """Return the enums that have this value."""
        return tuple(name for name, values in self.enums.items() if value in values)

    def shown(self, value: Value | None, type_: Type) -> str:
        """Write a value as a rule text would; a department by its name."""
        if type_ == DEPARTMENT:
            value = next((name for name, code in self.departments.items() if code == value), value)
        return show(value, type_)

    def known_paths(self) -> Iterable[str]:
        """Everything that may stand as an operand by name, for hints and completion."""
        return (*self.terms, *self.parameters, *self.sets, *self.aliases)
