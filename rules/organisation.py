"""Who does what in a jurisdiction: departments, positions, roles (lanes) and channels, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.errors import PackProblems, Problem, UnknownRole
from rules.language.messages import did_you_mean

WORDS = ("position", "or_position", "also")  # what an entry of [roles] may say besides its owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """An authority: 区市场监督管理局, level 区, line 市监."""

    code: str
    name: str
    level: str = ""
    line: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Whom a lane stands for: a party of the case, a fixed department, or named persons."""

    name: str
    party: str | None = None
    department: str | None = None
    persons: str | None = None
    position: str | None = None
    or_position: str | None = None  # who may act in the role as well
    also: str | None = None  # another role whose holders may act in this one

    @property
    def positions(self) -> tuple[str, ...]:
        """Return every position that fills the role."""
        return tuple(named for named in (self.position, self.or_position) if named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where results are made public; a required one stops the publication clock."""

    code: str
    name: str
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A role filled for one case: a position in a department, or a person."""

    department: str | None = None
    position: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """organisation.toml of a jurisdiction."""

    name: str = ""
    code: str = ""
    prefix: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    positions: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()

    def bind(self, role: str, parties: Mapping[str, tuple[str, ...]]) -> tuple[Seat, ...]:
        """Return the seats a role has in a case; none while its party is not yet bound.

        Where a department's work has gone to another, the party `department:<code>` names it.
        Which of a party of persons a department sent, the party `<persons>:<code>` names."""
        bound = self.roles.get(role)
        if bound is None:
            raise UnknownRole(role)
        seats = self._held(bound, parties)
        return seats if bound.also is None else (*seats, *self.bind(bound.also, parties))

    def _held(self, bound: Role, parties: Mapping[str, tuple[str, ...]]) -> tuple[Seat, ...]:
        if bound.department is not None:
            standing = parties.get(f"department:{bound.department}", (bound.department,))
            return _seats(standing, bound)
        if bound.persons is not None:
            return _named(bound.persons, parties)
        return _seats(parties.get(bound.party or "", ()), bound)


def _seats(departments: Iterable[str], role: Role) -> tuple[Seat, ...]:
    return tuple(
        Seat(department=code, position=position)
        for code in departments
        for position in role.positions or (None,)
    )


def _named(persons: str, parties: Mapping[str, tuple[str, ...]]) -> tuple[Seat, ...]:
    """Return a seat for each person, with the department that sent them where the case says so."""
    sent_by = {
        person: name.removeprefix(f"{persons}:")
        for name, members in parties.items()
        if name.startswith(f"{persons}:")
        for person in members
    }
    named = parties.get(persons, ())
    return tuple(Seat(person=person, department=sent_by.get(person)) for person in named)


def load(content: bytes, file: str) -> Organisation:
    """Read organisation.toml; raises PackProblems naming every wrong entry."""
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackProblems([_problem(file, f"不是有效的 TOML：{error}")]) from error
    reader = _Reader(table, file)
    organisation = reader.read()
    if reader.problems:
        raise PackProblems(reader.problems)
    return organisation


class _Reader:
    def __init__(self, table: dict[str, Any], file: str) -> None:
        self.table, self.file = table, file
        self.problems: list[Problem] = []

    def read(self) -> Organisation:
        departments = {code: self._department(code) for code in self._section("departments")}
        positions = self._words("positions")
        return Organisation(
            name=self._text(self.table, "name"),
            code=self._text(self.table, "code"),
            prefix=self._text(self.table, "prefix"),
            labels=self._words("labels"),
            numbers=self._words("numbers"),
            departments=departments,
            positions=positions,
            roles={
                name: self._role(name, departments, positions) for name in self._section("roles")
            },
            channels=tuple(self._channel(entry) for entry in self.table.get("channels", [])),
        )

    def _section(self, name: str) -> dict[str, Any]:
        section = self.table.get(name, {})
        if isinstance(section, dict):
            return section
        self._wrong(f"[{name}] 应为一组键值")
        return {}

    def _text(self, table: dict[str, Any], key: str) -> str:
        value = table.get(key)
        if isinstance(value, str) and value:
            return value
        self._wrong(f"缺少“{key}”，或它不是文字")
        return ""

    def _words(self, name: str) -> dict[str, str]:
        return {key: self._text(self._section(name), key) for key in self._section(name)}

    def _department(self, code: str) -> Department:
        entry = self._section("departments")[code]
        if not isinstance(entry, dict):
            self._wrong(f"[departments.{code}] 应为一组键值")
            entry = {"name": code}
        return Department(
            code=code,
            name=self._text(entry, "name"),
            level=str(entry.get("level", "")),
            line=str(entry.get("line", "")),
            fields=tuple(map(str, entry.get("fields", ()))),
        )

    def _role(
        self, name: str, departments: Mapping[str, Department], positions: Mapping[str, str]
    ) -> Role:
        entry = self._section("roles")[name]
        if not isinstance(entry, dict):
            self._wrong(f"角色“{name}”应写成 {{ party = …, position = … }}")
            return Role(name=name)
        owners = [key for key in ("party", "department", "persons") if key in entry]
        if len(owners) != 1:
            self._wrong(f"角色“{name}”要写 party、department、persons 三者之一")
        known: tuple[tuple[str, Mapping[str, object]], ...] = (
            ("department", departments),
            ("position", positions),
            ("or_position", positions),
        )
        for key, declared in known:
            if key in entry and entry[key] not in declared:
                hint = did_you_mean(str(entry[key]), declared)
                self._wrong(f"角色“{name}”的 {key} “{entry[key]}”没有声明", hint)
        if entry.get("also", name) not in self._section("roles"):
            self._wrong(f"角色“{name}”的 also “{entry['also']}”没有声明")
        parts = {key: str(entry[key]) for key in (*owners, *WORDS) if key in entry}
        return Role(name=name, **parts)

    def _channel(self, entry: dict[str, Any]) -> Channel:
        return Channel(
            code=self._text(entry, "code"),
            name=self._text(entry, "name"),
            required=bool(entry.get("required", False)),
        )

    def _wrong(self, message: str, hint: str = "") -> None:
        self.problems.append(_problem(self.file, message, hint))


def _problem(file: str, message: str, hint: str = "") -> Problem:
    return Problem(file=file, line=1, column=1, code="organisation", message=message, hint=hint)
