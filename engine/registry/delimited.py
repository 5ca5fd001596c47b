"""A CSV file to lines of cells: its encoding, what separates its cells, quotes that must close.

Source: RFC 4180 for the quotes; a quote that stays open would swallow the lines behind it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from engine.registry.sheet import Limits, Line, Sheet, UnreadableFile, admit

Known: TypeAlias = Callable[[str], bool]  # whether a cell reads as a heading we know

_SEPARATORS = ",\t;"
_HEAD = 65_536  # characters in which the headings must stand
_SEARCHED = 15  # lines above and with the headings
_FEED = "\r\n"

_OPEN = (
    "从这一行开始的英文双引号没有闭合，后面各行会被并入同一格；"
    "请补上右引号，或把内容里的双引号写成两个"
)
_AFTER = (
    "这一行开始的带引号单元格，右引号后面还有文字；"
    "请把内容里的双引号写成两个，并把整格用双引号括起来"
)
_LONG = "单元格过长（超过 {most} 个字符）；请检查这一行的引号是否闭合，或删减内容"
_BROKEN = "CSV 格式有误；请用表格软件打开后重新保存"


def delimited(content: bytes, limits: Limits, known: Known) -> Sheet:
    """Return the one sheet of a CSV; a quote that does not close is an error of its line."""
    text = _decoded(content)
    return Sheet(name="", rest=_lines(text, _separator(text, known), limits))


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


def _separator(text: str, known: Known) -> str:
    """Return what separates the cells: under it the most headings are known.

    Counting alone is wrong for a `;` file whose addresses hold commas; it decides a tie only."""
    head = text[:_HEAD]
    return max(_SEPARATORS, key=lambda mark: (_headings(head, mark, known), head.count(mark)))


def _headings(head: str, mark: str, known: Known) -> int:
    best = 0
    try:
        for cells in islice(csv.reader(io.StringIO(head, newline=""), delimiter=mark), _SEARCHED):
            best = max(best, len({cell for cell in cells if known(cell)}))
    except csv.Error:
        pass  # whoever reads the whole file says what is wrong, and on which line
    return best


def _lines(text: str, mark: str, limits: Limits) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    start, rows = 1, 0
    try:
        for cells in reader:
            if any(cells):
                rows += 1
                admit(rows, len(cells), limits)
                yield start, list(cells)
            start = reader.line_num + 1
    except csv.Error as error:
        rest = islice(io.StringIO(text, newline=""), start - 1, reader.line_num)
        raise _told(str(error), start, _quote_line(rest, start, mark)) from error


def _told(error: str, start: int, quoted: int) -> UnreadableFile:
    """Return what went wrong in words; the reader's own are English and name no line."""
    if "unexpected end" in error:
        return UnreadableFile(_OPEN, line=quoted or start)
    if "expected after" in error:
        return UnreadableFile(_AFTER, line=quoted or start)
    if "field limit" in error:
        reason = _LONG.format(most=csv.field_size_limit())
        return UnreadableFile(reason, line=quoted or start)
    return UnreadableFile(_BROKEN, line=start)


def _quote_line(lines: Iterable[str], start: int, mark: str) -> int:
    """Return the line of the quote that a broken record fails at; 0 where no quote is at fault.

    A record may go over many lines, and the cells before may have closed on any of them."""
    opened, place = start, "start"
    for number, line in enumerate(lines, start=start):
        for char in line:
            is_end = char == mark or char in _FEED
            if char == '"' and place in _NEXT:
                opened = number if place == "start" else opened
                place = _NEXT[place]
            elif place == "closed" and not is_end:
                return opened
            elif place != "inside":
                place = "start" if is_end else "plain"
    return opened if place == "inside" else 0


# where a quote leads from; one behind a closing quote is a quote doubled: the cell goes on
_NEXT = {"start": "inside", "inside": "closed", "closed": "inside"}
