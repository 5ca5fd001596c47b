"""One manifest of a task: its state, and everything that has happened to it, as it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.draw.manifest import Manifest
from engine.draw.records import BeaconRecord

Fetch = Callable[[str], bytes]


class State(StrEnum):
    DRAFTED = "drafted"
    FROZEN = "frozen"
    COMMITTED = "committed"
    BEACON_KNOWN = "beacon-known"
    EXECUTED = "executed"
    DISCLOSED = "disclosed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    VOID = "void"


LIVE = frozenset({State.DRAFTED, State.FROZEN, State.COMMITTED, State.BEACON_KNOWN})
DRAWN = frozenset({State.EXECUTED, State.DISCLOSED})
CHINESE = {
    State.DRAFTED: "起草中",
    State.FROZEN: "已冻结",
    State.COMMITTED: "已登记",
    State.BEACON_KNOWN: "随机值已知",
    State.EXECUTED: "已抽取",
    State.DISCLOSED: "已公示",
    State.CANCELLED: "已撤销",
    State.SUPERSEDED: "已被替代",
    State.VOID: "已作废",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One manifest of the docket with everything that has happened to it."""

    seq: int
    state: State = State.DRAFTED
    frame: str | None = None
    manifest: Manifest | None = None
    beacon: BeaconRecord | None = None
    digest: str | None = None
    supersedes: str | None = None
    corrects: int | None = None  # seq of the executed manifest whose losses it replaces

    def document(self) -> dict[str, Any]:
        """Return the JSON form that the task's case keeps; the manifest itself goes by its hash."""
        return {
            "seq": self.seq,
            "state": self.state.value,
            "frame": self.frame,
            "manifest": self.manifest.hash if self.manifest else None,
            "beacon": self.beacon.document() if self.beacon else None,
            "digest": self.digest,
            "supersedes": self.supersedes,
            "corrects": self.corrects,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any], fetch: Fetch) -> Kept:
        """Take the JSON form back; `fetch` returns the canonical bytes of a manifest."""
        fields = dict(document)
        manifest, beacon = fields.pop("manifest"), fields.pop("beacon")
        return cls(
            **{**fields, "state": State(fields["state"])},
            manifest=Manifest.read(json.loads(fetch(manifest))) if manifest else None,
            beacon=BeaconRecord.read(beacon) if beacon else None,
        )
