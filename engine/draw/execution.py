"""Carrying out a committed manifest: from content-addressed inputs to the recorded result.

These are the long bindings `draw.objects` and `draw.inspectors`. JSON documents and frame lines
go in, a JSON document comes out; anybody with the same inputs gets the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.draw import beacon, choices, frame, matching, recusals, reveals, sampling, teams
from engine.draw.manifest import Manifest, Method, campaign_hash
from engine.draw.records import BeaconRecord
from engine.draw.refusals import ManifestProblem, OutsideRegistry
from engine.draw.terms import Assignment
from engine.draw.tickets import key

Json = Mapping[str, Any]
Select = Callable[[Manifest, str], sampling.Selection]


def draw_key(
    manifest: Manifest,
    opened: Sequence[Json] = (),
    random_value: Json | None = None,
    *,
    campaign: Sequence[str] = (),
) -> str | None:
    """Return the key in hex; None for a complete inspection, which has nothing to draw.

    `campaign` lists the hashes of every manifest of a shared-key campaign, this one among them.
    """
    if not manifest.needs_beacon:
        return None
    if random_value is None:
        raise _problem("beacon", "随机值尚未记录", "the random value is not recorded")
    present, _ = reveals.settled(manifest, [reveals.read(entry) for entry in opened])
    recorded = BeaconRecord.read(random_value)
    _require_value(manifest, recorded)
    base = manifest.hash
    if manifest.campaign is not None:
        if base not in campaign:
            raise _problem(
                "campaign", "联合抽取须列出全部清单", "name every manifest of the campaign"
            )
        base = campaign_hash(manifest.campaign, campaign)
    return key(base, [reveal.value for reveal in present], recorded.values, manifest.alg)


def draw_objects(
    manifest_document: Json,
    lines: Iterable[bytes],
    opened: Sequence[Json] = (),
    random_value: Json | None = None,
    *,
    campaign: Sequence[str] = (),
    select: Select | None = None,
) -> dict[str, Any]:
    """Return the winners with tickets, thresholds and digest, and the options of each unit.

    `lines` are the frame file's lines; if they can be read twice (`frame.Lines`) the threshold
    plan is used, and one reading gives the same winners. `select` draws them elsewhere, in a
    database; it is given the manifest and the key.
    """
    manifest = Manifest.read(manifest_document)
    secret = draw_key(manifest, opened, random_value, campaign=campaign)
    if manifest.method is Method.CENSUS or secret is None:
        chosen = _everyone(manifest, lines)
    elif select is None:
        chosen = selected(manifest, lines, secret)
    else:
        chosen = select(manifest, secret)
    return objects_result(manifest, secret, chosen, opened)


def objects_result(
    manifest: Manifest,
    secret: str | None,
    selection: sampling.Selection,
    opened: Sequence[Json] = (),
) -> dict[str, Any]:
    """Return the result document of a selection, wherever it was computed (Python, a database)."""
    _, dropped = reveals.settled(manifest, [reveals.read(entry) for entry in opened])
    thresholds, winners = selection.thresholds, selection.lines
    return {
        "v": 1,
        "manifest": manifest.hash,
        "key": secret,
        "dropped": dropped,
        "strata": [
            {"s": name, "k": k, "threshold": thresholds.get(name) or None}
            for name, k in manifest.places.items()
        ],
        "winners": winners,
        "digest": sampling.digest_of(winners),
        "options": choices.lines(secret or "", manifest.options, selection.units, alg=manifest.alg),
    }


def draw_inspectors(
    manifest_document: Json,
    result: Json,
    lines: Iterable[bytes],
    pool: Iterable[bytes],
    avoid: Json | None = None,
    *,
    told: Json | None = None,
) -> dict[str, Any]:
    """Return teams and pairs, or the witness that no pairing exists.

    `result` is what `draw_objects` returned, `pool` the frozen inspectors' lines, `avoid` the
    confidential {"salt", "pairs": [[unit, inspector], …]} whose commitment the manifest holds.
    Where that list is withheld or erased, `told` is the recorded matching result, which says the
    barred teams of each unit and no person.
    """
    manifest = Manifest.read(manifest_document)
    assignment, secret = manifest.assignment, result["key"]
    if assignment is None or secret is None:
        raise _problem("assignment", "本清单不抽取检查人员", "this manifest draws no inspectors")
    drawn = teams.teams(
        secret, inspectors(pool), assignment.slots, assignment.teams, alg=manifest.alg
    )
    barred = _told(drawn, told) if told is not None else _avoided(assignment, avoid)
    visits = _visits(assignment, result, lines, barred)
    outcome = matching.match(secret, visits, drawn, alg=manifest.alg)
    document = {
        "v": 1,
        "manifest": manifest.hash,
        "teams": [_team_document(team) for team in drawn],
        "visits": _exceptions(assignment, visits, drawn),
        "quotas": list(
            matching.quotas(
                secret,
                len(visits),
                [team.name for team in drawn],
                load={team.name: team.load for team in drawn},
                alg=manifest.alg,
            )
        ),
    }
    return document | _outcome(outcome, [team.name for team in drawn])


def inspectors(pool: Iterable[bytes]) -> list[teams.Inspector]:
    """Return the eligible people of a frozen pool (stratum = department)."""
    return [
        teams.Inspector.read(row.unit, row.stratum, row.flags)
        for row in frame.rows(pool)
        if not row.codes
    ]


def require_registered(pool: Iterable[bytes], people: Iterable[str]) -> None:
    """Refuse anyone outside the frozen pool, drawn or assigned directly; this has legal weight."""
    listed = {row.unit for row in frame.rows(pool)}
    for person in people:
        if person not in listed:
            raise OutsideRegistry(inspector=person)


def selected(manifest: Manifest, lines: Iterable[bytes], secret: str) -> sampling.Selection:
    """Draw in Python: one pass over the lines, each eligible row hashed once."""
    eligible = places_for(manifest)
    rows = _rows(manifest, lines)
    return sampling.select_bytes(secret, rows, manifest.places, eligible=eligible, alg=manifest.alg)


def places_for(manifest: Manifest) -> dict[str, int]:
    """Return the eligible rows per stratum of the draw; refuse places that they cannot fill."""
    eligible = {stratum.name: stratum.eligible for stratum in manifest.strata}
    sampling.require_places(manifest.places, eligible)
    return eligible


def _everyone(manifest: Manifest, lines: Iterable[bytes]) -> sampling.Selection:
    ranked: dict[str, list[bytes]] = {}
    for stratum, unit in sorted((stratum, unit) for unit, stratum in _rows(manifest, lines)):
        ranked.setdefault(stratum.decode(), []).append(unit)
    return sampling.Selection(ranked=ranked, width=0)


def _rows(manifest: Manifest, lines: Iterable[bytes]) -> _Rows:
    pooled = {member.encode(): name.encode() for member, name in manifest.pooled.items()}
    return _Rows(lines, pooled)


class _Rows:
    """Eligible rows under the strata of the draw, read anew each time."""

    def __init__(self, lines: Iterable[bytes], pooled: Mapping[bytes, bytes]) -> None:
        self._lines, self._pooled = lines, pooled

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        found = frame.eligible_rows(self._lines)
        if all(member == name for member, name in self._pooled.items()):
            return found
        return ((unit, self._pooled[stratum]) for unit, stratum in found)


def _visits(
    assignment: Assignment,
    result: Json,
    lines: Iterable[bytes],
    barred: Mapping[str, frozenset[str]],
) -> list[matching.Visit]:
    units = {line.rpartition("|")[2] for line in result["winners"]}
    common = frozenset(assignment.items)
    return [
        matching.Visit(
            unit=row.unit,
            items=teams.items_in(row.flags) or common,
            avoid=barred.get(row.unit, frozenset()),
        )
        for row in frame.rows(lines)
        if row.unit in units
    ]


def _avoided(assignment: Assignment, avoid: Json | None) -> dict[str, frozenset[str]]:
    pairs = [(unit, person) for unit, person in (avoid or {}).get("pairs", ())]
    salt = str((avoid or {}).get("salt", ""))
    if recusals.commitment(salt, pairs) != assignment.recusals:
        raise _problem(
            "recusals", "回避名单与冻结时的摘要不符", "the avoidance list is not the frozen one"
        )
    return recusals.by_unit(pairs)


def _told(drawn: Sequence[teams.Team], matched: Json) -> dict[str, frozenset[str]]:
    """Return somebody of each barred team per unit: enough to keep the unit from the team."""
    of_team = {team.name: team.members[0] for team in drawn}
    return {
        unit: frozenset(of_team[name] for name in visit["barred"])
        for unit, visit in matched["visits"].items()
    }


def _team_document(team: teams.Team) -> dict[str, Any]:
    return {
        "team": team.name,
        "leader": team.leader,
        "members": list(team.members),
        "items": sorted(team.items),
        "load": team.load,
    }


def _exceptions(
    assignment: Assignment, visits: Sequence[matching.Visit], drawn: Sequence[teams.Team]
) -> dict[str, Any]:
    """Units with items of their own or barred teams; no recused person is named."""
    common = frozenset(assignment.items)
    named: dict[str, Any] = {}
    for visit in visits:
        barred = [team.name for team in drawn if visit.avoid & set(team.members)]
        if barred or visit.items != common:
            named[visit.unit] = {"items": sorted(visit.items), "barred": barred}
    return named


def _outcome(
    outcome: matching.Matching | matching.Infeasible, names: Sequence[str]
) -> dict[str, Any]:
    if isinstance(outcome, matching.Infeasible):
        witness = {
            "stuck": outcome.stuck,
            "teams": [names[team] for team in outcome.saturated],
            "units": list(outcome.units),
            "places": outcome.places,
        }
        return {"infeasible": witness, "pairs": [], "digest": matching.digest(())}
    pairs = outcome.lines(names)
    return {"infeasible": None, "pairs": pairs, "digest": matching.digest(pairs)}


def _require_value(manifest: Manifest, recorded: BeaconRecord) -> None:
    if not 0 <= recorded.round < len(manifest.beacon_rule):
        raise _problem("beacon", "没有这一后备随机源", "there is no such fallback round")
    this = manifest.beacon_rule[recorded.round]
    if beacon.parse(this, ";".join(recorded.values)) != recorded.values:
        raise _problem("beacon", "随机值不是清单指定的轮次", "the value is not of the named round")


def _problem(field: str, why: str, why_en: str) -> ManifestProblem:
    return ManifestProblem(field=field, why=why, why_en=why_en)
