"""One cell: the usual ways to write a date, a ratio, a list — and what is refused."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry import cells
from engine.registry.cells import BadCell
from engine.registry.sheet import Cell
from engine.registry.types import LONG_TERM, RiskTier


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-15",
        "2026/6/15",
        "2026.06.15",
        "20260615",
        "2026年6月15日",
        "2026 年 06 月 15 号",
        "２０２６－０６－１５",
        "二〇二六年六月十五日",
        "2026-06-15 00:00:00",
        "2026-06-15T08:00:00",
        "46188",
        46188,
        46188.5,
        date(2026, 6, 15),
        datetime(2026, 6, 15, 9, 30),
    ],
)
def test_one_day_in_many_writings(written: Cell) -> None:
    assert cells.day(written) == date(2026, 6, 15)


@pytest.mark.parametrize("written", ["十", "26-6-15", "2026-13-01", "2026-02-30", 12, "明天", True])
def test_what_is_not_a_day_is_refused(written: Cell) -> None:
    with pytest.raises(BadCell):
        cells.day(written)


def test_chinese_numbers_count_to_thirty_one() -> None:
    assert cells.day("二〇二五年十二月三十一日") == date(2025, 12, 31)
    assert cells.day("二○二五年十月二十日") == date(2025, 10, 20)
    assert cells.day("二〇二五年一月十日") == date(2025, 1, 10)


def test_a_certificate_may_last_for_ever() -> None:
    assert cells.day_or_forever("长期") == LONG_TERM
    assert cells.day_or_forever("2027-01-31") == date(2027, 1, 31)


@given(st.dates(min_value=date(1900, 3, 1)))
def test_iso_dates_come_back(day: date) -> None:
    assert cells.day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("written", "ratio"),
    [
        ("3%", "3%"),
        ("３％", "3%"),
        ("3.5 %", "7/200"),
        ("1/8", "1/8"),
        ("0.2", "20%"),
        (0.03, "3%"),
        (1, "100%"),
        ("100%", "100%"),
        ("不低于3%", "不低于3%"),
    ],
)
def test_a_ratio_stays_exact(written: Cell, ratio: str) -> None:
    assert cells.ratio(written) == ratio


@pytest.mark.parametrize("written", ["0%", "101%", "5/4", "1/0", 3, -0.1])
def test_a_ratio_outside_nought_and_one_is_refused(written: Cell) -> None:
    with pytest.raises(BadCell):
        cells.ratio(written)


@pytest.mark.parametrize("written", ['=HYPERLINK("http://x")', "+1+cmd", "@SUM(A1)"])
def test_a_formula_is_refused(written: str) -> None:
    with pytest.raises(BadCell, match="疑为公式"):
        cells.text(written)


def test_a_basement_address_is_not_a_formula() -> None:
    assert cells.text("-1层 101 室") == "-1层 101 室"


def test_a_number_that_lost_digits_is_refused() -> None:
    with pytest.raises(BadCell, match="末几位已丢失"):
        cells.national_code(914403001922038216.0)
    with pytest.raises(BadCell, match="科学计数法"):
        cells.national_code("9.14403E+17")


def test_words_have_synonyms_and_say_what_is_allowed() -> None:
    read = cells.word(RiskTier, {"A类": "A"})
    assert read("ａ类") is RiskTier.A
    with pytest.raises(BadCell, match="可填：A、B、C、D、低、中、高、未分类"):
        read("优")


def test_lists_split_at_every_usual_mark_and_lose_repeats() -> None:
    assert cells.listed("甲、乙，丙;丁\n甲| 无 ") == ("甲", "乙", "丙", "丁")


@pytest.mark.parametrize("cell", ["", " ", "-", "——", "无", "N/A", "\u3000"])
def test_a_dash_means_nothing(cell: str) -> None:
    assert cells.is_blank(cell)


@pytest.mark.parametrize("cell", ["是", "√", True, 1, "Y"])
def test_yes(cell: Cell) -> None:
    assert cells.flag(cell)


def test_a_control_character_is_named() -> None:
    with pytest.raises(BadCell, match=r"U\+0007"):
        cells.text("甲\x07乙")
    with pytest.raises(BadCell, match=r"U\+202E"):
        cells.text("甲\u202e乙")


def test_plain_values_are_written_as_people_read_them() -> None:
    assert cells.text(True) == "是"
    assert cells.text(date(2026, 6, 15)) == "2026-06-15"
    assert cells.text(1.5) == "1.5"
    assert cells.text(12) == "12"


def test_too_long_is_refused() -> None:
    with pytest.raises(BadCell, match="超过"):
        cells.text("长" * 2001)
    with pytest.raises(BadCell, match="过长"):
        cells.ratio("不低于" * 30)


def test_a_telephone_number_has_digits() -> None:
    assert cells.phone("0431-8888 6666 转 1") == "0431-8888 6666 转 1"
    with pytest.raises(BadCell):
        cells.phone("不详")


def test_a_flag_is_yes_or_no() -> None:
    assert not cells.flag("否")
    with pytest.raises(BadCell):
        cells.flag("也许")
