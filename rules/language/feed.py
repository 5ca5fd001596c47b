"""Tokens through the parser: the tree, or where it stopped and what it would have taken."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lark import Token, UnexpectedToken

from rules.language.words import BLOCKS, parser


def feed(tokens: list[Token], start: str) -> tuple[Any, tuple[int, Collection[str]] | None]:
    state: Any = parser().parse_interactive(start=start)
    for index, token in enumerate(tokens):
        try:
            state.feed_token(token)
        except UnexpectedToken:
            return None, (index, accepted(tokens[:index], start))
    accepts = state.accepts()
    if "$END" not in accepts:
        return None, (len(tokens), accepts)
    return state.feed_eof(tokens[-1] if tokens else None), None


def accepted(tokens: list[Token], start: str) -> Collection[str]:
    """Ask a fresh parser: the failed one has already reduced on the wrong token's account."""
    state: Any = parser().parse_interactive(start=start)
    for token in tokens:
        state.feed_token(token)
    accepted: Collection[str] = state.accepts()
    return accepted


def start_of(tokens: list[Token]) -> str:
    return "block" if tokens[0].type in BLOCKS else "condition"
