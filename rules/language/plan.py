"""A rule on one law date, with the exceptions in force: what is evaluated, and its structure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rules.language.core import Core, Fact, Not, facts_in
from rules.language.decide_table import Grid
from rules.language.decision import HARD, Branch, Ending, Shape
from rules.language.program import Program, Rule

DEEPEST_EXCEPTION = 8  # exceptions to exceptions; cycles are refused when a pack is checked


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """Conditions and conclusions side by side with the rules they come from."""

    rule: Rule
    members: tuple[Rule, ...]  # whose condition each one is; for a table its rows follow
    conditions: tuple[Core | None, ...]
    owners: tuple[Rule, ...]  # whose conclusion each one is
    conclusions: tuple[Core | None, ...]  # true when the duty is met
    shape: Shape | Grid

    @cached_property
    def nodes(self) -> tuple[Core, ...]:
        """Everything that is evaluated, conditions before conclusions."""
        return tuple(node for node in (*self.conditions, *self.conclusions) if node is not None)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths of those facts."""
        return tuple(fact.path for fact in self.facts)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The distinct facts the answer can depend on."""
        return facts_in(*self.nodes)


class _Planner:
    def __init__(self, program: Program, on: date) -> None:
        self.program, self.on = program, on
        self.members: list[Rule] = []
        self.conclusions: list[tuple[str, Core | None, str, str]] = []
        self.owners: list[Rule] = []

    def branch(self, rule: Rule, base_strength: str, depth: int) -> Branch:
        """Walk a rule and, below it, the exceptions in force on the day."""
        strength = rule.strength or base_strength
        key = self._key(rule)
        conclusion = self._conclusion(rule, strength)
        below = self.program.standing(self.program.exceptions_of(rule), self.on)
        children = [self.branch(e, strength, depth + 1) for e in below if depth < DEEPEST_EXCEPTION]
        keys = {e.name: child.key for e, child in zip(below, children, strict=False)}
        settled = tuple(
            Branch(
                key=child.key,
                conclusion=child.conclusion,
                waives=child.waives,
                beats=frozenset(keys[name] for name in e.prior if name in keys),
                exceptions=child.exceptions,
            )
            for e, child in zip(below, children, strict=False)
        )
        waives = rule.conclusion is not None and rule.conclusion.kind == "waive"
        return Branch(key=key, conclusion=conclusion, waives=waives, exceptions=settled)

    def _key(self, rule: Rule) -> int:
        if rule not in self.members:
            self.members.append(rule)
        return self.members.index(rule)

    def _conclusion(self, rule: Rule, strength: str) -> int:
        """Number conclusions so that equal ones are one: two like exceptions never conflict."""
        what = rule.conclusion
        if what is None:
            found: tuple[str, Core | None, str, str] = ("waive", None, "", "")
        elif what.kind in {"must", "mustnot"}:
            found = (what.kind, what.body, "", strength)
        else:
            found = (what.kind, None, what.name, "")
        if found not in self.conclusions:
            self.conclusions.append(found)
            self.owners.append(rule)
        return self.conclusions.index(found)


def plan(program: Program, rule: Rule, on: date, *, advisory: bool = False) -> Plan:
    """Lay out a rule, or a decision table, as it stands on a law date."""
    if rule.table is not None:
        return _table_plan(rule)
    planner = _Planner(program, on)
    root = planner.branch(rule, HARD, 0)
    endings = tuple(Ending(kind, strength, name) for kind, _, name, strength in planner.conclusions)
    return Plan(
        rule=rule,
        members=tuple(planner.members),
        conditions=tuple(member.condition for member in planner.members),
        owners=tuple(planner.owners),
        conclusions=tuple(_met(kind, body) for kind, body, _, _ in planner.conclusions),
        shape=Shape(root=root, endings=endings, advisory=advisory),
    )


def _met(kind: str, body: Core | None) -> Core | None:
    """Return the condition under which a duty is met."""
    if body is None or kind == "must":
        return body
    return Not(body=body)


def _table_plan(rule: Rule) -> Plan:
    assert rule.table is not None
    rows = rule.table.rows
    return Plan(
        rule=rule,
        members=(rule,) * (len(rows) + 1),
        conditions=(rule.condition, *(row.condition for row in rows)),
        owners=(),
        conclusions=(),
        shape=Grid(
            policy=rule.table.policy, results=tuple((row.result, row.detail) for row in rows)
        ),
    )
