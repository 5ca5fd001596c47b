"""Contents read a moment ago, within so many bytes; what a hash names never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict

from engine.version import Fetch

ROOM = 64 << 20  # bytes: the list of a city of a million, and what a draw reads beside it


class Remembered:
    """Fetches by address and keeps what was asked for last; a content beyond `room` is only passed
    on. May be asked by several threads at once."""

    def __init__(self, fetch: Fetch, *, room: int = ROOM) -> None:
        self._fetch, self._room = fetch, room
        self._held: OrderedDict[str, bytes] = OrderedDict()  # the longest unused first
        self._size = 0
        self._guard = threading.Lock()

    def __call__(self, place: str) -> bytes:
        with self._guard:
            if place in self._held:
                self._held.move_to_end(place)
                return self._held[place]
        content = self._fetch(place)  # beside the lock: others need not wait for a database
        with self._guard:
            self._keep(place, content)
        return content

    def _keep(self, place: str, content: bytes) -> None:
        if len(content) > self._room or place in self._held:
            return
        self._held[place] = content
        self._size += len(content)
        while self._size > self._room:
            _, oldest = self._held.popitem(last=False)
            self._size -= len(oldest)
