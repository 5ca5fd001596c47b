"""What the stories of a demonstration are called in each city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.demo.episodes import Find, visited


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What the same stories are called in one city."""

    jurisdiction: str
    task: str  # the first joint task, without its year
    lead: str
    intruder: str  # a participant that tries what is the lead's alone
    complaint: str
    unpublished: str  # the ground of 追责 for a late result
    late_by: int  # working days it lies about before it is published
    misapplied: Mapping[str, Any]  # how the complaint is first written, against the rules
    person_concerned: str
    pursued_by: tuple[str, str]
    has_exemption: bool

    def title(self, year: int) -> str:
        return f"{year}年度{self.task}"

    def visit(self, year: int, place: int) -> Find:
        return visited(self.jurisdiction, self.title(year), place)


CITIES: tuple[City, ...] = (
    City(
        jurisdiction="chaoyang",
        task="餐饮服务部门联合抽查",
        lead="samr",
        intruder="health",
        complaint="举报“餐具清洗消毒不合格”",
        unpublished="L09",
        late_by=9,
        misapplied={"campaign": "专项整治"},
        person_concerned="cy-samr-handler1",
        pursued_by=("justice", "auditor"),
        has_exemption=True,
    ),
    City(
        jurisdiction="panjin",
        task="生态环境部门联合抽查",
        lead="ecology",
        intruder="samr",
        complaint="举报“夜间排放油烟”",
        unpublished="PJ-12",
        late_by=14,
        misapplied={"items_listed": False},
        person_concerned="pj-ecology-handler1",
        pursued_by=("justice", "auditor"),
        has_exemption=False,
    ),
)


def of(jurisdiction: str) -> tuple[City, ...]:
    """Return the city of a jurisdiction; one without stories has none."""
    return tuple(city for city in CITIES if city.jurisdiction == jurisdiction)
