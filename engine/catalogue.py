"""What ships with the product: diagrams and forms on disk, and every name a diagram may use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import bindings, version
from engine.process.definition import Definition
from engine.process.naming import Names
from rules import pack
from rules.pack import Law

COMMON = "common"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The shipped files of one jurisdiction: its own diagrams win over the common ones."""

    jurisdiction: str
    law: Law
    diagrams: Mapping[str, bytes]  # file stem → BPMN
    forms: Mapping[str, bytes]  # file stem → JSON Schema

    def definition(self, stem: str) -> Definition:
        """Return the parsed diagram of a file stem."""
        return version.definition_of(self.diagrams[stem], self.law)

    def files_of(self, definition: Definition) -> dict[str, bytes]:
        """Return every file of the version that a diagram makes with these forms and this law."""
        return version.compose(definition, self.forms, self.law)


def shipped(workflows: Path, packs: Path, jurisdiction: str) -> Shelf:
    """Read what ships for a jurisdiction."""
    diagrams: dict[str, bytes] = {}
    for folder in (COMMON, jurisdiction):
        for place in sorted((workflows / folder).glob("*.bpmn")):
            diagrams[place.stem] = place.read_bytes()
    forms = {
        place.stem: place.read_bytes() for place in sorted((workflows / "forms").glob("*.json"))
    }
    return Shelf(
        jurisdiction=jurisdiction,
        law=pack.read(packs, jurisdiction),
        diagrams=diagrams,
        forms=forms,
    )


def _bound(form: bytes) -> tuple[str, ...]:
    """Return the parties a form binds; a file that is no form yet binds none."""
    try:
        found = json.loads(form).get("x-parties", {})
        return tuple(map(str, found.values()))
    except (ValueError, AttributeError):
        return ()


def names(law: Law, forms: Mapping[str, bytes]) -> Names:
    """Return every form, rule, function and role a diagram may name, and how conditions compile."""
    return Names(
        forms=frozenset(forms),
        rules=frozenset(law.rule_names),
        bindings=frozenset(bindings.BINDINGS),
        roles=frozenset(law.organisation.roles),
        parties=frozenset(
            party for role in law.organisation.roles.values() if (party := role.party)
        )
        | frozenset(party for content in forms.values() for party in _bound(content)),
        condition=law.condition,
    )
