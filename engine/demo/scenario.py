"""What happens in the demonstration's year, as data: which cases open when, and special wishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.case import Case

# working days a task waits on a desk, by element, where the demonstration wants a certain pace
PATIENCE: Mapping[str, int] = {"record": 0, "upload": 0, "visit": 4}


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
        planned=(2, 2),
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
        return {}
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


def items_of(campaign: Campaign) -> tuple[str, ...]:
    """Return the first ordinary items of the lead department in the synthetic list."""
    from engine.registry import synthetic

    listed = synthetic.items(synthetic.world(campaign.jurisdiction))
    own = [
        item.item_code
        for item in listed
        if item.department == campaign.lead and item.item_class.value == "一般"
    ]
    return tuple(own[:2])
