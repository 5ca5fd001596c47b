"""A cell that shows an error or a formula without a result is told; it never counts as empty."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from engine.registry.columns import COLUMNS
from engine.registry.parse import Parsed, parse
from engine.registry.types import RegistryKind
from tests.registry.samples import CODE, REAL_CODES, csv_text, workbook

TITLES = ["统一社会信用代码", "名称", "住所"]


def told(parsed: Parsed) -> list[tuple[int, str, str]]:
    return [(p.line, p.column, p.value) for p in parsed.problems if p.severity == "error"]


def rewritten(content: bytes, old: str, new: str) -> bytes:
    """Return a workbook with one piece of its sheet written another way."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.endswith("sheet1.xml"):
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode())
            after.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    "value", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "=1+1", "=VLOOKUP(A2,B:C,2)"]
)
def test_a_fault_is_named_by_line_column_value_and_reason(value: str) -> None:
    content = workbook([TITLES, [CODE, "甲", value], [REAL_CODES[0], "乙", "某街"]])
    parsed = parse("subjects", content, "x.xlsx")
    assert told(parsed) == [(2, "住所", value)]
    assert "重新保存" in parsed.problems[-1].sentence()
    assert [row.row_id for row in parsed.rows] == [REAL_CODES[0]]


@pytest.mark.parametrize("kind", list(RegistryKind))
@pytest.mark.parametrize("value", ["#VALUE!", "=A1"])
def test_every_kind_of_column_tells_a_fault(kind: RegistryKind, value: str) -> None:
    titles = [column.title for column in COLUMNS[kind]]
    content = workbook([titles, [value] * len(titles)])
    found = told(parse(kind, content, "x.xlsx"))
    assert found == [(2, title, value) for title in titles]


@pytest.mark.parametrize("value", ["#N/A", "#NULL!", "#NUM!", "Err:502"])
def test_an_error_that_came_through_a_csv_is_told_too(value: str) -> None:
    text = csv_text(",".join(TITLES), f"{CODE},甲,{value}")
    assert told(parse("subjects", text.encode(), "x.csv")) == [(2, "住所", value)]


def test_a_result_that_is_stored_counts_an_empty_text_too() -> None:
    content = workbook([TITLES, [CODE, "甲", "=1+1"]])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    pending = next(
        p for p in ("<f>1+1</f><v></v>", "<f>1+1</f><v/>", "<f>1+1</f><v />") if p in sheet
    )
    stored = rewritten(content, pending, "<f>1+1</f><v>2</v>")
    (row,) = parse("subjects", stored, "x.xlsx").rows
    assert getattr(row, "address", None) == "2"
    empty = rewritten(content, f'<c r="C2">{pending}', '<c r="C2" t="str"><f>""</f><v></v>')
    assert told(parse("subjects", empty, "x.xlsx")) == []


def test_a_fault_is_found_beside_below_and_without_references() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for place, title in zip("BCD", TITLES, strict=True):
        page[f"{place}3"] = title
    page["B4"], page["C4"], page["D4"] = CODE, "甲", "某街"
    page["C6"] = "=A1"  # the last line, which the reader does not see at all
    page["A4"] = "=A2"  # under no heading
    out = io.BytesIO()
    book.save(out)
    parsed = parse("subjects", out.getvalue(), "x.xlsx")
    assert told(parsed) == [(6, "名称", "=A1")]
    assert "第 1 列没有表头，未导入（共 1 行有内容）" in [p.reason for p in parsed.problems]
    bare = rewritten(workbook([TITLES, [CODE, "甲", "#N/A"]]), ' r="C2"', "")
    assert told(parse("subjects", bare, "x.xlsx")) == [(2, "住所", "#N/A")]


def test_a_fault_of_another_sheet_or_of_a_column_nobody_reads_does_not_matter() -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for line in ([*TITLES, "天气"], [CODE, "甲", "某街", "=NOW()"]):
        page.append(line)
    book.create_sheet("算式")["C2"] = "#REF!"
    out = io.BytesIO()
    book.save(out)
    assert told(parse("subjects", out.getvalue(), "x.xlsx")) == []
