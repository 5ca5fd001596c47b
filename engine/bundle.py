"""An audit bundle: one case with everything that decides it, checkable without a database.

A zip of plain files: the events as stored, the version's files by path, the files that long work
was computed from by address, and a README with the commands to check it.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Sequence

from engine import history, version
from engine.audit import Audit, audit_stored
from engine.errors import FileMissing, ProductError
from engine.events import CaseOpened, DeadlineRecomputed, FrameFrozen, ServiceSettled, WorkRequested
from engine.history import Record, Stored
from engine.version import Version

README = """双随机审计包 / audit bundle

  ssj audit 本文件.zip        重放全部事件并重新计算（不需要数据库）
  events.jsonl                每行一个事件：正文（原样字节的文本）与哈希
  version/                    立案时固定的流程图、表单、规则、法规原文、日历
  files/                      按 SHA-256 命名的冻结名录和抽取结果
"""
_MEMBER_LIMIT = 512 * 1024 * 1024


class BundleBroken(ProductError):
    code = "bundle-broken"
    zh = "审计包不完整或不是审计包：{reason}"
    en = "Not a complete audit bundle: {reason}"


def pack(records: Sequence[Record], pinned: Version) -> bytes:
    """Return the bundle of one case as a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("README.txt", README)
        lines = [
            json.dumps(
                {"body": record.body.decode(), "hash": record.hash.hex()}, ensure_ascii=False
            )
            for record in records
        ]
        bundle.writestr("events.jsonl", "\n".join(lines) + "\n")
        bundle.writestr("version.json", history.canonical(dict(pinned.manifest)))
        for path, place in pinned.manifest.items():
            if path != "jurisdiction":
                bundle.writestr(f"version/{path}", pinned.fetch(place))
        for place in sorted(named_files(records)):
            try:
                bundle.writestr(f"files/{place}", pinned.fetch(place))
            except FileMissing:
                continue  # a hash that is no file of ours, e.g. a key or a root
    return out.getvalue()


def named_files(records: Sequence[Record]) -> set[str]:
    """Return every address that long work or a calendar change names."""
    found: set[str] = set()
    for record in records:
        event = record.event
        if isinstance(event, WorkRequested):
            _collect(event.inputs, found)
        elif isinstance(event, FrameFrozen | ServiceSettled):
            _collect(event.result, found)
        elif isinstance(event, DeadlineRecomputed | CaseOpened):
            found.update(event.calendar.values())
    return found


def _collect(value: object, found: set[str]) -> None:
    if isinstance(value, str):
        if len(value) == 64 and not value.strip("0123456789abcdef"):
            found.add(value)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, list | tuple):
        for item in value:
            _collect(item, found)


_UNREADABLE = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,  # an encrypted member
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
)


def audit_file(content: bytes) -> Audit:
    """Audit a bundle from its bytes alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            if any(member.file_size > _MEMBER_LIMIT for member in bundle.infolist()):
                raise BundleBroken(reason="有文件过大")
            manifest = json.loads(bundle.read("version.json"))
            files = {
                name: bundle.read(name)
                for name in bundle.namelist()
                if name.startswith(("version/", "files/"))
            }
            stored = tuple(_stored(line) for line in bundle.read("events.jsonl").splitlines())
        pinned = version.build(manifest, version.fetch_from(files))
    except _UNREADABLE as error:
        raise BundleBroken(reason=f"{type(error).__name__}: {error}"[:200]) from error
    return audit_stored(stored, pinned)


def _stored(line: bytes) -> Stored:
    written = json.loads(line)
    return written["body"].encode(), bytes.fromhex(written["hash"])
