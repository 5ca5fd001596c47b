"""When a numbered public draw can take place at the earliest: a value must not be known beforehand.

A draw is named by its year and its number in that year. Both lotteries draw on three evenings a
week and pause at the Spring Festival, so counting evenings from 1 January never comes out too late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from engine.clock import SHANGHAI
from engine.draw.beacon import Round
from engine.draw.instants import moment, text
from engine.draw.refusals import ManifestProblem

EVENINGS: Mapping[str, frozenset[int]] = {  # days of the week, Monday 0, as announced
    "ssq": frozenset({1, 3, 6}),
    "dlt": frozenset({0, 2, 5}),
}
BEFORE = time(21, 0)  # no draw of an evening is earlier


def earliest(draw: str) -> datetime | None:
    """Return until when the result of `ssq:2026070` cannot be known; None where no such draw is."""
    game, _, number = draw.partition(":")
    year, place = int(number[:4]), int(number[4:])
    if not year:
        return None
    first = date(year, 1, 1)
    days = (first + timedelta(days=day) for day in range(366))
    evenings = [day for day in days if day.weekday() in EVENINGS[game] and day.year == year]
    if not 1 <= place <= len(evenings):
        return None
    return datetime.combine(evenings[place - 1], BEFORE, tzinfo=SHANGHAI)


def require_unknown(rounds: Sequence[Round], *, after: datetime) -> None:
    """Refuse a draw that may be known when it must not be.

    The first round's must come `after` the last moment at which anybody can still choose; a
    fallback's after the round before it has fallen, else it would be known when that is said."""
    _after(rounds[0], after)
    for before, fallback in pairwise(rounds):
        _after(fallback, moment(before.by))


def _after(this: Round, bound: datetime) -> None:
    for draw in this.draws:
        soonest = earliest(draw)
        if soonest is None:
            raise ManifestProblem(
                field="beacon_rule",
                why=f"没有「{draw}」这一期",
                why_en=f"there is no draw `{draw}`",
            )
        if soonest <= bound:
            shown = bound.astimezone(SHANGHAI)
            raise ManifestProblem(
                field="beacon_rule",
                why=f"「{draw}」最早可能在 {soonest:%Y-%m-%d} 开奖，"
                f"不在 {shown:%Y-%m-%d %H:%M} 之后，结果可能已经知道；"
                "请写更后的期次（春节休市，实际开奖还会晚些）",
                why_en=f"`{draw}` may be known by {text(bound)}: name later draws",
            )
