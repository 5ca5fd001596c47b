"""The names a diagram may use, as the modeler offers them: value, and words for people."""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.bindings import BINDINGS
from engine.catalogue import Shelf

Choice = dict[str, str]

DEADLINE = "期限"  # how the packs name the rules that say by when
MESSAGES = ("child-closed", "inspections-closed")


def offered(shelf: Shelf, processes: dict[str, str]) -> dict[str, list[Choice] | list[str]]:
    """Return every list the panel shows, sorted by name."""
    law = shelf.law
    roles = law.organisation.roles
    forms = {stem: str(json.loads(text).get("title", stem)) for stem, text in shelf.forms.items()}
    deadlines = [name for name in law.rule_names if name.endswith(DEADLINE)]
    return {
        "forms": _choices(forms.items()),
        "rules": sorted(law.rule_names),
        "services": sorted(BINDINGS),
        "deadlines": sorted(deadlines),
        "roles": sorted(roles),
        "parties": sorted({role.party for role in roles.values() if role.party}),
        "messages": list(MESSAGES),
        "processes": _choices(processes.items()),
        "facts": sorted(law.program.names.terms),
    }


def _choices(named: Iterable[tuple[str, str]]) -> list[Choice]:
    return [{"value": value, "label": label} for value, label in sorted(named)]
