"""Officers and businesses: how often they met in draws, and how often chance would have it.

In one draw a business of stratum h is drawn with probability places/eligible of h, and, once
drawn, goes to a team with probability quota/visits: chance treats all units alike, so this is
exact for teams as they were formed and quotas as they were published. Recusals and certificates
of single units shift it slightly; direct assignments are no chance and count one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.oversight.evidence import Scene
from rules.assessment import Assessment

DEEMED = "认定"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One draw as its published files tell it."""

    number: str
    winners: Mapping[str, str]  # business → stratum
    chances: Mapping[str, Fraction]  # stratum → probability of being drawn
    stratum_of: Mapping[str, str]  # businesses one asks about that could be drawn → stratum
    teams: Mapping[str, tuple[str, ...]]  # team → officers
    shares: Mapping[str, Fraction]  # team → probability that a drawn business goes to it
    team_of: Mapping[str, str]  # business → team
    assigned: tuple[str, ...] = ()  # without chance: everybody meets every drawn business


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    officer: str
    subject: str
    observed: int
    expected: Fraction
    tasks: tuple[str, ...]
    is_striking: bool
    answer: Assessment | None = None

    @property
    def excess(self) -> Fraction:
        """Return how many times the expectation was observed."""
        return Fraction(self.observed) / self.expected if self.expected else Fraction(0)


def read(
    number: str,
    *,
    drawn: Mapping[str, Any],
    matched: Mapping[str, Any],
    strata: Iterable[Mapping[str, Any]],
    stratum_of: Mapping[str, str],
    assigned: Iterable[str] = (),
) -> Draw:
    """Return a draw from its manifest's strata and its two result files."""
    winners = {line.rpartition("|")[2]: line.partition("|")[0] for line in drawn["winners"]}
    teams = {team["team"]: tuple(team["members"]) for team in matched["teams"]}
    quotas = matched.get("quotas") or ()
    places = sum(quotas)
    return Draw(
        number=number,
        winners=winners,
        chances={
            member: Fraction(stratum["k"], stratum["eligible"])
            for stratum in strata
            if stratum["eligible"]
            for member in stratum["members"]
        },
        stratum_of=stratum_of,
        teams=teams,
        shares={
            name: Fraction(quota, places)
            for name, quota in zip(teams, quotas, strict=False)
            if places
        },
        team_of={
            unit: team for unit, _, team in (pair.rpartition("|") for pair in matched["pairs"])
        },
        assigned=tuple(assigned),
    )


def met(draw: Draw) -> Iterable[tuple[str, str]]:
    """Yield every officer with every business that a draw, or an assignment, brought together."""
    for unit in draw.winners:
        officers = draw.assigned or draw.teams.get(draw.team_of.get(unit, ""), ())
        for officer in officers:
            yield officer, unit


def pairs(draws: Iterable[Draw], at: Scene, rule: str) -> tuple[Pair, ...]:
    """Return every pair that met, the farthest above expectation first."""
    listed = tuple(draws)
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for draw in listed:
        for pair in met(draw):
            seen[pair].append(draw.number)
    judge = _judge(at, rule)
    found = [
        judge(
            officer,
            unit,
            tuple(tasks),
            sum((_chance(d, officer, unit) for d in listed), Fraction()),
        )
        for (officer, unit), tasks in seen.items()
    ]
    order = sorted(found, key=lambda pair: (pair.officer, pair.subject))
    return tuple(sorted(order, key=lambda p: (p.is_striking, p.observed, p.excess), reverse=True))


def _chance(draw: Draw, officer: str, unit: str) -> Fraction:
    """Return the probability that a draw brings the two together."""
    taken = draw.chances.get(draw.stratum_of.get(unit, ""), Fraction(0))
    if draw.assigned:
        return taken if officer in draw.assigned else Fraction(0)
    share = sum(
        (draw.shares.get(team, Fraction(0)) for team, m in draw.teams.items() if officer in m),
        Fraction(0),
    )
    return taken * share


def _judge(at: Scene, rule: str) -> Callable[[str, str, tuple[str, ...], Fraction], Pair]:
    def judged(officer: str, unit: str, tasks: tuple[str, ...], expected: Fraction) -> Pair:
        pair = Pair(
            officer=officer,
            subject=unit,
            observed=len(tasks),
            expected=expected,
            tasks=tasks,
            is_striking=False,
        )
        if not rule or not at.law.has_rule(rule):
            return pair
        facts = at.law.facts(
            {"count.pair_visits": pair.observed, "case.pair_excess": str(pair.excess)}
        )
        answer = at.law.assess(rule, facts, on=at.today, now=at.now)
        return Pair(
            officer=officer,
            subject=unit,
            observed=pair.observed,
            expected=expected,
            tasks=tasks,
            is_striking=answer.verdict.value == DEEMED,
            answer=answer,
        )

    return judged
