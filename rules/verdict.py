"""What a rule answers: a verdict with its words of the law, or a due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """The ten answers of a rule; glossary.md gives the English names."""

    NOT_APPLICABLE = "不适用"
    COMPLIANT = "合规"
    BREACH = "违反"
    DEVIATION = "偏离"
    UNDETERMINED = "待查"
    EXEMPT = "免除"
    DISCRETION = "可以"
    DEEMED = "认定"
    CONFLICT = "冲突"
    RECORDED = "仅记录"

    @property
    def blocks(self) -> bool:
        """Whether a guard must refuse: a broken hard duty, or exceptions that contradict."""
        return self in {Verdict.BREACH, Verdict.CONFLICT}


ENGLISH = {
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.COMPLIANT: "compliant",
    Verdict.BREACH: "breach",
    Verdict.DEVIATION: "deviation",
    Verdict.UNDETERMINED: "undetermined",
    Verdict.EXEMPT: "exempt",
    Verdict.DISCRETION: "discretion",
    Verdict.DEEMED: "deemed",
    Verdict.CONFLICT: "conflict",
    Verdict.RECORDED: "recorded only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Words of a clause; `quote` is None where we do not hold the text (无原文，待法制核对)."""

    document: str
    clause: str
    quote: str | None

    def __str__(self) -> str:
        """Render as 〔PJ2020 第13条〕“…”."""
        words = f"“{self.quote}”" if self.quote else "（无原文，待法制核对）"
        return (
            f"〔{self.document} {self.clause}〕{words}"
            if self.clause
            else f"〔{self.document}〕{words}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """By when: `last_day` is still in time, `due_at` is the first instant too late."""

    rule: str
    last_day: date | None
    due_at: datetime | None
    counted: int | None
    missing: tuple[str, ...]
    provisional: date | None
    calendar_version: str
