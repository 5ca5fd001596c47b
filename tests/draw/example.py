"""A small task in Chaoyang, from frozen lists to the result: what the draw's tests start from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

from engine.draw import beacon, execution, frame, recusals
from engine.draw.manifest import Manifest, Method, Mode, build
from engine.draw.records import BeaconRecord, Entry, record
from engine.draw.reveals import Reveal
from engine.draw.sizes import Bounds, SmallBase, Tier, sizes
from engine.draw.teams import Inspector
from engine.draw.terms import Assignment, Slot

CUTOFF = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
REVEAL_BY = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)
AT, BY = "2026-07-01T01:00:00Z", "2026-07-01T09:00:00Z"
DICE = "31624 15263 66142 53124 11623 45216 35264"
MEETING = beacon.dice("CY-2026-07-01", at=AT, by=BY)
LOTTERY = beacon.lottery(
    "ssq:2026076",
    "dlt:2026075",
    "ssq:2026077",
    "dlt:2026076",
    at="2026-07-02T14:00:00Z",
    by="2026-07-20T14:00:00Z",
)
TIERS = (
    Tier(stratum="A", ratio=Fraction(3, 100)),
    Tier(stratum="B", ratio=Fraction(1, 20)),
    Tier(stratum="C", ratio=Fraction(1, 10)),
    Tier(stratum="D", ratio=Fraction(1, 5)),
)
BOUNDS = Bounds(low=Fraction(3, 100), high=Fraction(1, 5))
SALT = sha256(b"recusals").hexdigest()


def subjects(count: int = 200) -> list[frame.Row]:
    """Every 17th has gone out of business, every 23rd needs a second certificate."""
    return [
        frame.Row(
            f"91220104MA{number:08d}",
            "ABCD"[number % 10 // 3],
            "item=SC-012;item=SC-013" if number % 23 == 0 else "",
            ("停业",) if number % 17 == 3 else (),
        )
        for number in range(count)
    ]


def inspectors(count: int = 30) -> list[Inspector]:
    return [
        Inspector(
            inspector=f"P{number:03d}",
            department="samr" if number % 2 else "fire",
            leader=number % 3 != 1,
            certified=number % 6 != 5,
            items=frozenset(["SC-012", "SC-013"][: 1 + number % 2]),
            load=number % 4,
        )
        for number in range(count)
    ]


def pool_rows(people: Sequence[Inspector]) -> list[frame.Row]:
    return [
        frame.Row(
            p.inspector, p.department, p.flags, ("证件过期",) if p.inspector == "P000" else ()
        )
        for p in people
    ]


def reveal(party: str) -> Reveal:
    return Reveal(
        party=party,
        salt=sha256(f"salt {party}".encode()).hexdigest(),
        value=sha256(f"value {party}".encode()).hexdigest(),
    )


@dataclass(kw_only=True)
class Task:
    """One task's frozen lists and its manifest; `run` draws it."""

    manifest: Manifest
    listing: bytes
    pool: bytes = b""
    reveals: list[Reveal] = field(default_factory=list)
    random_value: BeaconRecord | None = None
    avoid: dict[str, Any] = field(default_factory=dict)

    def objects(self, **extra: Any) -> dict[str, Any]:
        return execution.draw_objects(
            self.manifest.document(),
            frame.Lines(self.listing),
            [entry.document() for entry in self.reveals],
            self.random_value.document() if self.random_value else None,
            **extra,
        )

    def inspectors(self, result: dict[str, Any]) -> dict[str, Any]:
        return execution.draw_inspectors(
            self.manifest.document(),
            result,
            frame.Lines(self.listing),
            frame.Lines(self.pool),
            self.avoid,
        )


def task(
    *,
    rows: Sequence[frame.Row] | None = None,
    people: Sequence[Inspector] | None = None,
    teams: int = 4,
    rounds: Sequence[beacon.Round] = (MEETING, LOTTERY),
    parties: Sequence[str] = ("公证处", "行业协会"),
    policy: SmallBase = SmallBase.DRAW_ONE,
    bounds: Bounds | None = BOUNDS,
    tiers: Sequence[Tier] = TIERS,
    method: Method = Method.DRAW,
    mode: Mode = Mode.OPEN,
    demo: bool = False,
    avoid: Sequence[tuple[str, str]] = (("91220104MA00000009", "P001"),),
    thrown_text: str | None = None,
    slots: Sequence[Slot] = (Slot(department="samr", leader=True), Slot(department="fire")),
    **rest: Any,
) -> Task:
    """Return a drawn-ready task: manifest committed, reveals in, dice thrown."""
    listing, frozen = frame.freeze(rows if rows is not None else subjects())
    pool, assignment = b"", None
    if teams:
        pool, staff = frame.freeze(pool_rows(people if people is not None else inspectors()))
        assignment = Assignment(
            pool=staff.document(),
            slots=tuple(slots),
            teams=teams,
            items=("SC-012",),
            recusals=recusals.commitment(SALT, avoid),
        )
    opened = [reveal(party) for party in parties]
    manifest = build(
        **{
            "task": "CY-2026-RW-0007",
            "seq": 1,
            "initiator": "samr",
            "strategy_by": "samr",
            "frame": frozen,
            "sizes": sizes(frozen.listed, frozen.eligible, tiers, bounds=bounds, policy=policy),
            "rules_version": "a" * 64,
            "counter_snapshot": "名录批次 12",
            "cutoff": CUTOFF,
            "beacon_rule": rounds,
            "reveal_commits": [entry.commit for entry in opened],
            "reveal_by": REVEAL_BY if parties else None,
            "demo_database": demo,
            "assignment": assignment,
            "method": method,
            "mode": mode,
            **rest,
        }
    )
    return Task(
        manifest=manifest,
        listing=listing,
        pool=pool,
        reveals=opened,
        random_value=thrown(manifest, thrown_text) if rounds else None,
        avoid={"salt": SALT, "pairs": [list(pair) for pair in avoid]},
    )


def thrown(manifest: Manifest, text: str | None = None) -> BeaconRecord:
    """Two people enter the value of the first round at its time."""
    first = manifest.beacon_rule[0]
    value = text or (beacon.demo_value(first.name) if first.source == "demo" else DICE)
    return record(
        manifest,
        Entry(person="p1", text=value),
        Entry(person="p2", text=value),
        at=first.at,
        published="抽签笔录 2026-07-01",
    )
