"""A version is everything that decides: diagram, forms, rule pack, calendar, under one hash.

A case pins it when it opens. The manifest maps paths to content addresses, so a version can be
rebuilt from a bundle without any database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from engine import forms, history
from engine.errors import FileMissing, ProductError
from engine.forms import Form
from engine.process.definition import Definition, Node, parse
from rules import pack
from rules.pack import Law

Fetch = Callable[[str], bytes]  # content address → content; raises FileMissing

DIAGRAM = "diagram.bpmn"
FORMS = "forms/"
RULES = "rules/"


class FileDamaged(FileMissing):
    """There is a file, and its bytes are not those that were kept: as good as none, and told so."""

    code = "artefact-damaged"
    zh = "存档文件 {address} 已损坏：内容与其哈希不符，请从备份取回原件。"
    en = "The stored file {address} is damaged: it does not hash to its address. Use a backup."


class VersionMissing(ProductError):
    code = "version-missing"
    zh = "没有发布过版本 {version}，不能据以重放或办理。"
    en = "Version {version} was never released; nothing can be replayed or done under it."


@dataclass(frozen=True, kw_only=True)
class Version:
    """One pinned version, ready to run."""

    digest: str
    definition: Definition
    forms: Mapping[str, Form]
    law: Law
    manifest: Mapping[str, str]
    fetch: Fetch = field(repr=False, compare=False)
    _laws: dict[str, Law] = field(default_factory=dict, repr=False, compare=False)

    def without_memory(self) -> Version:
        """Return the same version with every move of its process to be made again, for an audit."""
        return replace(self, definition=self.definition.without_memory())

    def node(self, element: str) -> Node:
        return self.definition.nodes[element]

    def form_of(self, element: str) -> Form | None:
        """Return the form of a user task; None for a task that only needs a confirmation."""
        named = self.node(element).implementation or ""
        return self.forms.get(named.removeprefix("form:")) if named.startswith("form:") else None

    def law_with(self, calendar: Mapping[str, str]) -> Law:
        """Return the law under calendars published after the case opened (path → address)."""
        if not calendar:
            return self.law
        marker = history.address(history.canonical(dict(calendar)))
        if marker not in self._laws:
            files = {path: self.fetch(place) for path, place in calendar.items()}
            self._laws[marker] = self.law.with_calendar(files)
        return self._laws[marker]

    @cached_property
    def inherits(self) -> frozenset[str]:
        """Return the fields a case of this version takes over from its parent."""
        return frozenset(name for form in self.forms.values() for name in form.inherits)

    def clocks_over(self, element: str) -> tuple[str, ...]:
        """Return the boundary timers that run while an element is open: its own, and those of the
        sub-processes it lies in."""
        found: tuple[str, ...] = ()
        at: str | None = element
        while at is not None and at in self.definition.nodes:
            found += self.timers_of.get(at, ())
            at = self.node(at).scope
        return found

    @cached_property
    def timers_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return the boundary timers that hang on each activity."""
        found: dict[str, tuple[str, ...]] = {}
        for node in self.definition.nodes.values():
            if node.attached_to and node.kind == "timer":
                found[node.attached_to] = (*found.get(node.attached_to, ()), node.id)
        return found


def definition_of(diagram: bytes, law: Law) -> Definition:
    """Return a diagram parsed with the conditions of a law."""
    return parse(diagram, condition=law.condition)


def compose(definition: Definition, form_files: Mapping[str, bytes], law: Law) -> dict[str, bytes]:
    """Return every file of a version by its path; forms the diagram does not name stay out."""
    named = {node.implementation for node in definition.nodes.values()}
    files = {DIAGRAM: definition.source}
    files |= {
        f"{FORMS}{stem}.json": content
        for stem, content in form_files.items()
        if f"form:{stem}" in named
    }
    files |= {f"{RULES}{path}": content for path, content in law.files.items()}
    return files


def manifest_of(files: Mapping[str, bytes], jurisdiction: str) -> dict[str, str]:
    """Return path → address; the jurisdiction is part of what is hashed."""
    listed = {path: history.address(content) for path, content in files.items()}
    return {**listed, "jurisdiction": jurisdiction}


def build(manifest: Mapping[str, str], fetch: Fetch, *, law: Law | None = None) -> Version:
    """Rebuild a version from its manifest; `law` saves reading a pack that is already loaded."""
    jurisdiction = manifest["jurisdiction"]
    paths = {path: place for path, place in manifest.items() if path != "jurisdiction"}
    if law is None:
        law = pack.load(
            {p.removeprefix(RULES): fetch(a) for p, a in paths.items() if p.startswith(RULES)},
            jurisdiction,
        )
    form_files = {p: a for p, a in paths.items() if p.startswith(FORMS)}
    return Version(
        digest=digest_of(manifest),
        definition=parse(fetch(paths[DIAGRAM]), condition=law.condition),
        forms={
            (stem := path.removeprefix(FORMS).removesuffix(".json")): forms.read(stem, fetch(place))
            for path, place in form_files.items()
        },
        law=law,
        manifest=dict(manifest),
        fetch=fetch,
    )


def digest_of(manifest: Mapping[str, str]) -> str:
    """Return the hash a case pins: SHA-256 of the canonical manifest."""
    return history.address(history.canonical(dict(manifest)))


def fetch_from(files: Mapping[str, bytes]) -> Fetch:
    """Return a fetch over contents at hand, as an audit bundle holds them."""
    by_address = {history.address(content): content for content in files.values()}

    def fetch(address: str) -> bytes:
        try:
            return by_address[address]
        except KeyError:
            raise FileMissing(address=address) from None

    return fetch
