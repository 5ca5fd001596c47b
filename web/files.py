"""Attachments under the hash of their content: written, flushed, then renamed into place.

A crash leaves a whole file or none; the same content is kept once. Source: architecture of the
store, `$SSJ_VAR/files/ab/<sha256>`.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.errors import ProductError

_CHUNK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


class UnknownFile(ProductError):
    code = "not-found"
    zh = "没有这份附件。"
    en = "There is no such attachment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    sha256: str
    size: int


def keep(folder: Path, stream: IO[bytes]) -> Kept:
    """Store a stream and return its address; the file is safe on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            while chunk := stream.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        place = _place(folder, hashed.hexdigest())
        place.parent.mkdir(exist_ok=True)
        Path(temporary).replace(place)
        _flush_folder(place.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Kept(sha256=hashed.hexdigest(), size=size)


def path_of(folder: Path, sha256: str) -> Path:
    """Find an attachment; anything that is not a hash, or not here, is unknown."""
    if not _HASH.fullmatch(sha256) or not (place := _place(folder, sha256)).is_file():
        raise UnknownFile
    return place


def reference(sha256: str, filename: str) -> str:
    """Return how a record names an attachment: its address, then the name people gave it."""
    return f"{sha256} {plain_name(filename)}"


def parts(written: str) -> tuple[str, str] | None:
    """Return (address, name) of a recorded reference; None for any other text."""
    sha256, space, name = written.partition(" ")
    return (sha256, name) if space and _HASH.fullmatch(sha256) else None


def plain_name(filename: str) -> str:
    """Return a file's name without any path or unprintable mark, short enough to show."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(mark for mark in last if mark.isprintable())[-120:] or "file"


def _place(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def _flush_folder(folder: Path) -> None:
    """Make the new name itself durable, not only the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
