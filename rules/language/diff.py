"""The legal diff: which cases two versions of a law judge differently, each with a witness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from rules.facts import Facts
from rules.language import core as c
from rules.language.finding import shown
from rules.language.plan import Plan
from rules.language.prover import Case, Prover
from rules.language.types import Value
from rules.verdict import Verdict

if TYPE_CHECKING:
    from rules.law import Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A rule whose answer changes; `witness` is a smallest case that shows it."""

    rule: str
    before: str
    after: str
    witness: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Render as one line."""
        case = "、".join(f"{path} = {value}" for path, value in self.witness) or "任何情形"
        return f"{self.rule}：{self.before} → {self.after}；例：{case}"


def semantic_diff(old: Law, new: Law, on: date) -> tuple[Change, ...]:
    """Return every kind of change of every rule: one witness per pair of verdicts."""
    names = sorted({*old.rule_names, *new.rule_names})
    return tuple(change for name in names for change in _changes(old, new, name, on))


def _changes(old: Law, new: Law, name: str, on: date) -> Iterator[Change]:
    before, after = (_plan(law, name, on) for law in (old, new))
    if before is None or after is None:
        if before is not after:
            present, absent = "有", "无"
            words = (present, absent) if after is None else (absent, present)
            yield Change(rule=name, before=words[0], after=words[1], witness=())
        return
    if _members(before) == _members(after) and _same_parameters(old, new, before, on):
        return
    prover = Prover(new, on)
    seen: set[tuple[Verdict, Verdict]] = set()
    for case in prover.cases([*before.nodes, *after.nodes]):
        pair = _judge(old, name, case, on), _judge(new, name, case, on)
        if pair[0] is not pair[1] and pair not in seen:
            seen.add(pair)
            small = _smallest(old, new, name, case, on, pair)
            yield Change(
                rule=name, before=pair[0].value, after=pair[1].value, witness=shown(new, small)
            )


def _plan(law: Law, name: str, on: date) -> Plan | None:
    return law.executor.plan(name, on) if name in law.program.rules else None


def _members(plan: Plan) -> list[str]:
    return [member.digest for member in plan.members]


def _same_parameters(old: Law, new: Law, plan: Plan, on: date) -> bool:
    used = {part.name for node in plan.nodes for part in c.walk(node) if isinstance(part, c.Param)}
    for name in used:
        one, other = (law.program.names.parameters.get(name) for law in (old, new))
        if one is None or other is None or one.on(on) is None or other.on(on) is None:
            return False
        first, second = one.on(on), other.on(on)
        if first is None or second is None or dict(first.values) != dict(second.values):
            return False
    return True


def _judge(law: Law, name: str, case: Mapping[str, Value], on: date) -> Verdict:
    return law.assess(name, Facts(case), on=on).verdict


def _smallest(
    old: Law, new: Law, name: str, case: Case, on: date, pair: tuple[Verdict, Verdict]
) -> Case:
    kept = dict(case)
    for path in case:
        fewer = {p: v for p, v in kept.items() if p != path}
        if (_judge(old, name, fewer, on), _judge(new, name, fewer, on)) == pair:
            kept = fewer
    return kept


# ---------------------------------------------------------------- recorded history
@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Facts of one stored case at the time a rule was asked."""

    case: str
    rule: str
    facts: Mapping[str, object]
    on: date
    now: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """How many recorded answers change, and which."""

    asked: int
    changed: tuple[tuple[str, str, str, str], ...]  # case, rule, before, after

    @property
    def counts(self) -> dict[tuple[str, str, str], int]:
        """How often each rule changes from which verdict to which."""
        found: dict[tuple[str, str, str], int] = {}
        for _, rule, before, after in self.changed:
            found[rule, before, after] = found.get((rule, before, after), 0) + 1
        return found


def backtest(old: Law, new: Law, records: Iterable[Recorded]) -> Backtest:
    """Ask two laws about recorded facts; a rule only one of them has counts as 无."""
    changed: list[tuple[str, str, str, str]] = []
    asked = 0
    for record in records:
        asked += 1
        before, after = (_answer(law, record) for law in (old, new))
        if before != after:
            changed.append((record.case, record.rule, before, after))
    return Backtest(asked=asked, changed=tuple(changed))


def _answer(law: Law, record: Recorded) -> str:
    if not law.has_rule(record.rule):
        return "无"
    facts = law.facts(record.facts)
    return law.assess(record.rule, facts, on=record.on, now=record.now).verdict.value
