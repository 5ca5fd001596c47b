"""The law of a jurisdiction: what the engine asks for verdicts, due dates and conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from rules import calendar as calendars
from rules.assessment import Assessment
from rules.calendar import Calendar
from rules.errors import PackProblems, UnknownRule
from rules.facts import JSON, Facts, convert
from rules.language.condition import Condition
from rules.language.execute import Executor
from rules.language.messages import did_you_mean
from rules.language.parse import parse_condition
from rules.language.program import Program, Rule
from rules.language.resolve import Resolver
from rules.language.segment import Vocabulary
from rules.language.types import Value
from rules.organisation import Organisation
from rules.verdict import Due

MOST_READ = 4096  # words kept; a value may be long, so not many


@dataclass(frozen=True, eq=False, kw_only=True)
class Law:
    """The rules of one jurisdiction on every date, with their calendar; pure and immutable."""

    jurisdiction: str
    digest: str
    files: Mapping[str, bytes] = field(repr=False)
    calendar: Calendar
    organisation: Organisation = field(repr=False)
    program: Program = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    guests: Mapping[str, Law] = field(default_factory=dict, repr=False)  # pack name -> its law
    executor: Executor = field(repr=False)
    keyed: Mapping[str, tuple[str, ...]] = field(repr=False)
    defaults: Facts = field(repr=False)  # 缺省: what complete registers say by silence
    read: dict[tuple[str, str], Value] = field(default_factory=dict, repr=False)  # what words say
    known_at: date | None = None  # the clock of knowledge; None: everything known now

    # ------------------------------------------------------------ facts
    def facts(self, record: Mapping[str, JSON]) -> Facts:
        """Turn recorded values into typed facts; raises FactError for a value of another form."""
        terms, read = self.program.names.terms, self.read
        values, origins = dict(self.defaults.values_by_path), dict(self.defaults.origins)
        for key, value in record.items():
            if value is None:
                continue
            origin = key.split("@", 1)[0] if "@" in key else key  # with or without @…
            for path in self.keyed.get(origin, ()):
                found = read.get((path, value)) if type(value) is str else None
                values[path] = self._typed(path, value) if found is None else found
                origins[path] = terms[path].origin or path
        for guest in self.guests.values():
            more = guest.facts(record)
            values = {**more.values_by_path, **values}
            origins = {**more.origins, **origins}
        return Facts(values, origins)

    def _typed(self, path: str, value: JSON) -> Value:
        """Convert a value; words are remembered, for siblings share most of theirs."""
        names = self.program.names
        typed = convert(value, names.terms[path].type, names.enums, term=path)
        if type(value) is str:
            if len(self.read) >= MOST_READ:
                self.read.clear()
            self.read[path, value] = typed
        return typed

    def with_defaults(self, values: Mapping[str, Value]) -> Facts:
        """Return typed values (of an example, of a test) with the closed-world defaults added."""
        origins = {**self.defaults.origins, **dict.fromkeys(values, "样例")}
        return Facts({**self.defaults.values_by_path, **values}, origins)

    # ------------------------------------------------------------ answers
    def assess(
        self, rule: str, facts: Facts, *, on: date, now: datetime | None = None
    ) -> Assessment:
        """Return the verdict of a rule on a law date.

        `now` is the decision clock: only deadlines of acts that have not happened need it."""
        guest = self._guest(rule)
        if guest is not None:
            law, name = guest
            answer = law.executor.assess(name, facts, on=on, now=now, advisory=True)
            return replace(answer, rule=rule)
        return self.executor.assess(self._named(rule), facts, on=on, now=now)

    def due(self, rule: str, facts: Facts, *, on: date) -> Due:
        """Return by when a deadline rule wants its act done, from the event date alone."""
        return self.executor.due(self._named(rule), facts, on=on)

    def condition(self, text: str) -> Condition:
        """Compile a gateway condition; raises PackProblems when it does not parse or type-check."""
        expression = parse_condition(text, self.vocabulary)
        resolver = Resolver(self.program.names, "")
        core = resolver.condition(expression)
        if core is None or resolver.problems:
            raise PackProblems(resolver.problems)
        return Condition(text=text, core=core, executor=self.executor)

    # ------------------------------------------------------------ what there is
    def parameter(self, name: str, *, on: date, keys: tuple[str, ...] = ()) -> Value | None:
        """Return the value of a parameter on a day; None where the pack states none.

        A city without the number, a day before its first value and 无 are all no number: what a
        city does not state must never come from another."""
        found = self.program.names.parameters.get(self.program.names.canonical(name))
        entry = found.on(on) if found is not None else None
        return None if entry is None else entry.values.get(keys)

    def has_rule(self, name: str) -> bool:
        """Whether a rule, exception, table or borrowed rule of that name can be assessed."""
        return name in self.program.rules or self._guest(name) is not None

    @property
    def rule_names(self) -> tuple[str, ...]:
        """Everything a process may name in `rule:`, in order."""
        own = [name for name, found in self.program.rules.items() if found[0].kind != "exception"]
        return tuple(sorted({*own, *self.program.borrowed}))

    def rule(self, name: str, *, on: date | None = None) -> Rule:
        """Return the text of a rule: the version in force on a day, or the newest."""
        guest = self._guest(name)
        if guest is not None:
            return guest[0].rule(guest[1], on=on)
        versions = self.program.rules[self._named(name)]
        standing = self.program.standing(versions, on) if on is not None else ()
        return standing[0] if standing else versions[-1]

    def home_of(self, rule: str) -> Law:
        """Return the law in which a rule stands: a borrowed one in the pack that lends it."""
        guest = self._guest(rule)
        return self if guest is None else guest[0]

    def with_calendar(self, files: Mapping[str, bytes]) -> Law:
        """Return the same law with more published years."""
        calendar = calendars.load({**calendar_files(self.files), **files})
        guests = {name: guest.with_calendar(files) for name, guest in self.guests.items()}
        return replace(
            self,
            files={**self.files, **files},
            calendar=calendar,
            guests=guests,
            executor=Executor(self.program, calendar),
        )

    def _guest(self, name: str) -> tuple[Law, str] | None:
        pack = self.program.borrowed.get(name)
        guest = self.guests.get(pack) if pack is not None else None
        return (guest, name.split("·", 1)[1]) if guest is not None else None

    def _named(self, name: str) -> str:
        if name in self.program.rules:
            return name
        hint = did_you_mean(name, self.program.rules)
        raise UnknownRule(name, f"，{hint}" if hint else "")


def calendar_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the calendar files among the files of a pack."""
    return {p: content for p, content in files.items() if is_calendar(p) and p.endswith(".csv")}


def is_calendar(path: str) -> bool:
    """Whether a file belongs to the calendar, which has a version of its own."""
    return "/calendar/" in path
