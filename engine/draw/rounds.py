"""What a strategy says of chance, as future moments: rounds in fixed order, reveals, cut-off.

    freeze < commit < cut-off ≤ reveals close < first round … < its last moment ≤ fallback …

Nobody chooses among rounds afterwards: a fallback counts only when every earlier one has fallen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from engine.clock import SHANGHAI, end_of_day
from engine.draw import beacon, instants, lotteries
from engine.draw.refusals import ManifestProblem

Fields = Mapping[str, Any]

ON_SITE, LOTTERY, DEMO = "现场摇号", "公开彩票开奖", "演示"
MACHINE = "摇号机"
DIE_THROWS = 35
SECOND = timedelta(seconds=1)
_DRAW = re.compile(r"(双色球|大乐透|ssq|dlt)[\s:]*第?\s*(\d{7})\s*期?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def cutoff(fields: Fields, *, at: datetime) -> datetime:
    """Return until when the manifest may be withdrawn: the objection window, else a second.

    A campaign's member without a window may leave until the second before the common round."""
    until = fields.get("objection_until")
    soonest = at.replace(microsecond=0) + SECOND
    if until:
        return max(soonest, end_of_day(date.fromisoformat(until)))
    common = starts(fields) if fields.get("draw_campaign") else None
    return max(soonest, common - SECOND) if common else soonest


def reveal_by(fields: Fields) -> datetime | None:
    """Return when the reveals of the named parties close; None where none are named."""
    return _moment(fields, "reveal_on", "reveal_time") if fields.get("reveal_parties") else None


def starts(fields: Fields) -> datetime | None:
    """Return when the strategy would have the first round at the earliest; None: at once."""
    return _moment(fields, "beacon_from", "beacon_time")


def of_strategy(fields: Fields, *, meeting: str, not_before: datetime) -> list[beacon.Round]:
    """Return the first choice and its fallbacks as the strategy names them.

    `meeting` names on-site and demo rounds; nothing begins, and no draw may be known, at or before
    `not_before`.
    """
    begins = max(not_before + SECOND, starts(fields) or not_before + SECOND)
    last = fields.get("beacon_until") or fields["task_end"]
    first = _round(fields, "beacon", meeting, instants.text(begins), _until(last))
    named = [first, *_fallbacks(fields.get("beacon_fallbacks") or (), meeting)]
    beacon.require_form(named)
    lotteries.require_unknown(named, after=not_before)
    return named


def lottery_draws(written: str) -> tuple[str, ...]:
    """Return the named draws, e.g. `ssq:2026070`, also from 双色球第2026070期.

    Whatever else was written stays in the list, for the check to point at."""
    words = _DRAW.sub(r" \1:\2 ", written.lower().replace("：", ":"))
    for code, game in beacon.GAMES.items():
        words = words.replace(game.name, code)
    return tuple(word for word in re.split(r"[\s,，、;；]+", words) if word)


def in_words(this: beacon.Round) -> str:
    """Return a round as the minutes and the public page say it."""
    if this.source == "lottery":
        return "公开彩票开奖 " + "、".join(this.draws)
    source = beacon.SOURCES[this.source][0]
    if this.source == "demo":
        return f"{source} {this.name}"
    device = f"{this.faces} 面，{this.count} 次"
    return f"{source} {this.name}（{device}）"


def _fallbacks(rows: Sequence[Fields], meeting: str) -> list[beacon.Round]:
    return [
        _round(
            row,
            "fallback",
            f"{meeting}-备{place}",
            _start(row["fallback_from"]),
            _until(row["fallback_until"]),
        )
        for place, row in enumerate(rows, start=1)
    ]


def _round(fields: Fields, prefix: str, name: str, at: str, by: str) -> beacon.Round:
    kind = fields[f"{prefix}_kind"]
    if kind == LOTTERY:
        return beacon.lottery(*lottery_draws(str(fields[f"{prefix}_round"])), at=at, by=by)
    if kind == DEMO:
        return beacon.demo(name, at=at, by=by)
    throws = fields.get(f"{prefix}_throws")
    if fields.get(f"{prefix}_instrument") != MACHINE:
        return beacon.dice(name, at=at, by=by, throws=int(throws or DIE_THROWS))
    faces = fields.get(f"{prefix}_faces")
    if not (throws and faces):
        raise _problem("beacon_rule", "摇号机须写明号码个数和次数", "say the balls and the throws")
    return beacon.balls(name, faces=int(faces), count=int(throws), at=at, by=by)


def _moment(fields: Fields, day: str, time: str) -> datetime | None:
    """Return a day and a time of Shanghai as an instant; without a time the day's beginning."""
    if not fields.get(day):
        return None
    told = str(fields.get(time) or "00:00")
    if not _TIME.fullmatch(told):
        raise _problem(
            time, f"「{told}」不是时刻，应如 09:30", f"`{told}` is no time such as 09:30"
        )
    hour, minute = map(int, told.split(":"))
    start = date.fromisoformat(fields[day])
    return datetime(start.year, start.month, start.day, hour, minute, tzinfo=SHANGHAI)


def _start(day: str) -> str:
    return instants.text(end_of_day(date.fromisoformat(day) - timedelta(days=1)))


def _until(day: str) -> str:
    return instants.text(end_of_day(date.fromisoformat(day)))


def _problem(field: str, why: str, why_en: str) -> ManifestProblem:
    return ManifestProblem(field=field, why=why, why_en=why_en)
