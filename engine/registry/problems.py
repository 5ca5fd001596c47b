"""What is wrong with an imported file: the line, the column, the value and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One sentence for the person who holds the file; line 0 speaks of the file as a whole.

    An error keeps its row out and the batch from being applied; a warning keeps out nothing."""

    line: int
    column: str
    value: str
    reason: str
    code: str
    severity: Severity = "error"

    def sentence(self) -> str:
        """Return the problem as one Chinese sentence."""
        if not self.line and not self.column:
            return f"文件“{self.value}”：{self.reason}" if self.value else f"文件：{self.reason}"
        place = f"第 {self.line} 行" if self.line else "文件"
        column = f"“{self.column}”列" if self.column else ""
        value = f"的值“{self.value}”" if self.value else ""
        return f"{place}{column}{value}：{self.reason}"

    def record(self) -> Mapping[str, str | int]:
        """Return the problem as the API and the command line show it."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "message": self.reason,
            "code": self.code,
            "severity": self.severity,
        }


def of_file(code: str, reason: str, filename: str) -> Problem:
    """Return an error of the file as a whole."""
    return Problem(line=0, column="", value=shown(filename), reason=reason, code=code)


def on_line(
    line: int, column: str, value: object, reason: str, code: str, *, warning: bool = False
) -> Problem:
    """Return a problem of one cell, or of the whole line where `column` is empty."""
    return Problem(
        line=line,
        column=column,
        value=shown(value),
        reason=reason,
        code=code,
        severity="warning" if warning else "error",
    )


def shown(value: object) -> str:
    """Return a value as a message may show it: one line, cut when long, without control marks."""
    written = str(value).upper() if isinstance(value, bool) else str(value)  # as a sheet shows it
    text = "".join(char if char.isprintable() else "�" for char in written)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
