"""The names a text declares, collected before it is parsed: declarations are always spaced."""

from __future__ import annotations

from lark import Token

from rules.language.lexer import blocks, tokenize
from rules.language.segment import Vocabulary


def vocabulary_of(rules: str) -> Vocabulary:
    """Collect what a text declares, before it is parsed: declarations are always spaced."""
    paths: set[str] = set()
    values: set[str] = set()
    truths: set[str] = set()
    for tokens in blocks(tokenize(rules, Vocabulary()).tokens):
        kind = tokens[0].type
        names = [str(token) for token in tokens if token.type == "NAME"]
        if kind in {"_KW_ENUM", "_KW_UNIT"}:
            values.update(names)
        elif kind in {"_KW_TERM", "_KW_COUNT", "_KW_ALIAS"}:
            paths.add(_leading_path(tokens[1:]))
            if any(token.type == "_KW_HUMAN" or str(token) == "是否" for token in tokens):
                truths.add(_leading_path(tokens[1:]))
        elif kind in {"_KW_PARAM", "_KW_SET"} and names:
            paths.add(names[0])
            values.update(names[1:] if kind == "_KW_SET" else ())
        truths.update(_deemed(tokens))
    return Vocabulary.of((paths | truths) - {""}, values, truths - {""})


def _leading_path(tokens: list[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token.type not in {"NAME", "_KW_OF", "PREDICATE"}:
            break
        parts.append(f"的{token}" if token.type == "PREDICATE" else str(token))
    return "".join(parts)


def _deemed(tokens: list[Token]) -> set[str]:
    return {
        _leading_path(tokens[index + 1 :])
        for index, token in enumerate(tokens)
        if token.type == "DEEM"
    }
