"""The lists of a joint visit side by side: who filled in what, when, and what was sent back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import joint
from engine.case import Case
from engine.clock import instant
from engine.succession import STANDS_IN
from web import shown
from web.forms.schema import Field
from web.papers import attached
from web.words import Words

SHOWN_AT = frozenset(["review_lists", "record", "conclude"])  # who has to see all of them together
_ITEM = Field(path="item", title="", help="", widget="item", required=False, schema={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item in a list: what it came to, what was found, what proves it."""

    item: str
    result: str
    note: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One department's list as it counts now; without lines while nobody has handed it in."""

    department: str
    officers: str
    by: str = ""
    at: str = ""
    times: int = 0  # how often it was handed in: earlier ones stand in the history
    is_awaited: bool = False
    lines: tuple[Line, ...] = ()
    findings: str = ""
    disposition: str = ""  # how the department deals with what it found
    disposition_note: str = ""
    files: tuple[tuple[str, str], ...] = ()


def sheets(case: Case, words: Words) -> tuple[Sheet, ...]:
    """Return a sheet for every department that sent somebody; none for an ordinary visit."""
    last = {_now(case, each["department"]): each for each in joint.lists(case)}
    return tuple(_sheet(case, code, last.get(code), words) for code in joint.departments(case))


def shown_at(case: Case, element: str, words: Words) -> tuple[Sheet, ...]:
    """Return the lists where a task's page shows all of them together; none elsewhere."""
    return sheets(case, words) if element in SHOWN_AT else ()


def known(case: Case, element: str, key: str) -> Mapping[str, Any]:
    """Return what the page of one task knows: a department's own items, and its own last list."""
    if not joint.departments(case):
        return case.fields
    there = {**case.fields, "visit_departments": list(joint.departments(case))}
    if element != joint.LISTS:
        return {name: value for name, value in there.items() if name not in joint.REVIEWED}
    own = next((each for each in joint.lists(case) if _now(case, each["department"]) == key), {})
    return {**there, **own, "items": joint.items_of(case, key)}


def _sheet(case: Case, code: str, said: Mapping[str, Any] | None, words: Words) -> Sheet:
    name = shown.department(code, case.jurisdiction)
    officers = words.members(joint.officers(case, code))
    is_awaited = (joint.LISTS, code) in case.offers
    if said is None:
        return Sheet(department=name, officers=officers, is_awaited=is_awaited)
    answers = case.fields.get(f"{joint.LISTS}_answers", ())
    return Sheet(
        department=name,
        officers=officers,
        by=words.person(str(said["by"])),
        at=shown.instant(instant(str(said["list_filled_at"]))),
        times=sum(1 for each in answers if _now(case, each["department"]) == code),
        is_awaited=is_awaited,
        lines=tuple(_line(row, words) for row in said[joint.LISTED]),
        findings=str(said.get("findings", "")),
        disposition=str(said.get(joint.CHOSEN, "")),
        disposition_note=str(said.get(joint.NOTED, "")),
        files=tuple(attached(said)),
    )


def _line(row: Mapping[str, Any], words: Words) -> Line:
    result = [*row.get("codes", ()), *row.get("causes", ())]
    return Line(
        item=words.choices.words(row["item"], _ITEM, words.where),
        result="、".join(map(str, result)),
        note=str(row.get("note", "")),
        evidence=str(row.get("evidence", "")),
    )


def _now(case: Case, department: str) -> str:
    return next(iter(case.parties.get(f"{STANDS_IN}{department}", ())), department)
