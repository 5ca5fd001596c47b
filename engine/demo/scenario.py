"""What happens in the demonstration's year: who opens what when, what forms say, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from engine.case import Case
from engine.demo import campaigns, stories, tasks
from engine.demo.episodes import Attempt, Episode, Opening, TakenUp
from engine.demo.records import Records
from engine.registry import synthetic
from engine.registry.types import Item

# working days a task waits on a desk, by element, where the demonstration wants a certain pace
PATIENCE: Mapping[str, int] = {
    "record": 0,
    "upload": 0,
    "visit": 4,
    "joint_visit": 4,
    "checklists": 0,
    "review_lists": 0,
    "conclude": 1,
    "serve": 1,
    "receipt_held": 0,
    "opened_receipt": 1,
}

# working days the draft of a plan of the year waits: one is reminded in time, one is late
SLOW: Mapping[tuple[str, str], int] = {
    ("annual_plan", "culture"): 22,
    ("annual_plan", "statistics"): 34,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The year of some jurisdictions, as data; it acts through nobody."""

    year: int
    jurisdictions: tuple[str, ...]
    records: Records
    episodes: tuple[Episode, ...]

    @classmethod
    def of(cls, year: int, jurisdictions: tuple[str, ...], records: Records) -> Scenario:
        told = tuple(chain.from_iterable(stories.episodes(each, year) for each in jurisdictions))
        return cls(year=year, jurisdictions=jurisdictions, records=records, episodes=told)

    def openings(self) -> Iterator[Opening | TakenUp]:
        for jurisdiction in self.jurisdictions:
            yield from tasks.openings(jurisdiction, self.year)
            yield from stories.openings(jurisdiction, self.year)

    def wishes(self, case: Case) -> dict[str, Any]:
        """Return what this case's forms should say, beyond what any form would."""
        said = tasks.wishes(case)
        found = _of_the_year(case) if said is None else said
        for episode in self._of(UUID(str(case.case_id))):
            found = {**found, **episode.says}
        return {
            name: partial(value, self.records) if callable(value) else value
            for name, value in found.items()
        }

    def patience(self, case_id: UUID, element: str) -> int | None:
        """Return how many working days a task waits, or None for as long as it happens to."""
        for episode in self._of(case_id):
            if element in episode.waits:
                return episode.waits[element]
        standing = self.records.standing(case_id)
        slow = SLOW.get((standing.process, standing.lead)) if element == "draft" else None
        return PATIENCE.get(element) if slow is None else slow

    def tries(self, case_id: UUID, element: str) -> tuple[Attempt, ...]:
        return tuple(
            each
            for episode in self._of(case_id)
            for each in episode.tries
            if each.element == element
        )

    def _of(self, case_id: UUID) -> Iterator[Episode]:
        standing = self.records.standing(case_id)
        for each in self.episodes:
            if (each.jurisdiction, each.process) != (standing.jurisdiction, standing.process):
                continue
            if each.of in ("", *standing.titles) and each.visit in (None, standing.visit):
                yield each


def _lead(case: Case) -> str:
    return next(iter(case.parties.get("lead", ())), "")


def _of_the_year(case: Case) -> dict[str, Any]:
    """Return what a plan that the year itself opened says: the department's ordinary items."""
    if case.process not in ("joint_plan", "annual_plan"):
        return {}
    year = case.fields.get("plan_year", case.opened_at.year)
    item = _item_of_the_year(case)
    is_general = item.item_class.value == "一般"
    return {
        "plan_name": case.title,
        "plan_year": year,
        "domain": item.fields[0] if item.fields else "日常监管",
        "items": [item.item_code],
        "item_class": item.item_class.value,
        "ratio": "100%" if item.full_coverage else "3%" if is_general else "20%",
        "base_count": 2000,
        "window_start": f"{year}-04-01",
        "window_end": f"{year}-11-30",
        "participants": list(item.partners[:2]),
        "participants_allowed": True,
    }


def _item_of_the_year(case: Case) -> Item:
    """Return an item the lead has in no other plan, an ordinary one if it can be.

    A campaign that carries out the plan of the year names the item itself."""
    lead = _lead(case)
    mine = [each for each in campaigns.of(case.jurisdiction) if each.lead == lead]
    for campaign in mine:
        if campaign.plan == case.process and campaign.planned is None:
            return campaigns.items_of(campaign)[0]
    taken = {item for each in mine for item in campaigns.items_of(each)}
    own = [i for i in synthetic.items(synthetic.world(case.jurisdiction)) if i.department == lead]
    own.sort(key=lambda item: item.item_class.value != "一般")  # ordinary items first
    free = [item for item in own if item not in taken] or own
    joint = next((item for item in free if item.partners), free[0])
    if case.process == "joint_plan":
        return joint
    left = [item for item in free if item != joint] or free  # what goes jointly goes once
    return next((item for item in left if not item.partners), left[0])
