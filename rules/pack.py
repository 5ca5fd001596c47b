"""A jurisdiction's law: its pack over the base, its calendar, its organisation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from rules import calendar as calendars
from rules import organisation as organisations
from rules.assessment import Assessment
from rules.calendar import Calendar
from rules.errors import PackProblems, Problem, UnknownParameter, UnknownRule
from rules.facts import JSON, Facts, convert
from rules.language.condition import Condition
from rules.language.execute import Executor
from rules.language.link import Linker
from rules.language.markdown import decode
from rules.language.messages import did_you_mean
from rules.language.parse import parse_condition, parse_text, vocabulary_of
from rules.language.program import Program, Rule
from rules.language.resolve import Resolver
from rules.language.segment import Vocabulary
from rules.language.types import Value
from rules.organisation import Organisation
from rules.verdict import Due

__all__ = ["Law", "PackProblems", "jurisdictions", "load", "read"]

BASE = "base"
SUFFIXES = (".md", ".规则", ".txt", ".toml", ".csv")
T = TypeVar("T")
BORROW = re.compile(r"^\s*借鉴\s+(\S+?)\s*·", re.MULTILINE)


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
    _keyed: Mapping[str, tuple[str, ...]] = field(repr=False)
    _defaults: Facts = field(repr=False)  # 缺省: what complete registers say by silence

    # ------------------------------------------------------------ facts
    def facts(self, record: Mapping[str, JSON]) -> Facts:
        """Turn recorded values into typed facts; raises FactError for a value of another form."""
        terms, enums = self.program.names.terms, self.program.names.enums
        values, origins = dict(self._defaults.values_by_path), dict(self._defaults.origins)
        for key, value in record.items():
            if value is None:
                continue
            for path in self._keyed.get(key.split("@", 1)[0], ()):  # with or without @…
                values[path] = convert(value, terms[path].type, enums, term=path)
                origins[path] = terms[path].origin or path
        for guest in self.guests.values():
            more = guest.facts(record)
            values = {**more.values_by_path, **values}
            origins = {**more.origins, **origins}
        return Facts(values, origins)

    def with_defaults(self, values: Mapping[str, Value]) -> Facts:
        """Return typed values (of an example, of a test) with the closed-world defaults added."""
        origins = {**self._defaults.origins, **dict.fromkeys(values, "样例")}
        return Facts({**self._defaults.values_by_path, **values}, origins)

    # ------------------------------------------------------------ answers
    def assess(
        self, rule: str, facts: Facts, *, on: date, now: datetime | None = None
    ) -> Assessment:
        """Return the verdict of a rule on a law date.

        `now` is the decision clock: only deadlines of acts that have not happened need it."""
        guest = self._guest(rule)
        if guest is not None:
            law, name = guest
            answer = law.executor.assess(law, name, facts, on=on, now=now, advisory=True)
            return replace(answer, rule=rule)
        return self.executor.assess(self, self._named(rule), facts, on=on, now=now)

    def due(self, rule: str, facts: Facts, *, on: date) -> Due:
        """Return by when a deadline rule wants its act done, from the event date alone."""
        return self.executor.due(self, self._named(rule), facts, on=on)

    def condition(self, text: str) -> Condition:
        """Compile a gateway condition; raises PackProblems when it does not parse or type-check."""
        expression = parse_condition(text, self.vocabulary)
        resolver = Resolver(self.program.names, "")
        core = resolver.condition(expression)
        if core is None or resolver.problems:
            raise PackProblems(resolver.problems)
        return Condition(text=text, core=core, law=self)

    # ------------------------------------------------------------ what there is
    def parameter(self, name: str, *, on: date, keys: tuple[str, ...] = ()) -> Value | None:
        """Return the value of a parameter on a day; None before its first day, or where 无."""
        found = self.program.names.parameters.get(self.program.names.canonical(name))
        if found is None:
            raise UnknownParameter(name)
        entry = found.on(on)
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
        if on is None:
            return versions[-1]
        return next((rule for rule in versions if rule.in_force(on)), versions[-1])

    def with_calendar(self, files: Mapping[str, bytes]) -> Law:
        """Return the same law with more published years."""
        own = {**_calendar_files(self.files), **files}
        guests = {name: guest.with_calendar(files) for name, guest in self.guests.items()}
        return replace(
            self,
            files={**self.files, **files},
            calendar=calendars.load(own),
            guests=guests,
            executor=Executor(self.program),
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


# ---------------------------------------------------------------- loading
def jurisdictions(root: Path) -> tuple[str, ...]:
    """Return the folders that have an organisation.toml: adding a city is adding a folder."""
    return tuple(sorted(path.parent.name for path in root.glob("*/organisation.toml")))


def read(root: Path, jurisdiction: str) -> Law:
    """Read a jurisdiction's folder over the base, then load; raises PackProblems."""
    return load(read_files(root, jurisdiction), jurisdiction)


def read_files(root: Path, jurisdiction: str) -> dict[str, bytes]:
    """Read the base, a jurisdiction's folder and any folder it borrows from."""
    files = _folder(root, BASE) | _folder(root, jurisdiction)
    for pack in _borrowed_packs(files):
        header = f"规则包 {pack} "
        for folder in jurisdictions(root):
            candidate = _folder(root, folder)
            if any(header in content.decode("utf-8", "replace") for content in candidate.values()):
                files |= candidate
    return files


