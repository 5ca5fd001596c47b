"""What an analysis of a pack says: about which rules, where, shown by which smallest case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules.errors import Problem
from rules.language.program import Rule
from rules.language.types import Type, Value

if TYPE_CHECKING:
    from rules.law import Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of the analyser; `witness` is a smallest case that shows it."""

    kind: str
    message: str
    rules: tuple[str, ...]
    file: str
    line: int
    witness: tuple[tuple[str, str], ...] = ()
    severity: str = "note"  # error warning note

    def __str__(self) -> str:
        """Render as one line."""
        shown = "、".join(f"{path} = {value}" for path, value in self.witness)
        case = f"；例：{shown}" if shown else ""
        return f"{self.file}：第{self.line}行：{self.message}{case}"

    def as_problem(self) -> Problem:
        """Return the finding in the form of every other check."""
        shown = "、".join(f"{path} = {value}" for path, value in self.witness)
        return Problem(
            file=self.file,
            line=self.line,
            column=1,
            code=self.kind,
            message=self.message,
            hint=f"例：{shown}" if shown else "",
            severity="error" if self.severity == "error" else "warning",
        )


def shown(law: Law, case: Mapping[str, Value] | None) -> tuple[tuple[str, str], ...]:
    """Return a case as text."""
    names = law.program.names
    terms = names.terms
    plain = Type("text")
    return tuple(
        (path, names.shown(value, terms[path].type if path in terms else plain))
        for path, value in sorted((case or {}).items())
    )


def finding(
    law: Law,
    kind: str,
    rule: Rule,
    message: str,
    case: Mapping[str, Value] | None = None,
    **more: str,
) -> Finding:
    """Make a finding about a rule."""
    others = more.get("other", "")
    return Finding(
        kind=kind,
        message=message,
        rules=(rule.name, *filter(None, [others])),
        file=rule.file,
        line=int(more.get("line", rule.place.line)),
        witness=shown(law, case),
        severity=more.get("severity", "note"),
    )
