"""What happens in the demonstration's year, as data: which cases open when, and special wishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.case import Case
from engine.registry import synthetic

# working days a task waits on a desk, by element, where the demonstration wants a certain pace
PATIENCE: Mapping[str, int] = {"record": 0, "upload": 0, "visit": 4}


# working days the draft of a plan of the year waits: one is reminded in time, one is late
SLOW: Mapping[tuple[str, str], int] = {("annual_plan", "culture"): 22, ("annual_plan", "tax"): 34}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case that somebody opens on a day; `parent` is looked up by its title."""

    on: date
    jurisdiction: str
    process: str
    title: str
    department: str
    position: str = "handler"
    parent: str | None = None
    parties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A joint plan and the task that carries it out."""

    jurisdiction: str
    name: str
    lead: str
    participants: tuple[str, ...]
    items: tuple[str, ...]
    domain: str
    ratio: str
    planned: tuple[int, int]
    drawn: tuple[int, int]


CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign(
        jurisdiction="chaoyang",
        name="餐饮服务部门联合抽查",
        lead="samr",
        participants=("fire", "health"),
        items=(),
        domain="餐饮服务",
        ratio="5%",
        planned=(1, 12),
        drawn=(3, 23),
    ),
    Campaign(
        jurisdiction="chaoyang",
        name="劳动用工部门联合抽查",
        lead="hrss",
        participants=("samr",),
        items=(),
        domain="劳动用工",
        ratio="3%",
        planned=(1, 13),
        drawn=(5, 11),
    ),
    Campaign(
        jurisdiction="panjin",
        name="生态环境部门联合抽查",
        lead="ecology",
        participants=("samr", "emergency"),
        items=(),
        domain="生态环境",
        ratio="6%",
        planned=(1, 15),
        drawn=(3, 30),
    ),
    Campaign(
        jurisdiction="panjin",
        name="文化市场部门联合抽查",
        lead="culture",
        participants=("samr",),
        items=(),
        domain="文化市场",
        ratio="4%",
        planned=(2, 10),
        drawn=(5, 18),
    ),
)


def openings(jurisdiction: str, year: int) -> Iterator[Opening]:
    """Yield the cases of a jurisdiction's year: each plan, and later the task it leads to."""
    for campaign in CAMPAIGNS:
        if campaign.jurisdiction != jurisdiction:
            continue
        title = f"{year}年度{campaign.name}计划"
        yield Opening(
            on=date(year, *campaign.planned),
            jurisdiction=jurisdiction,
            process="joint_plan",
            title=title,
            department=campaign.lead,
            fields={"lead_department": campaign.lead},
        )
        yield Opening(
            on=date(year, *campaign.drawn),
            jurisdiction=jurisdiction,
            process="inspection_task",
            title=f"{year}年度{campaign.name}",
            department=campaign.lead,
            parent=title,
            parties={"participants": campaign.participants},
            fields={"lead_department": campaign.lead},
        )


def wishes(case: Case) -> dict[str, Any]:
    """Return what this case's forms should say, beyond what any form would."""
    campaign = next((one for one in CAMPAIGNS if one.name in case.title), None)
    if campaign is None or case.process not in ("joint_plan", "inspection_task"):
        return _of_the_year(case)
    year = case.opened_at.year
    return {
        "plan_name": f"{year}年度{campaign.name}计划",
        "task_name": f"{year}年度{campaign.name}",
        "plan_year": year,
        "domain": campaign.domain,
        "items": list(campaign.items or items_of(campaign)),
        "item_class": "一般",
        "ratio": campaign.ratio,
        "base_count": 2000,
        "window_start": f"{year}-03-01",
        "window_end": f"{year}-11-30",
        "task_start": f"{year}-03-01",
        "task_end": f"{year}-11-30",
        "participants": list(campaign.participants),
        "plan_case": case.parent or "",
    }


def patience(process: str, lead: str | None, element: str) -> int | None:
    """Return how many working days a task of the year waits, where the demonstration says so.

    One department is reminded in time, one is late in spite of it."""
    return SLOW.get((process, lead or "")) if element == "draft" else None


def _of_the_year(case: Case) -> dict[str, Any]:
    """Return what a plan that the year itself opened says: the department's ordinary items."""
    if case.process not in ("joint_plan", "annual_plan"):
        return {}
    year = case.fields.get("plan_year", case.opened_at.year)
    lead = next(iter(case.parties.get("lead", ())), "")
    taken = {code for each in CAMPAIGNS if each.lead == lead for code in items_of(each)}
    listed = synthetic.items(synthetic.world(case.jurisdiction))
    own = [item for item in listed if item.department == lead]
    own.sort(key=lambda item: item.item_class.value != "一般")  # ordinary items first
    is_joint = case.process == "joint_plan"
    chosen = [item for item in own if bool(item.partners) is is_joint] or own
    item = next((each for each in chosen if each.item_code not in taken), chosen[0])
    return {
        "plan_name": case.title,
        "plan_year": year,
        "domain": item.fields[0] if item.fields else "日常监管",
        "items": [item.item_code],
        "item_class": item.item_class.value,
        "ratio": "3%" if item.item_class.value == "一般" else "20%",
        "base_count": 2000,
        "window_start": f"{year}-04-01",
        "window_end": f"{year}-11-30",
        "participants": list(item.partners[:2]),
        "participants_allowed": True,
        "count_overlapping_joint_items": 0,
        "count_open_joint_plans": 0,
    }


def items_of(campaign: Campaign) -> tuple[str, ...]:
    """Return the first ordinary items of the lead department in the synthetic list."""
    listed = synthetic.items(synthetic.world(campaign.jurisdiction))
    own = [
        item.item_code
        for item in listed
        if item.department == campaign.lead and item.item_class.value == "一般"
    ]
    return tuple(own[:2])
