"""A history whose stored bytes do not fit: what an auditor can still say about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.audit import Copy
from engine.history import GENESIS, Stored, canonical
from web.language import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Remnant:
    """One event as it lies in the table; `fits` says whether its bytes hash to its chain."""

    seq: int
    kind: str
    at: datetime | None
    actor: str
    fits: bool
    body: bytes
    hash: bytes
    recomputed: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def remnants(stored: Sequence[Stored], copies: Sequence[Copy]) -> tuple[Remnant, ...]:
    """Return every stored event beside the columns that were copied out of it."""
    found: list[Remnant] = []
    head = GENESIS
    for place, (body, link) in enumerate(stored):
        copy = copies[place] if place < len(copies) else None
        recomputed = hashlib.sha256(head + body).digest()
        at = copy[3] if copy else None  # a column holds whatever was written into it
        found.append(
            Remnant(
                seq=copy[0] if copy else place + 1,
                kind=copy[1] if copy else "",
                at=at if isinstance(at, datetime) else None,
                actor=copy[4] if copy else "",
                fits=recomputed == link,
                body=body,
                hash=link,
                recomputed=recomputed,
            )
        )
        head = link
    return tuple(found)


def findings(kept: Sequence[Remnant], place: int, leaves: Mapping[int, bytes]) -> list[str]:
    """Say of one event that does not fit what the other witnesses say, and which byte if any."""
    event = kept[place]
    missing = event.seq != (kept[place - 1].seq + 1 if place else 1)
    if missing:
        return [_("它之前有事件缺失：编号从 %(n)s 处中断。", n=kept[place - 1].seq if place else 0)]
    witnesses = {leaves.get(event.seq), _told_by_next(kept, place)} - {None}
    if event.recomputed in witnesses:
        return [_("另存的哈希与正文一致：被改动的是哈希，正文未变。")]
    said = [_byte(event)]
    if event.hash in witnesses:
        said.insert(0, _("另存的哈希与本事件所记的哈希一致：被改动的是正文。"))
    return said


def _told_by_next(kept: Sequence[Remnant], place: int) -> bytes | None:
    """Return the hash that the following event remembers of this one."""
    if place + 1 >= len(kept):
        return None
    try:
        return bytes.fromhex(json.loads(kept[place + 1].body)["prev"])
    except (ValueError, LookupError, TypeError):
        return None


def _byte(event: Remnant) -> str:
    """Name the first byte that cannot be right; a change that reads well leaves no such byte."""
    try:
        written = event.body.decode()
        envelope = json.loads(written)
        expected = canonical(envelope)
    except UnicodeDecodeError as error:
        return _("第 %(n)s 个字节起不是文字。", n=error.start + 1)
    except json.JSONDecodeError as error:
        place = len(written[: error.pos].encode()) + 1
        return _("第 %(n)s 个字节起不能读作事件。", n=place)
    except Exception:  # whatever an altered body holds, the page stands
        return _("正文不能读作事件。")
    differing = next(
        (
            at
            for at, (one, two) in enumerate(zip(event.body, expected, strict=False), 1)
            if one != two
        ),
        None,
    )
    if differing is None and len(event.body) != len(expected):
        differing = min(len(event.body), len(expected)) + 1
    if differing is not None:
        return _("第 %(n)s 个字节不合规范写法。", n=differing)
    return _column(event, envelope) or _(
        "正文读得通，哈希指不出是哪一个字节；请与备份或先前下载的审计包逐字节比对。"
    )


def _column(event: Remnant, envelope: object) -> str | None:
    if not isinstance(envelope, dict):
        return None
    for name, beside in (("kind", event.kind), ("actor", event.actor), ("seq", event.seq)):
        if envelope.get(name) != beside:
            return _(
                "正文里的 %(name)s 是 %(inside)s，旁边一列是 %(beside)s。",
                name=name,
                inside=str(envelope.get(name))[:80],
                beside=beside,
            )
    return None
