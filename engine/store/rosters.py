"""Who a drawn list means: names from the registry as it stood when the frame was frozen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine import joint
from engine.registry.types import Carrier, Inspector, Item, RegistryKind, Row, Subject
from engine.store import registry
from engine.succession import SENT


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
    senders = _senders(connection, body, teams.values())
    items = _items(connection, body)
    return [
        _entry(
            body,
            unit,
            rows.get(unit, (None, None)),
            team,
            _several(body, team, senders, items),
            {
                "stratum": strata[unit],
                "item_names": {code: item.name for code, item in items.items()},
                **besides.get(unit, {}),
            },
        )
        for unit in units
        for team in [teams.get(unit) or teams.get("", {})]
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


def _senders(
    connection: Connection, body: Mapping[str, Any], teams: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Return inspector → the department that sends them, as the registry stood at the freeze."""
    people = sorted({person for team in teams for person in team.get("members", ())})
    ask = (connection, body["jurisdiction"], RegistryKind.INSPECTORS, people)
    found = registry.find_many(*ask, batch=body["batch"])
    return {name: row.department for name, row in found.items() if isinstance(row, Inspector)}


def _items(connection: Connection, body: Mapping[str, Any]) -> dict[str, Item]:
    codes = list(body["shared"].get("items", ()))
    ask = (connection, body["jurisdiction"], RegistryKind.ITEMS, codes)
    found = registry.find_many(*ask, batch=body["batch"])
    return {code: row for code, row in found.items() if isinstance(row, Item)}


def _several(
    body: Mapping[str, Any],
    team: Mapping[str, Any],
    senders: Mapping[str, str],
    items: Mapping[str, Item],
) -> dict[str, dict[str, Any]]:
    """Return what a visit of more than one department knows besides: who came from which of them,
    and which items each is to check. The visit of one department has nothing to add."""
    sent: dict[str, list[str]] = {code: [] for code in body["lead"]}
    for person in team.get("members", ()):
        if person in senders:
            sent.setdefault(senders[person], []).append(person)
    sent = {code: people for code, people in sent.items() if people}
    if len(sent) < 2:
        return {"parties": {}, "fields": {}}
    owners = {code: (item.department, item.partners) for code, item in items.items()}
    allotted = joint.allot(body["shared"].get("items", ()), owners, list(sent))
    return {
        "parties": {
            joint.ASKED: list(sent),
            **{f"{SENT}{code}": people for code, people in sent.items()},
        },
        "fields": {joint.IS_JOINT: True, joint.ALLOTTED: allotted},
    }


def _entry(
    body: Mapping[str, Any],
    unit: str,
    rows: tuple[Row | None, Carrier | None],
    team: Mapping[str, Any],
    several: Mapping[str, Mapping[str, Any]],
    besides: Mapping[str, Any],
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
            **several["parties"],
        },
        "fields": {
            **body["shared"],
            **several["fields"],
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
