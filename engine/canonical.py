"""One byte string for one value: the JSON that is hashed and kept.

It follows RFC 8785 under these limits: no floats, integers within 2⁵³, ASCII keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypeAlias

import orjson

from engine.errors import ProductError

Json: TypeAlias = str | int | bool | list["Json"] | dict[str, "Json"] | None

_LARGEST = 2**53
_AS_IT_IS = frozenset({str, bool, type(None)})


class NotCanonical(ProductError):
    code = "not-canonical"
    zh = "值 {value} 不能写入历史：只允许文字、整数、是否、空、列表和对象。"
    en = "{value} cannot enter a history: only text, integers, booleans, null, lists, objects."


def canonical(value: object) -> bytes:
    """Return the one byte string of a JSON value; floats and huge integers are refused."""
    return written(plain(value))


def written(value: object) -> bytes:
    """Write a value whose parts were all canonical once, such as the fold of recorded events."""
    try:
        return orjson.dumps(value, default=dict, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # half a surrogate pair is no text
        raise NotCanonical(value=repr(value)[:80]) from error


def address(content: bytes) -> str:
    """Return the content address of bytes: SHA-256 in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def plain(value: Any) -> Any:
    """Return a value as plain JSON; whatever JSON cannot say exactly is refused."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return _object(value)
    if kind is list or kind is tuple:
        return [item if type(item) in _AS_IT_IS else plain(item) for item in value]
    if kind is int and -_LARGEST <= value <= _LARGEST:
        return value
    return _unusual(value)


def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    found = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotCanonical(value=repr(value)[:80])
        found[key] = item if type(item) in _AS_IT_IS else plain(item)
    return found


def _unusual(value: Any) -> Any:
    """Bring a subclass of a JSON type, such as an enum of words, down to the type itself."""
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and -_LARGEST <= value <= _LARGEST:
        return int(value)
    raise NotCanonical(value=value if isinstance(value, int) else repr(value)[:80])
