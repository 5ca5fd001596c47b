"""A jurisdiction's law: its pack over the base, its calendar, its organisation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from rules import calendar as calendars
from rules import organisation as organisations
from rules.calendar import Calendar
from rules.errors import PackProblems, Problem
from rules.facts import Facts
from rules.language import consequences, remains
from rules.language.execute import Executor
from rules.language.link import Linker
from rules.language.markdown import decode, literate
from rules.language.parse import ParsedFile, parse_text
from rules.language.program import Program
from rules.language.segment import Vocabulary
from rules.language.vocabulary import vocabulary_of
from rules.law import Law, calendar_files, is_calendar
from rules.organisation import Organisation

__all__ = ["Law", "PackProblems", "as_known", "jurisdictions", "load", "read"]

BASE = "base"
SUFFIXES = (".md", ".规则", ".txt", ".toml", ".csv")
T = TypeVar("T")
BORROW = re.compile(r"^\s*借鉴\s+(\S+?)\s*·", re.MULTILINE)


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


def as_known(law: Law, day: date) -> Law:
    """Return a law as it could be known on a day: texts without what was entered later (收录).

    A corrected reading is not an amended law: both answers stay available. A day before anything
    was known leaves the vocabulary alone."""
    return load(law.files, law.jurisdiction, known_at=day)


def load(files: Mapping[str, bytes], jurisdiction: str, *, known_at: date | None = None) -> Law:
    """Build the law of a jurisdiction from the bytes of its files; raises PackProblems."""
    law, problems = examine(files, jurisdiction, known_at=known_at)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise PackProblems(errors)
    return law


def examine(
    files: Mapping[str, bytes], jurisdiction: str, *, known_at: date | None = None
) -> tuple[Law, tuple[Problem, ...]]:
    """Load as far as possible and return every problem of syntax, names, types and data."""
    problems: list[Problem] = []
    own = {path: content for path, content in files.items() if _belongs(path, jurisdiction)}
    organisation = Organisation()
    path = f"{jurisdiction}/organisation.toml"
    if path in own:
        organisation = _gather(problems, lambda: organisations.load(own[path], path), organisation)
    departments = {each.name: code for code, each in organisation.departments.items()}
    program, vocabulary, parsed = _program(own, problems, known_at, departments)
    calendar = _gather(problems, lambda: calendars.load(calendar_files(own)), Calendar())
    program = replace(program, here=_here(program, jurisdiction, organisation))
    guests = _guests(files, program, jurisdiction, problems, known_at)
    law = Law(
        jurisdiction=jurisdiction,
        digest=digest(files),
        files=dict(files),
        calendar=calendar,
        organisation=organisation,
        program=program,
        vocabulary=vocabulary,
        guests=guests,
        executor=Executor(program, calendar),
        keyed=_keyed(program),
        defaults=_defaults(program),
        known_at=known_at,
    )
    problems += remains.problems(law, parsed, departments)
    return law, tuple(sorted(consequences.told(problems, program.lost)))


def _here(program: Program, jurisdiction: str, organisation: Organisation) -> frozenset[str]:
    header = program.packs.get(jurisdiction)
    own = header.jurisdiction if header is not None else None
    return frozenset(filter(None, (jurisdiction, organisation.name, own)))


def digest(files: Mapping[str, bytes]) -> str:
    """Hash everything that decides except the calendar, which has its own version."""
    total = hashlib.sha256()
    for path in sorted(files):
        if not is_calendar(path):
            total.update(f"{path}\n{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return total.hexdigest()


def _program(
    files: Mapping[str, bytes],
    problems: list[Problem],
    known_at: date | None,
    departments: Mapping[str, str],
) -> tuple[Program, Vocabulary, list[ParsedFile]]:
    texts: dict[str, str] = {}
    for path in sorted(files):
        if path.endswith((".md", ".规则")) and "/sources/" not in path:
            text, found = decode(files[path], path)
            problems.extend(found)
            texts[path] = text
    vocabulary = Vocabulary()
    for path, text in texts.items():
        vocabulary = vocabulary | vocabulary_of(literate(text, path).rules)
    parsed = [parse_text(text, path, vocabulary) for path, text in texts.items()]
    for file in parsed:
        problems.extend(file.problems)
    linker = Linker(parsed, {path: path.split("/", 1)[0] for path in texts}, known_at, departments)
    program = linker.link()
    problems.extend(linker.problems)
    return replace(program, lost=consequences.lost(parsed, files)), vocabulary, parsed


def _gather(problems: list[Problem], make: Callable[[], T], otherwise: T) -> T:
    try:
        return make()
    except PackProblems as error:
        problems.extend(error.problems)
        return otherwise


def _guests(
    files: Mapping[str, bytes],
    program: Program,
    jurisdiction: str,
    problems: list[Problem],
    known_at: date | None,
) -> dict[str, Law]:
    guests: dict[str, Law] = {}
    folders = {path.split("/", 1)[0] for path in files} - {BASE, jurisdiction}
    for pack in sorted(set(program.borrowed.values())):
        for folder in sorted(folders):
            lent = {path: content for path, content in files.items() if _belongs(path, folder)}
            law, found = examine(lent, folder, known_at=known_at)
            if any(header.name == pack for header in law.program.packs.values()):
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
