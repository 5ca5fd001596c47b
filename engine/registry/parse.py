"""A registry file to typed rows; every bad cell of the whole file is reported in one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.registry import cells
from engine.registry.assemble import BadRow, Scope, assemble, remarks
from engine.registry.cells import BadCell
from engine.registry.columns import REMOVAL, recognise
from engine.registry.faults import fault
from engine.registry.header import (
    Header,
    find_header,
    header_problems,
    no_header,
    other_sheets,
    surplus,
    untitled,
    untitled_columns,
)
from engine.registry.problems import Problem, of_file, on_line
from engine.registry.sheet import Cell, Limits, Sheet, UnreadableFile
from engine.registry.tabular import sheets
from engine.registry.types import RegistryKind, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a file says: sound rows, rows that leave and why, and everything wrong with it."""

    kind: RegistryKind
    filename: str
    rows: tuple[Row, ...] = ()
    removals: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    header: Header | None = None

    @property
    def is_sound(self) -> bool:
        """Return whether the file may become a batch: it has no error (warnings may stay)."""
        return self.header is not None and not any(p.severity == "error" for p in self.problems)


@dataclass(slots=True, kw_only=True)
class _Reading:
    kind: RegistryKind
    header: Header
    scope: Scope
    rows: dict[str, Row] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    removals: dict[str, str] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)  # remarks on columns the file lacks
    untitled: Counter[int] = field(default_factory=Counter)  # lines per place without a heading
    problems: list[Problem] = field(default_factory=list)


def parse(
    kind: RegistryKind | str,
    content: bytes,
    filename: str,
    *,
    scope: Scope | None = None,
    limits: Limits | None = None,
) -> Parsed:
    """Return the rows and the problems of a CSV or XLSX file; it never raises on any bytes.

    The first sheet with known headings counts; a second one is an error, not ignored."""
    kind = RegistryKind(kind)
    try:
        return _parse(kind, content, filename, scope or Scope(), limits or Limits())
    except UnreadableFile as error:
        problem = (
            on_line(error.line, "", "", str(error), "unreadable")
            if error.line
            else of_file("unreadable", str(error), filename)
        )
        return Parsed(kind=kind, filename=filename, problems=(problem,))


def _parse(
    kind: RegistryKind, content: bytes, filename: str, scope: Scope, limits: Limits
) -> Parsed:
    found = sheets(content, limits=limits, known=lambda text: recognise(kind, text) is not None)
    headed = [(sheet, header) for sheet in found if (header := find_header(kind, sheet))]
    if not headed:
        return Parsed(kind=kind, filename=filename, problems=(no_header(kind, filename),))
    sheet, header = headed[0]
    reading = _Reading(kind=kind, header=header, scope=scope)
    reading.problems += other_sheets(found, headed)
    reading.problems += header_problems(kind, header)
    if not any(problem.code == "missing-column" for problem in reading.problems):
        _read_rows(reading, sheet)
    return Parsed(
        kind=kind,
        filename=filename,
        rows=tuple(reading.rows.values()),
        removals=reading.removals,
        problems=tuple(sorted(reading.problems, key=lambda problem: problem.line)),
        header=header,
    )


# ---------------------------------------------------------------- rows


def _read_rows(reading: _Reading, sheet: Sheet) -> None:
    is_empty = True
    for line, found in sheet.lines():
        if line <= reading.header.line or all(cells.is_blank(cell) for cell in found):
            continue
        _read_row(reading, line, found)
        is_empty = False
    if is_empty:
        reading.problems.append(
            on_line(reading.header.line, "", "", "表头下面没有数据行", "no-rows")
        )
    _refuse_duplicates(reading)
    reading.problems += _remark_once(reading)
    reading.problems += untitled_columns(reading.header, reading.untitled)


def _read_row(reading: _Reading, line: int, found: list[Cell]) -> None:
    header = reading.header
    values, problems = _values(header, line, found)
    removal = str(values.pop(REMOVAL, ""))
    problems += surplus(header, line, found)
    reading.untitled.update(untitled(header, found))
    if not problems:
        try:
            row = assemble(reading.kind, values, reading.scope)
        except BadRow as error:
            column = header.title(error.field)
            problems.append(on_line(line, column, error.value, str(error), error.code))
        else:
            _remark(reading, line, row)
            reading.lines.setdefault(row.row_id, []).append(line)
            reading.rows[row.row_id] = row
            if removal:
                reading.removals[row.row_id] = removal
    reading.problems += problems


def _remark(reading: _Reading, line: int, row: Row) -> None:
    """Report what is incomplete on its line; a column the file lacks is reported once."""
    for name, reason in remarks(row):
        if title := reading.header.title(name):
            reading.problems.append(on_line(line, title, "", reason, "remark", warning=True))
        else:
            reading.absent[reason] = reading.absent.get(reason, 0) + 1


def _remark_once(reading: _Reading) -> Iterator[Problem]:
    for reason, count in reading.absent.items():
        text = f"{reason}（文件没有这一列，共 {count} 行）"
        yield on_line(reading.header.line, "", "", text, "remark", warning=True)


def _values(
    header: Header, line: int, found: list[Cell]
) -> tuple[dict[str, object], list[Problem]]:
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for place, column in header.columns.items():
        cell = found[place] if place < len(found) else ""
        title = header.titles[place]
        value: object = ""
        if reason := fault(cell):
            problems.append(on_line(line, title, cell, reason, "bad-cell"))
            continue
        if not cells.is_blank(cell):
            try:
                value = column.read(cell)
            except BadCell as error:
                problems.append(on_line(line, title, cell, str(error), "bad-cell"))
                continue
        if value != "":
            values[column.field] = value
        elif column.is_required:
            problems.append(on_line(line, title, "", "此列必填", "required"))
    return values, problems


def _refuse_duplicates(reading: _Reading) -> None:
    """Take out every row whose id stands on two lines: nobody may choose which one counts."""
    for row_id, lines in reading.lines.items():
        if len(lines) < 2:
            continue
        reading.rows.pop(row_id)
        reading.removals.pop(row_id, None)
        places = "、".join(str(line) for line in lines)
        for line in lines:
            reason = f"编号重复：第 {places} 行是同一编号，请只保留一行"
            reading.problems.append(on_line(line, "", row_id, reason, "duplicate-id"))
