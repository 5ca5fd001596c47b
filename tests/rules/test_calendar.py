"""Working days with make-up days; an unpublished year has no answer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import calendar
from rules.calendar import Calendar
from rules.errors import PackProblems

PACKS = Path(__file__).parents[2] / "rules" / "packs" / "base" / "calendar"
CHINA = calendar.load({f"base/calendar/{p.name}": p.read_bytes() for p in PACKS.glob("*.csv")})
PUBLISHED = st.integers(0, 365 * 6 + 1).map(lambda n: date(2020, 1, 1) + timedelta(days=n))


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2020-04-27", 10, "2020-05-13"),
        ("2020-09-25", 10, "2020-10-15"),
        ("2020-06-24", 7, "2020-07-06"),
        ("2021-02-05", 10, "2021-02-24"),
        ("2021-09-15", 7, "2021-09-26"),  # a Sunday that people work
        ("2021-09-30", 7, "2021-10-15"),
        ("2026-02-13", 10, "2026-03-05"),
        ("2026-09-24", 7, "2026-10-12"),
        ("2026-12-25", 10, None),  # needs 2027
        ("2026-06-15", 0, "2026-06-15"),
    ],
)
def test_working_days_as_the_state_council_arranged_them(
    start: str, days: int, last: str | None
) -> None:
    found = CHINA.add_working_days(date.fromisoformat(start), days)
    assert found == (date.fromisoformat(last) if last else None)


@given(start=PUBLISHED, n=st.integers(1, 30))
def test_a_last_day_is_never_a_rest_day_and_later_for_more_days(start: date, n: int) -> None:
    last = CHINA.add_working_days(start, n)
    before = CHINA.add_working_days(start, n - 1)
    if last is not None and before is not None:
        assert CHINA.is_working_day(last)
        assert before < last
        between = (start + timedelta(days=i + 1) for i in range((last - start).days))
        assert sum(bool(CHINA.is_working_day(day)) for day in between) == n


@given(start=PUBLISHED, n=st.integers(1, 30))
def test_counting_back_undoes_counting_forward_from_a_working_day(start: date, n: int) -> None:
    last = CHINA.add_working_days(start, n)
    if last is not None and CHINA.is_working_day(start):
        assert CHINA.add_working_days(last, -n) == start


def test_an_unpublished_year_has_no_working_days() -> None:
    assert CHINA.is_working_day(date(2031, 1, 6)) is None
    assert CHINA.add_working_days(date(2031, 1, 6), 1) is None
    assert CHINA.missing_year(date(2026, 12, 25), 10) == CHINA.years[-1] + 1
    assert CHINA.missing_year(date(2020, 1, 2), -5) == 2019
    assert CHINA.missing_year(date(2026, 6, 15), 5) is None
    assert CHINA.provisional(date(2026, 12, 30), 2) == date(2027, 1, 1)
    assert Calendar().version == "CN@none#"
    assert CHINA.version.startswith("CN@2020-2026#")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("2026.csv", b"date,kind\n2026-01-01,festival\n"),
        ("2026.csv", b"date,kind\n2025-01-01,holiday\n"),
        ("2026.csv", b"date,kind\n2026-01-01,holiday\n2026-01-01,workday\n"),
        ("2026.csv", b"date,kind\n2026-13-01,holiday\n"),
        ("2026.csv", b"date,kind\n2026-01-01\n"),
        ("2026.csv", b"date,kind\n\xff\xfe\n"),
        ("next.csv", b"date,kind\n"),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_line(name: str, content: bytes) -> None:
    with pytest.raises(PackProblems) as caught:
        calendar.load({f"base/calendar/{name}": content})
    assert all(problem.code == "calendar" for problem in caught.value.problems)


def test_comments_and_empty_lines_of_a_calendar_are_skipped() -> None:
    found = calendar.load({"x/calendar/2026.csv": b"date,kind\n\n# note\n2026-06-15,holiday\n"})
    assert found.is_working_day(date(2026, 6, 15)) is False
