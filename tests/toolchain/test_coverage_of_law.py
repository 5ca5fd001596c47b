"""Every binding requirement of both regulations has a scenario that a clerk can read."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "coverage_of_law", ROOT / ".ci/coverage_of_law.py"
    )
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COVERAGE = load()


def test_no_hard_or_soft_row_is_without_a_scenario() -> None:
    assert [row.clause for row in COVERAGE.rows(ROOT) if row.is_uncovered] == []


def test_every_branch_of_accountability_and_exemption_has_a_scenario() -> None:
    branches = [row for row in COVERAGE.rows(ROOT) if row.clause[0] in "LE"]
    assert len(branches) == 18
    assert [row.clause for row in branches if not row.scenarios] == []


def test_a_scenario_names_rows_that_exist() -> None:
    known = [row.clause for row in COVERAGE.rows(ROOT)]
    assert COVERAGE.unknown_tags(ROOT, known) == []


def test_a_tag_above_examples_belongs_to_their_outline(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    written = (
        "# language: zh-CN\n功能: 甲\n\n  @A\n  场景大纲: 乙\n    那么 丙\n\n    @B\n    例子:\n"
    )
    (tmp_path / "features" / "甲.feature").write_text(written, "utf-8")
    assert COVERAGE.scenarios(tmp_path) == {"A": ["甲：乙"], "B": ["甲：乙"]}


def test_what_comes_later_is_said_and_only_where_something_is_open() -> None:
    for row in COVERAGE.rows(ROOT):
        if row.later:
            assert row.of("open") or not row.scenarios, row.clause
            assert row.status.startswith("以后"), row.clause


def test_each_row_is_told_with_its_words_and_places() -> None:
    row = next(row for row in COVERAGE.rows(ROOT) if row.clause == "L09")
    told = COVERAGE.told(row)
    assert "未依法及时公示抽查检查结果的" in told
    assert "线索九结果未公示" in told
    assert "场景：" in told
