"""Attachments live under the hash of their content: whole, once, and nowhere else."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from web import files


def test_a_file_is_kept_under_its_hash(tmp_path: Path) -> None:
    kept = files.keep(tmp_path, io.BytesIO(b"report"))
    assert kept.sha256 == hashlib.sha256(b"report").hexdigest()
    assert kept.size == 6
    assert files.path_of(tmp_path, kept.sha256).read_bytes() == b"report"
    assert files.path_of(tmp_path, kept.sha256).parent.name == kept.sha256[:2]


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    files.keep(tmp_path, io.BytesIO(b"twice"))
    files.keep(tmp_path, io.BytesIO(b"twice"))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


class Breaking(io.BytesIO):
    def read(self, _size: int | None = -1) -> bytes:
        raise OSError("the line broke")


def test_a_broken_upload_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the line broke"):
        files.keep(tmp_path, Breaking())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("address", ["", "..", "../../etc/passwd", "0" * 63, "G" * 64, "0" * 64])
def test_nothing_but_a_kept_hash_finds_a_file(tmp_path: Path, address: str) -> None:
    with pytest.raises(files.UnknownFile):
        files.path_of(tmp_path, address)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("报告.pdf", "报告.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\scan.jpg", "scan.jpg"),
        ("a\nb\u202e.txt", "ab.txt"),
        ("", "file"),
    ],
)
def test_a_name_is_shown_without_paths_and_tricks(given: str, shown: str) -> None:
    assert files.plain_name(given) == shown


def test_a_reference_is_read_back() -> None:
    address = "ab" * 32
    assert files.parts(files.reference(address, "方案 终稿.pdf")) == (address, "方案 终稿.pdf")
    assert files.parts("just words") is None
