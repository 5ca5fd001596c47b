"""What a spreadsheet shows where a value should be: an error, or a formula without its result.

A reader of workbooks leaves both blank, and a blank cell says nothing; so they are looked up.
Source: ECMA-376 part 1, 18.3.1.4 (cell), 18.3.1.40 (formula), 18.18.11 (types of cells).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from engine.registry.sheet import Cell, Limits, UnreadableFile

Found = dict[int, dict[int, Cell]]  # line → place → what stands there

_ERROR = re.compile(r"#[A-Z][A-Z/0_]*[!?]|#N/A|#GETTING_DATA|Err:\d{3}")
_SUSPECT = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f[\s/>]""")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d+)")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")  # UTF-16, where the bytes above are not found
_CHUNK = 1 << 20
_MOST = 100_000
_SHOWN = 60
_DAMAGED = "工作簿已损坏，请用表格软件打开后重新保存"


class Formula(str):
    """A formula whose result the workbook does not hold; as text it is the formula."""

    __slots__ = ()


def fault(cell: Cell) -> str:
    """Return why a cell holds no value, whatever its column is for; "" where it holds one."""
    if isinstance(cell, Formula):
        return "公式没有存下计算结果；请用表格软件打开后重新保存，或把公式改为数值、文字"
    if isinstance(cell, str) and cell[:1] in "#E" and _ERROR.fullmatch(cell.strip()):
        return "是表格软件的出错标记，不是内容；请在表格中改正后重新保存"
    return ""


def in_sheets(package: zipfile.ZipFile, limits: Limits) -> list[Found]:
    """Return the faults of every sheet, in the order of the workbook.

    A sheet without any formula or error, the common case, is not parsed a second time."""
    found = []
    for name in _parts(package):
        is_there = name in package.NameToInfo
        found.append(_scan(package, name, limits) if is_there and _has(package, name) else {})
    return found


def _parts(package: zipfile.ZipFile) -> list[str]:
    """Return the parts of the sheets as the workbook lists them; "" where one has none."""
    targets = {
        each.get("Id", ""): posixpath.normpath(posixpath.join("/xl", each.get("Target", "")))
        for each in _elements(package, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    named = _elements(package, "xl/workbook.xml", "sheet")
    links = [next((v for k, v in each.items() if k.endswith(":id")), "") for each in named]
    return [targets.get(link, "").lstrip("/") for link in links]


def _elements(package: zipfile.ZipFile, part: str, wanted: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == wanted:
            found.append(attributes)

    parser = _parser()
    parser.StartElementHandler = start
    with package.open(part) as source:
        parser.ParseFile(source)
    return found


def _parser() -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise UnreadableFile(_DAMAGED)  # no workbook declares entities

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    return parser


def _has(package: zipfile.ZipFile, part: str) -> bool:
    with package.open(part) as source:
        tail = b""
        while chunk := source.read(_CHUNK):
            if (not tail and chunk.startswith(_WIDE_MARKS)) or _SUSPECT.search(tail + chunk):
                return True
            tail = chunk[-64:]
    return False


def _scan(package: zipfile.ZipFile, part: str, limits: Limits) -> Found:
    looking = _Cells(limits)
    with package.open(part) as source:
        looking.read(source)
    return looking.found


class _Cells:
    """One pass over the cells of a sheet, keeping those that hold no value."""

    def __init__(self, limits: Limits) -> None:
        self.found: Found = {}
        self._limits = limits
        self._count = self._line = 0
        self._place = -1
        self._type = self._inside = ""
        self._texts: Mapping[str, list[str]] = {}

    def read(self, source: IO[bytes]) -> None:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(source)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._line = int(attributes.get("r", self._line + 1))
                self._place = -1
            case "c":
                self._place = _column(attributes.get("r", ""), self._place + 1)
                self._type, self._texts = attributes.get("t", ""), {}
            case "f" | "v" as inside:
                self._inside = inside
                self._texts = {**self._texts, inside: []}

    def _text(self, text: str) -> None:
        if self._inside:
            self._texts[self._inside].append(text)

    def _end(self, name: str) -> None:
        self._inside = ""
        if name.rpartition(":")[2] == "c" and (cell := self._judged()):
            self._keep(cell)

    def _judged(self) -> Cell:
        value = "".join(self._texts.get("v", ())).strip()
        if self._type == "e":
            return value or "#N/A"
        has_result = bool(value) or (self._type == "str" and "v" in self._texts)  # "" is a text
        if has_result or "f" not in self._texts:
            return ""
        return Formula("=" + "".join(self._texts["f"])[:_SHOWN])

    def _keep(self, cell: Cell) -> None:
        self._count += 1
        is_far = self._line > self._limits.rows + 64 or self._place >= self._limits.columns
        if is_far or self._count > _MOST:
            raise UnreadableFile("工作表有太多没有结果的公式，请粘贴为数值后重新保存")
        self.found.setdefault(self._line, {})[self._place] = cell


def _column(reference: str, following: int) -> int:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return following
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return column - 1
