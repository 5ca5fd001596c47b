"""The sampling frame: the full list of an item and who is left out, fixed before the random value.

One row per unit, one line per row, sorted by the bytes of the id, named by its SHA-256:

    id|stratum|flags|codes\\n          codes: why the unit is left out, comma-separated; empty = in

The canonical row of a root is the line without its last column. The file is all an audit needs:
the registry is not read again.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice
from operator import lt, not_
from typing import Any, BinaryIO, NamedTuple

from engine.draw.refusals import FrameProblem
from engine.draw.tickets import require_text
from engine.log.merkle import Accumulator, leaf_hashes

BLOCK = 1 << 10  # lines handled together: few calls, and they stay in the cache
PIECE = 1 << 16  # bytes of a file in memory handled together

_ROW = (  # id|stratum|flags|codes; possessive cells, so a long one cannot backtrack
    rb"[^|:\\ a-z\x00-\x1f\x7f]++\|[^|:\\ \x00-\x1f\x7f]++"
    rb"\|[^|\\\x00-\x1f\x7f]*+\|[^|:\\ \x00-\x1f\x7f]*+"
)
_LINE = re.compile(_ROW)
# the group is not possessive: before 3.11.5 CPython took half a row for a whole one (gh-106052)
_LINES = re.compile(rb"(?:" + _ROW + rb"\n)*")


class Row(NamedTuple):
    """One unit of the full list; `codes` are the rule codes that exclude it, none = eligible."""

    unit: str
    stratum: str
    flags: str = ""
    codes: tuple[str, ...] = ()

    @property
    def line(self) -> bytes:
        codes = ",".join(sorted(set(self.codes)))
        return f"{self.unit}|{self.stratum}|{self.flags}|{codes}\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What an event says about a frozen frame: its address, its roots, its counts."""

    file: str
    list_root: str
    elig_root: str
    excl_hash: str
    listed: Mapping[str, int]  # stratum → rows of the full list: the ratio base N
    eligible: Mapping[str, int]
    codes: Mapping[str, int]

    @property
    def rows(self) -> int:
        return sum(self.listed.values())

    def document(self) -> dict[str, Any]:
        """Return the JSON form; `read` takes it back."""
        return {
            "v": 1,
            "file": self.file,
            "rows": self.rows,
            "eligible": sum(self.eligible.values()),
            "list_root": self.list_root,
            "elig_root": self.elig_root,
            "excl_hash": self.excl_hash,
            "strata": [
                {"s": name, "N": count, "eligible": self.eligible.get(name, 0)}
                for name, count in sorted(self.listed.items(), key=lambda pair: pair[0].encode())
            ],
            "codes": dict(sorted(self.codes.items())),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Frame:
        return cls(
            file=document["file"],
            list_root=document["list_root"],
            elig_root=document["elig_root"],
            excl_hash=document["excl_hash"],
            listed={entry["s"]: entry["N"] for entry in document["strata"]},
            eligible={entry["s"]: entry["eligible"] for entry in document["strata"]},
            codes=dict(document["codes"]),
        )


class Lines:
    """The lines of a frame file in memory, readable any number of times."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(map(io.BytesIO, self.blocks()))

    def blocks(self) -> Iterator[bytes]:
        """Yield the same in pieces of whole lines, so that nobody counts them one by one."""
        content, start = self._content, 0
        while start < len(content):
            end = content.rfind(b"\n", start, start + PIECE) + 1
            if not end:  # a line longer than a piece, or the last one without its line feed
                end = content.find(b"\n", start) + 1 or len(content)
            yield content[start:end]
            start = end


def freeze(rows: Iterable[Row]) -> tuple[bytes, Frame]:
    """Return the frame file of rows in any order, and its reference; duplicates are refused."""
    out = io.BytesIO()
    frame = write((row.line for row in sorted(rows, key=lambda row: row.unit.encode())), out)
    return out.getvalue(), frame


def write(lines: Iterable[bytes], out: BinaryIO | None = None) -> Frame:
    """Copy lines already in id order to `out` and return their reference; memory stays flat.

    Without `out` it only computes, which is how an audit checks a stored file.
    """
    return write_blocks(_blocks(lines), out)


def write_blocks(blocks: Iterable[bytes], out: BinaryIO | None = None) -> Frame:
    """The same over blocks of whole lines, as a database hands them out."""
    freezing = _Freezing()
    for block in blocks:
        for piece in Lines(block).blocks():  # as much as stays in the processor's cache
            freezing.add(piece)
        if out is not None:
            out.write(block)
    return freezing.frame()


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(lines, Lines):
        yield from lines.blocks()
        return
    source = iter(lines)
    while block := b"".join(islice(source, BLOCK)):
        yield block


def eligible_rows(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield (id, stratum) of every row without an exclusion code, as bytes."""
    return chain.from_iterable(map(_eligible, _blocks(lines)))


def _eligible(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    cells = block.replace(b"\n", b"|").split(b"|")
    codes = cells[3::4]
    pairs = zip(cells[:-1:4], cells[1::4], strict=True)
    return compress(pairs, map(not_, codes)) if any(codes) else pairs


def rows(lines: Iterable[bytes]) -> Iterator[Row]:
    """Yield the rows of a frame file."""
    for line in lines:
        unit, stratum, flags, codes = line.decode().rstrip("\n").split("|")
        yield Row(unit, stratum, flags, tuple(codes.split(",")) if codes else ())


def difference(before: Iterable[bytes], after: Iterable[bytes]) -> dict[str, list[str]]:
    """Return what a freeze added, removed and changed against the previous one; it is published.

    Padding a list with shells, dropping a friend or re-classing a risk shows here by name.
    """
    found: dict[str, list[str]] = {"added": [], "removed": [], "changed": []}
    old, new = rows(before), rows(after)
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left.unit.encode() < right.unit.encode()):
            assert left is not None
            found["removed"].append(left.unit)
            left = next(old, None)
        elif left is None or right.unit.encode() < left.unit.encode():
            found["added"].append(right.unit)
            right = next(new, None)
        else:
            if left != right:
                found["changed"].append(left.unit)
            left, right = next(old, None), next(new, None)
    return found


class _Freezing:
    """Roots, counts and the file hash, grown block by block."""

    def __init__(self) -> None:
        self._full, self._eligible = Accumulator(), Accumulator()
        self._file, self._exclusions = hashlib.sha256(), hashlib.sha256()
        self._listed: Counter[bytes] = Counter()
        self._left_out: Counter[bytes] = Counter()
        self._codes: Counter[bytes] = Counter()
        self._last = b""

    def add(self, block: bytes) -> None:
        if not _LINES.fullmatch(block):
            raise self._bad_line(block)
        cells = block.replace(b"\n", b"|").split(b"|")
        units, strata, codes = cells[:-1:4], cells[1::4], cells[3::4]
        if not all(map(lt, (self._last, *units), units)):
            raise self._bad_order(units)
        listed = Counter(strata)
        if not block.isascii():
            self._require_texts(units, listed)
        self._last = units[-1]
        self._file.update(block)
        self._listed.update(listed)
        rows = block.replace(b"|\n", b"\n").split(b"\n")  # of those who take part: canonical
        left_out = list(compress(range(len(codes)), codes))
        for index in left_out:
            rows[index] = rows[index][: -1 - len(codes[index])]
        del rows[-1]
        hashes = leaf_hashes(rows)
        self._full.extend_hashes(hashes)
        if left_out:
            self._left_out.update(compress(strata, codes))
            self._leave_out([(units[i], code) for i in left_out for code in codes[i].split(b",")])
            for index in left_out:
                hashes[index] = b""
            hashes = list(filter(None, hashes))
        self._eligible.extend_hashes(hashes)

    def _require_texts(self, units: list[bytes], strata: Mapping[bytes, int]) -> None:
        """Look at what the pattern cannot judge; a stratum is judged once, not a million times."""
        if not b"".join(units).isascii():
            for unit in units:
                require_text(unit.decode(), what="名录编号")
        for stratum in strata.keys() - self._listed.keys():
            require_text(stratum.decode(), what="名录分层")

    def frame(self) -> Frame:
        listed = {name.decode(): count for name, count in self._listed.items()}
        return Frame(
            file=self._file.hexdigest(),
            list_root=self._full.root().hex(),
            elig_root=self._eligible.root().hex(),
            excl_hash=self._exclusions.hexdigest(),
            listed=listed,
            eligible={s: n - self._left_out[s.encode()] for s, n in listed.items()},
            codes={code.decode(): count for code, count in self._codes.items()},
        )

    def _leave_out(self, excluded: Sequence[tuple[bytes, bytes]]) -> None:
        self._exclusions.update(b"".join([unit + b"|" + code + b"\n" for unit, code in excluded]))
        self._codes.update([code for _, code in excluded])

    def _bad_line(self, block: bytes) -> FrameProblem:
        lines = block.split(b"\n")
        unlike = (i for i, line in enumerate(lines) if not _LINE.fullmatch(line))
        wrong = next(unlike, len(lines) - 1)  # the last one if only its newline is missing
        return FrameProblem(
            line=self._full.size + wrong + 1,
            value=lines[wrong].decode(errors="replace"),
            why="不是「编号|分层|标记|排除代码」的规范写法（编号须为大写，不含空格、冒号、反斜杠）",
            why_en="is not a canonical `id|stratum|flags|codes` row (upper-case id, no space)",
        )

    def _bad_order(self, units: list[bytes]) -> FrameProblem:
        pairs = zip((self._last, *units), units, strict=False)
        index, (before, unit) = next((i, p) for i, p in enumerate(pairs) if not p[0] < p[1])
        same = before == unit
        return FrameProblem(
            line=self._full.size + index + 1,
            value=unit.decode(),
            why="编号重复" if same else "未按编号的字节顺序排列",
            why_en="repeats an id" if same else "is out of byte order",
        )
