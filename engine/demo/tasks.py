"""What the draws of a year open, and what is written into a plan and its task."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.case import Case
from engine.demo.campaigns import AMENDED, Campaign, items_of, of
from engine.demo.episodes import Find, Opening, led, titled

PLANS = ("joint_plan", "ad_hoc_plan", "plan_amendment")


def named_items(jurisdiction: str) -> tuple[str, ...]:
    """Return the items that a campaign names: each has a special registry of its own."""
    named = [each for each in of(jurisdiction) if each.items]
    return tuple(item.item_code for each in named for item in items_of(each))


def openings(jurisdiction: str, year: int) -> Iterator[Opening]:
    """Yield the cases of a jurisdiction's draws: each plan, and later the task it leads to."""
    for campaign in of(jurisdiction):
        yield from _plans(campaign, year)
        yield Opening(
            on=date(year, *campaign.drawn),
            jurisdiction=jurisdiction,
            process="inspection_task",
            title=campaign.task_title(year),
            department=campaign.lead,
            parent=_parent(campaign, year),
            parties={"participants": campaign.participants} if campaign.participants else {},
            fields={"lead_department": campaign.lead},
        )


def _plans(campaign: Campaign, year: int) -> Iterator[Opening]:
    plan = campaign.plan_title(year)
    if campaign.planned:
        yield Opening(
            on=date(year, *campaign.planned),
            jurisdiction=campaign.jurisdiction,
            process=campaign.plan,
            title=plan,
            department=campaign.lead,
            fields={"lead_department": campaign.lead},
        )
    if campaign.amended:
        yield Opening(
            on=date(year, *campaign.amended),
            jurisdiction=campaign.jurisdiction,
            process="plan_amendment",
            title=campaign.amendment_title(year),
            department=campaign.lead,
            parent=titled(campaign.jurisdiction, plan),
            fields={"lead_department": campaign.lead},
        )


def _parent(campaign: Campaign, year: int) -> Find:
    """Return where a task finds its plan: the latest word on it."""
    place = campaign.jurisdiction
    if campaign.planned is None:
        return led(place, campaign.plan, campaign.lead)
    is_amended = campaign.amended is not None
    return titled(
        place, campaign.amendment_title(year) if is_amended else campaign.plan_title(year)
    )


def wishes(case: Case) -> dict[str, Any] | None:
    """Return what the forms of a plan or a task say; None for any other case."""
    if case.process not in (*PLANS, "inspection_task"):
        return None
    campaign = next((one for one in of(case.jurisdiction) if one.name in case.title), None)
    return None if campaign is None else _says(campaign, case)


def _says(campaign: Campaign, case: Case) -> dict[str, Any]:
    year = case.opened_at.year
    is_amended = campaign.amended is not None and case.process != "joint_plan"
    title = campaign.plan_title(year)
    found = {
        "plan_name": title,
        "task_name": campaign.task_title(year),
        "plan_year": year,
        "domain": campaign.domain,
        "items": [item.item_code for item in items_of(campaign)],
        "item_class": items_of(campaign)[0].item_class.value,
        "ratio": campaign.amended_ratio if is_amended else campaign.ratio,
        "base_count": 2000,
        "window_start": f"{year}-03-01",
        "window_end": f"{year}-11-30",
        "task_start": f"{year}-03-01",
        "task_end": f"{year}-11-30",
        "plan_case": case.parent or "",
        "amended_plan": lambda records: records.titled(case.jurisdiction, title).number,
        **(AMENDED if case.process == "plan_amendment" else {}),
        **campaign.says,
    }
    return found | ({"participants": list(campaign.participants)} if campaign.participants else {})
