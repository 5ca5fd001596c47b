"""What can go wrong in the rules room: problems of a text, and facts that do not fit their word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One finding about a text: where, what stands there, what may stand there."""

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        """Render the finding as one Chinese line."""
        place = f"{self.file}：" if self.file else ""
        hint = f"；{self.hint}" if self.hint else ""
        return f"{place}第{self.line}行第{self.column}列：{self.message}{hint}"

    def as_json(self) -> dict[str, str | int]:
        """Return the finding in the form every checker of the product answers with."""
        return dict(asdict(self))


class RulesError(Exception):
    """Base of everything the rules room raises."""


class PackProblems(RulesError):
    """A pack or a condition has errors and must not be used."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FactError(RulesError):
    """A recorded value does not have the form its word declares."""

    def __init__(self, *, term: str, value: object, expected: str) -> None:
        self.term, self.value, self.expected = term, value, expected
        super().__init__(
            f"“{term}”的值“{value!s:.80}”不合格式；应为：{expected}"
            f" / value of {term} has the wrong form"
        )


class UnknownRule(RulesError):
    """No rule, exception or table of that name is in the pack."""

    def __init__(self, name: str, hint: str = "") -> None:
        self.name = name
        super().__init__(f"没有名为“{name}”的规则{hint} / no such rule")


class UnknownRole(RulesError):
    """A diagram names a role that organisation.toml does not bind."""

    def __init__(self, role: str) -> None:
        self.role = role
        super().__init__(f"organisation.toml 没有绑定角色“{role}” / role is not bound")
