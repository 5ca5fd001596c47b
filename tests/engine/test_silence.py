"""Who answers and who keeps silent: all of them are named, once, whatever was in the cache."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.engine import chains
from tests.engine.office import Office, payloads

NAMED = ["health", "fire", "ecology"]  # not in the order their codes sort


def let_pass(office: Office, plan: UUID) -> None:
    """Let the time to answer pass; nobody else has to do with it."""
    deadline = office.case(plan).deadlines["silence", ""]
    assert deadline.due_at is not None
    office.hand.moment = deadline.due_at
    office.settle()


def silent(office: Office, plan: UUID) -> list[set[str]]:
    said: list[dict[str, Any]] = payloads(office.records(plan), "silence-recorded")
    return [set(each["departments"]) for each in said if each["element"] == "countersign"]


def test_everybody_who_kept_silent_is_named_once(office: Office) -> None:
    plan = chains.drafted_plan(office, participants=NAMED)
    office.do(plan, "sign_off")
    office.do(plan, "countersign", key="fire")
    let_pass(office, plan)
    assert silent(office, plan) == [{"health", "ecology"}]
    assert set(office.case(plan).fields["countersign_silent"]) == {"health", "ecology"}
    assert not [slot for slot in office.open_tasks(plan) if slot[0] == "countersign"]
    assert office.audit(plan).is_clean


def test_whoever_was_silent_once_is_asked_anew_with_the_next_draft(sqlite_office: Office) -> None:
    office = sqlite_office
    plan = chains.drafted_plan(office, participants=NAMED)
    office.do(plan, "sign_off")
    let_pass(office, plan)
    chains.until(office, plan, "review")
    office.do(plan, "review", review_decision="退回修改", review_opinion="重报")
    chains.until(office, plan, "countersign")
    assert "countersign_silent" not in office.case(plan).fields
    office.do(plan, "countersign", key="fire")
    let_pass(office, plan)
    assert silent(office, plan) == [set(NAMED), {"health", "ecology"}]
    assert office.audit(plan).is_clean
