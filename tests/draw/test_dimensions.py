"""Every manifest leaves one more thing to chance, from options nobody can change afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from engine.draw import dimensions
from engine.draw.refusals import ManifestProblem

TASK: dict[str, Any] = {
    "task_start": "2026-03-04",
    "task_end": "2026-03-20",
    "items": ["CY-SAMR-01", "CY-SAMR-02"],
}


def test_a_strategy_that_states_nothing_leaves_the_week_to_chance() -> None:
    (choice,) = dimensions.choices(TASK)
    assert choice.dimension == "检查时间"
    assert choice.options == (
        "2026-03-04至2026-03-08",
        "2026-03-09至2026-03-15",
        "2026-03-16至2026-03-20",
    )


def test_a_task_within_a_week_leaves_the_day_to_chance() -> None:
    (choice,) = dimensions.choices({**TASK, "task_end": "2026-03-06"})
    assert choice.options == ("2026-03-04", "2026-03-05", "2026-03-06")


def test_stated_options_stand_as_written_without_repeats() -> None:
    stated = {"random_dimensions_chosen": ["检查区域"], "area_options": ["厨房", "库房", "厨房 "]}
    (choice,) = dimensions.choices({**TASK, **stated})
    assert choice.options == ("厨房", "库房")


def test_content_is_drawn_from_the_items_as_many_as_asked() -> None:
    chosen = {"random_dimensions_chosen": ["检查内容"], "content_count": 1}
    (choice,) = dimensions.choices({**TASK, **chosen})
    assert (choice.options, choice.count) == (tuple(TASK["items"]), 1)


@pytest.mark.parametrize(
    "said",
    [
        {"random_dimensions_chosen": ["检查区域"], "area_options": ["厨房"]},
        {"random_dimensions_chosen": ["检查区域"]},
        {"random_dimensions_chosen": ["检查内容"], "items": ["CY-SAMR-01"]},
        {"random_dimensions_chosen": ["检查内容"], "content_count": 2},
        {"task_end": "2026-03-04"},
    ],
)
def test_what_leaves_nothing_to_draw_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ManifestProblem, match="可选项不足"):
        dimensions.choices({**TASK, **said})


@pytest.mark.parametrize(
    ("said", "binds"),
    [
        ({}, False),
        ({"random_dimensions_chosen": ["检查时间"]}, True),
        ({"object_method": "全覆盖"}, True),
        ({"staff_method": "直接指派"}, True),
        ({"object_method": "电脑抽签", "staff_method": "随机匹配"}, False),
    ],
)
def test_it_binds_the_visits_only_where_it_was_chosen_or_nobody_was_drawn(
    said: dict[str, Any], binds: bool
) -> None:
    drawn = {"options": {"检查时间": ["A1|2026-03-04"]}}
    assert dimensions.of_visits(said, drawn) == ({"检查时间": "random_time"} if binds else {})
    assert dimensions.in_words(said, drawn) == (["检查时间：A1 2026-03-04"] if binds else [])
