"""A CSV is taken as it is meant: quotes close, separators are found, no cell is dropped."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.parse import Parsed, parse
from tests.registry.samples import CODE, REAL_CODES, csv_text

HEADINGS = "统一社会信用代码,名称,住所,成立日期"
SECOND = f"{REAL_CODES[0]},乙,地址,2020-01-01"


def read(*lines: str) -> Parsed:
    return parse("subjects", csv_text(*lines).encode(), "名录.csv")


def errors(parsed: Parsed) -> list[tuple[int, str]]:
    return [(p.line, p.code) for p in parsed.problems if p.severity == "error"]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([f'{CODE},"名称,地址,2020-01-01', SECOND], 2),
        ([SECOND, f'{CODE},"名\r\n称","地址,2020-01-01', ""], 4),  # the cell before has two lines
        ([SECOND, f'{CODE},"甲"",2020-01-01'], 3),  # a quote doubled does not close
        ([SECOND, f'{CODE},甲,"{"址" * 140_000}'], 3),  # too long before it ends
    ],
)
def test_a_quote_left_open_is_told_with_its_line_and_nothing_counts(
    lines: list[str], line: int
) -> None:
    parsed = read(HEADINGS, *lines)
    assert (errors(parsed), parsed.rows) == ([(line, "unreadable")], ())
    assert "引号" in parsed.problems[0].sentence()
    assert "闭合" in parsed.problems[0].sentence()


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([f'{CODE},"名"称,地址,2020-01-01', SECOND], 2),
        ([f'{CODE},"名\r\n"称,"地址",2020-01-01', SECOND], 2),
        ([f'{CODE},"名称,地址,2020-01-01', f'{REAL_CODES[0]},"乙",地址,2020-01-01'], 2),
    ],
)
def test_text_behind_a_closing_quote_is_told_where_the_quote_opened(
    lines: list[str], line: int
) -> None:
    parsed = read(HEADINGS, *lines)
    assert (errors(parsed), parsed.rows) == ([(line, "unreadable")], ())
    assert "右引号后面还有文字" in parsed.problems[0].sentence()


def test_a_quoted_cell_may_hold_lines_separators_and_quotes() -> None:
    parsed = read(HEADINGS, f'{CODE},"甲\r\n公司","a,""b"",c",2020-01-01', SECOND)
    first = parsed.rows[0]
    assert (first.name, getattr(first, "address", "")) == ("甲 公司", 'a,"b",c')
    assert errors(parsed) == []


def test_cells_beyond_the_headings_are_named_and_empty_ones_are_not() -> None:
    parsed = read(HEADINGS, f"{CODE},甲,乙,2020-01-01,多出的,列", f"{SECOND},, ,")
    assert errors(parsed) == [(2, "surplus-cells")]
    (told,) = [p.sentence() for p in parsed.problems if p.code == "surplus-cells"]
    assert "表头只有 4 列，这一行还多出 2 格：“多出的”、“列”" in told
    assert "双引号" in told
    assert [row.row_id for row in parsed.rows] == [REAL_CODES[0]]


def test_a_column_without_a_heading_is_told_once() -> None:
    parsed = read(HEADINGS.replace("住所", ""), f"{CODE},甲,某街,2020-01-01", SECOND)
    (told,) = [p.sentence() for p in parsed.problems if p.code == "unknown-column"]
    assert told == "第 1 行：第 3 列没有表头，未导入（共 2 行有内容）"
    assert errors(parsed) == []


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_headings_decide_what_separates_the_cells(mark: str) -> None:
    others = "".join({",", "\t", ";"} - {mark})
    title = f"检查对象名录{others * 40}"
    address = others.join("abcdefghi").replace('"', "")
    cells = [CODE, "甲", address.replace("\t", "；"), "2020-01-01"]
    parsed = read(title, HEADINGS.replace(",", mark), mark.join(cells))
    assert errors(parsed) == []
    assert [row.row_id for row in parsed.rows] == [CODE]


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from('甲",;\n\r '), max_size=6), min_size=4, max_size=4))
def test_what_a_writer_of_csv_writes_is_never_a_broken_quote(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADINGS.split(","), cells])
    parsed = parse("subjects", out.getvalue().encode(), "x.csv")
    assert not {"unreadable", "surplus-cells"}.intersection(p.code for p in parsed.problems)
