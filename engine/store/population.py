"""Which units a draw is about and why some are left out: the pack's rules over the registry.

A rule leaves units out when its 违反时 says 移出可抽范围; none is named here. The strategy may
narrow the draw by a condition of its own, under a code of its own. What cannot be decided is
explained by unit and by missing fact, so that somebody can supply it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from engine.registry.filters import Filters
from engine.registry.lists import ListKind
from engine.registry.types import Item, RegistryKind
from engine.store import registry, registry_frame, registry_lists, registry_terms
from engine.store.counters import YEAR_COUNTS
from engine.store.registry_units import Exclusion, FrameQuery
from engine.store.staffing import INSPECTOR, LEAVES_OUT, speaks_of
from rules.language import setwise
from rules.language.names import Term
from rules.language.setwise import Dialect
from rules.pack import Law

CARRIER = "行为载体"
OUT_OF_SCOPE = "策略范围以外"  # the code of a unit that the strategy itself leaves out
SHOWN = 5  # units named in a sentence
SEVERAL = 2  # a joint registry is of subjects that two departments or more regulate


def query(
    connection: Connection, inputs: Mapping[str, Any], law: Law, *, snapshot: str
) -> FrameQuery:
    """Return which units the frame takes, split how, and the rules that leave units out."""
    jurisdiction = inputs["jurisdiction"]
    kind = RegistryKind.CARRIERS if inputs["unit"] == "carrier" else RegistryKind.SUBJECTS
    owned = _items_by_department(connection, inputs)
    scopes, at_least = _scopes(connection, inputs, kind, owned)
    if scopes == ((Filters(regulators=tuple(owned)),),):
        scopes = ()  # the filter below says the same, and a million rows answer it once
    counts = _counters(law)
    return FrameQuery(
        jurisdiction=jurisdiction,
        batch=registry.latest_batch(connection, jurisdiction),
        kind=kind,
        filters=Filters(regulators=tuple(owned), carrier_types=tuple(inputs["carrier_types"])),
        scopes=scopes,
        at_least=at_least,
        stratum=inputs["stratum"],
        exclusions=tuple(_exclusions(connection, inputs, law, kind, counts)),
        snapshot=snapshot,
        counts=counts,
    )


def _items_by_department(
    connection: Connection, inputs: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    found = registry.find_many(
        connection, inputs["jurisdiction"], RegistryKind.ITEMS, tuple(inputs["item_codes"])
    )
    owned: dict[str, list[str]] = {}
    for code, item in sorted(found.items()):
        assert isinstance(item, Item)
        owned.setdefault(item.department, []).append(code)
    return {department: tuple(codes) for department, codes in sorted(owned.items())}


def _scopes(
    connection: Connection,
    inputs: Mapping[str, Any],
    kind: RegistryKind,
    owned: Mapping[str, Sequence[str]],
) -> tuple[tuple[tuple[Filters, ...], ...], int]:
    """Return the registries of the departments, and how many of them a unit must stand in.

    A task of one department: any of its items' registries. A joint one: two departments at least,
    or all of them where the strategy takes the intersection (A-20)."""
    departments = list(inputs["departments"]) if inputs["joint"] else list(owned)
    scopes = tuple(
        _special(connection, inputs, kind, department, owned.get(department, ()))
        for department in departments
    )
    if not inputs["joint"]:
        return scopes, 1
    most = len(scopes)
    return scopes, min(SEVERAL, most) if inputs["union"] else most


def _special(
    connection: Connection,
    inputs: Mapping[str, Any],
    kind: RegistryKind,
    department: str,
    items: Sequence[str],
) -> tuple[Filters, ...]:
    """Return the special registries of a department's items; without one, whom it regulates."""
    lists = [
        listed.filters
        for item in items
        if kind is RegistryKind.SUBJECTS
        for listed in registry_lists.lists(
            connection, inputs["jurisdiction"], kind=ListKind.SPECIAL, item_code=item
        )
    ]
    return tuple(lists) or (Filters(regulators=(department,)),)


# ---------------------------------------------------------------- who is left out


def _counters(law: Law) -> dict[str, str]:
    """Return which counters of the snapshot this law's terms ask for, by origin."""
    used = {term.origin for term in law.program.names.terms.values()}
    return {origin: name for origin, name in YEAR_COUNTS.items() if origin in used}


