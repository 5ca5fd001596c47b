"""Wrong arguments, files and databases: one sentence and an exit code, never a stack trace."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from engine import boot, config, troubles
from engine.store import people, sessions
from engine.store.people import check_entry
from tests.engine.console import Ssj

HERE = ("--jurisdiction", "chaoyang")


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "li", "--name", "李", "--jurisdiction", "mars"),
        ("import", "items", __file__, "--jurisdiction", "mars"),
        ("almanac", "--jurisdiction", "mars"),
        ("registry", "gaps", "--jurisdiction", "mars"),
        ("handover", "department", "a", "b", "--basis", "x", "--jurisdiction", "mars"),
        ("supervise", "mars"),
        ("lint", __file__, "--jurisdiction", "mars"),
        ("demo", "--jurisdiction", "mars"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_place_without_a_pack_is_named_with_those_that_have_one(
    ssj: Ssj, words: tuple[str, ...]
) -> None:
    code, said = ssj(*words)
    assert code == 2
    assert "没有辖区「mars」；有：chaoyang、panjin" in said


def test_a_branch_that_nobody_watches_is_named_with_those_watched(ssj: Ssj) -> None:
    code, said = ssj("supervise", "chaoyang", "--branch", "NOPE")
    assert code == 2
    assert "没有情形「NOPE」；有：L01" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("user", "add", "", "--name", "李", *HERE), "登录名「」不可用"),
        (("user", "add", "李明", "--name", "李", *HERE), "不可用"),
        (("user", "add", "a" * 500, "--name", "李", *HERE), "2 到 40 个字符"),
        (("user", "add", "liming", "--name", " ", *HERE), "请填写姓名"),
        (("user", "add", "liming", "--name", "李" * 61, *HERE), "不超过 60 个字"),
    ],
)
def test_a_person_is_entered_with_a_login_and_a_name(
    ssj: Ssj, words: tuple[str, ...], told: str
) -> None:
    code, said = ssj(*words)
    assert (code, told in said) == (1, True), said


def test_every_login_of_the_demonstration_could_be_entered_by_hand(ssj: Ssj) -> None:
    check_entry(login="cy-samr-process-admin1", name="某人")
    assert ssj("user", "add", "liming", "--name", "李明", *HERE)[0] == 0


@pytest.mark.parametrize(
    ("seat", "told"),
    [(("mars", "handler"), "没有「mars」；有：samr"), (("samr", "emperor"), "没有「emperor」")],
)
def test_a_position_is_granted_that_the_place_has(
    ssj: Ssj, seat: tuple[str, str], told: str
) -> None:
    words = ("user", "grant", "cy-samr-head", "--department", seat[0], "--position", seat[1])
    code, said = ssj(*words)
    assert (code, told in said) == (2, True), said


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--until", "garbage"),
        ("demo", "--subjects", "-5"),
        ("demo", "--year", "20"),
        ("serve", "--port", "99999"),
        ("rules", "diff", "rules", "rules", *HERE, "--law-date", "2026-02-30"),
        ("rules", "backtest", "rules", *HERE, "--from", "2026-01-01", "--to", "x"),
        (
            "rules",
            "explain",
            "抽查比例审查",
            *HERE,
            "--law-date",
            "2026-01-01",
            "--facts",
            __file__,
        ),
        ("restore", __file__),
    ],
    ids=" ".join,
)
def test_what_cannot_be_read_is_misuse(ssj: Ssj, words: tuple[str, ...]) -> None:
    assert ssj(*words)[0] == 2


def test_a_file_that_is_no_year_is_a_sentence(ssj: Ssj) -> None:
    code, said = ssj("calendar", __file__)
    assert code == 1
    assert said.count("\n") == 1
    assert "文件名应为年份" in said


def test_an_export_goes_where_it_can(ssj: Ssj, tmp_path: Path) -> None:
    code, said = ssj("import", "items", __file__, *HERE)
    assert code == 1, "the database answers"
    place = tmp_path / "ssj.db" / "under-a-file"
    code, said = ssj("backup", str(place))
    assert (code, "路径中有一段不是文件夹" in said) == (1, True), said


def test_a_backup_is_whole_and_replaces_none(ssj: Ssj, tmp_path: Path) -> None:
    place = tmp_path / "kept" / "backup"
    assert ssj("backup", str(place))[0] == 0
    assert sorted(found.name for found in place.parent.iterdir()) == ["backup"]
    code, said = ssj("backup", str(place))
    assert (code, "已经存在" in said) == (1, True), said
    with sqlite3.connect(place / "ssj.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()


def test_a_folder_without_a_backup_brings_nothing_back(
    ssj: Ssj, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("SSJ_VAR", str(tmp_path / "new"))
    code, said = ssj("restore", str(empty))
    assert (code, "里没有备份" in said) == (1, True), said
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("content", "told"), [(b"not a database", "不是 SQLite 数据库"), (b"", "请先运行 ssj init")]
)
def test_a_file_that_is_no_database_is_named_as_such(
    ssj: Ssj, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "ssj.db").write_bytes(content)
    monkeypatch.setenv("SSJ_VAR", str(tmp_path / "bad"))
    code, said = ssj("audit", "--all")
    assert (code, told in said) == (1, True), said


@pytest.mark.parametrize("address", ["garbage", "mars://x/y"])
def test_an_address_of_no_database_is_named_as_such(
    ssj: Ssj, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SSJ_DATABASE_URL", address)
    code, said = ssj("audit", "--all")
    assert (code, "SSJ_DATABASE_URL" in said) == (1, True), said


def test_what_sqlite_says_has_a_sentence_of_ours() -> None:
    from sqlalchemy.exc import OperationalError

    for said, kind in troubles.SAID.items():
        found = troubles.of_database(OperationalError("BEGIN", {}, sqlite3.OperationalError(said)))
        assert type(found) is kind
    unknown = OperationalError("BEGIN", {}, sqlite3.OperationalError("no such table: x"))
    assert troubles.of_database(unknown) is None, "a mistake of ours keeps its trace"


def test_a_taken_port_is_said_before_anything_starts(ssj: Ssj) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, said = ssj("serve", "--port", str(other.getsockname()[1]))
    assert (code, "端口已被占用" in said) == (1, True), said


def test_an_interrupted_verb_says_so(ssj: Ssj, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(boot, "open_engine", stopped)
    code, said = ssj("audit", "--all")
    assert (code, "已中断" in said) == (130, True), said


@pytest.mark.parametrize("words", [("demo",), ("init", "--demo")], ids=" ".join)
def test_an_office_in_earnest_never_becomes_a_demonstration(
    ssj: Ssj, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SSJ_VAR", str(tmp_path / "office"))
    assert ssj("init")[0] == 0
    boot.refuse_in_earnest(config.read())  # nobody is in it yet
    assert ssj("user", "add", "liming", "--name", "李明", *HERE)[0] == 0
    code, said = ssj(*words)
    assert (code, "不能变成演示库" in said) == (1, True), said
    assert (
        "cy-samr-handler1" not in ssj("user", "passwd", "cy-samr-handler1")[1].partition("没有")[0]
    )


def test_a_maze_of_facts_is_misuse(ssj: Ssj, tmp_path: Path) -> None:
    maze = tmp_path / "facts.json"
    maze.write_text("[" * 200_000)
    words = ("rules", "explain", "抽查比例审查", *HERE, "--law-date", "2026-01-01")
    code, said = ssj(*words, "--facts", str(maze))
    assert (code, "不是 JSON" in said) == (2, True), said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("import", "items", "/nowhere/x.csv", *HERE), "没有 '/nowhere/x.csv'"),
        (("import", "items", "/", *HERE), "是文件夹，这里要一个文件"),
        (("import", "mars", __file__, *HERE), "没有 'mars'；可用：'subjects'"),
        (("import", "items"), "缺少参数 'FILE'"),
        (("import", "items", __file__), "缺少选项 '--jurisdiction'"),
        (("user", "grant", "x", "--department"), "选项 --department 后面要写值"),
        (("nothing",), "没有命令 nothing"),
        (("audit", "--nothing"), "没有选项 --nothing"),
        (("serve", "--port", "x"), "'x' 不是整数"),
        (("serve", "--port", "-3"), "不在范围"),
        (("almanac", *HERE, "too", "many"), "多出了参数：too many"),
    ],
    ids=lambda words: " ".join(words),
)
def test_wrong_arguments_are_told_in_chinese(ssj: Ssj, words: tuple[str, ...], told: str) -> None:
    code, said = ssj(*words)
    assert (code, told in said) == (2, True), said
    assert "Error" not in said
    assert "Usage" not in said


@pytest.mark.parametrize("words", [(), ("draw",), ("export",)], ids=" ".join)
def test_a_group_without_a_verb_shows_its_help(ssj: Ssj, words: tuple[str, ...]) -> None:
    code, said = ssj(*words)
    assert (code, said.startswith("用法：ssj"), "\nCommands:\n" in said) == (2, True, True), said
    assert "错误" not in said


def test_a_folder_without_a_diagram_has_nothing_to_check(ssj: Ssj, tmp_path: Path) -> None:
    code, said = ssj("lint", str(tmp_path))
    assert (code, "里没有流程图" in said) == (2, True), said


def test_folders_without_a_pack_are_not_compared(ssj: Ssj, tmp_path: Path) -> None:
    place = str(tmp_path)
    code, said = ssj("rules", "diff", place, place, *HERE, "--law-date", "2026-01-01")
    assert (code, "里没有辖区「chaoyang」的规则包" in said) == (2, True), said


def test_a_play_that_was_interrupted_is_not_taken_up_again(
    ssj: Ssj, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.demo import year
    from engine.errors import CaseExists

    def stopped_before(*_: object, **__: object) -> None:
        raise CaseExists(number="CY-2026-MP-0001")

    monkeypatch.setattr(year, "play", stopped_before)
    code, said = ssj("demo", "--subjects", "20")
    assert (code, "另选一个空文件夹" in said) == (1, True), said


def test_wrong_arguments_are_told_in_english_where_english_is_spoken(
    ssj: Ssj, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "Error: No such command 'nothing'" in ssj("nothing")[1]


def test_a_password_given_anew_ends_what_was_signed_in_with_the_old_one(ssj: Ssj) -> None:
    engine = boot.open_engine(config.read())
    at = engine.now()
    with engine.store.write() as connection:
        found = people.by_login(connection, "cy-samr-head", at=at)
        assert found is not None
        sessions.start(connection, "token", person=found.id, at=at, language="zh")
    assert ssj("user", "passwd", "cy-samr-head")[0] == 0
    with engine.store.read() as connection:
        assert sessions.current(connection, "token", at=at, acting_at=at) is None
    engine.store.dispose()


@pytest.mark.parametrize("verb", [("init",), ("audit", "--all")], ids=" ".join)
@pytest.mark.parametrize("server", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_server_that_cannot_be_reached_is_a_sentence(
    ssj: Ssj, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...], server: str
) -> None:
    monkeypatch.setenv("SSJ_DATABASE_URL", f"postgresql://x@{server}/none")
    code, said = ssj(*verb)
    assert (code, "连不上数据库" in said, "Traceback" in said) == (1, True, False), said


def test_a_party_that_cannot_be_named_is_refused_before_a_value_is_shown(ssj: Ssj) -> None:
    code, said = ssj("draw", "promise", "")
    assert (code, "不能用于抽取" in said, "salt" in said) == (1, True, False), said
