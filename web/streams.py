"""Server-sent events: one line whenever a case has moved on, for pages that follow it live.

A stream holds a thread of the server, so there are few of them and none lives long: the browser
comes back by itself and says where it was. Whoever finds no place is told so and reloads instead.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from flask import Response, request

from engine.store import following
from engine.store.database import Store
from web.language import gettext as _
from web.site import site

PLACES = 6  # of the sixteen threads of a serving process; the others answer pages
SECONDS = 240  # then the browser asks again
PAUSE = 1.0  # between two looks at the database
RETRY = 3_000  # milliseconds until a browser comes back
BEAT = 15  # looks without news, then a comment, so that a lost reader is noticed

_places = threading.BoundedSemaphore(PLACES)


def of_case(case_id: UUID) -> Response:
    """Return the stream of a case's moves; 503 with a sentence when all places are taken."""
    if not _places.acquire(blocking=False):
        sentence = _("实时更新的名额已满，本页每十五秒自动刷新一次，也可以手动刷新。")
        full = Response(sentence, 503, content_type="text/plain; charset=utf-8")
        full.headers["Retry-After"] = "30"
        return full
    lines = follow(site().store, case_id, request.headers.get("Last-Event-ID", ""))
    response = Response(lines, content_type="text/event-stream; charset=utf-8")
    response.call_on_close(_places.release)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # or a proxy collects what should go out at once
    return response


def follow(
    store: Store,
    case_id: UUID,
    last: str,
    *,
    seconds: float = SECONDS,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[str]:
    """Yield an event whenever the case's history or its long work has moved; ends in time."""
    yield f"retry: {RETRY}\n\n"
    silent = 0
    for _look in range(int(seconds / PAUSE)):
        place = _place(store, case_id)
        if place != last:
            last, silent = place, 0
            yield f"id: {place}\ndata: {json.dumps({'at': place})}\n\n"
        else:
            silent += 1
            if silent % BEAT == 0:
                yield ": nothing new\n\n"
        pause(PAUSE)


def _place(store: Store, case_id: UUID) -> str:
    with store.read() as tx:
        return following.place_of(tx, case_id)