def _exclusions(
    connection: Connection,
    inputs: Mapping[str, Any],
    law: Law,
    kind: RegistryKind,
    counts: Mapping[str, str],
) -> Iterator[Exclusion]:
    """Yield the pack's rules that leave a unit out, as SQL, and the strategy's own condition.

    A fact of the task itself, such as the class of its item, is the same for every row."""
    dialect: Dialect = "sqlite" if connection.dialect.name == "sqlite" else "postgresql"
    on = date.fromisoformat(inputs["on"])
    columns = _columns(law, kind, counts, inputs["facts"])
    for name in rules(law, kind, on):
        compiled = setwise.excluded(law, name, columns, dialect=dialect, on=on)
        yield Exclusion(code=name, sql=compiled.text, params=compiled.parameters)
    if inputs["scope"]:
        condition = law.condition(inputs["scope"])
        compiled = setwise.condition(law, condition, columns, dialect=dialect, on=on)
        yield Exclusion(code=OUT_OF_SCOPE, sql=f"1 - ({compiled.text})", params=compiled.parameters)


def rules(law: Law, kind: RegistryKind, on: date) -> Iterator[str]:
    """Yield the names of the pack's rules that leave units of a kind out."""
    for name in law.rule_names:
        rule = law.rule(name, on=on)
        if rule.action != LEAVES_OUT or speaks_of(rule, INSPECTOR):
            continue
        if kind is RegistryKind.CARRIERS or not speaks_of(rule, CARRIER):
            yield name


def _columns(
    law: Law, kind: RegistryKind, counts: Mapping[str, str], facts: Mapping[str, str | bool]
) -> dict[str, str]:
    by_origin = registry_terms.columns(kind, counts)
    by_origin |= {origin: _literal(value) for origin, value in facts.items()}
    return {
        path: by_origin.get(term.origin or "") or _absent(term)
        for path, term in law.program.names.terms.items()
    }


def _absent(term: Term) -> str:
    """Return what a term without a column is: its closed-world default, else unknown."""
    return "NULL" if term.default is None else _literal(term.default is True)


def _literal(value: str | bool) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    quoted = value.replace("'", "''").replace(":", "")  # a colon would read as a parameter
    return f"CAST('{quoted}' AS VARCHAR)"


# ---------------------------------------------------------------- what a person is told


def grounds(law: Law, codes: Mapping[str, int], on: date) -> list[dict[str, Any]]:
    """Return each reason of a frame with how many units it leaves out and the clauses it rests on.

    The strategy's own condition rests on no clause but on the strategy."""
    found = []
    for code, units in sorted(codes.items()):
        rule = law.rule(code, on=on) if law.has_rule(code) else None
        found.append(
            {
                "rule": code,
                "units": units,
                "message": (rule.message if rule else None) or code,
                "clauses": [str(citation) for citation in rule.citations] if rule else [],
                "readings": [reading.text for reading in rule.interpretations] if rule else [],
            }
        )
    return found


def undecided(
    connection: Connection,
    asked: FrameQuery,
    law: Law,
    inputs: Mapping[str, Any],
    unknown: Mapping[str, int],
) -> list[str]:
    """Return one sentence per rule that cannot be decided: how many units, which, what lacks."""
    return [
        _sentence(connection, asked, law, inputs, code, number)
        for code, number in sorted(unknown.items())
        if number
    ]


def _sentence(
    connection: Connection,
    asked: FrameQuery,
    law: Law,
    inputs: Mapping[str, Any],
    code: str,
    number: int,
) -> str:
    units = registry_frame.undecided(connection, asked, code, limit=SHOWN)
    missing: dict[str, None] = {}
    for unit in units:
        missing |= dict.fromkeys(_missing(connection, asked, law, inputs, code, unit))
    named = "、".join(units) + ("等" if number > len(units) else "")
    lacking = "、".join(missing) or "所属监管对象"
    return f"规则「{code}」对 {number} 户无法判定（{named}），名录缺少：{lacking}。"


def _missing(
    connection: Connection,
    asked: FrameQuery,
    law: Law,
    inputs: Mapping[str, Any],
    code: str,
    unit: str,
) -> tuple[str, ...]:
    """Return the facts that one unit lacks for a rule or for the strategy's own condition."""
    columns = registry_terms.columns(asked.kind, asked.counts)
    held = registry_frame.values_of(connection, asked, unit, columns)
    record = {
        origin: bool(value) if origin in registry_terms.YES_OR_NO and value is not None else value
        for origin, value in held.items()
        if value is not None
    }
    facts = law.facts({_key(name): value for name, value in (record | inputs["facts"]).items()})
    if code == OUT_OF_SCOPE:
        return law.condition(inputs["scope"]).missing(facts)
    return law.assess(code, facts, on=date.fromisoformat(inputs["on"])).missing


def _key(origin: str) -> str:
    return origin.split("@", 1)[0]
