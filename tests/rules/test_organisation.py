"""Who does what: organisation.toml, read and bound."""

from __future__ import annotations

import pytest

from rules.errors import PackProblems, UnknownRole
from rules.organisation import Seat, load
from tests.rules.city import ORGANISATION, city


def test_roles_bind_to_parties_departments_or_persons() -> None:
    organisation = city().organisation
    parties = {"lead": ("samr",), "leader": ("li", "wang")}
    assert organisation.bind("发起部门经办人", parties) == (
        Seat(department="samr", position="handler"),
    )
    assert organisation.bind("司法局审核人", {}) == (Seat(department="samr", position="handler"),)
    assert organisation.bind("检查组长", parties) == (Seat(person="li"), Seat(person="wang"))
    assert organisation.bind("发起部门经办人", {}) == ()
    assert organisation.channels[0].required
    with pytest.raises(UnknownRole, match="没有绑定角色"):
        organisation.bind("没有的角色", {})


def test_persons_that_departments_sent_have_the_department_in_their_seat() -> None:
    sent = {"leader": ("li", "wang"), "leader:fire": ("wang",), "leadership:samr": ("li",)}
    assert city().organisation.bind("检查组长", sent) == (
        Seat(person="li"),
        Seat(person="wang", department="fire"),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "虚构市"\n', "", "缺少“name”"),
        ('department = "samr"', 'department = "smar"', "是否指“samr”？"),
        ('position = "handler" }\n"司', 'position = "handlr" }\n"司', "是否指“handler”？"),
        ('{ persons = "leader" }', '{ position = "handler" }', "三者之一"),
        ('{ persons = "leader" }', '"leader"', "应写成"),
        ("[departments.samr]", "[departments]\nsamr = 1\n[other]", "应为一组键值"),
        ('[labels]\nlead = "牵头部门"', 'labels = "牵头部门"', "应为一组键值"),
        ("[labels]", "[labels", "不是有效的 TOML"),
    ],
)
def test_a_wrong_entry_is_named(old: str, new: str, said: str) -> None:
    assert old in ORGANISATION
    with pytest.raises(PackProblems) as caught:
        load(ORGANISATION.replace(old, new).encode(), "xugou/organisation.toml")
    assert any(said in str(problem) for problem in caught.value.problems)


def test_a_wrong_organisation_is_a_problem_of_the_pack() -> None:
    with pytest.raises(PackProblems, match="TOML"):
        city(**{"xugou/organisation.toml": "= ="})
