"""The clock of a demonstration, moved by hand, and ids that are the same in every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from engine import clock

NINE = timedelta(hours=9)


def shanghai(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)


@dataclass(slots=True, kw_only=True)
class Hand:
    """The hand of the demonstration's clock, its ids and its salts: the same in every run."""

    moment: datetime
    name: str = "demo"
    ids: int = 0
    salts: int = 0

    def __call__(self) -> datetime:
        # events need an order: two acts never share an instant
        self.moment += timedelta(microseconds=1)
        return self.moment

    def new_id(self) -> UUID:
        self.ids += 1
        return clock.named_case_id(f"{self.name}|{self.ids}")

    def new_salt(self) -> str:
        """Return a salt anybody could compute: whom it hides was invented."""
        self.salts += 1
        return sha256(f"{self.name}|salt|{self.salts}".encode()).hexdigest()
