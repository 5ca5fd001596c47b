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


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("port = ", "不是有效的 TOML"),
        ("prot = 8080", "没有这项设置；可写：database_url、host、packs、port"),
        ("port = 'eighty'", "「eighty」不是整数"),
        ("port = 70000", "不能大于 65535"),
        ("port = 0", "不能小于 1"),
        ("secure = 'maybe'", "「maybe」应为 1（是）或 0（否）"),
        ("proxies = 'two'", "「two」不是整数"),
        ("database_url = 'mysql://h/x'", "不支持「mysql」"),
        ("database_url = 'postgresql+psycopg2://h/x'", "不支持"),
        ("database_url = 'postgresql://h:abc/x'", "不是数据库地址"),
        ("database_url = 'sqlite://'", "没有写明文件"),
        ("database_url = 'sqlite:///:memory:'", "没有写明文件"),
        ("processes = 0", "不能小于 1"),
        ("processes = 4", "SQLite 只由一个进程服务，不能是 4；多个进程请用 PostgreSQL"),
    ],
)
def test_a_settings_file_says_what_is_wrong_in_it(tmp_path: Path, written: str, told: str) -> None:
    place = tmp_path / "office.toml"
    place.write_text(written, "utf-8")
    with pytest.raises(ConfigBroken, match=told):
        config.read({"SSJ_CONFIG": str(place)})


def test_a_settings_file_asked_for_by_name_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigBroken, match="没有文件"):
        config.read({"SSJ_CONFIG": str(tmp_path / "nowhere.toml")})


def test_a_settings_file_holds_where_the_environment_is_silent(tmp_path: Path) -> None:
    place = tmp_path / "office.toml"
    place.write_text("port = 8080\nhost = '10.0.0.1'", "utf-8")
    found = config.read({"SSJ_CONFIG": str(place), "SSJ_HOST": "127.0.0.1"})
    assert (found.host, found.port) == ("127.0.0.1", 8080)


def test_postgresql_may_be_served_by_several_processes() -> None:
    found = config.read(
        {"SSJ_DATABASE_URL": "postgresql://ssj@localhost/ssj", "SSJ_PROCESSES": "4"}
    )
    assert found.processes == 4


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    found = config.read({"SSJ_HOST": "", "SSJ_PORT": "", "SSJ_SECURE": ""})
    assert (found.host, found.port, found.secure) == ("127.0.0.1", 8000, False)


@pytest.mark.parametrize("written", ["1", "true", "Yes"])
def test_https_can_be_said_in_more_than_one_way(written: str) -> None:
    assert config.read({"SSJ_SECURE": written}).secure


def test_a_key_that_opens_no_seal_is_said_at_the_start() -> None:
    with pytest.raises(ConfigBroken, match="64 位十六进制"):
        config.read({"SSJ_SEAL_KEY": "zz"})
