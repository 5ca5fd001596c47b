"""What only the database can answer: freezing the frame of a draw, and counting beforehand.

Who is left out is decided by the pack's own rules, compiled to SQL; a rule is one of these when
its 违反时 says 移出可抽范围. No rule is named here.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, false, func, insert, or_, select

from engine import clock, history
from engine.bindings import Outcome
from engine.draw import frame
from engine.draw.teams import Inspector as Drawable
from engine.registry.filters import Filters
from engine.registry.types import Inspector, RegistryKind
from engine.store import registry, registry_frame, registry_terms, settings
from engine.store.registry_frame import Exclusion, FrameQuery
from engine.store.registry_tables import frame_counts
from engine.store.tables import cases
from rules.language import setwise
from rules.language.core import facts_in
from rules.language.names import Term
from rules.language.program import Rule
from rules.language.setwise import Dialect
from rules.pack import Law

LEAVES_OUT = "移出可抽范围"
INSPECTOR = "检查人员"
LEADER_RULE = "组长资格"  # a name every pack supplies (common vocabulary, chapter 十三)
YEAR_COUNTS = {
    # inspections of a subject this calendar year; a joint visit is one case and counts once
    "count.drawn_this_year@snapshot": "visits",
    # of these, the ones by the same lead for one of the same items
    "count.same_system_item_year@snapshot": "same",
}


def survey(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Count what a frame would hold and who could inspect, before anything is fixed."""
    query = _query(connection, inputs, law, snapshot="")
    found = registry_frame.survey(connection, query)
    people = list(_pool(connection, inputs, law))
    eligible = sum(1 for row in people if not row.codes)
    return Outcome(
        result={
            "count_frame_total": sum(found.listed.values()),
            "count_frame_eligible": sum(found.eligible.values()),
            "count_staff_pool": eligible,
            "count_staff_needed": inputs["team_size"],
            # the joint registry is what its filter finds: it stands when not empty
            "joint_registry_ready": sum(found.listed.values()) > 0,
            "items_active": _items_are_active(connection, inputs),
            "exclusions": dict(found.excluded),
            "undecided": dict(found.unknown),
        }
    )


