"""Replacing what fell away: from the rest of the same frozen list, with a fresh round.

Not "the next ticket": the next in line is visible in advance and could be reached by
disqualifying a winner. An officer is replaced in the same way, from the rest of the frozen pool.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.draw.frame import Frame, Row, rows
from engine.draw.refusals import ManifestProblem
from engine.draw.sizes import Sizes, stated
from engine.draw.teams import Inspector, items_in
from engine.draw.terms import Lost

DRAWN_BEFORE = "已抽取"  # exclusion code of every earlier winner
NOT_THIS_TIME = "不参加本次"  # of an officer: one code for all reasons, so that none is told


def remaining(
    lines: Iterable[bytes],
    winners: Collection[str],
    lost: Sequence[Lost],
    *,
    reasons: Collection[str],
) -> Iterator[bytes]:
    """Yield the frozen list again with all earlier winners left out; the list root is unchanged.

    `reasons` are the objective codes the pack allows; anything else, and a unit that did not win,
    is refused.
    """
    for entry in lost:
        if entry.reason not in reasons or entry.unit not in winners:
            raise ManifestProblem(
                field="replaces",
                why=f"「{entry.unit}」不是中签对象，或原因「{entry.reason}」不在客观原因之列",
                why_en=f"`{entry.unit}` did not win or `{entry.reason}` is no objective reason",
            )
    for row in rows(lines):
        codes = (*row.codes, DRAWN_BEFORE) if row.unit in winners else row.codes
        yield Row(row.unit, row.stratum, row.flags, codes).line


def places(frame: Frame, lost: Sequence[Lost], *, pooled: Mapping[str, str]) -> Sizes:
    """Return the sizes of the replacement: one place per lost unit, in its stratum of the draw."""
    lacking = Counter(entry.stratum for entry in lost)
    return stated(frame.listed, frame.eligible, lacking, pooled=pooled)


def lost_of(winners: Iterable[str], units: Sequence[str], *, reason: str) -> tuple[Lost, ...]:
    """Return the lost units with the strata they were drawn in; one that did not win is refused.

    `winners` are the lines `stratum|ticket|id` of one draw result."""
    strata = {line.rpartition("|")[2]: line.partition("|")[0] for line in winners}
    for unit in units:
        if unit not in strata:
            raise ManifestProblem(
                field="replaces",
                why=f"「{unit}」不是同一份清单抽中的",
                why_en=f"`{unit}` was not drawn by the same manifest",
            )
    return tuple(Lost(unit=unit, stratum=strata[unit], reason=reason) for unit in sorted(units))


def team_of(matching: Mapping[str, Any], unit: str) -> Mapping[str, Any]:
    """Return the team that chance matched to a unit; without one there is nobody to replace."""
    for pair in matching["pairs"]:
        paired, _, name = pair.rpartition("|")
        if paired == unit:
            return next(team for team in matching["teams"] if team["team"] == name)
    raise ManifestProblem(
        field="replaces",
        why=f"「{unit}」没有随机匹配的检查组",
        why_en=f"`{unit}` has no drawn team",
    )


def remaining_people(
    pool: Iterable[bytes],
    *,
    officer: str,
    team: Collection[str],
    leads: bool,
    needed: frozenset[str],
    barred: Collection[str],
) -> Iterator[bytes]:
    """Yield the frozen pool with everybody left out who cannot take the officer's place.

    Only the same department, certified, a leader for a leader, with the certificates the others
    of the team lack; why somebody stays out is not told, because a recusal is confidential."""
    listed = list(rows(pool))
    place = next((row for row in listed if row.unit == officer), None)
    if place is None or officer not in team:
        raise ManifestProblem(
            field="replaces",
            why=f"「{officer}」不是这个检查组抽中的人员",
            why_en=f"`{officer}` was not drawn into this team",
        )
    for row in listed:
        person = Inspector.read(row.unit, row.stratum, row.flags)
        able = (
            row.stratum == place.stratum
            and row.unit not in team
            and row.unit not in barred
            and person.certified
            and (person.leader or not leads)
            and needed <= items_in(row.flags)
        )
        codes = row.codes if able else (*row.codes, NOT_THIS_TIME)
        yield Row(row.unit, row.stratum, row.flags, codes).line
