"""The frame file of a draw, written by the database: blocks of whole lines in the order of ids.

A million rows never become rows of Python. The database puts each line together, and while one
block is hashed here, it finds the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
)

from engine.store.registry_answers import UNNAMED, Tails, ends_of
from engine.store.registry_units import (
    FrameQuery,
    codes,
    listing,
    unit_key,
    unit_table,
    verdict,
)

PAGE = 1 << 15  # lines in a block: one wait for the other thread each, a megabyte of memory
_NUMBER, _STRATUM = "\x01", "\x02"  # what follows is to be spelled; no line may hold either
_NUMBERED = re.compile(rb"\x01(\d+)")
_SPACED = re.compile(rb"\x02[^|]* [^|]*\|")
_PLAN = (  # the counters of this very transaction have no statistics yet: never a nested loop
    "SET LOCAL enable_nestloop = off",
    "SET LOCAL jit = off",
)


def frame_lines(conn: Connection, query: FrameQuery) -> Iterator[bytes]:
    """Yield `id|stratum|flags|codes\\n` in the order of the ids' bytes: the frame file of a draw.

    A unit with an undecided exclusion carries the flag `?`; a survey counts these beforehand."""
    with closing(frame_blocks(conn, query)) as blocks:
        for block in blocks:
            yield from block.splitlines(keepends=True)


def tails_of(query: FrameQuery) -> Tails:
    """Return what `frame_blocks` notes on its way: which rules could not be decided."""
    return Tails(codes(query))


def frame_blocks(
    conn: Connection, query: FrameQuery, tails: Tails | None = None
) -> Generator[bytes, None, None]:
    """Yield the same bytes as `frame_lines`, some thousand whole lines at a time.

    Close it before anything else is asked of the connection: a page may be on its way."""
    found = tails_of(query) if tails is None else tails
    asked = _pages if conn.dialect.name == "sqlite" else _fetches
    with closing(asked(conn, query)) as blocks:
        for block in blocks:
            yield _spelled(block, found)


def _spelled(block: bytes, tails: Tails) -> bytes:
    """Put in what the database left to us: rare answers, and strata that have no name or spaces."""
    if b"\x01" in block:
        block = _NUMBERED.sub(lambda found: tails[int(found[1])], block)
    if b" " in block:
        block = _SPACED.sub(lambda found: found[0].replace(b" ", b""), block)
    return block.replace(b"\x02|", f"|{UNNAMED}|".encode()).replace(b"\x02", b"|")


# ---------------------------------------------------------------- what the database answers


def _lines(query: FrameQuery) -> tuple[Select[Any], ColumnElement[str]]:
    """Return the statement of (id, line) in id order, and the column of the ids."""
    unit = unit_table(query)
    key = unit_key(query, unit)
    stratum, weighty, answers = verdict(query, unit)
    both = answers * literal_column("2") + weighty
    numbered = literal(_NUMBER, String) + cast(both, String) + literal("\n", String)
    usual: dict[Any, Any] = {
        literal_column(str(number)): literal(end, String)
        for number, end in ends_of(codes(query)).items()
    }
    tail = case(usual, value=both, else_=numbered)
    line = key + literal(_STRATUM, String) + stratum + tail
    wanted = listing(query, unit, key.label("unit"), line.label("line"))
    return wanted.order_by(key), key


def _pages(conn: Connection, query: FrameQuery) -> Generator[bytes, None, None]:
    """Let SQLite join the lines of a page; the next begins behind the last id of this one."""
    wanted, key = _lines(query)
    first, further = _page(wanted), _page(wanted.where(key > bindparam("behind")))
    last: str | None = None

    def fetch() -> bytes | None:
        nonlocal last
        page = conn.execute(first) if last is None else conn.execute(further, {"behind": last})
        row = page.one()
        last = row.last
        found: bytes | None = row.block
        return found

    yield from _ahead(fetch)


def _page(wanted: Select[Any]) -> Select[Any, Any]:
    lines = wanted.limit(PAGE).subquery("page")
    joined = func.group_concat(lines.c.line, literal("", String))
    return select(cast(joined, LargeBinary).label("block"), func.max(lines.c.unit).label("last"))


def _fetches(conn: Connection, query: FrameQuery) -> Generator[bytes, None, None]:
    """Fetch the lines of PostgreSQL from a cursor, or the client would hold every one."""
    wanted, _ = _lines(query)
    statement = wanted.with_only_columns(wanted.selected_columns.line).compile(
        dialect=conn.dialect, compile_kwargs={"render_postcompile": True}
    )
    for setting in _PLAN:
        conn.execute(text(setting))
    driver: Any = conn.connection.driver_connection
    with closing(driver.cursor(name="frame")) as cursor:
        cursor.execute(str(statement), statement.params)
        yield from _ahead(lambda: "".join([line for (line,) in cursor.fetchmany(PAGE)]).encode())


def _ahead(fetch: Callable[[], bytes | None]) -> Generator[bytes, None, None]:
    """Let the database find the next block while we work on this one: each has its own core."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="frame") as beside:
        coming = beside.submit(fetch)
        while block := coming.result():
            coming = beside.submit(fetch)
            yield block
