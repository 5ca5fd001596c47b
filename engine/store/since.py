"""What a freeze changed against the last published one of the same items.

Padding a list with shells, dropping a friend or re-classing a risk is named before chance is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from engine import history
from engine.draw import evidence, frame
from engine.store import eventstore
from engine.store.tables import publications

LOOKED_AT = 500  # manifests, newest first; an older freeze is none to compare with


def last_freeze(
    connection: Connection, inputs: Mapping[str, Any], content: bytes
) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """Return the counts of the difference and its file; nothing where there is no earlier freeze.

    Only what is public is looked at, so a surprise that is still sealed tells nothing."""
    found = next(_published(connection, inputs), None)
    if found is None:
        return {}, ()
    number, place = found
    named = frame.difference(frame.Lines(eventstore.fetch(connection, place)), frame.Lines(content))
    # one unit a line, so that whoever checks it is told where a byte was altered
    file = evidence.encode({"since": number, "frame": place, **named})
    counts = {name: len(units) for name, units in named.items()}
    return {"since": number, **counts, "file": history.address(file)}, (file,)


def _published(connection: Connection, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield number and frame of the published manifests over the same items, newest first."""
    listed = connection.execute(
        select(publications.c.number, publications.c.body)
        .where(
            publications.c.kind == "manifest",
            publications.c.jurisdiction == inputs["jurisdiction"],
        )
        .order_by(publications.c.published_at.desc(), publications.c.number.desc())
        .limit(LOOKED_AT)
    )
    wanted = sorted(inputs["item_codes"])
    for row in listed:
        said = json.loads(row.body)
        if sorted(said.get("items", ())) != wanted or "manifest_hash" not in said:
            continue
        manifest = json.loads(eventstore.fetch(connection, said["manifest_hash"]))
        if manifest["unit"] == inputs["unit"] and manifest["replaces"] is None:
            yield row.number, manifest["frame"]
