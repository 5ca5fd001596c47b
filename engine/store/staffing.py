"""Who may go: every inspector of a task's departments, what each may do, and who is left out.

The rules of the pack decide about each one; what a rule cannot decide is counted, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from engine import clock
from engine.draw import frame
from engine.draw.teams import Inspector as Drawable
from engine.registry.filters import Filters
from engine.registry.types import Inspector, Item, RegistryKind
from engine.store import registry
from engine.store.tables import assignments
from rules.language.core import facts_in
from rules.language.program import Rule
from rules.pack import Law

LEAVES_OUT = "移出可抽范围"
CERTIFIED = "certified"  # the flag of a pool's row
INSPECTOR = "检查人员"
LEADER_RULE = "组长资格"  # a name every pack supplies (common vocabulary, chapter 十三)
BROKEN = ("违反", "偏离", "冲突")
MET = ("合规", "不适用", "免除")
UNDECIDED = "待查"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One inspector of the pool; `missing` are the facts a rule lacks to decide."""

    row: frame.Row
    missing: Mapping[str, tuple[str, ...]]


def people(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Iterator[Person]:
    """Yield every inspector of the task's departments, in id order.

    A department that named some of its people brings those; the others stay at home."""
    named: Mapping[str, list[str]] = inputs["staff"]
    wanted = _items_by_department(connection, inputs)
    load = _loads(connection, inputs)
    listing = registry.select_rows(
        connection,
        inputs["jurisdiction"],
        RegistryKind.INSPECTORS,
        Filters(departments=tuple(inputs["departments"])),
    )
    day = date.fromisoformat(inputs["on"])
    for row in listing:
        assert isinstance(row, Inspector)
        chosen = named.get(row.department)
        if chosen and not {row.inspector_id, row.certificate_no} & set(chosen):
            continue
        own = wanted.get(row.department, frozenset())
        yield _person(row, own, load.get(row.inspector_id, 0), law, day)


def narrowed(
    connection: Connection, inputs: Mapping[str, Any], law: Law, found: Iterable[Person]
) -> list[str]:
    """Return a sentence per department that named too few for a team and has enough registered.

    Else whoever names staff could make chance impossible and open the door to 直接指派 (PJ 9)."""
    brought, needed = _able(found), _places(inputs)
    short = [each for each in inputs["staff"] if brought[each] < needed[each]]
    if not short:
        return []
    there = _able(people(connection, {**inputs, "staff": {}}, law))
    known = law.organisation.departments
    return [
        f"{known[each].name}所列人员中符合条件的只有 {brought[each]} 人，一个检查组需要"
        f" {needed[each]} 人，而名录库内有 {there[each]} 人：请补充所列人员，"
        "名录库足够的不得因此直接指派。"
        for each in short
        if there[each] >= needed[each]
    ]


def _able(found: Iterable[Person]) -> Counter[str]:
    """Count by department who may be drawn: certified, and left out by no rule."""
    return Counter(
        person.row.stratum
        for person in found
        if not person.row.codes and CERTIFIED in person.row.flags.split(";")
    )


def _places(inputs: Mapping[str, Any]) -> dict[str, int]:
    """Return how many of each department one team takes: one, and of the lead whatever is left."""
    lead, *others = inputs["departments"]
    return {lead: max(1, inputs["team_size"] - len(others)), **dict.fromkeys(others, 1)}


def _items_by_department(
    connection: Connection, inputs: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    """Return the items of the task by the department whose items they are."""
    found = registry.find_many(
        connection, inputs["jurisdiction"], RegistryKind.ITEMS, tuple(inputs["item_codes"])
    )
    owned: dict[str, set[str]] = {}
    for code, item in found.items():
        assert isinstance(item, Item)
        owned.setdefault(item.department, set()).add(code)
    return {department: frozenset(codes) for department, codes in owned.items()}


def _loads(connection: Connection, inputs: Mapping[str, Any]) -> dict[str, int]:
    """Return how often each inspector was sent in the task's calendar year."""
    year = int(inputs["year"])
    counted = (
        select(assignments.c.inspector_id, func.count().label("times"))
        .where(
            assignments.c.jurisdiction == inputs["jurisdiction"],
            assignments.c.opened_at >= clock.end_of_day(date(year - 1, 12, 31)),
            assignments.c.opened_at < clock.end_of_day(date(year, 12, 31)),
        )
        .group_by(assignments.c.inspector_id)
    )
    return {row.inspector_id: row.times for row in connection.execute(counted)}


def _person(row: Inspector, wanted: frozenset[str], load: int, law: Law, day: date) -> Person:
    certified = row.is_certified(day)
    held = wanted & set(row.items)
    codes, missing = _left_out(row, certified, len(wanted - held), law, day)
    drawable = Drawable(
        inspector=row.inspector_id,
        department=row.department,
        leader=certified and _may_lead(row, law, day),
        certified=certified,
        items=held,
        load=load,
    )
    found = frame.Row(
        unit=row.inspector_id, stratum=row.department, flags=drawable.flags, codes=codes
    )
    return Person(row=found, missing=missing)


def _may_lead(row: Inspector, law: Law, day: date) -> bool:
    """Return whether the pack's rule on leaders is met by this person's rank (原则上, PJ 9)."""
    if not law.has_rule(LEADER_RULE):
        return True
    facts = law.facts({"case.team_leaders": 1, "case.leader_rank": row.position_rank.value})
    return law.assess(LEADER_RULE, facts, on=day).verdict.value in MET


def _left_out(
    row: Inspector, certified: bool, lacking: int, law: Law, day: date
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the pack's rules that keep an inspector out of a draw, and those that lack facts."""
    until = row.certificate_until
    facts = law.facts(
        {
            "registry.in_inspector_registry": True,
            "registry.active": row.status.value == "有效",
            "registry.certified": certified,
            "registry.certificate_until": until.isoformat() if until else None,
            "registry.inspector_class": row.inspector_class.value,
            "registry.level": row.level or None,
            "registry.items_lacking": lacking,
            "case.objects_drawn_on": day.isoformat(),
        }
    )
    codes: list[str] = []
    missing: dict[str, tuple[str, ...]] = {}
    for name in law.rule_names:
        rule = law.rule(name, on=day)
        if rule.action == LEAVES_OUT and speaks_of(rule, INSPECTOR):
            found = law.assess(name, facts, on=day)
            if found.verdict.value in BROKEN:
                codes.append(name)
            elif found.verdict.value == UNDECIDED:
                missing[name] = found.missing
    return tuple(codes), missing


def speaks_of(rule: Rule, subject: str) -> bool:
    """Return whether a rule's conclusion is about `subject`: its terms begin with that word."""
    body = rule.conclusion.body if rule.conclusion else None
    named = facts_in(rule.condition, body)
    return any(fact.path.startswith(f"{subject}的") for fact in named)
