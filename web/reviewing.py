"""What a release would change, as its reviewer reads it: beside what is in force, file by file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import version
from engine.case import Case
from engine.history import address
from engine.services.releases import uploaded
from engine.store import eventstore, shelf
from engine.store.database import Connection
from engine.store.shelf import Released
from engine.version import DIAGRAM, FORMS, RULES, Version
from web.files import parts
from web.releases import PROCESS
from web.site import site

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
JURISDICTION = "jurisdiction"  # part of a manifest, and no file

File = tuple[str, str]  # address, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A form, rule file or year that differs; `sha256` where this release brings it."""

    path: str
    title: str
    kind: str
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One uploaded diagram beside the version in force, None where its process is new."""

    name: str
    file: File
    standing: Released | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything a checked upload would put in force."""

    sheets: tuple[Sheet, ...]
    unused: tuple[File, ...]  # forms that no uploaded diagram names: they come into force nowhere


def of(tx: Connection, case: Case, pinned: Version) -> Review | None:
    """Return what a release that passed its check would change; None for anything else.

    While an upload is being checked nothing is known about it."""
    if case.process != PROCESS or case.works or not case.fields.get("release_check_passed"):
        return None
    listed = case.fields.get("release_files")
    files = [named for each in listed or () if (named := parts(str(each)))]
    sheets = tuple(_sheets(tx, case, pinned, files))
    used = {change.path for sheet in sheets for change in sheet.changes}
    same = {f"{FORMS}{stem}.json": place for stem, place in case.fields["forms_in_force"].items()}
    unused = tuple(
        (place, name)
        for place, name in files
        if name.endswith(".json")
        and (path := f"{FORMS}{name}") not in used
        and same.get(path) != place
    )
    return Review(sheets=sheets, unused=unused)


def _sheets(tx: Connection, case: Case, pinned: Version, files: list[File]) -> Iterator[Sheet]:
    law = case.law(pinned)
    written = [f"{place} {name}" for place, name in files]
    diagrams, forms = uploaded(written, lambda place: eventstore.fetch(tx, place))
    places = {name: place for place, name in files}
    standing_forms: Mapping[str, str] = case.fields["forms_in_force"]
    known = {**standing_forms, **{stem: address(content) for stem, content in forms.items()}}
    rules = {f"{RULES}{path}": address(content) for path, content in law.files.items()}
    for name, source in diagrams.items():
        definition = version.definition_of(source, law)
        named = {
            str(node.implementation).removeprefix("form:") for node in definition.nodes.values()
        }
        new = {f"{FORMS}{stem}.json": place for stem, place in known.items() if stem in named}
        standing = _standing(tx, case, definition.id)
        old = dict(site().engine.shelf.get(standing.version).manifest) if standing else dict(rules)
        yield Sheet(
            name=definition.name,
            file=(places[name], name),
            standing=standing,
            changes=tuple(_changes(tx, old, {**new, **rules}, set(places.values()))),
        )


def _standing(tx: Connection, case: Case, process: str) -> Released | None:
    """Return what new cases take now; of a release that is over, what they took before it."""
    at = case.at if case.is_closed else site().now()
    rows = (
        row
        for row in shelf.released(tx, case.jurisdiction)
        if row.process == process and row.effective_at <= at and row.released_by != case.case_id
    )
    return next(rows, None)


def _changes(
    tx: Connection, old: Mapping[str, str], new: Mapping[str, str], brought: set[str]
) -> Iterator[Change]:
    for path in sorted({*old, *new} - {DIAGRAM, JURISDICTION}):
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        yield Change(
            path=path,
            title=_title(tx, path, after or before or ""),
            kind=ADDED if before is None else REMOVED if after is None else CHANGED,
            sha256=after if after in brought else "",
        )


def _title(tx: Connection, path: str, place: str) -> str:
    """Return what people call a file: a form's title, else its path."""
    if not path.startswith(FORMS):
        return path
    return str(json.loads(eventstore.fetch(tx, place)).get("title", path))
