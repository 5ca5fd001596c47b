"""A folder without a database: every verb says so in one sentence and leaves nothing there."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from engine import boot, cli, config

VERBS = (
    ("serve",),
    ("worker",),
    ("audit", "--all"),
    ("work",),
    ("incidents",),
    ("supervise", "chaoyang"),
    ("rebuild", "CY-2026-RW-0001"),
    ("almanac", "--jurisdiction", "chaoyang"),
)


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_verb_before_init_is_one_sentence_and_no_file(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SSJ_VAR", str(tmp_path))
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setattr("sys.argv", ["ssj", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert told.strip().count("\n") == 0
    assert "ssj init" in told
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_database_yet(tmp_path: Path) -> None:
    (tmp_path / "ssj.db").touch()
    with pytest.raises(boot.NotInitialised):
        boot.open_engine(config.read({"SSJ_VAR": str(tmp_path)}))


def test_a_server_that_does_not_answer_is_named_as_such(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"postgresql+psycopg://127.0.0.1:{nobody.getsockname()[1]}/none"
        with pytest.raises(boot.NoDatabase):
            boot.open_engine(config.read({"SSJ_VAR": str(tmp_path), "SSJ_DATABASE_URL": address}))
