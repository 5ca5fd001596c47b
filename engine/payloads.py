"""Events as JSON and back, by their stable kind.

What is recorded is exactly what is folded again: writing checks every value on its way.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast, get_args, get_origin, get_type_hints

from engine import clock
from engine.canonical import plain
from engine.errors import ProductError
from engine.events import AnyEvent, Consequence, Event, Input, Parties, Seat

Convert = Callable[[Any], Any]


class UnknownKind(ProductError):
    code = "unknown-kind"
    zh = "历史中有本版本不认识的事件「{kind}」。"
    en = "The history holds an event “{kind}” this version does not know."


KINDS: Mapping[str, type[Event]] = {
    event.kind: event for group in (Input, Consequence) for event in group.__subclasses__()
}

# kind → functions that bring an older payload one step up to date; the stored bytes never change
UPCASTERS: Mapping[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = {}


def dump(event: Event) -> dict[str, Any]:
    """Return the payload as JSON values; one that JSON cannot say is refused."""
    return {
        name: plain(value) if write is None else write(value)
        for name, write in _WRITERS[event.kind].items()
        for value in (getattr(event, name),)
    }


def load(kind: str, payload: dict[str, Any]) -> AnyEvent:
    """Build the event of a stored kind; an unknown kind is an error, never a guess."""
    try:
        made = KINDS[kind]
    except KeyError:
        raise UnknownKind(kind=kind) from None
    for lift in UPCASTERS.get(kind, ()):
        payload = lift(payload)
    readers = _READERS[kind]
    values = {
        name: value if (read := readers[name]) is None else read(value)
        for name, value in payload.items()
    }
    return cast(AnyEvent, made(**values))


def _by_field(
    made: type[Event], choose: Callable[[Any], Convert | None]
) -> dict[str, Convert | None]:
    hints = get_type_hints(made)
    return {item.name: choose(hints[item.name]) for item in dataclasses.fields(made)}


def _writer(hint: Any) -> Convert | None:
    """Return how a value of the annotated type becomes JSON; None: as any JSON value does."""
    if hint is Seat:
        return lambda seat: {"department": seat.department, "position": seat.position}
    if datetime in (hint, *get_args(hint)):
        return lambda instant: None if instant is None else clock.text(instant)
    return None


def _reader(hint: Any) -> Convert | None:
    """Return how a JSON value becomes the annotated type; None: it is that value already."""
    if hint is Seat:
        return lambda value: Seat(**value)
    if hint is datetime:
        return clock.instant
    if get_origin(hint) is types.UnionType and datetime in get_args(hint):
        return lambda value: None if value is None else clock.instant(value)
    if get_origin(hint) is tuple:
        return tuple
    if hint == Parties:
        return lambda value: {name: tuple(ids) for name, ids in value.items()}
    return None


_WRITERS = {kind: _by_field(made, _writer) for kind, made in KINDS.items()}
_READERS = {kind: _by_field(made, _reader) for kind, made in KINDS.items()}
