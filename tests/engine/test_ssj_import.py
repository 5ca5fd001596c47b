"""`ssj import`: a clean file in any form counts; of another, every mistake is told, none counts."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from engine import boot, config
from engine.registry.export import csv_file
from engine.registry.types import RegistryKind
from engine.store import registry
from tests.engine.console import Ssj

Table = list[list[str]]
HERE = ("--jurisdiction", "chaoyang")


def exported(kind: str) -> Table:
    """Return the registry as its own export writes it, headings first."""
    engine = boot.open_engine(config.read())
    with engine.store.read() as connection:
        rows = registry.current(connection, "chaoyang", RegistryKind(kind))
        content = csv_file(RegistryKind(kind), sorted(rows, key=lambda row: row.row_id))
    engine.store.dispose()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def with_cell(table: Table, title: str, value: str) -> Table:
    place = table[0].index(title)
    first = [value if at == place else cell for at, cell in enumerate(table[1])]
    return [table[0], first, *table[2:]]


def without(table: Table, title: str) -> Table:
    place = table[0].index(title)
    return [line[:place] + line[place + 1 :] for line in table]


def written(place: Path, table: Table, encoding: str = "utf-8") -> str:
    if place.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for line in table:
            book.worksheets[0].append(line)
        book.save(place)
    else:
        text = io.StringIO()
        csv.writer(text).writerows(table)
        place.write_bytes(text.getvalue().encode(encoding))
    return str(place)


@pytest.mark.parametrize(
    ("kind", "title", "value", "name", "encoding"),
    [
        ("items", "抽查事项", "新名称", "items.csv", "utf-8"),
        ("inspectors", "职务", "副科长㐂", "inspectors.csv", "gb18030"),
        ("subjects", "住所", "前进大街 1 号", "subjects.xlsx", "utf-8"),
    ],
)
def test_a_clean_file_counts_once(
    ssj: Ssj, tmp_path: Path, kind: str, title: str, value: str, name: str, encoding: str
) -> None:
    file = written(tmp_path / name, with_cell(exported(kind), title, value), encoding)
    code, said = ssj("import", kind, file, *HERE)
    assert (code, f"{title}：" in said, "加 --apply 写入" in said) == (0, True, True), said
    assert exported(kind)[1] != with_cell(exported(kind), title, value)[1], "only shown so far"
    code, said = ssj("import", kind, file, *HERE, "--apply")
    assert (code, "已写入，批次案件 CY-" in said) == (0, True), said
    assert value in exported(kind)[1]
    assert "变更 0" in ssj("import", kind, file, *HERE)[1]


def test_the_order_of_columns_does_not_matter_and_an_unknown_one_is_told(
    ssj: Ssj, tmp_path: Path
) -> None:
    table = exported("items")
    turned = [[*reversed(line), "天气" if at == 0 else "晴"] for at, line in enumerate(table)]
    code, said = ssj("import", "items", written(tmp_path / "turned.csv", turned), *HERE)
    assert (code, "“天气”列：此列无法识别，未导入" in said) == (0, True), said
    assert "新增 0，变更 0，减少 0" in said


@pytest.mark.parametrize(
    ("kind", "title"),
    [("items", "抽查事项"), ("subjects", "检查对象名称"), ("inspectors", "所属部门")],
)
def test_a_column_that_is_missing_is_named_once(
    ssj: Ssj, tmp_path: Path, kind: str, title: str
) -> None:
    file = written(tmp_path / "x.csv", without(exported(kind), title))
    code, said = ssj("import", kind, file, *HERE, "--apply")
    assert code == 1
    assert f"第 1 行“{title}”列：表头缺少这一列（必填）" in said
    assert said.splitlines()[-1] == "文件没有导入：还有 1 处须改正。"


def test_a_code_that_stands_twice_keeps_the_file_out(ssj: Ssj, tmp_path: Path) -> None:
    table = exported("items")
    file = written(tmp_path / "x.csv", [*table, table[1]])
    code, said = ssj("import", "items", file, *HERE, "--apply")
    assert (code, "请只保留一行" in said, "不变" in said) == (1, True, False), said


def test_bytes_that_are_no_text_are_named_by_their_file(ssj: Ssj, tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(bytes(range(256)) * 40)
    code, said = ssj("import", "items", str(tmp_path / "bytes.csv"), *HERE)
    assert (code, "文件“bytes.csv”：文字编码无法识别" in said) == (1, True), said


def test_a_difference_is_told_in_the_words_of_the_office(ssj: Ssj, tmp_path: Path) -> None:
    table = exported("subjects")
    for title, value in (
        ("监管部门", "customs、tax"),
        ("列入经营异常名录", "否"),
        ("住所", ""),
    ):
        table = with_cell(table, title, value)
    ssj("import", "subjects", written(tmp_path / "one.csv", table), *HERE, "--apply")
    for title, value in (
        ("监管部门", "samr"),
        ("列入经营异常名录", "是"),
        ("住所", "某街"),
    ):
        table = with_cell(table, title, value)
    code, said = ssj("import", "subjects", written(tmp_path / "two.csv", table), *HERE)
    assert code == 0, said
    assert "列入经营异常名录：否 → 是" in said
    assert "住所：（空） → 某街" in said
    assert "区市场监督管理局" in said
    assert not [word for word in ("None", "False", "True", "('", "samr") if word in said], said
