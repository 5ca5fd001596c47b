"""Texts of form files for the catalogue: titles, explanations and the words of choices.

Used by `pybabel extract`, see web/translations/babel.cfg.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from web.own_words import OWN_WORDS, PLAIN_WORDS

Message = tuple[int, str, str, list[str]]
TEXTS = ("title", "description", "x-message", "x-section")
NESTED = ("items", "allOf", "anyOf", "oneOf", "then", "else")


def form_texts(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Message]:
    """Yield every text of one form file that a page shows; the parameters are Babel's names."""
    del keywords, comment_tags, options
    yield from _texts(json.load(fileobj))


def own_words(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[Message]:
    """Yield the engine's own words, which stand in a table and not in calls."""
    del fileobj, keywords, comment_tags, options
    for word in (*OWN_WORDS.values(), *PLAIN_WORDS):
        yield 1, "_", word, []


def _texts(schema: Any) -> Iterator[Message]:
    if isinstance(schema, list):
        for each in schema:
            yield from _texts(each)
    if isinstance(schema, dict):
        for word in (*_said(schema), *_choices(schema)):
            yield 1, "_", word, []
        for inner in _parts(schema):
            yield from _texts(inner)


def _said(schema: dict[str, Any]) -> list[str]:
    return [schema[name] for name in TEXTS if isinstance(schema.get(name), str) and schema[name]]


def _choices(schema: dict[str, Any]) -> list[str]:
    titles = schema.get("x-enum-titles") or schema.get("enum") or []
    words = titles.values() if isinstance(titles, dict) else titles
    return [word for word in words if isinstance(word, str) and not word.isascii()]


def _parts(schema: dict[str, Any]) -> list[Any]:
    nested = [schema[name] for name in NESTED if name in schema]
    return [*schema.get("properties", {}).values(), *nested]
