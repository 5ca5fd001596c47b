"""Bytes of a CSV or XLSX file to rows of cells, under limits; what cannot be read is a problem."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import IO, TypeAlias

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one file may bring; beyond it the file is refused whole, never cut."""

    megabytes: int = 64
    unpacked_megabytes: int = 512
    rows: int = 300_000
    columns: int = 100


Line: TypeAlias = tuple[int, list[Cell]]


@dataclass(slots=True, kw_only=True)
class Sheet:
    """Rows with the line each starts on, as a person sees it in the file; read once, never held."""

    name: str
    rest: Iterator[Line]
    head: list[Line] = field(default_factory=list)

    def peek(self, count: int) -> list[Line]:
        """Return the first lines and keep them for `lines`."""
        self.head += islice(self.rest, count - len(self.head))
        return self.head

    def lines(self) -> Iterator[Line]:
        """Yield every line, the first ones included; limits are checked on the way."""
        return chain(self.head, self.rest)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the text says why and what to do."""


_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,8})(\d{1,12})\s*["']""")
_CHUNK = 1 << 20
_DAMAGED = "工作簿已损坏，请用表格软件打开后重新保存"


def sheets(content: bytes, *, limits: Limits) -> list[Sheet]:
    """Return the visible sheets of a file; a CSV is one sheet without a name."""
    if len(content) > limits.megabytes << 20:
        raise UnreadableFile(f"文件超过 {limits.megabytes} MB，请分批导入")
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise UnreadableFile("文件是空的")
    if content.startswith(_OLE):
        raise UnreadableFile("旧版 .xls 或加密的工作簿不能导入，请另存为 .xlsx 或 CSV（不设密码）")
    if content.startswith(_ZIP):
        return _workbook(content, limits)
    return [Sheet(name="", rest=_delimited(_decoded(content), limits))]


# ---------------------------------------------------------------- CSV


def _decoded(content: bytes) -> str:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _decode(content, (encoding,))
    return _decode(content, ("utf-8", "gb18030"))


def _decode(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("文字编码无法识别，请存为 UTF-8 或 GB18030 的 CSV，或 .xlsx")


def _delimited(text: str, limits: Limits) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    start, rows = 1, 0
    try:
        for cells in reader:
            if any(cells):
                rows += 1
                _admit(rows, len(cells), limits)
                yield start, list(cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(f"第 {start} 行的 CSV 格式有误（引号或字段过长）") from error


def _delimiter(text: str) -> str:
    head = text[:4096]
    return max(",\t;", key=head.count)


def _admit(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise UnreadableFile(f"文件超过 {limits.rows} 行，请分批导入")
    if columns > limits.columns:
        raise UnreadableFile(f"文件超过 {limits.columns} 列，请删去无关的列")


# ---------------------------------------------------------------- XLSX


def _workbook(content: bytes, limits: Limits) -> list[Sheet]:
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
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for position, about in enumerate(book.sheets_metadata):
            is_shown = about.visible == SheetVisibleEnum.Visible
            if is_shown and about.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_index(position)
                _admit(0, sheet.total_width, limits)
                yield Sheet(name=about.name, rest=_grid(sheet, limits))


def _grid(sheet: CalamineSheet, limits: Limits) -> Iterator[Line]:
    rows = 0
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            rows += 1
            _admit(rows, len(cells), limits)
            yield line, list(cells)


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
