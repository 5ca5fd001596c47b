"""Which rows a list is about: a stored filter over the general registry, never a copy of rows.

A special or joint registry is exactly what its filter finds (CY 三（五）, PJ 任务 4), so nobody can
add a name to it or take one out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.history import Json
from engine.registry import codes
from engine.registry.types import Row

# filter → field of the row; a row passes when it has one of the words, or the filter is empty
ONE_OF: Mapping[str, str] = {
    "kinds": "kind",
    "categories": "category",
    "statuses": "status",
    "districts": "district",
    "industries": "industry",
    "tiers": "risk_tier",
    "credit_levels": "credit_level",
    "departments": "department",
    "carrier_types": "carrier_type",
    "inspector_classes": "inspector_class",
    "item_classes": "item_class",
}
ANY_OF: Mapping[str, str] = {
    "regulators": "regulators",
    "labels": "labels",
    "key_grounds": "key_grounds",
    "items": "items",
    "fields": "fields",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions that all hold; an empty one does not restrict. Words of one condition are 或.

    A condition on a field that the kind of row does not have finds nothing."""

    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    credit_levels: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    carrier_types: tuple[str, ...] = ()
    inspector_classes: tuple[str, ...] = ()
    item_classes: tuple[str, ...] = ()
    regulators: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    key_grounds: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    text: str = ""  # part of the name, or the beginning of the id, in any width and spacing

    def record(self) -> dict[str, Json]:
        """Return the conditions that restrict, as JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in values.items() if value}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Filters:
        """Read what `record` wrote; a condition of another version is refused by its name."""
        values: dict[str, Any] = {
            name: value if isinstance(value, str) else tuple(value)
            for name, value in record.items()
        }
        return cls(**values)

    def admits(self, row: Row) -> bool:
        """Return whether a row passes; the database answers the same question in SQL."""
        return (
            all(
                getattr(row, field, None) in getattr(self, name)
                for name, field in ONE_OF.items()
                if getattr(self, name)
            )
            and all(
                set(getattr(self, name)).intersection(getattr(row, field, ()))
                for name, field in ANY_OF.items()
                if getattr(self, name)
            )
            and self._has_text(row)
        )

    @property
    def start(self) -> str:
        """Return what an id begins with: pasted with blanks or in full width, it is the same."""
        return codes.normal(self.text)

    @property
    def spellings(self) -> tuple[str, ...]:
        """Return the ways a name may hold the text: as typed, in half width, without blanks."""
        half = unicodedata.normalize("NFKC", self.text).strip()
        return tuple(dict.fromkeys((self.text, half, "".join(half.split()))))

    def _has_text(self, row: Row) -> bool:
        if not self.start:  # blanks alone ask for nothing
            return True
        is_named = any(words in row.name for words in self.spellings)
        return is_named or row.row_id.startswith(self.start)


def _plain(value: str | tuple[str, ...]) -> Json:
    return value if isinstance(value, str) else list(value)
