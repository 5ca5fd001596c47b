"""Values as they are written in examples, parameters and cells, read as one of a type."""

from __future__ import annotations

from typing import Any

from rules.errors import FactError
from rules.facts import convert
from rules.language import declarations as d
from rules.language.operands import Unresolved
from rules.language.resolve import Resolver
from rules.language.syntax import Literal, Path
from rules.language.types import NOT_YET, Type, Value


def given_text(given: d.Given) -> str:
    """Return a value as written, for a message."""
    return str(given) if isinstance(given, Path) else str(given.value)


def given_value(given: d.Given, type_: Type, resolver: Resolver) -> Value | None:
    """Read a written value as one of a type; None (with or without a problem) when it is not."""
    if isinstance(given, Literal):
        try:
            constant = resolver.constant(given, type_)
        except Unresolved:
            return None
        if constant.type.kind == "text" or not type_.alike(constant.type):
            return constant.value if type_.kind == constant.type.kind else None
        value: Any = constant.value
        return int(value) if type_.kind == "year" else value
    word = resolver.names.canonical(given)
    if word == str(NOT_YET):
        return NOT_YET if type_.kind == "date" else None
    try:
        return (
            convert(word, type_, resolver.names.enums, term=word)
            if type_.kind
            in {
                "enum",
                "text",
            }
            else None
        )
    except FactError:
        return None
