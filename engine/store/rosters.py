"""Who a drawn list means: names from the registry as it stood when the frame was frozen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.registry.types import RegistryKind, Row, Subject
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
    found = registry.find_many(
        connection, body["jurisdiction"], RegistryKind.SUBJECTS, units, batch=body["batch"]
    )
    teams = _teams(matched, body)
    return [
        _entry(body, unit, strata[unit], found.get(unit), teams.get(unit) or teams.get("", {}))
        for unit in units
    ]


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
    stratum: str,
    row: Row | None,
    team: Mapping[str, Any],
) -> dict[str, Any]:
    name = row.name if isinstance(row, Subject) else unit
    members = list(team.get("members", ()))
    leader = team.get("leader") or (members[0] if members else None)
    return {
        "object": unit,
        "title": f"{body['task_name']} · {name}",
        "parties": {
            "lead": body["lead"],
            "participants": body["participants"],
            "department": body["lead"],
            "team": members,
            "leader": [leader] if leader else [],
        },
        "fields": {
            **body["shared"],
            "subject_id": unit,
            "subject_name": name,
            "subject_address": row.address if isinstance(row, Subject) else "",
            "stratum": stratum,
            "team_name": team.get("team", ""),
            "team": members,
            "team_size": len(members),
            "team_leaders": 1 if leader else 0,
        },
    }
