"""Whose database it is and whether it is whole is looked at first; what fails leaves nothing."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine import boot, config, troubles
from engine.cli import whole
from engine.store import schema
from engine.store.database import Store
from tests.engine import chains
from tests.engine.console import Ssj
from tests.engine.furnished import copied

FOREIGN = {
    "shop": "CREATE TABLE shop (goods TEXT)",
    "events": "CREATE TABLE events (what TEXT)",
    "alembic_version": "CREATE TABLE alembic_version (version_num TEXT)",
    "otherwise": "CREATE TABLE alembic_version (number TEXT)",
}


def made(folder: Path, statement: str) -> Path:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "ssj.db")) as other:
        other.execute(statement)
        other.commit()
    return folder


@pytest.mark.parametrize("words", [("init",), ("init", "--demo"), ("audit", "--all")], ids=" ".join)
@pytest.mark.parametrize("which", FOREIGN)
def test_the_file_of_another_program_is_refused_and_stays(
    ssj: Ssj, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str, words: tuple[str, ...]
) -> None:
    place = made(tmp_path / "other", FOREIGN[which])
    before = (place / "ssj.db").read_bytes()
    monkeypatch.setenv("SSJ_VAR", str(place))
    code, said = ssj(*words)
    assert (code, "是另一个程序的数据库" in said) == (1, True), said
    assert (place / "ssj.db").read_bytes() == before
    assert [found.name for found in place.iterdir()] == ["ssj.db"]


def test_a_server_with_tables_of_others_is_refused(postgres_url: str, tmp_path: Path) -> None:
    settings = config.read({"SSJ_DATABASE_URL": postgres_url, "SSJ_VAR": str(tmp_path)})
    store = Store(postgres_url)
    with store.write() as connection:
        connection.exec_driver_sql("CREATE TABLE shop (goods TEXT)")
    store.dispose()
    with pytest.raises(boot.ForeignDatabase, match="shop"):
        boot.initialise(settings)


@pytest.mark.parametrize(
    ("content", "told"), [(os.urandom(5000), "已损坏"), (b"", "不是双随机的数据库")]
)
def test_a_backup_that_is_no_database_is_not_put_in_place(
    ssj: Ssj, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    (tmp_path / "kept" / "files").mkdir(parents=True)
    (tmp_path / "kept" / "ssj.db").write_bytes(content)
    monkeypatch.setenv("SSJ_VAR", str(tmp_path / "new"))
    code, said = ssj("restore", str(tmp_path / "kept"))
    assert (code, told in said) == (1, True), said
    assert not (tmp_path / "new").exists()


def test_a_damaged_page_of_a_backup_is_seen_and_a_sound_one_comes_back(
    ssj: Ssj, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    assert ssj("backup", str(kept))[0] == 0
    sound = (kept / "ssj.db").read_bytes()
    half = len(sound) // 2 // 4096 * 4096
    (kept / "ssj.db").write_bytes(sound[:half] + b"\xff" * 8192 + sound[half + 8192 :])
    monkeypatch.setenv("SSJ_VAR", str(tmp_path / "new"))
    code, said = ssj("restore", str(kept))
    assert (code, "已损坏" in said) == (1, True), said
    (kept / "ssj.db").write_bytes(sound)
    assert ssj("restore", str(kept))[0] == 0
    assert (tmp_path / "new" / "ssj.db").read_bytes() == sound


def half_written(place: Path, error: Exception) -> None:
    with whole.beside(place) as unfinished:
        unfinished.mkdir()
        (unfinished / "ssj.db").write_bytes(b"half")
        raise error


def test_what_meets_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "backup"
    with pytest.raises(OSError, match="backup") as found:
        half_written(place, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert found.value.filename == str(place)
    with pytest.raises(troubles.FileTrouble, match="backup」：磁盘已满"):
        half_written(place, sqlite3.OperationalError("database or disk is full"))
    assert list(tmp_path.iterdir()) == []


def test_an_export_to_a_full_device_names_it(
    ssj: Ssj, furnished_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "office").mkdir()
    office = copied(furnished_sqlite, tmp_path / "office")
    chains.drafted_plan(office)
    office.engine.store.dispose()
    monkeypatch.setenv("SSJ_VAR", str(tmp_path / "office"))
    code, said = ssj("export", "case", "CY-2026-LH-0001", "-o", "/dev/full")
    assert (code, "不能读写「/dev/full」：磁盘已满" in said) == (1, True), said
    assert ssj("export", "case", "CY-2026-LH-0001", "-o", str(tmp_path / "case.zip"))[0] == 0
    assert ssj("audit", str(tmp_path / "case.zip"))[0] == 0


def test_a_folder_that_cannot_be_written_is_called_so(
    ssj: Ssj, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def refused(*_: object) -> bool:
        told = sqlite3.OperationalError("attempt to write a readonly database")
        raise OperationalError("PRAGMA", {}, told)

    monkeypatch.setattr(schema, "is_current", refused)  # root may write everywhere
    code, said = ssj("audit", "--all")
    assert (code, "数据库文件不能写入" in said) == (1, True), said
