"""The draws of a demonstration's year: who draws what, for whom, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.registry import synthetic
from engine.registry.types import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A task and the plan it carries out: a plan of its own, or what the year asks of all."""

    jurisdiction: str
    name: str
    lead: str
    domain: str
    ratio: str
    drawn: tuple[int, int]
    participants: tuple[str, ...] = ()
    items: tuple[str, ...] = ()  # by name; none: the first ordinary ones of the department
    plan: str = "joint_plan"
    planned: tuple[int, int] | None = None  # None: the plan of the year that the almanac opened
    amended: tuple[int, int] | None = None
    amended_ratio: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)

    def plan_title(self, year: int) -> str:
        return f"{year}年度{self.name}计划"

    def amendment_title(self, year: int) -> str:
        return f"{self.plan_title(year)}调整"

    def task_title(self, year: int) -> str:
        return f"{year}年度{self.name}"


SURPRISE: Mapping[str, Any] = {
    "task_kind": "临时任务",
    "surprise": True,
    "surprise_ground": "接到多起举报，提前告知可能使问题食品转移（演示）",
    "surprise_ground_given": True,
    "plan_surprise": True,
    "plan_surprise_ground": "提前公示计划可能使问题食品转移（演示）",
    "ad_hoc_reason": "近期校园周边食品投诉集中（演示）",
    "legal_basis": "《中华人民共和国食品安全法》第一百一十条",
}
CENSUS: Mapping[str, Any] = {
    "full_coverage": True,
    "full_coverage_ground": "危险化学品经营单位年度监督检查全覆盖要求（演示）",
    "full_coverage_ground_given": True,
    "object_method": "全覆盖",
}
AMENDED: Mapping[str, Any] = {
    "plan_kind": "部门联合计划",
    "amendment_reason": "一季度投诉增加，提高抽查比例（演示）",
}
SURPRISED = "校园周边食品销售临时抽查"
CENSUS_ITEM = "危险化学品经营单位安全检查"
FOOD_ITEM = "食品销售监督检查"
PHARMACY_ITEM = "药品零售企业质量管理检查"
ADVERTS_ITEM = "广告行为检查"
SOON: Mapping[str, Any] = {  # under discussion when somebody first looks in, in June
    "task_kind": "临时任务",
    "ad_hoc_reason": "暑期教育培训广告投诉集中（演示）",
    "legal_basis": "《中华人民共和国广告法》第四十九条",
}

# In hand when somebody first looks in, in June.
PHARMACIES = Campaign(
    jurisdiction="chaoyang",
    name="药品零售部门联合抽查",
    lead="samr",
    participants=("health",),
    items=(PHARMACY_ITEM,),
    domain="药品监管",
    ratio="20%",
    planned=(1, 14),
    drawn=(5, 26),
)
ADVERTS = Campaign(
    jurisdiction="chaoyang",
    name="暑期培训广告临时抽查",
    lead="samr",
    items=(ADVERTS_ITEM,),
    domain="广告监管",
    ratio="5%",
    plan="ad_hoc_plan",
    planned=(6, 10),
    drawn=(7, 6),
    says=SOON,
)

CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign(
        jurisdiction="chaoyang",
        name="餐饮服务部门联合抽查",
        lead="samr",
        participants=("fire", "health"),
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
        domain="劳动用工",
        ratio="3%",
        planned=(1, 13),
        amended=(3, 16),
        amended_ratio="4%",
        drawn=(5, 11),
    ),
    Campaign(
        jurisdiction="chaoyang",
        name=CENSUS_ITEM,
        lead="emergency",
        items=(CENSUS_ITEM,),
        domain="安全生产",
        ratio="100%",
        plan="annual_plan",
        drawn=(4, 13),
        says=CENSUS,
    ),
    Campaign(
        jurisdiction="chaoyang",
        name=SURPRISED,
        lead="samr",
        items=(FOOD_ITEM,),
        domain="食品监管",
        ratio="8%",
        plan="ad_hoc_plan",
        planned=(4, 14),
        drawn=(5, 6),
        says=SURPRISE,
    ),
    PHARMACIES,
    ADVERTS,
    Campaign(
        jurisdiction="panjin",
        name="生态环境部门联合抽查",
        lead="ecology",
        participants=("samr", "emergency"),
        domain="生态环境",
        ratio="6%",
        planned=(1, 15),
        drawn=(3, 30),
    ),
    Campaign(
        jurisdiction="panjin",
        name="文化市场部门联合抽查",
        lead="culture",
        participants=("fire",),
        domain="文化市场",
        ratio="4%",
        planned=(2, 10),
        amended=(3, 18),
        amended_ratio="5%",
        drawn=(5, 18),
    ),
    Campaign(
        jurisdiction="panjin",
        name=SURPRISED,
        lead="samr",
        items=(FOOD_ITEM,),
        domain="食品监管",
        ratio="8%",
        plan="ad_hoc_plan",
        planned=(4, 9),
        drawn=(4, 20),
        says=SURPRISE,
    ),
    Campaign(
        jurisdiction="panjin",
        name=CENSUS_ITEM,
        lead="emergency",
        items=(CENSUS_ITEM,),
        domain="安全生产",
        ratio="100%",
        plan="annual_plan",
        drawn=(5, 20),
        says=CENSUS,
    ),
    replace(PHARMACIES, jurisdiction="panjin", planned=(2, 11), drawn=(5, 25)),
    replace(ADVERTS, jurisdiction="panjin"),
)


def of(jurisdiction: str) -> tuple[Campaign, ...]:
    return tuple(each for each in CAMPAIGNS if each.jurisdiction == jurisdiction)


def items_of(campaign: Campaign) -> tuple[Item, ...]:
    """Return the items named, or the first ordinary ones of the lead department."""
    listed = synthetic.items(synthetic.world(campaign.jurisdiction))
    own = [item for item in listed if item.department == campaign.lead]
    if campaign.items:
        return tuple(item for item in own if item.name in campaign.items)
    return tuple(item for item in own if item.item_class.value == "一般")[:2]
