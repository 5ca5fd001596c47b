"""An XLSX workbook to its visible sheets; what would unpack without end is refused first."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from engine.registry import faults
from engine.registry.faults import Found
from engine.registry.sheet import Cell, Limits, Line, Sheet, UnreadableFile, admit

_REFERENCE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,8})(\d{1,12})\s*["']""")
_CHUNK = 1 << 20
_DAMAGED = "工作簿已损坏，请用表格软件打开后重新保存"


def workbook(content: bytes, limits: Limits) -> list[Sheet]:
    """Return the visible sheets; what cannot be opened says what to do."""
    _refuse_bombs(content, limits)
    try:
        return list(_visible(content, limits))
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(_DAMAGED) from error
    except BaseException as error:  # pragma: no cover - no bytes are known that do it
        if type(error).__name__ != "PanicException":  # how a reader in Rust gives up
            raise
        raise UnreadableFile(_DAMAGED) from error


def _visible(content: bytes, limits: Limits) -> Iterator[Sheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        unread = faults.in_sheets(package, limits)
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for position, about in enumerate(book.sheets_metadata):
            is_shown = about.visible == SheetVisibleEnum.Visible
            if is_shown and about.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_index(position)
                admit(0, sheet.total_width, limits)
                yield Sheet(name=about.name, rest=_grid(sheet, limits, unread[position]))


def _grid(sheet: CalamineSheet, limits: Limits, unread: Found) -> Iterator[Line]:
    rows = 0
    for line, cells in _filled(sheet, unread):
        if any(cell != "" for cell in cells):
            rows += 1
            admit(rows, len(cells), limits)
            yield line, cells


def _filled(sheet: CalamineSheet, unread: Found) -> Iterator[Line]:
    """Yield every line with what the reader left blank put where it stands.

    The reader leaves out the columns before the first cell, but not the lines above it."""
    line = 0
    before: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        yield line, _with([*before, *cells], unread.get(line))
    for further in sorted(number for number in unread if number > line):
        yield further, _with([], unread[further])


def _with(cells: list[Cell], unread: Mapping[int, Cell] | None) -> list[Cell]:
    for place, cell in (unread or {}).items():
        cells += [""] * (place + 1 - len(cells))
        cells[place] = cell
    return cells


def _refuse_bombs(content: bytes, limits: Limits) -> None:
    """Refuse what would unpack without end or spread few cells over a huge grid.

    The reader allocates the whole rectangle between the first and the last cell."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            package.getinfo("xl/workbook.xml")  # not an .xlsx otherwise
            budget = limits.unpacked_megabytes << 20
            for entry in package.infolist():
                with package.open(entry) as part:
                    is_grid = entry.filename.lower().endswith(".xml")
                    budget -= _measure(part, budget, limits, is_grid=is_grid)
    except UnreadableFile:
        raise
    except Exception as error:  # each compression has exceptions of its own
        raise UnreadableFile(
            "不是 .xlsx 工作簿，或已损坏、加密；请另存为不设密码的 .xlsx"
        ) from error


def _measure(part: IO[bytes], budget: int, limits: Limits, *, is_grid: bool) -> int:
    size = 0
    tail = b""
    while chunk := part.read(_CHUNK):
        size += len(chunk)
        if size > budget:
            raise UnreadableFile(f"工作簿解压后超过 {limits.unpacked_megabytes} MB，请分批导入")
        if is_grid:
            _refuse_far_cells(tail + chunk, limits)
            tail = chunk[-64:]
    return size


def _refuse_far_cells(xml: bytes, limits: Limits) -> None:
    for letters, digits in _REFERENCE.findall(xml):
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        if column > limits.columns:
            raise UnreadableFile(f"工作表超过 {limits.columns} 列，请删去无关的列")
        if int(digits) > limits.rows + 64:
            raise UnreadableFile(f"工作表超过 {limits.rows} 行，请删去空行或分批导入")