def load(files: Mapping[str, bytes], jurisdiction: str) -> Law:
    """Build the law of a jurisdiction from the bytes of its files; raises PackProblems."""
    law, problems = examine(files, jurisdiction)
    errors = [problem for problem in problems if problem.severity == "error"]
    if law is None or errors:
        raise PackProblems(errors or problems)
    return law


def examine(
    files: Mapping[str, bytes], jurisdiction: str
) -> tuple[Law | None, tuple[Problem, ...]]:
    """Load as far as possible and return every problem of syntax, names, types and data."""
    problems: list[Problem] = []
    own = {path: content for path, content in files.items() if _belongs(path, jurisdiction)}
    program, vocabulary = _program(own, problems)
    organisation = Organisation()
    path = f"{jurisdiction}/organisation.toml"
    if path in own:
        organisation = _gather(problems, lambda: organisations.load(own[path], path), organisation)
    calendar = _gather(problems, lambda: calendars.load(_calendar_files(own)), Calendar())
    guests = _guests(files, program, jurisdiction, problems)
    law = Law(
        jurisdiction=jurisdiction,
        digest=digest(files),
        files=dict(files),
        calendar=calendar,
        organisation=organisation,
        program=program,
        vocabulary=vocabulary,
        guests=guests,
        executor=Executor(program),
        _keyed=_keyed(program),
        _defaults=_defaults(program),
    )
    return law, tuple(sorted(problems))


def digest(files: Mapping[str, bytes]) -> str:
    """Hash everything that decides except the calendar, which has its own version."""
    total = hashlib.sha256()
    for path in sorted(files):
        if not _is_calendar(path):
            total.update(f"{path}\n{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return total.hexdigest()


def _program(files: Mapping[str, bytes], problems: list[Problem]) -> tuple[Program, Vocabulary]:
    texts: dict[str, str] = {}
    for path in sorted(files):
        if path.endswith((".md", ".规则")) and "/sources/" not in path:
            text, found = decode(files[path], path)
            problems.extend(found)
            texts[path] = text
    vocabulary = Vocabulary()
    for path, text in texts.items():
        vocabulary = vocabulary | vocabulary_of(_rules_only(text, path))
    parsed = [parse_text(text, path, vocabulary) for path, text in texts.items()]
    for file in parsed:
        problems.extend(file.problems)
    linker = Linker(parsed, {path: path.split("/", 1)[0] for path in texts})
    program = linker.link()
    problems.extend(linker.problems)
    return program, vocabulary


def _rules_only(text: str, path: str) -> str:
    from rules.language.markdown import literate

    return literate(text, path).rules


def _gather(problems: list[Problem], make: Callable[[], T], otherwise: T) -> T:
    try:
        return make()
    except PackProblems as error:
        problems.extend(error.problems)
        return otherwise


def _guests(
    files: Mapping[str, bytes], program: Program, jurisdiction: str, problems: list[Problem]
) -> dict[str, Law]:
    guests: dict[str, Law] = {}
    folders = {path.split("/", 1)[0] for path in files} - {BASE, jurisdiction}
    for pack in sorted(set(program.borrowed.values())):
        for folder in sorted(folders):
            lent = {path: content for path, content in files.items() if _belongs(path, folder)}
            law, found = examine(lent, folder)
            if law is not None and any(
                header.name == pack for header in law.program.packs.values()
            ):
                guests[pack] = law
                problems.extend(p for p in found if p.file.startswith(f"{folder}/"))
        if pack not in guests:
            problems.append(_no_guest(program, pack))
    return guests


def _no_guest(program: Program, pack: str) -> Problem:
    names = [name for name, owner in program.borrowed.items() if owner == pack]
    return Problem(
        file="",
        line=1,
        column=1,
        code="undefined",
        message=f"借鉴 {names[0]}：找不到规则包“{pack}”",
        hint="规则包头写在该辖区目录的 .md 里",
    )


def _keyed(program: Program) -> dict[str, tuple[str, ...]]:
    keyed: dict[str, list[str]] = {}
    for path, term in program.names.terms.items():
        keyed.setdefault(term.key or path, []).append(path)
    return {key: tuple(paths) for key, paths in keyed.items()}


def _defaults(program: Program) -> Facts:
    closed = {path: t for path, t in program.names.terms.items() if t.default is not None}
    return Facts(
        {path: t.default for path, t in closed.items() if t.default is not None},
        {path: f"缺省：{t.default_origin}" for path, t in closed.items()},
    )


def _folder(root: Path, name: str) -> dict[str, bytes]:
    folder = root / name
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in SUFFIXES
    }


def _borrowed_packs(files: Mapping[str, bytes]) -> Iterable[str]:
    return sorted(
        {
            name
            for path, content in files.items()
            if path.endswith((".md", ".规则"))
            for name in BORROW.findall(content.decode("utf-8", "replace"))
        }
    )


def _belongs(path: str, jurisdiction: str) -> bool:
    return path.split("/", 1)[0] in {BASE, jurisdiction}


def _is_calendar(path: str) -> bool:
    return "/calendar/" in path


def _calendar_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {
        path: content
        for path, content in files.items()
        if _is_calendar(path) and path.endswith(".csv")
    }
