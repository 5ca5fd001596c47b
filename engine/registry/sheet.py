"""What every file is before its columns are known: sheets of lines of cells, under limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import TypeAlias

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
    """The file as a whole cannot be read; the text says why and what to do.

    `line` is where it stopped making sense; 0 where no line is to blame."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


def admit(rows: int, columns: int, limits: Limits) -> None:
    """Refuse the row that is one too many, and a row that is too wide."""
    if rows > limits.rows:
        raise UnreadableFile(f"文件超过 {limits.rows} 行，请分批导入")
    if columns > limits.columns:
        raise UnreadableFile(f"文件超过 {limits.columns} 列，请删去无关的列")
