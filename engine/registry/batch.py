"""One import that counts: its number, the file it came from, its root and its counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.history import Json
from engine.registry.types import RegistryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A registry batch (名录批次) as its event and its row in the store describe it.

    `root` covers every row of this registry once the batch counts, not only the new ones."""

    jurisdiction: str
    number: int
    kind: RegistryKind
    file: str  # SHA-256 of the imported file
    filename: str
    applied_at: datetime
    applied_by: str
    root: str = ""
    case_id: str | None = None
    source: str = ""
    snapshot_on: date | None = None
    added: int = 0
    removed: int = 0
    changed: int = 0
    rows: int = 0

    def facts(self) -> Mapping[str, Json]:
        """Return what the batch event records: enough to find and to verify the row set."""
        return {
            "jurisdiction": self.jurisdiction,
            "batch": self.number,
            "kind": self.kind.value,
            "file": self.file,
            "filename": self.filename,
            "root": self.root,
            "source": self.source,
            "snapshot_on": self.snapshot_on.isoformat() if self.snapshot_on else None,
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "rows": self.rows,
        }
