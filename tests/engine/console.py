"""`ssj` as it is typed: its exit code and everything it said.

A plugin of the whole suite, as `furnished` is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli

Ssj = Callable[..., tuple[int, str]]


@pytest.fixture
def ssj(
    furnished_sqlite: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Ssj:
    """`ssj` on a database of its own; returns the exit code and everything it said."""
    shutil.copy(furnished_sqlite, tmp_path / "ssj.db")
    monkeypatch.setenv("SSJ_VAR", str(tmp_path))
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["ssj", *words])
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        else:
            code = 0
        said = capsys.readouterr()
        return code, said.out + said.err

    return run
