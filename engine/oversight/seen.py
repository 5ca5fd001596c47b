"""What oversight looks at: recorded events with their place in the chain, one case at a time.

Nothing here decides anything, and nothing is kept: the same histories show the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One stored event: its place, its hash, and what it says."""

    seq: int
    kind: str
    at: datetime
    actor: str
    hash: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The row of a case."""

    case_id: str
    number: str
    process: str
    jurisdiction: str
    title: str
    parent: str | None
    lead: str | None
    subject_id: str | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A case as its recorded events say it."""

    head: Head
    events: tuple[Told, ...]
    fields: Mapping[str, Any]
    said_at: Mapping[str, Told]  # field → the event that said it last
    parties: Mapping[str, tuple[str, ...]]
    verdicts: Mapping[str, str]

    @property
    def number(self) -> str:
        return self.head.number

    @property
    def department(self) -> str:
        """Return whose case it is: the lead's, else the acting department's."""
        for party in ("lead", "department"):
            if self.parties.get(party):
                return self.parties[party][0]
        return self.head.lead or ""

    def record(self, now: datetime) -> dict[str, Any]:
        """Return the facts of the case by their origin, as rules ask for them."""
        record: dict[str, Any] = {f"case.{name}": value for name, value in self.fields.items()}
        record |= {f"verdict.{rule}": verdict for rule, verdict in self.verdicts.items()}
        record |= {
            f"count.{name.removeprefix('count_')}": value
            for name, value in self.fields.items()
            if name.startswith("count_")
        }
        record["case.opened_on"] = clock.legal_day(self.head.opened_at).isoformat()
        record["clock.today"] = clock.legal_day(now).isoformat()
        return record

    def of_kind(self, kind: str) -> tuple[Told, ...]:
        return tuple(event for event in self.events if event.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """Something the registries use or regulate that no item in force covers (清单缺口)."""

    department: str
    what: str  # an item's code, or the department itself
    name: str  # "" where it is the department that lists nothing
    number: int  # subjects regulated, or rows that use the item
    case_id: str | None  # the import that says so


def gather(head: Head, events: Iterable[Told]) -> Seen:
    """Return a case from its events; a later word on a field replaces an earlier one."""
    listed = tuple(events)
    fields: dict[str, Any] = {}
    said_at: dict[str, Told] = {}
    parties: dict[str, tuple[str, ...]] = {}
    verdicts: dict[str, str] = {}
    for event in listed:
        said: dict[str, Any] = {}
        for part in ("fields", "data", "result", "stamps"):
            if event.kind not in _SAYING:
                break
            said |= event.payload.get(part) or {}
        fields |= said
        said_at |= dict.fromkeys(said, event)
        parties |= {name: tuple(ids) for name, ids in (event.payload.get("parties") or {}).items()}
        if event.kind == "rule-assessed":
            verdicts[event.payload["rule"]] = event.payload["verdict"]
    return Seen(
        head=head,
        events=listed,
        fields=fields,
        said_at=said_at,
        parties=parties,
        verdicts=verdicts,
    )


_SAYING = frozenset(
    {
        "case-opened",
        "task-completed",
        "beacon-recorded",
        "facts-supplied",
        "service-completed",
        "service-settled",
        "frame-frozen",
        "message-received",
    }
)
# what oversight reads of a history; offers, claims and comments say nothing about a duty
KINDS = (
    *sorted(_SAYING),
    "rule-assessed",
    "deadline-missed",
    "attempt-refused",
    "silence-recorded",
    "case-closed",
)
