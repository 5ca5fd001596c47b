"""Identifiers of registry rows: validated, brought to one normal form, or issued here.

One row, one ticket in a draw: full width, lower case and spaces are folded before anything else.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from stdnum.cn import uscc as _uscc
from stdnum.iso7064 import mod_11_10

USCC_LENGTH = 18
REGISTRATION_LENGTH = 15
LONGEST_ID = 64

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
_LOOKS_LIKE = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
_ISSUED = re.compile(r"N-(\d{6})-([0-9A-Y]{11})")
_SPACING = re.compile(r"[\s\u200b-\u200f\ufeff]+")


class BadCode(ValueError):
    """A code that cannot be an identifier; the text says what is wrong and what to do."""


def normal(text: str) -> str:
    """Return an identifier in its one form: NFKC, upper case, no spacing of any kind.

    Whatever a person types or pastes goes through it before it is compared with a stored one.
    Source: the draw takes ids as bytes, so two spellings of one id would be two tickets."""
    return _SPACING.sub("", unicodedata.normalize("NFKC", text)).upper()


def row_id(text: str) -> str:
    """Return a folded id of a row that has no national code; free text is refused."""
    code = normal(text)
    if not code:
        raise BadCode("编号为空")
    if len(code) > LONGEST_ID:
        raise BadCode(f"编号超过 {LONGEST_ID} 个字符")
    for char in code:
        if char in ":|":
            raise BadCode(f"编号不得含有“{char}”（抽取时用作分隔符）")
        if not (char.isalnum() or char in "-_./#()[]〔〕"):
            raise BadCode(f"编号含有不允许的字符“{char}”")
    return code


@lru_cache(maxsize=64)  # a file often has the code twice in a line
def uscc(text: str) -> str:
    """Return a valid 统一社会信用代码; both check characters are verified.

    Source: GB 32100-2015 (character 18) and GB 11714-1997 (character 17)."""
    code = normal(text).replace("-", "")
    if len(code) != USCC_LENGTH:
        raise BadCode(f"统一社会信用代码应为 18 位，实为 {len(code)} 位")
    _only_alphabet(code)
    if not code[2:8].isdigit():
        raise BadCode("统一社会信用代码第 3–8 位应为行政区划数字")
    inner = inner_check(code[8:16])
    if code[16] != inner:
        raise BadCode(f"统一社会信用代码第 17 位（主体标识校验）应为“{inner}”，实为“{code[16]}”")
    outer = check(code[:17])
    if code[17] != outer:
        raise BadCode(f"统一社会信用代码第 18 位（校验码）应为“{outer}”，实为“{code[17]}”")
    return code


def _only_alphabet(code: str) -> None:
    for place, char in enumerate(code, start=1):
        if char not in _ALPHABET:
            meant = _LOOKS_LIKE.get(char)
            hint = f"，疑为“{meant}”" if meant else ""
            raise BadCode(f"统一社会信用代码第 {place} 位“{char}”不是允许的字符{hint}")


def check(body: str) -> str:
    """Return character 18 for the 17 before it (GB 32100-2015)."""
    return str(_uscc.calc_check_digit(body))


def inner_check(body: str) -> str:
    """Return the check character of an 8-character 主体标识 (GB 11714-1997): 10 → X, 11 → 0."""
    total = sum(int(c, 36) * w for c, w in zip(body, _INNER_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def registration_no(text: str) -> str:
    """Return a 15-digit 注册号 of a subject that has no USCC yet."""
    code = normal(text)
    if len(code) != REGISTRATION_LENGTH or not (code.isascii() and code.isdigit()):
        raise BadCode("注册号应为 15 位数字")
    return code


def registration_is_sound(code: str) -> bool:
    """Return whether the last digit of a 注册号 checks; numbers from before 2007 may not.

    Source: GB/T 17710, ISO 7064 MOD 11,10."""
    return bool(mod_11_10.is_valid(code))


def issued_id(*, district: str, kind: str, name: str, address: str) -> str:
    """Issue the internal id of a subject without any code: same name and address, same id.

    It is a hash, never free text, so nobody can choose one; the last character is a check."""
    area = district if re.fullmatch(r"\d{6}", district) else "000000"
    words = "|".join(normal(part) for part in (area, kind, name, address))
    number = int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")
    body = ""
    for _ in range(10):
        number, place = divmod(number, len(_ALPHABET))
        body += _ALPHABET[place]
    return f"N-{area}-{body}{_issued_check(area + body)}"


def is_issued(code: str) -> bool:
    """Return whether a folded code is an internal id that this product issued."""
    found = _ISSUED.fullmatch(code)
    return bool(found) and code[-1] == _issued_check(code[2:8] + code[9:-1])


def _issued_check(body: str) -> str:
    total = sum(_ALPHABET.find(char) * place for place, char in enumerate(body, start=1))
    return _ALPHABET[total % len(_ALPHABET)]


def subject_id(text: str) -> str:
    """Return the id of a subject: a USCC, a 15-digit 注册号, or one issued here."""
    code = normal(text)
    if is_issued(code):
        return code
    if len(code) == REGISTRATION_LENGTH and code.isascii() and code.isdigit():
        return code
    if len(code) == USCC_LENGTH:
        return uscc(code)
    raise BadCode(
        "既不是 18 位统一社会信用代码，也不是 15 位注册号或本系统编号；没有代码的请留空，由系统编号"
    )
