"""The public random value: rounds named in advance, one canonical text per published result.

    dice:MEETING=3162…            balls:MEETING=07,31,…          demo:ROUND=<sha256>
    ssq:2026001=01,02,03,04,05,06+07         dlt:2026001=01,02,03,04,05+01,02

Numbers have two digits and stand in ascending order where the game does not tell an order. The
value comes last, after the freeze and after every reveal; nobody chooses anything then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import comb
from typing import Any

from engine.draw.instants import moment
from engine.draw.refusals import BeaconProblem, DemoRefused, ManifestProblem
from engine.draw.tickets import require_text

MINIMUM_BITS = 90  # 35 throws of a die, or four draws of a public lottery


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """A lottery's form: how many of how many, then the same for its second set."""

    name: str
    main: tuple[int, int]
    extra: tuple[int, int]

    @property
    def outcomes(self) -> int:
        return comb(self.main[1], self.main[0]) * comb(self.extra[1], self.extra[0])


GAMES: Mapping[str, Game] = {
    "ssq": Game(name="双色球", main=(6, 33), extra=(1, 16)),
    "dlt": Game(name="大乐透", main=(5, 35), extra=(2, 12)),
}
SOURCES: Mapping[str, tuple[str, str]] = {
    "dice": ("现场摇号（骰子）", "dice"),
    "balls": ("现场摇号（摇号机）", "ball machine"),
    "lottery": ("公开彩票开奖", "lottery"),
    "demo": ("演示随机源", "demo"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One future round: what will be thrown or drawn, not before `at`, due `by`.

    `name` is the meeting of an on-site round or the round of a demo; `draws` are named lottery
    draws (`ssq:2026070`); `count` throws of a device with `faces` outcomes each.
    """

    source: str
    at: str
    by: str
    name: str = ""
    count: int = 0
    faces: int = 0
    draws: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes it the same round, whatever times were written beside it."""
        return self.source, self.name, self.draws

    @property
    def outcomes(self) -> int:
        """How many equally likely values this round can take; a demo has one and proves nothing."""
        if self.source == "lottery":
            product = 1
            for draw in self.draws:
                product *= GAMES[draw.partition(":")[0]].outcomes
            return product
        return int(self.faces**self.count) if self.source != "demo" else 1

    def document(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "name": self.name,
            "count": self.count,
            "faces": self.faces,
            "draws": list(self.draws),
            "at": self.at,
            "by": self.by,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Round:
        return cls(**{**document, "draws": tuple(document["draws"])})


def dice(meeting: str, *, at: str, by: str, throws: int = 35) -> Round:
    """Return an on-site round of dice; fewer than 35 throws are refused by `check`."""
    return Round(source="dice", name=meeting, count=throws, faces=6, at=at, by=by)


def balls(meeting: str, *, faces: int, count: int, at: str, by: str) -> Round:
    """Return an on-site round of a ball machine; each ball goes back before the next."""
    return Round(source="balls", name=meeting, count=count, faces=faces, at=at, by=by)


def lottery(*draws: str, at: str, by: str) -> Round:
    """Return a round of named public draws, e.g. `ssq:2026070`."""
    return Round(source="lottery", draws=draws, at=at, by=by)


def demo(name: str, *, at: str, by: str) -> Round:
    """Return a demo round: its value can be computed in advance, so it proves nothing."""
    return Round(source="demo", name=name, at=at, by=by)


def demo_value(name: str) -> str:
    """Return the value of a demo round: SHA256("demo|" round)."""
    return f"demo:{name}={sha256(f'demo|{name}'.encode()).hexdigest()}"


def check(rounds: Sequence[Round], *, demo_database: bool) -> None:
    """Refuse a beacon rule that is guessable, ambiguous, out of order, or a demo in earnest."""
    if not rounds:
        raise _rule("没有指定随机源", "no round is named")
    require_form(rounds)
    for this in rounds:
        _check_round(this, demo_database=demo_database)
    for earlier, later in pairwise(rounds):
        if not moment(earlier.by) <= moment(later.at):
            raise _rule(
                "后备随机源的时间须在前一随机源截止之后", "a fallback must start after `by`"
            )
    if len({this.identity for this in rounds}) < len(rounds):
        raise _rule("同一轮次不能既是首选又是后备", "a round is named twice")


def require_form(rounds: Sequence[Round]) -> None:
    """Refuse a name that is no lottery draw, and one that is named twice: it is one value."""
    named = [draw for this in rounds for draw in this.draws]
    for draw in named:
        game, _, number = draw.partition(":")
        if game not in GAMES or not re.fullmatch(r"\d{7}", number):
            raise _rule(f"「{draw}」不是彩票期号，应如 ssq:2026070", f"`{draw}` is no lottery draw")
        if named.count(draw) > 1:
            raise _rule(f"「{draw}」写了两次，一期只算一个值", f"`{draw}` is named twice")


def parse(this: Round, written: str) -> tuple[str, ...]:
    """Return the canonical values of what a person typed for `this` round.

    Full-width digits, any separators and any order within a lottery set are accepted; a wrong
    count or a number outside the device or game is a BeaconProblem.
    """
    text = unicodedata.normalize("NFKC", written).strip()
    if this.source == "lottery":
        parts = [part for part in re.split(r"[;\n]", text) if part.strip()]
        if len(parts) != len(this.draws):
            raise _value(
                this, written, f"应有 {len(this.draws)} 期结果", f"{len(this.draws)} draws"
            )
        return tuple(
            _lottery(this, draw, part) for draw, part in zip(this.draws, parts, strict=True)
        )
    if this.source == "demo":
        if text != demo_value(this.name):
            raise _value(this, written, "应为该轮次的演示值", "the demo value of the round")
        return (text,)
    return (_thrown(this, written, text.rpartition("=")[2]),)


def _check_round(this: Round, *, demo_database: bool) -> None:
    if this.source not in SOURCES:
        raise _rule(f"没有「{this.source}」这种随机源", f"`{this.source}` is unknown")
    if not moment(this.at) < moment(this.by):
        raise _rule("随机源的开始时间须早于截止时间", "`at` must be before `by`")
    if this.source == "demo" and not demo_database:
        raise DemoRefused
    if this.source != "lottery":
        require_text(this.name, what="随机源名称")
    if this.source != "demo" and this.outcomes < 2**MINIMUM_BITS:
        bits = this.outcomes.bit_length() - 1
        raise _rule(
            f"随机性不足：只有 {bits} 比特，须不少于 {MINIMUM_BITS} 比特（骰子 35 次或彩票 4 期）",
            f"{bits} bits of randomness; {MINIMUM_BITS} are required",
        )


def _thrown(this: Round, written: str, text: str) -> str:
    if this.source == "dice" and re.fullmatch(r"[\d\s,.、，。]*", text):
        numbers = [int(digit) for digit in re.findall(r"\d", text)]
    else:
        numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(numbers) != this.count:
        raise _value(
            this,
            written,
            f"应有 {this.count} 个数，现有 {len(numbers)} 个",
            f"{this.count} numbers, not {len(numbers)}",
        )
    if not all(1 <= number <= this.faces for number in numbers):
        raise _value(this, written, f"每个数须在 1–{this.faces} 之间", f"1–{this.faces} each")
    if this.source == "dice":
        return f"dice:{this.name}=" + "".join(map(str, numbers))
    return f"balls:{this.name}=" + ",".join(f"{number:02d}" for number in numbers)


def _lottery(this: Round, draw: str, written: str) -> str:
    head, _, result = written.strip().rpartition("=")
    if head and head.strip() != draw:
        raise _value(this, written, f"期号应为 {draw}", f"the draw is {draw}")
    game = GAMES[draw.partition(":")[0]]
    numbers = [int(number) for number in re.findall(r"\d+", result)]
    main, extra = sorted(numbers[: game.main[0]]), sorted(numbers[game.main[0] :])
    for found, (count, top) in ((main, game.main), (extra, game.extra)):
        if len(found) != count or len(set(found)) != count or not _within(found, top):
            raise _value(
                this,
                written,
                f"{game.name}须有 {game.main[0]} 个不同的 1–{game.main[1]} 和"
                f" {game.extra[0]} 个不同的 1–{game.extra[1]}",
                f"{game.main[0]} of 1–{game.main[1]} and {game.extra[0]} of 1–{game.extra[1]}",
            )
    return f"{draw}=" + "+".join(
        ",".join(f"{number:02d}" for number in found) for found in (main, extra)
    )


def _within(numbers: Sequence[int], top: int) -> bool:
    return numbers[0] >= 1 and numbers[-1] <= top


def _rule(why: str, why_en: str) -> ManifestProblem:
    return ManifestProblem(field="beacon_rule", why=why, why_en=why_en)


def _value(this: Round, written: str, why: str, why_en: str) -> BeaconProblem:
    source, source_en = SOURCES[this.source]
    return BeaconProblem(
        value=written[:80], source=source, source_en=source_en, why=why, why_en=why_en
    )
