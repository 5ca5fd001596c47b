"""Recorded values become typed facts: exact, dated, with the place they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

from rules.errors import FactError
from rules.language.types import NOT_YET, Type, Value, legal_day

JSON = Any  # str | int | bool | None | list | dict, as engine/history.py writes it
WHOLE: Final = re.compile(r"[+-]?[0-9]{1,15}(?=\s*\D{0,4}$)")
RATIONAL: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,12}|/[1-9][0-9]{0,14})?")
PERCENT: Final = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,12})?)\s*[%％]")


@dataclass(frozen=True, slots=True)
class Facts(Mapping[str, Value]):
    """Typed values by term path; a missing key is an unknown fact."""

    values_by_path: Mapping[str, Value] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, path: str) -> Value:
        return self.values_by_path[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_path)

    def __len__(self) -> int:
        return len(self.values_by_path)

    def with_facts(self, more: Mapping[str, Value], origin: str) -> Facts:
        """Return these facts with others added, each marked with where it comes from."""
        return Facts(
            {**self.values_by_path, **more}, {**self.origins, **dict.fromkeys(more, origin)}
        )


def convert(value: JSON, type_: Type, enums: Mapping[str, tuple[str, ...]], *, term: str) -> Value:
    """Read a recorded value as one of its term's type; raises FactError naming the form."""
    if type_.many:
        return _many(value, type_, enums, term)
    reader = READERS.get(type_.kind)
    if reader is None:  # enum
        allowed = enums.get(type_.name, ())
        if isinstance(value, str) and value in allowed:
            return value
        raise FactError(term=term, value=value, expected="、".join(allowed))
    found = reader(value)
    if found is None:
        raise FactError(term=term, value=value, expected=EXPECTED[type_.kind])
    return found


def _many(value: JSON, type_: Type, enums: Mapping[str, tuple[str, ...]], term: str) -> Value:
    if not isinstance(value, list | tuple | set | frozenset):
        raise FactError(term=term, value=value, expected="一组值，如 [“甲”, “乙”]")
    single = Type(type_.kind, type_.name)
    return frozenset(str(convert(item, single, enums, term=term)) for item in value)


def _whole(value: JSON) -> Value | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else None
    found = WHOLE.match(value.strip()) if isinstance(value, str) else None
    return int(found.group()) if found else None


def _rational(value: JSON) -> Value | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Fraction):
        return value
    if isinstance(value, str) and RATIONAL.fullmatch(value.strip()):
        return Fraction(value.strip())
    return None


def _ratio(value: JSON) -> Value | None:
    if isinstance(value, str) and (found := PERCENT.fullmatch(value.strip())):
        return Fraction(found.group(1)) / 100
    return _rational(value)


def _date(value: JSON) -> Value | None:
    if value == str(NOT_YET) or value is NOT_YET:
        return NOT_YET
    if isinstance(value, datetime):
        return legal_day(value) if value.tzinfo else None
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return legal_day(instant) if instant.tzinfo else None


def _bool(value: JSON) -> Value | None:
    if isinstance(value, bool):
        return value
    return {"是": True, "否": False}.get(value) if isinstance(value, str) else None


def _human(value: JSON) -> Value | None:
    """A human finding may be recorded with its signer; the truth of it is `value`."""
    if isinstance(value, Mapping):
        return _bool(value.get("value")) if value.get("signer") else None
    return _bool(value)


def _text(value: JSON) -> Value | None:
    return value if isinstance(value, str) else None


READERS: Final = {
    "ratio": _ratio,
    "count": _whole,
    "wdays": _whole,
    "days": _whole,
    "year": _whole,
    "number": _rational,
    "date": _date,
    "bool": _bool,
    "human": _human,
    "text": _text,
}
EXPECTED: Final = {
    "ratio": "百分比，如 3% 或 3/100",
    "count": "整数",
    "wdays": "整数（工作日）",
    "days": "整数（日）",
    "year": "年份，如 2026",
    "number": "数字",
    "date": "日期，如 2026-06-15，或 未发生",
    "bool": "是 或 否",
    "human": "是 或 否，由有权的人署名认定",
    "text": "文字",
}
