"""The settings that move packs and diagrams count for the pages too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine import config
from engine.config import ConfigBroken
from web.wsgi import application


def test_the_pages_read_packs_and_diagrams_where_the_settings_say(
    furnished_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs, workflows, var = tmp_path / "packs", tmp_path / "workflows", tmp_path / "var"
    shutil.copytree(config.PACKS, packs)
    shutil.copytree(config.WORKFLOWS, workflows)
    (packs / "chaoyang" / "organisation.toml").write_text(
        (config.PACKS / "chaoyang" / "organisation.toml")
        .read_text("utf-8")
        .replace("长春市朝阳区", "云泽市东湖区"),
        "utf-8",
    )
    (workflows / "common" / "transfer.bpmn").unlink()
    var.mkdir()
    shutil.copy(furnished_sqlite, var / "ssj.db")
    for name, place in (("PACKS", packs), ("WORKFLOWS", workflows), ("VAR", var)):
        monkeypatch.setenv(f"SSJ_{name}", str(place))
    app = application()
    assert "云泽市东湖区" in app.test_client().get("/public").text
    assert "transfer" not in app.extensions["ssj"].shelves["chaoyang"].diagrams
    app.extensions["ssj"].store.dispose()


def test_a_folder_that_is_not_there_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ConfigBroken, match="SSJ_PACKS"):
        config.read({"SSJ_PACKS": str(tmp_path / "nowhere")})
