"""What only the database can answer: freezing the frame of a draw, and counting beforehand.

A freeze guesses nothing: while a rule cannot be decided for somebody, nothing is frozen.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from typing import Any

from sqlalchemy import Connection

from engine import history
from engine.bindings import Outcome
from engine.draw import frame, recusals
from engine.errors import ProductError
from engine.registry.types import RegistryKind
from engine.store import (
    avoidance,
    counters,
    population,
    registry,
    registry_frame,
    registry_lines,
    settings,
    since,
    staffing,
)
from engine.store.registry_units import FrameQuery
from rules.pack import Law


class Undecided(ProductError):
    """The registry lacks facts that decide who may be drawn."""

    code = "frame-undecided"
    zh = "名录不能冻结：{sentences}请在名录中补充后，冻结自动重新进行。"
    en = "The frame cannot be frozen, because facts are missing: {sentences}"


def survey(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Count what a frame would hold and who could inspect, before anything is fixed."""
    snapshot = f"survey-{_named(inputs)}"
    counters.take(connection, inputs, snapshot)
    asked = population.query(connection, inputs, law, snapshot=snapshot)
    found = registry_frame.survey(connection, asked)
    people = list(staffing.people(connection, inputs, law))
    sentences = [
        *population.undecided(connection, asked, law, inputs, found.unknown),
        *_undecided_people(people),
        *staffing.narrowed(connection, inputs, law, people),
    ]
    counters.drop(connection, snapshot)
    left_out = sorted((rule, number) for rule, number in found.excluded.items() if number)
    return Outcome(
        result={
            "count_frame_total": sum(found.listed.values()),
            "count_frame_eligible": sum(found.eligible.values()),
            "count_frame_out_of_scope": found.excluded.get(population.OUT_OF_SCOPE, 0),
            "count_staff_pool": sum(1 for person in people if not person.row.codes),
            "count_staff_needed": inputs["team_size"],
            # the joint registry is what its filter finds: it stands when not empty
            "joint_registry_ready": sum(found.listed.values()) > 0,
            "items_active": _items_are_active(connection, inputs),
            "exclusions": dict(found.excluded),
            "exclusion_lines": [f"依“{rule}”排除 {number} 户" for rule, number in left_out],
            "undecided": dict(found.unknown),
            "undecided_text": "".join(sentences),
            "eligibility_decided": not sentences,
        }
    )


def freeze_frame(connection: Connection, inputs: Mapping[str, Any], law: Law) -> Outcome:
    """Freeze the full list, its exclusions, the pool of inspectors and who must not meet whom."""
    counters.wait_for_turn(connection, inputs["jurisdiction"])
    batch = registry.latest_batch(connection, inputs["jurisdiction"])
    snapshot = f"{batch}-{_named(inputs)}"
    counters.take(connection, inputs, snapshot)
    asked = population.query(connection, inputs, law, snapshot=snapshot)
    people = list(staffing.people(connection, inputs, law))
    out, tails = io.BytesIO(), registry_lines.tails_of(asked)
    # one pass over the registry: whatever it meets that is undecided undoes the freeze
    with closing(registry_lines.frame_blocks(connection, asked, tails)) as blocks:
        frozen = frame.write_blocks(blocks, out)
    _require_decided(connection, asked, law, inputs, people, doubtful=bool(tails.doubtful))
    pool_file, pool = frame.freeze(person.row for person in people)
    avoided, pairs = avoidance.frozen(
        connection, inputs, [person.row.unit for person in people], salt=snapshot
    )
    on = date.fromisoformat(inputs["on"])
    changes, named = since.last_freeze(connection, inputs, out.getvalue())
    return Outcome(
        result={
            "frame": frozen.document(),
            "frame_changes": changes,
            "pool": pool.document(),
            "frame_total": frozen.rows,
            "frame_eligible": sum(frozen.eligible.values()),
            "count_frame_total": frozen.rows,
            "count_frame_eligible": sum(frozen.eligible.values()),
            "counter_snapshot": snapshot,
            "registry_batch": batch,
            "exclusion_grounds": population.grounds(law, frozen.codes, on),
            "staff_grounds": population.grounds(law, pool.codes, on),
            "recusals": avoided,
            "recusals_commitment": recusals.commitment(*pairs),
            "demo_database": settings.demo_now(connection) is not None,
        },
        artefacts=(out.getvalue(), pool_file, *named),
    )


def _named(inputs: Mapping[str, Any]) -> str:
    return history.address(history.canonical(dict(inputs)))[:16]


def _require_decided(
    connection: Connection,
    asked: FrameQuery,
    law: Law,
    inputs: Mapping[str, Any],
    people: list[staffing.Person],
    *,
    doubtful: bool,
) -> None:
    """Refuse to freeze while a rule cannot be decided for a unit or an inspector.

    Only when something was `doubtful` are the units counted, which is a pass of its own."""
    unknown = registry_frame.survey(connection, asked).unknown if doubtful else {}
    sentences = [
        *population.undecided(connection, asked, law, inputs, unknown),
        *_undecided_people(people),
    ]
    if sentences:
        raise Undecided(sentences="".join(sentences))


def _undecided_people(people: list[staffing.Person]) -> list[str]:
    """Return one sentence per rule that lacks facts about inspectors."""
    lacking: dict[str, tuple[list[str], dict[str, None]]] = {}
    for person in people:
        for rule, missing in person.missing.items():
            named, facts = lacking.setdefault(rule, ([], {}))
            named.append(person.row.unit)
            facts |= dict.fromkeys(missing)
    return [
        f"规则「{rule}」对检查人员 {len(named)} 人无法判定（{'、'.join(named[: population.SHOWN])}"
        f"{'等' if len(named) > population.SHOWN else ''}），名录缺少：{'、'.join(facts)}。"
        for rule, (named, facts) in sorted(lacking.items())
    ]


def _items_are_active(connection: Connection, inputs: Mapping[str, Any]) -> bool:
    wanted = tuple(inputs["item_codes"])
    found = registry.find_many(connection, inputs["jurisdiction"], RegistryKind.ITEMS, wanted)
    active = [item for item in found.values() if str(getattr(item, "status", "")) == "有效"]
    return bool(wanted) and len(active) == len(wanted)
