"""A title is what people find a case by: it can be seen, and is kept as it was written."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine.commands import OpenCase
from engine.errors import FormInvalid
from tests.engine.office import Office


def opened(office: Office, title: str) -> UUID:
    command = OpenCase(
        case_id=UUID(int=11),
        actor=office.person("cy-samr-handler1"),
        process="joint_plan",
        jurisdiction="chaoyang",
        title=title,
        parties={"lead": ("samr",)},
    )
    return office.engine.handle(command).case_id


@pytest.mark.parametrize(
    "title", ["", "  ", "\u200b", "\x00", "甲\x1b[31m乙", "计划\u202e划计", "甲\n乙", "长" * 201]
)
def test_a_title_nobody_can_read_is_refused(sqlite_office: Office, title: str) -> None:
    with pytest.raises(FormInvalid) as caught:
        opened(sqlite_office, title)
    assert "标题" in caught.value.sentence("zh")


@pytest.mark.parametrize("title", ["2026 年度餐饮抽查", "😀 抽查", "全 角　空格", "长" * 200])
def test_a_title_is_kept_as_it_was_written(sqlite_office: Office, title: str) -> None:
    assert sqlite_office.case(opened(sqlite_office, title)).title == title
