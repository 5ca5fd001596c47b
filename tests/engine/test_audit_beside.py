"""An audit of a database finds what contradicts its events, each case by itself, and goes on."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.engine import chains
from tests.engine.console import Ssj
from tests.engine.furnished import copied

Damage = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def campaign(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a task drawn, published and its visits opened."""
    folder = tmp_path_factory.mktemp("campaign")
    office = copied(furnished_sqlite, folder)
    chains.drawn_task(office)
    with office.engine.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.rollback()
    office.engine.store.dispose()
    return folder / "ssj.db"


@pytest.fixture
def audited(ssj: Ssj, campaign: Path, tmp_path: Path) -> Callable[[Damage], tuple[int, str]]:
    """Do a damage to a copy of the campaign; return what `ssj audit --all` says of it."""

    def after(damage: Damage) -> tuple[int, str]:
        shutil.copy(campaign, tmp_path / "ssj.db")
        with closing(sqlite3.connect(tmp_path / "ssj.db")) as lying:
            for lock in ("events_refuse_update", "events_refuse_delete"):
                lying.execute(f"DROP TRIGGER {lock}")
            damage(lying)
            lying.commit()
        return ssj("audit", "--all")

    return after


def said_sql(*statements: str) -> Damage:
    def damage(lying: sqlite3.Connection) -> None:
        for statement in statements:
            lying.execute(statement.format(task=TASK))

    return damage


TASK = "(SELECT case_id FROM cases WHERE process = 'inspection_task')"


def flipped(where: str) -> Damage:
    """Flip one bit in the middle of a kept file."""

    def damage(lying: sqlite3.Connection) -> None:
        query = f"SELECT address, content FROM artefacts WHERE {where} LIMIT 1"
        address, content = lying.execute(query).fetchone()
        altered = bytearray(content)
        altered[len(altered) // 2] ^= 1
        change = "UPDATE artefacts SET content = ? WHERE address = ?"
        assert lying.execute(change, (bytes(altered), address)).rowcount == 1

    return damage


def test_nothing_is_found_where_nothing_was_done(
    audited: Callable[[Damage], tuple[int, str]],
) -> None:
    code, said = audited(said_sql())
    assert (code, "0 件有不一致" in said) == (0, True), said


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (said_sql("DELETE FROM cases WHERE case_id = {task}"), r"RW-0001 cases：与事件不符"),
        (said_sql("UPDATE cases SET title = 'x' WHERE case_id = {task}"), "cases.title：.*现为 x"),
        (
            said_sql("UPDATE cases SET number = 'CY-2026-RW-9' WHERE case_id = {task}"),
            "cases.number：.*应为 CY-2026-RW-0001",
        ),
        (said_sql("UPDATE cases SET seq = seq - 1 WHERE case_id = {task}"), "cases.seq：与事件"),
        (
            said_sql("UPDATE cases SET closed_at = '2026-01-01 00:00:00' WHERE case_id = {task}"),
            "cases.closed_at：.*应为 （无）",
        ),
        (
            said_sql("UPDATE cases SET closed_at = 'x' WHERE case_id = {task}"),
            "cases.closed_at：.*现为 x",
        ),
        (said_sql("UPDATE cases SET version = 'ff' WHERE case_id = {task}"), "cases.version：.*ff"),
        (
            said_sql("UPDATE events SET at = 'noon' WHERE case_id = {task} AND seq = 5"),
            "第 5 号事件：.*events.at＝noon",
        ),
        (
            said_sql("UPDATE leaves SET hash = x'00' WHERE case_id = {task} AND seq = 5"),
            "leaves.hash（第 5 号事件）",
        ),
        (
            said_sql("DELETE FROM leaves WHERE case_id = {task} AND seq = 5"),
            "leaves.hash（第 5 号事件）：.*现为 （无）",
        ),
        (
            said_sql("UPDATE publications SET title = 'x' WHERE case_id = {task}"),
            "publications.title（第 .* 号事件的公示）：.*现为 x",
        ),
        (
            said_sql("DELETE FROM publications WHERE case_id = {task}"),
            "publications（第 .*现为 （无）",
        ),
        (
            flipped("address IN (SELECT file FROM registry_batches)"),
            "存档文件 .*（registry_batches 第 .* 批所指）：损坏",
        ),
        (
            flipped("media = 'text/html'"),
            "存档文件 .*（第 .* 号事件(所指|生成)）：损坏",
        ),
        (
            flipped("instr(content, CAST('id=\"inspection_task_definitions' AS BLOB))"),
            "的文件 diagram.bpmn：损坏",
        ),
        (
            said_sql(
                *(f"DELETE FROM {t} WHERE case_id = {TASK}" for t in ("events", "leaves")),
                "DELETE FROM cases WHERE process = 'inspection_task'",
            ),
            "cases.number CY-2026-RW-0001：",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_contradiction_is_found_and_named(
    audited: Callable[[Damage], tuple[int, str]], damage: Damage, told: str
) -> None:
    code, said = audited(damage)
    assert (code, re.search(told, said) is not None) == (1, True), said
    assert re.search("重放 [0-9]+ 件案件", said), "the others were audited as well"
    assert "datetime" not in said