def freeze_frame(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Freeze the full list, its exclusions and the pool of inspectors as files."""
    snapshot = history.address(history.canonical(dict(inputs)))[:16]
    _count_visits(connection, inputs, snapshot)
    query = _query(connection, inputs, law, snapshot=snapshot)
    out = io.BytesIO()
    frozen = frame.write(registry_frame.frame_lines(connection, query), out)
    pool_file, pool = frame.freeze(_pool(connection, inputs, law))
    return Outcome(
        result={
            "frame": frozen.document(),
            "pool": pool.document(),
            "frame_total": frozen.rows,
            "frame_eligible": sum(frozen.eligible.values()),
            "count_frame_total": frozen.rows,
            "count_frame_eligible": sum(frozen.eligible.values()),
            "counter_snapshot": snapshot,
            "registry_batch": query.batch,
            "demo_database": settings.demo_now(connection) is not None,
        },
        artefacts=(out.getvalue(), pool_file),
    )


# ---------------------------------------------------------------- the population


def _query(
    connection: Connection, inputs: Mapping[str, Any], law: Law, *, snapshot: str
) -> FrameQuery:
    jurisdiction = inputs["jurisdiction"]
    items = registry.find_many(
        connection, jurisdiction, RegistryKind.ITEMS, tuple(inputs["item_codes"])
    )
    owners = sorted({getattr(item, "department", "") for item in items.values()} - {""})
    counts = _counters(law)
    dialect: Dialect = "sqlite" if connection.dialect.name == "sqlite" else "postgresql"
    on = date.fromisoformat(inputs["on"])
    return FrameQuery(
        jurisdiction=jurisdiction,
        batch=registry.latest_batch(connection, jurisdiction),
        filters=Filters(regulators=tuple(owners)),
        stratum=inputs["stratum"],
        exclusions=tuple(exclusions(law, inputs["facts"], dialect, counts, on)),
        snapshot=snapshot,
        counts=counts,
    )


def _counters(law: Law) -> dict[str, str]:
    """Return which counters of the snapshot this law's terms ask for, by origin."""
    used = {term.origin for term in law.program.names.terms.values()}
    return {origin: name for origin, name in YEAR_COUNTS.items() if origin in used}


def exclusions(
    law: Law,
    facts: Mapping[str, str | bool],
    dialect: Dialect,
    counts: Mapping[str, str],
    on: date,
) -> Iterator[Exclusion]:
    """Yield the pack's rules that leave a subject out, as SQL over the registry's columns.

    A fact of the task itself, such as the class of its item, is the same for every row."""
    by_origin = registry_terms.columns(RegistryKind.SUBJECTS, counts)
    by_origin |= {origin: _literal(value) for origin, value in facts.items()}
    columns = {
        path: by_origin.get(term.origin or "") or _absent(term)
        for path, term in law.program.names.terms.items()
    }
    for name in law.rule_names:
        rule = law.rule(name, on=on)
        if rule.action == LEAVES_OUT and not _speaks_of(rule, INSPECTOR):
            query = setwise.excluded(law, name, columns, dialect=dialect, on=on)
            yield Exclusion(code=name, sql=query.text, params=query.parameters)


def _absent(term: Term) -> str:
    """Return what a term without a column is: its closed-world default, else unknown."""
    return "NULL" if term.default is None else _literal(term.default is True)


def _literal(value: str | bool) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    quoted = value.replace("'", "''").replace(":", "")  # a colon would read as a parameter
    return f"CAST('{quoted}' AS VARCHAR)"


def _count_visits(connection: Connection, inputs: Mapping[str, Any], snapshot: str) -> None:
    """Take the counter snapshot: each subject's inspections this year, all departments."""
    taken = select(frame_counts.c.unit_id).where(frame_counts.c.snapshot == snapshot).limit(1)
    if connection.execute(taken).first() is not None:
        return
    rows = [
        {
            "jurisdiction": inputs["jurisdiction"],
            "snapshot": snapshot,
            "name": name,
            "unit_id": row.subject_id,
            "value": row.value,
        }
        for name, narrowing in (("visits", ()), ("same", _same_matter(inputs)))
        for row in connection.execute(_counted(inputs, *narrowing))
    ]
    if rows:
        connection.execute(insert(frame_counts), rows)


def _counted(inputs: Mapping[str, Any], *narrowing: ColumnElement[bool]) -> Select[Any]:
    """Return how often each subject was inspected in the task's calendar year (A-15, A-23)."""
    year = int(inputs["year"])
    return (
        select(cases.c.subject_id, func.count().label("value"))
        .where(
            cases.c.jurisdiction == inputs["jurisdiction"],
            cases.c.process == "inspection",
            cases.c.subject_id.is_not(None),
            cases.c.opened_at >= clock.end_of_day(date(year - 1, 12, 31)),
            cases.c.opened_at < clock.end_of_day(date(year, 12, 31)),
            *narrowing,
        )
        .group_by(cases.c.subject_id)
    )


def _same_matter(inputs: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    items = [cases.c.matter.contains(f"|{code}|") for code in inputs["item_codes"]]
    return (cases.c.lead.in_(inputs["departments"][:1]), or_(false(), *items))


def _items_are_active(connection: Connection, inputs: Mapping[str, Any]) -> bool:
    wanted = tuple(inputs["item_codes"])
    found = registry.find_many(connection, inputs["jurisdiction"], RegistryKind.ITEMS, wanted)
    active = [item for item in found.values() if str(getattr(item, "status", "")) == "有效"]
    return bool(wanted) and len(active) == len(wanted)


# ---------------------------------------------------------------- the pool of inspectors


def _pool(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Iterable[frame.Row]:
    """Yield every inspector of the task's departments; the rules say who may not be drawn."""
    day = date.fromisoformat(inputs["on"])
    named: Mapping[str, list[str]] = inputs["staff"]
    listing = registry.select_rows(
        connection,
        inputs["jurisdiction"],
        RegistryKind.INSPECTORS,
        Filters(departments=tuple(inputs["departments"])),
    )
    for row in listing:
        assert isinstance(row, Inspector)
        wanted = named.get(row.department)
        if wanted and not {row.inspector_id, row.certificate_no} & set(wanted):
            continue
        yield _drawable(row, law, day)


def _drawable(row: Inspector, law: Law, day: date) -> frame.Row:
    certified = row.is_certified(day)
    person = Drawable(
        inspector=row.inspector_id,
        department=row.department,
        leader=certified and _may_lead(row, law, day),
        certified=certified,
        items=frozenset(),
    )
    return frame.Row(
        unit=row.inspector_id,
        stratum=row.department,
        flags=person.flags,
        codes=tuple(_left_out(row, certified, law, day)),
    )


def _may_lead(row: Inspector, law: Law, day: date) -> bool:
    """Return whether the pack's rule on leaders is met by this person's rank (原则上, PJ 9)."""
    if not law.has_rule(LEADER_RULE):
        return True
    facts = law.facts({"case.team_leaders": 1, "case.leader_rank": row.position_rank.value})
    return law.assess(LEADER_RULE, facts, on=day).verdict.value in ("合规", "不适用", "免除")


def _left_out(row: Inspector, certified: bool, law: Law, day: date) -> Iterator[str]:
    """Yield the pack's rules that keep an inspector out of a draw on a day."""
    facts = law.facts(
        {
            "registry.in_inspector_registry": True,
            "registry.active": row.status.value == "有效",
            "registry.certified": certified,
            "registry.certificate_until": row.certificate_until.isoformat()
            if row.certificate_until
            else None,
            "registry.inspector_class": row.inspector_class.value,
            "case.objects_drawn_on": day.isoformat(),
        }
    )
    for name in law.rule_names:
        rule = law.rule(name)
        if rule.action == LEAVES_OUT and _speaks_of(rule, INSPECTOR):
            found = law.assess(name, facts, on=day)
            if found.verdict.value in ("违反", "偏离"):
                yield name


def _speaks_of(rule: Rule, subject: str) -> bool:
    """Return whether a rule's conclusion is about `subject`: its terms begin with that word."""
    body = rule.conclusion.body if rule.conclusion else None
    named = facts_in(rule.condition, body)
    return any(fact.path.startswith(f"{subject}的") for fact in named)
