"""Selecting units: per stratum the k smallest tickets win; a tie is broken by the id's bytes.

The threshold plan hashes every eligible row once and keeps only those below a first guess that is
missed about once in 10⁹ draws; survivors are sorted exactly and counted, so the guess may be made
in floating point and never changes a winner (Rivest's consistent sampling; permanent random
numbers of official statistics).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from engine.draw.refusals import SizeProblem
from engine.draw.tickets import hasher

SIGMAS = 6
_Candidates = dict[bytes, list[bytes]]  # stratum → digest ‖ id, which sorts as (digest, id)
_WIDTH = 32
_ALL = b"\xff" * 33
_ROOM = 4096  # survivors kept beyond 2k before they are sorted and cut


class Winner(NamedTuple):
    stratum: str
    ticket: str
    unit: str

    @property
    def line(self) -> str:
        return f"{self.stratum}|{self.ticket}|{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The winners in order of stratum and ticket; `thresholds` are the last winning tickets."""

    winners: tuple[Winner, ...]

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(winner.unit for winner in self.winners)

    @property
    def thresholds(self) -> dict[str, str]:
        return {winner.stratum: winner.ticket for winner in self.winners}

    @property
    def digest(self) -> str:
        """SHA-256 over one line per winner; what two engines compare."""
        text = "".join(f"{winner.line}\n" for winner in self.winners)
        return hashlib.sha256(text.encode()).hexdigest()


class ThresholdMissed(Exception):
    """Fewer survivors than places: the caller sorts everything instead (≈10⁻⁹ of draws)."""


def select(
    key: str,
    rows: Iterable[tuple[str, str]],
    sizes: Mapping[str, int],
    *,
    eligible: Mapping[str, int] | None = None,
    alg: str = "sha256",
    sigmas: int = SIGMAS,
) -> Selection:
    """Return the winners among eligible (id, stratum) rows, in whatever order they come.

    `eligible` (rows per stratum) allows the threshold plan when `rows` can be read twice; a
    stratum with fewer rows than places is an error: shortfalls are settled in the manifest.
    """
    encoded = _Encoded(rows) if isinstance(rows, Collection) else _encode(rows)
    return select_bytes(key, encoded, sizes, eligible=eligible, alg=alg, sigmas=sigmas)


def select_bytes(
    key: str,
    rows: Iterable[tuple[bytes, bytes]],
    sizes: Mapping[str, int],
    *,
    eligible: Mapping[str, int] | None = None,
    alg: str = "sha256",
    sigmas: int = SIGMAS,
) -> Selection:
    """The same over rows as `frame.eligible_rows` yields them."""
    limits: Mapping[str, bytes] = {}
    if eligible is not None and iter(rows) is not rows:
        limits = {s: threshold(k, eligible[s], sigmas=sigmas) for s, k in sizes.items() if k}
    try:
        return _cut(_survivors(key, rows, sizes, limits, alg), sizes)
    except ThresholdMissed:
        if not limits:
            raise
        return _cut(_survivors(key, rows, sizes, {}, alg), sizes)


def threshold(k: int, eligible: int, *, sigmas: int = SIGMAS) -> bytes:
    """Return the first eight bytes a survivor stays below: k/E plus `sigmas` deviations."""
    share = k / eligible if eligible else 1.0
    guess = share + sigmas * sqrt(share * (1 - share) / eligible) if share < 1 else 1.0
    return max(0, min(int(guess * 2**64), 2**64 - 1)).to_bytes(8, "big")


def from_survivors(
    survivors: Iterable[tuple[str, str, str]], sizes: Mapping[str, int]
) -> Selection:
    """Cut (stratum, ticket hex, id) candidates to the winners: exact sort, then count.

    This is the last step of every engine (Python, PostgreSQL, SQLite, shards).
    """
    candidates: _Candidates = {s.encode(): [] for s in sizes}
    for stratum, ticket, unit in survivors:
        candidates[stratum.encode()].append(bytes.fromhex(ticket) + unit.encode())
    return _cut(candidates, sizes)


def merge(parts: Sequence[Selection], sizes: Mapping[str, int]) -> Selection:
    """Return the draw over shards drawn apart, each with its own rows and the sizes of the whole.

    A shard with fewer rows than places hands in all it has (`partial`).
    """
    everyone = ((w.stratum, w.ticket, w.unit) for part in parts for w in part.winners)
    return from_survivors(everyone, sizes)


def partial(
    key: str, rows: Iterable[tuple[str, str]], sizes: Mapping[str, int], *, alg: str = "sha256"
) -> Selection:
    """Return a shard's candidates: up to the whole draw's places per stratum."""
    kept = _survivors(key, _encode(rows), sizes, {}, alg)
    return _cut(kept, {s: min(k, len(kept.get(s.encode(), ()))) for s, k in sizes.items()})


def require_places(sizes: Mapping[str, int], eligible: Mapping[str, int]) -> None:
    """Refuse sizes beyond the eligible rows; the manifest records such a lack as shortfall."""
    for stratum, k in sizes.items():
        if not 0 <= k <= eligible.get(stratum, 0):
            raise SizeProblem(
                why=f"「{stratum}」须抽 {k} 户，可抽对象只有 {eligible.get(stratum, 0)} 户",
                why_en=f"`{stratum}` has {eligible.get(stratum, 0)} eligible rows for {k} places",
            )


def _survivors(
    key: str,
    rows: Iterable[tuple[bytes, bytes]],
    sizes: Mapping[str, int],
    limits: Mapping[str, bytes],
    alg: str,
) -> _Candidates:
    """Return candidates: everything below a limit that tightens whenever a stratum overflows."""
    prefix, sha = f"{key}:".encode(), hasher(alg)
    wanted = {s.encode(): k for s, k in sizes.items() if k}
    limit = {s: limits.get(s.decode(), _ALL) for s in wanted}
    below = limit.get
    kept: _Candidates = {s: [] for s in wanted}
    overflow = {s: 2 * k + _ROOM for s, k in wanted.items()}
    for unit, stratum in rows:
        digest = sha(prefix + unit).digest()
        if digest < below(stratum, b""):
            pool = kept[stratum]
            pool.append(digest + unit)
            if len(pool) > overflow[stratum]:
                pool.sort()
                del pool[wanted[stratum] :]
                limit[stratum] = pool[-1][:_WIDTH]
    return kept


def _cut(candidates: _Candidates, sizes: Mapping[str, int]) -> Selection:
    winners: list[Winner] = []
    for stratum in sorted(sizes, key=str.encode):
        ranked = sorted(candidates.get(stratum.encode(), ()))[: sizes[stratum]]
        if len(ranked) < sizes[stratum]:
            raise ThresholdMissed(stratum)
        winners += [
            Winner(stratum, entry[:_WIDTH].hex(), entry[_WIDTH:].decode()) for entry in ranked
        ]
    return Selection(winners=tuple(winners))


def _encode(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[bytes, bytes]]:
    return ((unit.encode(), stratum.encode()) for unit, stratum in rows)


class _Encoded:
    """Rows as bytes that can be read again if the threshold is missed."""

    def __init__(self, rows: Collection[tuple[str, str]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return _encode(self._rows)
