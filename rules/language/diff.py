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
from rules.language.telling import Version, telling

if TYPE_CHECKING:
    from rules.law import Law


PRESENT, ABSENT = "有", "无"
Answer = tuple[str, str]  # the verdict, and what is deemed or may be done


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A rule whose answer changes; `witness` is a smallest case that shows it.

    A rule only one version has, and a term that is called otherwise, need no case."""

    rule: str
    before: str
    after: str
    witness: tuple[tuple[str, str], ...] = ()
    kind: str = "verdict"  # verdict rule term

    def __str__(self) -> str:
        """Render as one line."""
        if self.kind == "term":
            return f"词“{self.before}”改称“{self.after}”，来源 {self.rule} 不变"
        if self.kind == "rule":
            return f"规则“{self.rule}”" + ("是新增的" if self.before == ABSENT else "已经删去")
        case = "、".join(f"{path} = {value}" for path, value in self.witness) or "任何情形"
        return f"{self.rule}：{self.before} → {self.after}；例：{case}"


def semantic_diff(old: Law, new: Law, on: date) -> tuple[Change, ...]:
    """Return every kind of change of every rule: one witness per pair of answers."""
    renamed = _renamed(old, new)
    terms = [
        Change(rule=old.program.names.terms[one].key or "", before=one, after=other, kind="term")
        for one, other in sorted(renamed.items())
    ]
    names = sorted({*old.rule_names, *new.rule_names})
    return (*terms, *(each for name in names for each in _changes(old, new, name, on, renamed)))


def _renamed(old: Law, new: Law) -> dict[str, str]:
    """Return the facts that both versions record alike and call differently."""
    before, after = old.program.names.terms, new.program.names.terms
    fresh: dict[str, list[str]] = {}
    for path, term in after.items():
        if path not in before and term.key is not None:
            fresh.setdefault(term.key, []).append(path)
    lost = {path: term.key for path, term in before.items() if path not in after}
    return {
        path: fresh[key][0]
        for path, key in lost.items()
        if key is not None and len(fresh.get(key, ())) == 1
    }


def _changes(
    old: Law, new: Law, name: str, on: date, renamed: Mapping[str, str]
) -> Iterator[Change]:
    before, after = (_plan(law, name, on) for law in (old, new))
    if before is None or after is None:
        if before is not after:
            words = (PRESENT, ABSENT) if after is None else (ABSENT, PRESENT)
            yield Change(rule=name, before=words[0], after=words[1], kind="rule")
        return
    if _members(before) == _members(after) and _same_parameters(old, new, before, on):
        return
    one = Version(prover=Prover(old, on), nodes=tuple(before.nodes), names=renamed)
    other = Version(prover=Prover(new, on), nodes=tuple(after.nodes), names={})
    ask = _Asked(versions=(one, other), rule=name)
    seen: set[tuple[Answer, Answer]] = set()
    for case in telling((one, other)):
        pair = ask.both(case)
        if pair[0] != pair[1] and pair not in seen:
            seen.add(pair)
            first, second = _words(*pair)
            case = ask.smallest(case, pair)
            yield Change(rule=name, before=first, after=second, witness=shown(new, case))


def _words(before: Answer, after: Answer) -> tuple[str, str]:
    if before[0] != after[0]:
        return before[0], after[0]
    return f"{before[0]}“{before[1]}”", f"{after[0]}“{after[1]}”"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One rule, asked of two versions of a law."""

    versions: tuple[Version, Version]
    rule: str

    def both(self, case: Case) -> tuple[Answer, Answer]:
        one, other = self.versions
        return self._answer(one, case), self._answer(other, case)

    def _answer(self, version: Version, case: Case) -> Answer:
        prover = version.prover
        found = prover.law.assess(self.rule, Facts(version.own(case)), on=prover.on)
        return found.verdict.value, found.discretion or found.deemed or ""

    def smallest(self, case: Case, pair: tuple[Answer, Answer]) -> Case:
        kept = dict(case)
        for path in case:
            fewer = {p: v for p, v in kept.items() if p != path}
            if self.both(fewer) == pair:
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
