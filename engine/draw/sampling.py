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
WIDTH = 32  # bytes of a digest, SHA-256 and SM3 alike
_Candidates = dict[bytes, list[bytes]]  # stratum → digest ‖ id, which sorts as (digest, id)
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
    """The winners in order of stratum and ticket, as digest ‖ id; texts are made when asked for.

    Of a complete inspection the digests are empty (`width` 0): everybody is visited.
    """

    ranked: Mapping[str, Sequence[bytes]]
    width: int = WIDTH

    @property
    def winners(self) -> tuple[Winner, ...]:
        return tuple(
            Winner(stratum, entry[: self.width].hex(), entry[self.width :].decode())
            for stratum, entries in self.ranked.items()
            for entry in entries
        )

    @property
    def lines(self) -> list[str]:
        """One text per winner, as it is published: `stratum|ticket|id`."""
        width = self.width
        return [
            f"{stratum}|{entry[:width].hex()}|{entry[width:].decode()}"
            for stratum, entries in self.ranked.items()
            for entry in entries
        ]

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(e[self.width :].decode() for entries in self.ranked.values() for e in entries)

    @property
    def thresholds(self) -> dict[str, str]:
        """The last winning ticket of each stratum that has one."""
        return {s: entries[-1][: self.width].hex() for s, entries in self.ranked.items() if entries}

    @property
    def digest(self) -> str:
        """SHA-256 over one line per winner; what two engines compare."""
        return digest_of(self.lines)


def digest_of(lines: Iterable[str]) -> str:
    """Return the digest of published lines, each with its line feed."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


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
    survivors: Iterable[tuple[str, Iterable[bytes]]], sizes: Mapping[str, int]
) -> Selection:
    """Cut (stratum, [digest ‖ id, …]) candidates to the winners: exact sort, then count.

    This is the last step of every engine (Python, PostgreSQL, SQLite, shards); a stratum may come
    in several parts.
    """
    candidates: _Candidates = {s.encode(): [] for s in sizes}
    for stratum, entries in survivors:
        candidates[stratum.encode()].extend(entries)
    return _cut(candidates, sizes)


def from_units(
    key: str,
    found: Iterable[tuple[str, bytes]],
    sizes: Mapping[str, int],
    *,
    alg: str = "sha256",
) -> Selection:
    """Cut (stratum, ids joined by line feeds) of a database to the winners: hash, sort, count."""
    prefix, sha = f"{key}:".encode(), hasher(alg)
    return from_survivors(
        (
            (stratum, [sha(prefix + unit).digest() + unit for unit in units.split(b"\n")])
            for stratum, units in found
        ),
        sizes,
    )


def merge(parts: Sequence[Selection], sizes: Mapping[str, int]) -> Selection:
    """Return the draw over shards drawn apart, each with its own rows and the sizes of the whole.

    A shard with fewer rows than places hands in all it has (`partial`).
    """
    return from_survivors((pair for part in parts for pair in part.ranked.items()), sizes)


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
    begun = hasher(alg)(f"{key}:".encode()).copy  # a copy spares the hashing of the key
    wanted = {s.encode(): k for s, k in sizes.items() if k}
    limit = {s: limits.get(s.decode(), _ALL) for s in wanted}
    below, highest = limit.get, max(limit.values(), default=b"")
    kept: _Candidates = {s: [] for s in wanted}
    overflow = {s: 2 * k + _ROOM for s, k in wanted.items()}
    for unit, stratum in rows:
        ticket = begun()
        ticket.update(unit)
        digest = ticket.digest()
        if digest < highest and digest < below(stratum, b""):
            pool = kept[stratum]
            pool.append(digest + unit)
            if len(pool) > overflow[stratum]:
                pool.sort()
                del pool[wanted[stratum] :]
                limit[stratum] = pool[-1][:WIDTH]
    return kept


def _cut(candidates: _Candidates, sizes: Mapping[str, int]) -> Selection:
    ranked: dict[str, list[bytes]] = {}
    for stratum in sorted(sizes, key=str.encode):
        best = sorted(candidates.get(stratum.encode(), ()))[: sizes[stratum]]
        if len(best) < sizes[stratum]:
            raise ThresholdMissed(stratum)
        if best:
            ranked[stratum] = best
    return Selection(ranked=ranked)


def _encode(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[bytes, bytes]]:
    return ((unit.encode(), stratum.encode()) for unit, stratum in rows)


class _Encoded:
    """Rows as bytes that can be read again if the threshold is missed."""

    def __init__(self, rows: Collection[tuple[str, str]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        return _encode(self._rows)
