"""Every table of the record and its views; typed, portable between SQLite and PostgreSQL.

`events`, `leaves` and `artefacts` are the record. All else is a view or a queue that can be
rebuilt from it, except people and their sessions, which are nobody's history. The tables of the
registries stand in `engine.store.tables.registry`.
"""

from engine.store.tables import registry  # its tables belong to the same metadata
from engine.store.tables.accounts import hits, people, positions, sessions
from engine.store.tables.columns import Instant, metadata
from engine.store.tables.record import (
    artefacts,
    cases,
    confidential,
    events,
    leaves,
    personal,
    recusals,
    refusals,
    sealed,
    versions,
)
from engine.store.tables.views import (
    access_log,
    agenda,
    assignments,
    counters,
    drafts,
    incidents,
    outbox,
    publications,
    settings,
    successions,
    timers,
    work,
    worklist,
)

__all__ = [
    "Instant",
    "access_log",
    "agenda",
    "artefacts",
    "assignments",
    "cases",
    "confidential",
    "counters",
    "drafts",
    "events",
    "hits",
    "incidents",
    "leaves",
    "metadata",
    "outbox",
    "people",
    "personal",
    "positions",
    "publications",
    "recusals",
    "refusals",
    "registry",
    "sealed",
    "sessions",
    "settings",
    "successions",
    "timers",
    "versions",
    "work",
    "worklist",
]
