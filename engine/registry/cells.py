"""One cell to one value: text, codes, dates, ratios, lists; a bad cell says why, in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias, TypeVar

from engine.registry import codes
from engine.registry.sheet import Cell
from engine.registry.types import LONG_TERM

Reader: TypeAlias = Callable[[Cell], object]
Word = TypeVar("Word", bound=StrEnum)


class BadCell(ValueError):
    """A cell that cannot be taken in; the text is the reason, for the person with the file."""


NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "N/A", "n/a", "NULL", "null"})
_FORMULA = "=+@"
_SEPARATORS = re.compile(r"[,，、;；\n|]+")
_LONGEST = 2_000
_EXACT_NUMBER = 2**53
_RUNS = re.compile(r"[\s\u200b-\u200f\ufeff]+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")


def is_blank(cell: Cell) -> bool:
    """Return whether a cell says nothing: empty, or a dash or 「无」 that stands for empty."""
    if not isinstance(cell, str):
        return False
    if cell in NOTHING:
        return True
    is_long = len(cell) > 8 and cell[:1].isalnum()  # the common case, without a search
    return not is_long and _RUNS.sub("", cell) in NOTHING


def text(cell: Cell) -> str:
    """Return clean text; what a spreadsheet would run as a formula is refused."""
    written = _plain(cell)
    if written[:1] == "'":  # how a spreadsheet marks text; our own export writes it too
        written = written[1:]
    elif written[:1] in _FORMULA and written:
        raise BadCell(f"以“{written[0]}”开头，疑为公式；请改为纯文字")
    if len(written) > _LONGEST:
        raise BadCell(f"超过 {_LONGEST} 个字")
    return written


_UNREADABLE = ("Cc", "Cs", "Co", "Cn")
# behind marks that turn the direction of writing, one name reads as another
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _plain(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return _whole_number(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    written = cell if isinstance(cell, str) else str(cell)
    if not written.isascii():
        written = unicodedata.normalize("NFC", written)
    if not written.isprintable():
        written = _RUNS.sub(" ", written)
        for char in written:
            if unicodedata.category(char) in _UNREADABLE or char in _TURNING:
                raise BadCell(f"含有控制字符或无法识别的字符（U+{ord(char):04X}）")
    return written.strip()


def _whole_number(number: float) -> str:
    if abs(number) >= _EXACT_NUMBER:
        raise BadCell("单元格是数字格式，末几位已丢失；请改为文本格式后重新录入")
    return str(int(number)) if number.is_integer() else repr(number)


def phone(cell: Cell) -> str:
    """Return a telephone number as written; digits, spaces and `+-()` only."""
    written = unicodedata.normalize("NFKC", _plain(cell)).lstrip("'")
    if not re.fullmatch(r"[0-9+\-() *转,/]{3,60}", written):
        raise BadCell("不是电话号码")
    return written


def _coded(read: Callable[[str], str]) -> Callable[[Cell], str]:
    def reader(cell: Cell) -> str:
        written = _plain(cell).lstrip("'")
        if _SCIENTIFIC.fullmatch(written):
            raise BadCell("代码被表格软件写成了科学计数法，末几位已丢失；请改为文本格式后重新录入")
        try:
            return read(written)
        except codes.BadCode as error:
            raise BadCell(str(error)) from error

    return reader


row_code = _coded(codes.row_id)
subject_code = _coded(codes.subject_id)


def _national(written: str) -> str:
    code = codes.normal(written)
    if len(code) == codes.REGISTRATION_LENGTH and code.isdigit():
        return codes.registration_no(code)
    return codes.uscc(code)


national_code = _coded(_national)


# ---------------------------------------------------------------- dates

_NUMERIC_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[ T].*)?")
_CHINESE_DATE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SERIAL_ZERO = date(1899, 12, 30)  # the 1900 system, its false leap day included
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
_FOREVER = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限"})


def day(cell: Cell) -> date:
    """Return a date written in one of the usual ways, a spreadsheet's serial number included."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(float(cell))
    written = unicodedata.normalize("NFKC", str(cell)).strip().lstrip("'")
    written = re.sub(r"\s*([年月日号./-])\s*", r"\1", written)
    try:
        return _written_day(written)
    except ValueError as error:
        if isinstance(error, BadCell):
            raise
        raise BadCell("没有这一天") from error


