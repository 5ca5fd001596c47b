"""Two cities share the codes of their departments; nobody of one acts in the cases of the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from engine.commands import (
    AddComment,
    ClaimTask,
    Command,
    CompleteTask,
    OpenCase,
    ReleaseTask,
    TransferTask,
)
from engine.errors import OtherJurisdiction
from tests.engine import chains
from tests.engine.office import Office

STRANGER = "pj-samr-head"  # the same department and position as cy-samr-head, in the other city
AT: dict[str, Any] = {"element": "sign_off", "key": ""}


def commands(plan: UUID, actor: str) -> list[Command]:
    return [
        AddComment(case_id=plan, actor=actor, text="看过"),
        ClaimTask(case_id=plan, actor=actor, **AT),
        ReleaseTask(case_id=plan, actor=actor, reason="误领", **AT),
        TransferTask(case_id=plan, actor=actor, to=actor, reason="转办", **AT),
        CompleteTask(case_id=plan, actor=actor, data={"sign_off_decision": "同意"}, **AT),
    ]


@pytest.mark.parametrize("which", range(5))
def test_a_seat_of_the_same_name_elsewhere_opens_no_door(sqlite_office: Office, which: int) -> None:
    plan = chains.drafted_plan(sqlite_office)
    stranger = sqlite_office.person(STRANGER)
    before = sqlite_office.records(plan)
    with pytest.raises(OtherJurisdiction) as caught:
        sqlite_office.engine.handle(commands(plan, stranger)[which])
    assert "另一辖区" in caught.value.sentence("zh")
    assert sqlite_office.records(plan) == before


def test_no_task_is_transferred_to_the_other_city(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    head = sqlite_office.holder(sqlite_office.case(plan), ("sign_off", ""))
    stranger = sqlite_office.person(STRANGER)
    sqlite_office.engine.handle(ClaimTask(case_id=plan, actor=head, **AT))
    before = sqlite_office.records(plan)
    with pytest.raises(OtherJurisdiction):
        sqlite_office.engine.handle(
            TransferTask(case_id=plan, actor=head, to=stranger, reason="转办", **AT)
        )
    assert sqlite_office.records(plan) == before


def test_nobody_opens_a_case_of_the_other_city(sqlite_office: Office) -> None:
    plan = sqlite_office.case(chains.drafted_plan(sqlite_office))
    opening = OpenCase(
        case_id=UUID(int=7),
        actor=sqlite_office.person("pj-samr-handler1"),
        process="joint_plan",
        jurisdiction=plan.jurisdiction,
        title="另一辖区的人立的案",
    )
    with pytest.raises(OtherJurisdiction):
        sqlite_office.engine.handle(opening)
