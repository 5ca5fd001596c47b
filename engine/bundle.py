"""An audit bundle: one case with everything that decides it, checkable without a database.

A zip of plain files: the events as stored, the version's files by path, the files that long work
was computed from by address, and a README with the commands to check it.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from engine import history, version
from engine.audit import Audit, audit_stored, told
from engine.errors import FileMissing, ProductError
from engine.events import CaseOpened, DeadlineRecomputed, FrameFrozen, ServiceSettled, WorkRequested
from engine.history import Record, Stored
from engine.version import FileDamaged, Version

README = """双随机审计包 / audit bundle

  ssj audit 本文件.zip        重放全部事件并重新计算（不需要数据库）
  events.jsonl                每行一个事件：正文（原样字节的文本）与哈希
  version/                    立案时固定的流程图、表单、规则、法规原文、日历
  files/                      按 SHA-256 命名的冻结名录和抽取结果
"""
_MEMBER_LIMIT = 512 * 1024 * 1024


class BundleBroken(ProductError):
    code = "bundle-broken"
    zh = "审计包不完整或不是审计包：{reason}。请重新导出（ssj export case）。"
    en = "Not a complete audit bundle: {reason}. Export it again (ssj export case)."


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
            except FileDamaged:
                raise
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
            members = _members(bundle)
    except _UNREADABLE as error:
        raise BundleBroken(reason="不是 zip 文件，或者文件目录已经损坏") from error
    manifest = _manifest(_member(members, "version.json"))
    lines = _member(members, "events.jsonl").splitlines()
    stored = tuple(_stored(line, place) for place, line in enumerate(lines, start=1))
    files = {name: content for name, content in members.items() if name.startswith(_FILES)}
    _sound(manifest, files)
    try:
        pinned = version.build(manifest, version.fetch_from(files))
    except _UNREADABLE as error:
        reason = f"文件 version.json 所列的流程图、表单或规则不能解读（{told(error)}）"
        raise BundleBroken(reason=reason) from error
    return audit_stored(stored, pinned)


_FILES = ("version/", "files/")


def _members(bundle: zipfile.ZipFile) -> dict[str, bytes]:
    """Read every member; one that does not fit its checksum is named."""
    found: dict[str, bytes] = {}
    for member in bundle.infolist():
        name = member.filename
        if member.file_size > _MEMBER_LIMIT:
            raise BundleBroken(reason=f"文件 {name} 过大")
        try:
            found[name] = bundle.read(member)
        except _UNREADABLE as error:
            raise BundleBroken(reason=f"文件 {name} 损坏，不能读出") from error
    return found


def _member(members: Mapping[str, bytes], name: str) -> bytes:
    if name not in members:
        raise BundleBroken(reason=f"缺少文件 {name}")
    return members[name]


def _manifest(content: bytes) -> dict[str, str]:
    """Read path → address; the jurisdiction stands among the paths."""
    try:
        listed = json.loads(content)
    except ValueError as error:
        raise BundleBroken(reason="文件 version.json 损坏，不是 JSON") from error
    is_sound = isinstance(listed, dict) and all(isinstance(at, str) for at in listed.values())
    if not is_sound or "jurisdiction" not in listed or version.DIAGRAM not in listed:
        raise BundleBroken(reason="文件 version.json 损坏，不是版本的文件清单")
    return dict(listed)


def _sound(manifest: Mapping[str, str], files: Mapping[str, bytes]) -> None:
    """Refuse a version whose files are not those that its manifest lists."""
    for path, place in manifest.items():
        if path == "jurisdiction":
            continue
        content = _member(files, f"version/{path}")
        if history.address(content) != place:
            raise BundleBroken(reason=f"文件 version/{path} 损坏，与 version.json 所列的哈希不符")


def _stored(line: bytes, place: int) -> Stored:
    try:
        written = json.loads(line)
        return written["body"].encode(), bytes.fromhex(written["hash"])
    except _UNREADABLE as error:
        reason = f"文件 events.jsonl 第 {place} 行损坏，不是一个事件"
        raise BundleBroken(reason=reason) from error
