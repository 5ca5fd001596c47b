"""The line of headings of a file: found under its title, matched to our columns, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.registry import cells
from engine.registry.columns import COLUMNS, LEFT_OUT, Column, heading, recognise
from engine.registry.problems import Problem, of_file, on_line, shown
from engine.registry.sheet import Cell, Sheet
from engine.registry.types import RegistryKind

_SEARCHED = 15  # lines above the headings: a title, a note, the date of the extract
_NAMED = 5  # cells too many that a sentence names


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The line of headings: which column of the file means which column of the registry."""

    line: int
    sheet: str
    columns: Mapping[int, Column]
    titles: Mapping[int, str]

    @property
    def width(self) -> int:
        """Return how many cells a line has under headings; more of them belong to no column."""
        return max(self.titles) + 1

    def title(self, name: str) -> str:
        """Return the heading in the file of a field, or our own title where it has none."""
        for place, column in self.columns.items():
            if column.field == name:
                return self.titles[place]
        return ""


def find_header(kind: RegistryKind, sheet: Sheet) -> Header | None:
    """Return the line near the top with the most known headings; two known ones at least."""
    best: Header | None = None
    for line, found in sheet.peek(_SEARCHED):
        titles = {
            place: shown("".join(str(cell).split()))
            for place, cell in enumerate(found)
            if not cells.is_blank(cell)
        }
        columns: dict[int, Column] = {}
        for place, title in titles.items():
            column = recognise(kind, title)
            if column and column not in columns.values():
                columns[place] = column
        if len(columns) >= 2 and len(columns) > (len(best.columns) if best else 0):
            best = Header(line=line, sheet=sheet.name, columns=columns, titles=titles)
    return best


def no_header(kind: RegistryKind, filename: str) -> Problem:
    """Return the problem of a file without headings: which ones it needs."""
    needed = "、".join(column.title for column in COLUMNS[kind] if column.is_required)
    reason = f"前 {_SEARCHED} 行没有可识别的表头；至少需要：{needed}"
    return of_file("no-header", reason, filename)


def other_sheets(found: list[Sheet], headed: list[tuple[Sheet, Header]]) -> Iterator[Problem]:
    """Yield what is said about sheets that are not read; a second list is an error."""
    read = headed[0][0]
    also = [sheet for sheet, _ in headed[1:]]
    for sheet in found:
        if sheet is read or not sheet.head:
            continue
        reason = (
            f"工作表“{sheet.name}”也有名录数据，一次只导入一张表；请拆成单独的文件"
            if any(sheet is other for other in also)
            else f"工作表“{sheet.name}”没有表头，未导入"
        )
        yield Problem(
            line=0,
            column="",
            value=shown(sheet.name),
            reason=reason,
            code="other-sheet",
            severity="error" if any(sheet is other for other in also) else "warning",
        )


def header_problems(kind: RegistryKind, header: Header) -> Iterator[Problem]:
    """Yield missing, doubled and unknown columns."""
    present = {column.field for column in header.columns.values()}
    for column in COLUMNS[kind]:
        if column.is_required and column.field not in present:
            reason = "表头缺少这一列（必填），请补上后重新导入"
            yield on_line(header.line, column.title, "", reason, "missing-column")
    for place, title in header.titles.items():
        if place in header.columns:
            continue
        if recognise(kind, title):
            reason = "与另一列含义相同，请只保留一列"
            yield on_line(header.line, title, "", reason, "duplicate-column")
        elif (left_out := LEFT_OUT.get(heading(title))) != "":
            reason = left_out or "此列无法识别，未导入"
            yield on_line(header.line, title, "", reason, "unknown-column", warning=True)


def untitled(header: Header, found: Sequence[Cell]) -> Iterator[int]:
    """Yield the places between the headings where a line holds something and no heading stands."""
    for place, cell in enumerate(found[: header.width]):
        if place not in header.titles and str(cell).strip():
            yield place


def untitled_columns(header: Header, counts: Mapping[int, int]) -> Iterator[Problem]:
    """Yield what is said of columns without a heading: once each, like of an unknown one."""
    for place, count in counts.items():
        reason = f"第 {place + 1} 列没有表头，未导入（共 {count} 行有内容）"
        yield on_line(header.line, "", "", reason, "unknown-column", warning=True)


def surplus(header: Header, line: int, found: Sequence[Cell]) -> Iterator[Problem]:
    """Yield what a line holds beyond the headings; empty cells there are a spreadsheet's habit."""
    over = [str(cell) for cell in found[header.width :] if str(cell).strip()]
    if not over:
        return
    told = "、".join(f"“{shown(cell)}”" for cell in over[:_NAMED]) + ("等" * (len(over) > _NAMED))
    what_to_do = (
        "请删去，或补上表头"
        if header.sheet
        else "单元格里有分隔符（如逗号）的，整格须用英文双引号括起来；多余的内容请删去"
    )
    reason = f"表头只有 {len(header.titles)} 列，这一行还多出 {len(over)} 格：{told}；{what_to_do}"
    yield on_line(line, "", "", reason, "surplus-cells")
