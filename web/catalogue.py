"""The names a diagram may use, as the modeler offers them: value, and words for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine.bindings import BINDINGS
from engine.catalogue import Shelf
from web.language import gettext as _

Choice = dict[str, str]

DEADLINE = "期限"  # how the packs name the rules that say by when
# Parties that a place's own labels do not name; a party unknown to both keeps its code.
PARTIES: Mapping[str, Any] = {
    "concerned": _l("涉事部门"),
    "promisers": _l("承诺方"),
    "sealers": _l("封存方"),
}
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
        "parties": _choices(
            (party, _party(party, law.organisation.labels))
            for party in {role.party for role in roles.values() if role.party}
        ),
        "messages": list(MESSAGES),
        "processes": _choices(processes.items()),
        "facts": sorted(law.program.names.terms),
    }


def _party(party: str, labels: Mapping[str, str]) -> str:
    return _(labels[party]) if party in labels else str(PARTIES.get(party, party))


def _choices(named: Iterable[tuple[str, str]]) -> list[Choice]:
    return [{"value": value, "label": label} for value, label in sorted(named)]
