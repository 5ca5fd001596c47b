"""What cannot be written down is turned away at the door: null characters and half characters.

A database takes neither into a text, and nobody types them by hand; nor the marks that make a
line read backwards, behind which a case number or a name would read as another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound

from engine.errors import ProductError

_UNWRITABLE = re.compile("[\0\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
LARGEST = 2**31 - 1  # what the databases count with
DEEPEST = 40  # levels of a program's JSON; forms have three


class UnwritableText(ProductError):
    code = "unwritable-text"
    zh = "内容里有不能保存的字符（空字符、残缺的字或改变书写方向的符号），请删去后再提交。"
    en = "There are characters that cannot be stored (null, half or direction marks)."


class TooDeep(ProductError):
    code = "too-deep"
    zh = "内容嵌套过深，请按接口说明发送。"
    en = "The content is nested too deeply; send it as the description says."


def refuse_the_unwritable() -> None:
    """Look at an address and a form before any page reads them."""
    named = (request.view_args or {}).values()
    if any(isinstance(value, int) and value > LARGEST for value in named):
        raise NotFound  # no event and no part has such a number
    _refuse(str(value) for value in named)
    for given in (request.args, request.form):
        _refuse(part for name, values in given.lists() for part in (name, *values))
    _refuse(name for file in request.files.values() if (name := file.filename))


def refuse_in(value: Any, depth: int = 0) -> None:
    """Look through what a program sent."""
    if depth > DEEPEST:
        raise TooDeep
    if isinstance(value, str):
        _refuse((value,))
    elif isinstance(value, Mapping):
        _refuse(value)
        for each in value.values():
            refuse_in(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            refuse_in(each, depth + 1)


def _refuse(texts: Iterable[str]) -> None:
    for text in texts:
        if _UNWRITABLE.search(text):
            raise UnwritableText
