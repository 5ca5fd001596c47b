"""Who a drawn list means: names from the registry as it stood when the frame was frozen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.registry.types import Carrier, RegistryKind, Row, Subject
from engine.store import registry


def inspections(
    connection: Connection, body: Mapping[str, Any], fetch: Callable[[str], bytes]
) -> list[dict[str, Any]]:
    """Return one entry per drawn subject: what its inspection case opens with.

    In the order of the winners, so that a delivery that was cut off resumes at the same place.
    """
    drawn = json.loads(fetch(body["draw"]))
    matched = json.loads(fetch(body["matching"]))
    units = [line.rpartition("|")[2] for line in drawn["winners"]]
    strata = {line.rpartition("|")[2]: line.partition("|")[0] for line in drawn["winners"]}
    rows = _rows(connection, body, units)
    teams = _teams(matched, body)
    besides = _besides(body, drawn)
    return [
        _entry(
            body,
            unit,
            rows.get(unit, (None, None)),
            teams.get(unit) or teams.get("", {}),
            {"stratum": strata[unit], **besides.get(unit, {})},
        )
        for unit in units
    ]


def _rows(
    connection: Connection, body: Mapping[str, Any], units: Sequence[str]
) -> dict[str, tuple[Row | None, Carrier | None]]:
    """Return unit → the subject that is visited, and the carrier it was drawn by, if any."""
    ask = (connection, body["jurisdiction"])
    carriers = registry.find_many(*ask, RegistryKind.CARRIERS, units, batch=body["batch"])
    hung = {
        unit: min(row.subjects)
        for unit, row in carriers.items()
        if isinstance(row, Carrier) and row.subjects
    }
    wanted = [hung.get(unit, unit) for unit in units]
    subjects = registry.find_many(*ask, RegistryKind.SUBJECTS, wanted, batch=body["batch"])
    found: dict[str, tuple[Row | None, Carrier | None]] = {}
    for unit in units:
        carrier = carriers.get(unit)
        found[unit] = (
            subjects.get(hung.get(unit, unit)),
            carrier if isinstance(carrier, Carrier) else None,
        )
    return found


def _besides(body: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return unit → the time, content, method or area that was drawn for it and binds its visit."""
    found: dict[str, dict[str, str]] = {}
    for dimension, field in body.get("dimensions", {}).items():
        for line in drawn["options"].get(dimension, ()):
            unit, _, options = line.partition("|")
            found.setdefault(unit, {})[field] = options.replace(",", "、")
    return found


def _teams(matched: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return unit → team; a direct assignment is the one team of all units, under ""."""
    if body["assigned"]:
        people = list(body["assigned"])
        return {"": {"team": "直接指派", "leader": people[0], "members": people}}
    by_name = {team["team"]: team for team in matched["teams"]}
    pairs = (pair.rpartition("|") for pair in matched["pairs"])
    return {unit: by_name[team] for unit, _, team in pairs}


def _entry(
    body: Mapping[str, Any],
    unit: str,
    rows: tuple[Row | None, Carrier | None],
    team: Mapping[str, Any],
    besides: Mapping[str, str],
) -> dict[str, Any]:
    row, carrier = rows
    name = row.name if isinstance(row, Subject) else unit
    title = f"{name}（{carrier.name}）" if carrier else name
    members = list(team.get("members", ()))
    leader = team.get("leader") or (members[0] if members else None)
    return {
        "object": unit,
        "title": f"{body['task_name']} · {title}",
        "parties": {
            "lead": body["lead"],
            "participants": body["participants"],
            "department": body["lead"],
            "team": members,
            "leader": [leader] if leader else [],
        },
        "fields": {
            **body["shared"],
            "unit_id": unit,
            "subject_id": row.subject_id if isinstance(row, Subject) else unit,
            "subject_name": name,
            "subject_address": _address(row, carrier),
            **({"carrier_name": carrier.name, "carrier_id": unit} if carrier else {}),
            **besides,
            "team_name": team.get("team", ""),
            "team": members,
            "team_size": len(members),
            "team_leaders": 1 if leader else 0,
        },
    }


def _address(row: Row | None, carrier: Carrier | None) -> str:
    """Return where to go: to the carrier if it has an address of its own."""
    own = row.address if isinstance(row, Subject) else ""
    return carrier.address or own if carrier else own
