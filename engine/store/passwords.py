"""Passwords as argon2id hashes, and what a password must at least be.

Source: OWASP ASVS 5.0 V6.2 (length over composition); parameters are argon2-cffi's own, RFC 9106.
"""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from engine.errors import ProductError

SHORTEST = 10
LONGEST = 128  # a longer text only costs time
DIFFERENT = 4  # characters; fewer is a pattern, not a password
_COMMON = frozenset({"1234567890", "12345678910", "password123", "qwertyuiop", "0123456789"})
_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody has this password")


class WeakPassword(ProductError):
    code = "weak-password"
    zh = (
        "密码须为 {shortest} 到 {longest} 个字符，至少 {kinds} 种不同的字符，"
        "不得与登录名相同，也不得是常见密码。"
    )
    en = (
        "A password has {shortest} to {longest} characters, at least {kinds} different ones, "
        "is not the login and is not common."
    )


def hashed(password: str, *, login: str) -> str:
    """Hash a password that is good enough; a weak one is refused with what it must be."""
    lowered = password.lower()
    fits = SHORTEST <= len(password) <= LONGEST
    if not fits or lowered == login.lower() or lowered in _COMMON or len(set(lowered)) < DIFFERENT:
        raise WeakPassword(shortest=SHORTEST, longest=LONGEST, kinds=DIFFERENT)
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Compare in constant effort: an unknown person costs as much time as a wrong password."""
    try:
        _hasher.verify(stored or _nobody, password[: LONGEST + 1])
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


def fresh() -> str:
    """Make a password to hand over once; its owner must change it at the first login."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
