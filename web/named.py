"""A sentence of the domain with people's names where it has their ids."""

from __future__ import annotations

import re

from engine.store import people
from web.site import site

# ids as the edge makes them, and those of a demonstration
_ID = re.compile(r"demo-[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def named(sentence: str) -> str:
    """Put names for the ids of people; whatever else looks like one stays as it is."""
    ids = set(_ID.findall(sentence))
    if not ids:
        return sentence
    with site().store.read() as tx:
        known = people.names(tx, ids)
    return _ID.sub(lambda found: known.get(found[0], found[0]), sentence)
