"""Keys and tickets: the one hash that decides everything, small enough for a `sha256sum` line.

    key    = SHA256("ssyg/key/v1|" M "|" reveal_1 "|" … "|" random value)
    ticket = SHA256( hex(key) ":" id )

Every other use of the key puts a purpose between the colons; ids hold no colon, so no two uses
ever hash the same text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from engine.draw.refusals import BadText, ManifestProblem

ALGORITHMS = ("sha256", "sm3")
KEY_VERSION = "ssyg/key/v1"

Hasher = Callable[[bytes], Any]

_HEX = re.compile(r"[0-9a-f]{64}")
_FORBIDDEN = re.compile(r"[:| \\]")


def hasher(alg: str) -> Hasher:
    """Return the hash constructor named by a manifest; SM3 comes from OpenSSL (GB/T 32905)."""
    if alg == "sha256":
        return hashlib.sha256
    if alg == "sm3":
        return lambda content: hashlib.new("sm3", content)
    raise ManifestProblem(
        field="alg", why=f"只支持 sha256 和 sm3，不支持 {alg}", why_en=f"`{alg}` is unknown"
    )


def key(
    manifest_hash: str, reveals: Sequence[str], beacon_values: Sequence[str], alg: str = "sha256"
) -> str:
    """Return the key of a draw in lower-case hex: manifest first, the random value last.

    Without reveals the two are joined directly; order of the reveals is the manifest's.
    """
    for digest in (manifest_hash, *reveals):
        if not _HEX.fullmatch(digest):
            raise BadText(
                what="摘要",
                value=digest,
                why="须为 64 位小写十六进制",
                why_en="64 lower-case hex digits are required",
            )
    text = "|".join([KEY_VERSION, manifest_hash, *reveals, *beacon_values])
    return str(hasher(alg)(text.encode()).hexdigest())


def ticket(key: str, unit: str, alg: str = "sha256") -> str:
    """Return the ticket of one unit in hex: `printf '%s' KEY:ID | sha256sum`."""
    return str(hasher(alg)(f"{key}:{unit}".encode()).hexdigest())


def purpose(key: str, *parts: str, alg: str = "sha256") -> str:
    """Return the hash of a named use of the key, e.g. `purpose(key, "order", unit)`."""
    return str(hasher(alg)(":".join((key, *parts)).encode()).hexdigest())


def require_text(value: str, *, what: str) -> str:
    """Return `value` if it may stand in a hashed text: printable NFKC without `:` `|` `\\` space.

    That charset makes every prefix injective and gives a name one spelling only (full-width or
    zero-width variants would be several tickets for one business).
    """
    spelled_once = value.isprintable() and unicodedata.is_normalized("NFKC", value)
    if not value or not spelled_once or _FORBIDDEN.search(value):
        raise BadText(
            what=what,
            value=value,
            why="不得为空，不得含冒号、竖线、反斜杠、空白、不可见字符或全角变体",
            why_en="it is empty, not in NFKC form, or holds a colon, bar, backslash or space",
        )
    return value
