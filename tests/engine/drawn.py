"""A diagram drawn for one test, released to an office, and a case of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine import catalogue, config, version
from engine.commands import SYSTEM, OpenCase
from engine.store import shelf
from tests.engine.office import Office


def opened(
    office: Office,
    process: str,
    source: bytes,
    *,
    forms: Mapping[str, Any] | None = None,
    parties: Mapping[str, tuple[str, ...]] | None = None,
) -> UUID:
    """Release the diagram `source` under the law of Chaoyang and open a case of it."""
    law = catalogue.shipped(config.WORKFLOWS, config.PACKS, "chaoyang").law
    written = {name: json.dumps(schema).encode() for name, schema in (forms or {}).items()}
    with office.engine.store.write() as connection:
        shelf.release(
            connection,
            version.compose(version.definition_of(source, law), written, law),
            jurisdiction="chaoyang",
            process=process,
            name=process,
            effective_at=office.hand.moment,
            released_by=None,
            stored_at=office.hand.moment,
        )
    case_id = office.hand.new_id()
    office.engine.handle(
        OpenCase(
            case_id=case_id,
            actor=SYSTEM,
            process=process,
            jurisdiction="chaoyang",
            title=process,
            parties=parties or {},
        )
    )
    return case_id
