"""What a timer may say, and when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.process.errors import BadTimer
from engine.process.timers import read

SINCE = datetime(2026, 6, 15, 8, tzinfo=UTC)


def test_a_rule_has_no_date_of_its_own() -> None:
    timer = read("rule:结果公示期限")
    assert (timer.rule, timer.due(SINCE)) == ("结果公示期限", None)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P7D", timedelta(days=7)),
        ("P2W", timedelta(weeks=2)),
        ("PT36H", timedelta(hours=36)),
        ("P1DT2H30M5S", timedelta(days=1, hours=2, minutes=30, seconds=5)),
    ],
)
def test_a_duration_counts_from_when_the_timer_began_to_wait(text: str, length: timedelta) -> None:
    assert read(text).due(SINCE) == SINCE + length


def test_a_date_is_over_at_midnight_in_shanghai() -> None:
    assert read("2026-06-30").due(SINCE) == datetime(2026, 6, 30, 16, tzinfo=UTC)


def test_an_instant_without_a_zone_is_in_shanghai() -> None:
    assert read("2026-06-30T09:00").due(SINCE) == datetime(2026, 6, 30, 1, tzinfo=UTC)
    assert read("2026-06-30T09:00Z").due(SINCE) == datetime(2026, 6, 30, 9, tzinfo=UTC)


def test_a_repetition_says_how_often() -> None:
    timer = read("R3/P7D")
    assert (timer.times, timer.due(SINCE)) == (3, SINCE + timedelta(days=7))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rule:",
        "rule: ",
        "P",
        "PT",
        "P0D",
        "R3/P0D",
        "R0/P1D",
        "R/P1D",
        "P1M",
        "P1Y",
        "7 days",
        '"P7D"',
        "2026-13-01",
        "2026-06-31",
        "2026-6-1",
        "20260630",
        "__import__('os')",
        "P-1D",
        "P99999999D",
        "0 0 * * *",
        "R3/2026-01-01/P1D",
        "P1D ",
        "2026-06-30T25:00",
        "P１D",
        "２０２６-06-30",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadTimer):
        read(text)
