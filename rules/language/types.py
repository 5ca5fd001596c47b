"""Types with units: a percentage is not a number, five working days are not five days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Final, Literal

SHANGHAI: Final = timezone(timedelta(hours=8))  # legal days; China keeps no summer time

Kind = Literal[
    "ratio", "count", "wdays", "days", "date", "enum", "bool", "human", "number", "year", "text"
]


@dataclass(frozen=True, slots=True)
class NotYet:
    """未发生: the act has not been done; a deadline for it is judged by the decision clock."""

    def __str__(self) -> str:
        return "未发生"


NOT_YET: Final = NotYet()

Value = bool | int | Fraction | date | str | frozenset[str] | NotYet

NAMED: Final[dict[str, Kind]] = {
    "比例": "ratio",
    "工作日": "wdays",
    "日": "days",
    "日期": "date",
    "是否": "bool",
    "人工判断": "human",
    "数": "number",
    "年度": "year",
    "文字": "text",
}
SHOWN: Final = {kind: word for word, kind in NAMED.items()}


@dataclass(frozen=True, slots=True)
class Type:
    """A kind with its enum or unit; `whole` is false for a count that needs rounding first."""

    kind: Kind
    name: str = ""
    many: bool = False
    whole: bool = True

    def __str__(self) -> str:
        if self.kind == "enum":
            return f"{'集合 ' if self.many else ''}枚举 {self.name}"
        if self.kind == "count":
            return "次数" if self.name == "次" else self.name
        return self.name or SHOWN[self.kind]

    @property
    def truth(self) -> bool:
        """Whether a value of this type may stand as a condition."""
        return self.kind in {"bool", "human"}

    @property
    def numeric(self) -> bool:
        """Whether a value of this type can be added up."""
        return self.kind in {"ratio", "count", "wdays", "days", "number", "year"}

    def alike(self, other: Type) -> bool:
        """Whether two values may be compared with each other."""
        if self.truth and other.truth:
            return True
        if {self.kind, other.kind} == {"year", "number"}:
            return True
        return (self.kind, self.name, self.many) == (other.kind, other.name, other.many)


BOOL: Final = Type("bool")
DATE: Final = Type("date")
DAYS: Final = Type("days")
WDAYS: Final = Type("wdays")
RATIO: Final = Type("ratio", whole=False)
NUMBER: Final = Type("number", whole=False)
YEAR: Final = Type("year")
TEXT: Final = Type("text")
DEPARTMENT: Final = Type("text", "部门")  # recorded by code, written by its name


def show(value: Value | None, type_: Type) -> str:
    """Write a value as a rule text would."""
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, frozenset):
        return "（" + "、".join(sorted(value)) + "）"
    if isinstance(value, int | Fraction):
        return show_number(Fraction(value), type_)
    return str(value)


def show_number(value: Fraction, type_: Type) -> str:
    """Write an exact number with its unit: 2.9% · 5 户 · 1/3."""
    if type_.kind == "ratio":
        return decimal(value * 100) + "%"
    unit = {"count": type_.name, "wdays": "个工作日", "days": "日"}.get(type_.kind, "")
    return f"{decimal(value)} {unit}".rstrip()


def decimal(value: Fraction) -> str:
    """Write an exact rational as a finite decimal where there is one, else as a fraction."""
    rest, digits = value.denominator, 0
    for factor in (10, 2, 5):
        while rest % factor == 0:
            rest, digits = rest // factor, digits + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    if not digits:
        return str(value.numerator)
    text = str(abs(int(value * 10**digits))).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:].rstrip('0')}".rstrip(".")


def legal_day(instant: datetime) -> date:
    """Return the day an instant falls on in the law's time zone; the last day there is at most."""
    try:
        return instant.astimezone(SHANGHAI).date()
    except OverflowError:
        return date.max if instant.year > 1 else date.min
