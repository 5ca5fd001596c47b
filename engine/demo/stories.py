"""The special cases of a demonstration's year: told once, for both cities with their own names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.demo import campaigns
from engine.demo.cities import City, of
from engine.demo.episodes import Attempt, Episode, Find, Opening, TakenUp

CRIME, LATE, ACCIDENT = 1, 2, 3  # which inspection of the first task each story is about
HARMED = "液化气泄漏引起燃爆，一人轻伤（演示）"


def openings(jurisdiction: str, year: int) -> Iterator[Opening | TakenUp]:
    """Yield what people open in one city besides plans and draws."""
    for city in of(jurisdiction):
        yield Opening(
            on=date(year, 4, 16),
            jurisdiction=jurisdiction,
            process="lead",
            title=city.complaint,
            department=city.lead,
        )
        yield from _after_the_accident(city, year)
        yield TakenUp(
            on=date(year, 6, 2),
            jurisdiction=jurisdiction,
            branch=city.unpublished,
            case=city.visit(year, LATE),
            department=city.pursued_by[0],
            position=city.pursued_by[1],
        )


def _after_the_accident(city: City, year: int) -> Iterator[Opening]:
    """Where a regulation knows exemptions, the incident opens one; else the business is visited."""
    if not city.has_exemption:
        yield Opening(
            on=date(year, 5, 21),
            jurisdiction=city.jurisdiction,
            process="non_random_inspection",
            title=_accident_title(year),
            department=city.lead,
        )
        return
    for title, day in ((_accident_title(year), (5, 21)), (_quality_title(year), (5, 28))):
        yield Opening(
            on=date(year, *day),
            jurisdiction=city.jurisdiction,
            process="exemption",
            title=title,
            department="office",
        )


def _accident_title(year: int) -> str:
    return f"{year}年检查过的单位发生燃爆事故"


def _quality_title(year: int) -> str:
    return f"{year}年检查过的单位出现质量问题"


def episodes(jurisdiction: str, year: int) -> Iterator[Episode]:
    """Yield how the special cases of one city go."""
    for city in of(jurisdiction):
        yield from _visits(city, year)
        yield from _complaint(city)
        yield from _accident(city, year)
        yield from _tried(city, year)
        yield Episode(
            jurisdiction=jurisdiction,
            process="accountability",
            says={"person_concerned": [city.person_concerned], "defence_ground": "不申辩"},
        )


def _visits(city: City, year: int) -> Iterator[Episode]:
    def visit(place: int, process: str = "inspection", **story: Any) -> Episode:
        return Episode(
            jurisdiction=city.jurisdiction,
            process=process,
            of=city.title(year),
            visit=place,
            **story,
        )

    yield visit(
        CRIME,
        says={
            "has_problem": True,
            "disposition": "移送",
            "disposition_note": "线索和证据移送公安机关（演示）",
            "suspected_crime": True,
            "suspected_crime_basis": "现场查获禁用物质，涉嫌犯罪（演示）",
        },
    )
    yield visit(
        CRIME,
        "transfer",
        says={"transfer_kind": "涉嫌犯罪", "receiver": "police"},
        waits={"draft": 0, "approve": 0, "send": 0},
    )
    yield visit(
        LATE, says={"has_problem": False, "sends_back": True}, waits={"receipt": city.late_by}
    )
    yield visit(ACCIDENT, says={"has_problem": False, "sends_back": False})


def _complaint(city: City) -> Iterator[Episode]:
    yield Episode(
        jurisdiction=city.jurisdiction,
        process="lead",
        of=city.complaint,
        says={
            "lead_source": "投诉举报",
            "lead_text": f"群众{city.complaint}（演示）",
            "informant": "王先生（演示）",
            "informant_contact": "0000-0000000",
            "lead_outcome": "立即检查",
            "subject_id": lambda records: _complained(city, records).subject_id,
            "subject_name": lambda records: _complained(city, records).name,
        },
    )
    yield Episode(
        jurisdiction=city.jurisdiction,
        process="non_random_inspection",
        of=city.complaint,
        says={"origin": "投诉举报", "has_problem": True, "disposition": "责令改正"},
        tries=(Attempt(element="apply", department=city.lead, says=city.misapplied),),
    )


def _complained(city: City, records: Any) -> Any:
    return records.business(city.jurisdiction, "餐饮服务")


def _accident(city: City, year: int) -> Iterator[Episode]:
    visit = city.visit(year, ACCIDENT)
    if not city.has_exemption:
        yield Episode(
            jurisdiction=city.jurisdiction,
            process="non_random_inspection",
            of=_accident_title(year),
            says={
                **_business_of(visit),
                "origin": "转办交办",
                "urgent": True,
                "urgent_reason": HARMED,
                "has_problem": False,
            },
            waits={"apply": 0, "visit": 0},
        )
        return
    yield Episode(
        jurisdiction=city.jurisdiction,
        process="exemption",
        of=_accident_title(year),
        says={
            **_incident(city, visit, date(year, 5, 20)),
            "incident_kind": "事故",
            "incident_text": HARMED,
            "e3_no_causation": True,
            "exemption_decision": "具备免责情形",
        },
    )
    yield Episode(
        jurisdiction=city.jurisdiction,
        process="exemption",
        of=_quality_title(year),
        says={
            **_incident(city, city.visit(year, LATE), date(year, 5, 27)),
            "incident_kind": "产品或者服务质量问题",
            "exemption_decision": "不具备免责情形",
        },
        tries=(
            Attempt(
                element="claim",
                department=city.lead,
                position="head",
                says={"e1_duty_performed": True},
            ),
        ),
    )


def _business_of(visit: Find) -> dict[str, Any]:
    def field(name: str) -> Any:
        return lambda records: records.state(visit(records)).fields[name]

    return {name: field(name) for name in ("subject_id", "subject_name")}


def _incident(city: City, visit: Find, day: date) -> dict[str, Any]:
    return {
        **_business_of(visit),
        "incident_on": day.isoformat(),
        "concerned_department": city.lead,
    }


def _tried(city: City, year: int) -> Iterator[Episode]:
    """A participant writes the lead's strategy; somebody looks at the list of a surprise."""
    yield Episode(
        jurisdiction=city.jurisdiction,
        process="inspection_task",
        of=city.title(year),
        tries=(Attempt(element="strategy", department=city.intruder),),
    )
    yield Episode(
        jurisdiction=city.jurisdiction,
        process="inspection",
        of=f"{year}年度{campaigns.SURPRISED}",
        visit=1,
        tries=(Attempt(element="visit", department="fire", at_sealed=True),),
    )
