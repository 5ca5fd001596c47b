"""A linked pack: rules with resolved conditions, ready for every back-end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from rules.language.core import Core
from rules.language.declarations import Example, Interpretation, Pack
from rules.language.names import Names
from rules.language.place import NOWHERE, Place
from rules.verdict import Citation

# The law date each 过渡 stands for; liability is judged by the lighter of two laws.
PROCEDURE, ACT, DECISION, MILDER = "启动时版本", "行为时版本", "决定时版本", "从旧兼从轻"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What follows when the condition holds; `body` is a typed condition for 应当 and 不得."""

    kind: str  # must mustnot may deem waive
    body: Core | None = None
    name: str = ""
    instead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of a decision table as a condition, with its result."""

    condition: Core
    result: str
    detail: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTable:
    """The grid of a 决策表."""

    policy: str
    result_name: str
    columns: tuple[Core, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """One version of a rule, exception or table, with everything the text says about it."""

    name: str
    pack: str
    kind: str  # rule exception table
    strength: str | None = None
    citations: tuple[Citation, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    known_from: date | None = None  # 收录 于; None: as long as the pack itself
    transition: str = ""
    scope: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    condition: Core | None = None
    conclusion: Conclusion | None = None
    action: str | None = None
    message: str | None = None
    bases: tuple[str, ...] = ()
    prior: tuple[str, ...] = ()
    table: DecisionTable | None = None
    examples: tuple[Example, ...] = ()
    prose: str = ""
    file: str = ""
    place: Place = NOWHERE
    rewrites: str = ""  # the qualified name of the rule this one replaces
    digest: str = ""

    @property
    def qualified(self) -> str:
        """包·规则."""
        return f"{self.pack}·{self.name}"

    def in_force(self, day: date) -> bool:
        """Whether this version is law on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    @property
    def text_held(self) -> bool:
        """Whether every citation has its words, or some rest on 无原文，待法制核对."""
        return all(citation.quote is not None for citation in self.citations)


def _known(rule: Rule) -> date:
    return rule.known_from or date.min


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """All rules of a pack by name, in the order of their versions."""

    names: Names
    packs: Mapping[str, Pack] = field(default_factory=dict)  # folder -> header
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    exceptions: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)  # base name -> …
    borrowed: Mapping[str, str] = field(default_factory=dict)  # qualified name -> pack name
    all_rules: tuple[Rule, ...] = ()
    deemed_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # path -> rule names
    changes: tuple[date, ...] = ()  # days on which the law changes
    here: frozenset[str] = frozenset()  # what this jurisdiction is called
    lost: frozenset[str] = frozenset()  # names declared by texts that could not be read

    def applies(self, rule: Rule, day: date) -> bool:
        """Whether a version is law on a day in this jurisdiction (适用)."""
        return rule.in_force(day) and (not rule.scope or bool(self.here.intersection(rule.scope)))

    def standing(self, versions: Iterable[Rule], day: date) -> tuple[Rule, ...]:
        """Return the versions that are law on a day; a later known text corrects an earlier one."""
        latest: dict[str, Rule] = {}
        for rule in versions:
            before = latest.get(rule.name)
            if self.applies(rule, day) and (before is None or _known(before) < _known(rule)):
                latest[rule.name] = rule
        return tuple(latest.values())

    def in_force(self, day: date) -> tuple[Rule, ...]:
        """Return every rule, exception and table that is law on a day, in the order of the text."""
        return tuple(rule for rule in self.all_rules if self.stands(rule, day))

    def stands(self, rule: Rule, day: date) -> bool:
        """Whether a version is law on a day and none that was known later corrects it."""
        return rule in self.standing(self._named(rule), day)

    def _named(self, rule: Rule) -> tuple[Rule, ...]:
        own = self.rules.get(rule.name, ())
        return own if rule in own else (rule,)

    def exceptions_of(self, rule: Rule) -> tuple[Rule, ...]:
        """Return the exceptions of a rule; a rewritten rule keeps only its own pack's."""
        attached = self.exceptions.get(rule.name, ())
        if rule.rewrites:
            return tuple(e for e in attached if e.pack == rule.pack)
        return attached
