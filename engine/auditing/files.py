"""The kept files that a case names: each is there, and its bytes are those that were kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from engine.audit import Audit, Discrepancy
from engine.errors import FileMissing
from engine.store import asis, eventstore
from engine.store.database import Connection
from engine.version import FileDamaged

_ADDRESS = re.compile(rb'"([0-9a-f]{64})"')


class Files:
    """Looks at each file once, however many cases name it."""

    def __init__(self) -> None:
        self._looked_at: dict[str, str] = {}  # address → what is wrong with it, "" for nothing

    def wrong(self, connection: Connection, case_id: UUID, found: Audit) -> Iterator[Discrepancy]:
        """Yield the files of a case that are damaged, and those that must be there and are not.

        An event may hold a hash that names no file of ours, such as a key: only what the replay
        made and what was imported is missed."""
        if found.replayed is None:
            return
        named: dict[str, str] = {}
        for record in found.replayed.records:
            for address in _ADDRESS.findall(record.body):
                named.setdefault(address.decode(), f"第 {record.seq} 号事件所指")
        wanted = {place: f"第 {seq} 号事件生成" for place, seq in found.replayed.made.items()}
        for batch, place in asis.imported(connection, case_id):
            wanted[place] = f"registry_batches 第 {batch} 批所指"
        there = asis.present(connection, {*named, *wanted})
        for place, origin in {**named, **wanted}.items():
            if place in there or place in wanted:
                yield from self.look(connection, place, origin)

    def look(self, connection: Connection, place: str, origin: str) -> Iterator[Discrepancy]:
        """Yield what is wrong with one file; `origin` says who names it."""
        if place not in self._looked_at:
            self._looked_at[place] = _state(connection, place)
        state = self._looked_at[place]
        if state:
            yield Discrepancy(
                seq=0,
                code=state,
                recorded="内容与哈希不符" if state == "damaged" else "（无）",
                recomputed="SHA-256 等于其地址的原件，请从备份取回",
                place=f"artefacts 存档文件 {place}（{origin}）",
            )

    def rest(self, connection: Connection) -> Iterator[Discrepancy]:
        """Yield the damaged ones among the files that nobody has asked for yet."""
        for place in asis.every_address(connection):
            if place not in self._looked_at:
                yield from self.look(connection, place, "没有事件直接指到")


def _state(connection: Connection, place: str) -> str:
    """Read the bytes themselves: what a process remembers of them says nothing."""
    try:
        eventstore.fetch(connection, place)
    except FileDamaged:
        return "damaged"
    except FileMissing:
        return "missing"
    return ""