def _written_day(written: str) -> date:
    for pattern in (_NUMERIC_DATE, _COMPACT_DATE):
        if found := pattern.fullmatch(written):
            return date(*(int(part) for part in found.groups()))
    if found := _CHINESE_DATE.fullmatch(written):
        year, month, number = found.groups()
        digits = [_DIGITS[char] for char in year]
        return date(int("".join(map(str, digits))), _chinese(month), _chinese(number))
    if _SERIAL.fullmatch(written):
        return _serial(float(written))
    raise BadCell("不是日期；请写成 2026-06-15 或 2026年6月15日")


def _chinese(number: str) -> int:
    tens, mark, ones = number.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if mark else 0) + (_DIGITS[ones] if ones else 0)


def _serial(number: float) -> date:
    if not 61 <= number < 2_958_466:  # before 61 the 1900 system is ambiguous
        raise BadCell("不是日期序号；请写成 2026-06-15")
    return _SERIAL_ZERO + timedelta(days=int(number))


def day_or_forever(cell: Cell) -> date:
    """Return the last day of a validity; 「长期」 is the last day a calendar knows."""
    if isinstance(cell, str) and _RUNS.sub("", cell) in _FOREVER:
        return LONG_TERM
    return day(cell)


# ---------------------------------------------------------------- words and lists


def word(kind: type[Word], synonyms: Mapping[str, str]) -> Callable[[Cell], Word]:
    """Return a reader of one word of an enumeration, synonyms included."""
    known = {member.value.upper(): member for member in kind}
    known |= {codes.normal(name): kind(value) for name, value in synonyms.items()}

    def reader(cell: Cell) -> Word:
        written = codes.normal(_plain(cell)).lstrip("'")
        if (member := known.get(written)) is None:
            raise BadCell("不是允许的值；可填：" + "、".join(m.value for m in kind))
        return member

    return reader


def flag(cell: Cell) -> bool:
    """Return 是 or 否."""
    written = codes.normal(_plain(cell))
    if written in ("是", "Y", "YES", "TRUE", "1", "√", "✓", "有"):
        return True
    if written in ("否", "N", "NO", "FALSE", "0", "×", "X"):
        return False
    raise BadCell("应为“是”或“否”")


def listed(cell: Cell) -> tuple[str, ...]:
    """Return the words of a list written with 、 ， ； or line breaks; repeats are dropped."""
    parts = (text(part) for part in _SEPARATORS.split(_plain_lines(cell)))
    return tuple(dict.fromkeys(part for part in parts if not is_blank(part)))


def listed_subjects(cell: Cell) -> tuple[str, ...]:
    """Return a list of subject ids, each of them checked."""
    return tuple(dict.fromkeys(subject_code(part) for part in listed(cell)))


def _plain_lines(cell: Cell) -> str:
    return re.sub(r"[\r\n]+", "、", cell) if isinstance(cell, str) else _plain(cell)


_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,4}))?%")
_PART = re.compile(r"(\d{1,6})/(\d{1,6})")


def ratio(cell: Cell) -> str:
    """Return an exact ratio as text, "3%" or "1/8"; a range or a count stays as it is written.

    Nothing becomes a float: a number cell is taken by its shortest decimal writing."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _percent(Fraction(str(cell)))
    written = codes.normal(text(cell))
    if found := _PERCENT.fullmatch(written):
        return _percent(Fraction(f"{found[1]}.{found[2] or 0}") / 100)
    if found := _PART.fullmatch(written):
        if not int(found[2]):
            raise BadCell("分母不能为 0")
        return _percent(Fraction(int(found[1]), int(found[2])))
    if re.fullmatch(r"0?\.\d+|1(?:\.0+)?", written):
        return _percent(Fraction(written))
    if len(written) > 60:
        raise BadCell("抽查比例过长")
    return written


def _percent(share: Fraction) -> str:
    if not 0 < share <= 1:
        raise BadCell("抽查比例应大于 0、不超过 100%")
    hundredfold = share * 100
    if hundredfold.denominator == 1:
        return f"{hundredfold}%"
    return f"{share.numerator}/{share.denominator}"
