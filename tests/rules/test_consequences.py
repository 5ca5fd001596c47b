"""A text that cannot be read takes its names along; whoever uses them is not blamed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.pack import examine, read_files
from rules.report import PACKS
from rules.tools import check_packs

PLAN = "chaoyang/计划.md"


def told(content: bytes) -> list[str]:
    _, problems = examine({**read_files(PACKS, "chaoyang"), PLAN: content}, "chaoyang")
    return [str(problem) for problem in problems if problem.severity == "error"]


@pytest.fixture(scope="module")
def plan() -> bytes:
    return (PACKS / PLAN).read_bytes()


def test_half_a_character_is_one_error_although_other_files_use_what_it_declares(
    plan: bytes,
) -> None:
    assert len(told(plan + "计".encode()[:2])) == 1


def test_a_block_too_deep_is_one_error(plan: bytes) -> None:
    deep = "（" * 100 + "事项的类别 为 一般" + "）" * 100
    rule = f"\n```规则\n规则 深 强度 刚性\n  当 {deep}\n  应当 抽查比例审查 为 合规\n结束\n```\n"
    (error,) = told(plan + rule.encode())
    assert "嵌套" in error


def test_blocks_without_an_end_are_one_error_each(plan: bytes) -> None:
    open_ended = plan.replace("\n结束\n".encode(), b"\n")
    assert {error.split("：")[0] for error in told(open_ended)} == {PLAN}
    assert len(told(open_ended)) == plan.count("\n结束\n".encode())


def test_a_misspelt_name_is_still_told_beside_a_text_that_cannot_be_read(plan: bytes) -> None:
    files = read_files(PACKS, "chaoyang")
    tasks = files["chaoyang/任务.md"]
    wrong = tasks.replace("一般事项抽查比例上限".encode(), "一般事项抽查比例上线".encode())
    assert wrong != tasks
    files |= {PLAN: plan + b"\xe4", "chaoyang/任务.md": wrong}
    _, problems = examine(files, "chaoyang")
    assert any("一般事项抽查比例上线" in problem.message for problem in problems)


def test_what_is_proved_of_a_broken_pack_is_told_only_where_it_is_an_error(tmp_path: Path) -> None:
    for path, content in read_files(PACKS, "chaoyang").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    plan = (tmp_path / PLAN).read_text("utf-8")
    (tmp_path / PLAN).write_text(
        plan.replace("介于 一般事项抽查比例下限", "介于 无此下限"), "utf-8"
    )
    assert "没有覆盖的情形" not in check_packs(tmp_path, ["chaoyang"]).text
