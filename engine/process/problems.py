"""One thing wrong with a diagram, placed so that the editor can jump to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.process.wording import Severity
from engine.process.wordings import WORDINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to correct: where it is, what it is, what to do."""

    file: str
    line: int
    element: str
    code: str
    severity: Severity
    facts: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def message(self) -> str:
        return self.say("zh")[0]

    @property
    def hint(self) -> str:
        return self.say("zh")[1]

    def say(self, language: str) -> tuple[str, str]:
        """Return message and hint; anything but "en" answers in Chinese."""
        wording = WORDINGS[self.code]
        english = language == "en"
        message, hint = (wording.en, wording.en_hint) if english else (wording.zh, wording.zh_hint)
        return message.format_map(self.facts), hint.format_map(self.facts)

    def printed(self, language: str = "zh") -> str:
        """Return the problem as one line of a terminal, which editors can follow."""
        message, hint = self.say(language)
        tail = f" ({hint})" if hint else ""
        return f"{self.file}:{self.line}: {self.code} {message}{tail}"

    def record(self, language: str = "zh") -> dict[str, object]:
        """Return the problem as the command line and the API print it."""
        message, hint = self.say(language)
        return {
            "file": self.file,
            "line": self.line,
            "element": self.element,
            "code": self.code,
            "message": message,
            "hint": hint,
            "severity": self.severity,
        }


def problem(code: str, *, file: str, line: int, element: str, **facts: object) -> Problem:
    """Make a problem of a known code; its facts are shortened so that nobody floods a page."""
    short = {name: _short(value) for name, value in facts.items()}
    return Problem(
        file=file,
        line=line,
        element=element,
        code=code,
        severity=WORDINGS[code].severity,
        facts=MappingProxyType(short),
    )


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort by line, then code, and drop what is said twice."""
    unique = {(p.line, p.code, p.element, p.message): p for p in problems}
    return tuple(unique[key] for key in sorted(unique))


def _short(value: object) -> str:
    """Keep one line of at most 120 characters without control or direction marks."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return text if len(text) <= 120 else text[:119] + "…"
