"""What is turned down leaves the history alone, and is noted: who, what, when, by which rule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import clock, history
from engine.commands import (
    SYSTEM,
    AddComment,
    ClaimTask,
    Command,
    CompleteTask,
    DeliverMessage,
    OpenCase,
    RecomputeDeadline,
    ReleaseTask,
    SettleService,
    SupplyFacts,
    TransferTask,
)
from engine.errors import (
    CaseIsClosed,
    FormInvalid,
    NotWaiting,
    NotYourTask,
    ProductError,
    Refusal,
    TaskIsClaimed,
    TaskNotOpen,
    UnknownCase,
    UnknownProcess,
)
from engine.guards import NotTheirTask
from engine.service import RecordedRefusal
from engine.store import drafts, readings
from engine.store.actors import UnknownPerson
from engine.store.tables import refusals
from tests.engine import chains
from tests.engine.office import Office, payloads
from tests.engine.tally import tally


def noted(office: Office) -> list[Any]:
    with office.engine.store.read() as connection:
        return list(connection.execute(select(refusals).order_by(refusals.c.id)))


def refused(office: Office, command: Command) -> Refusal:
    """Hand in a command that must be refused; nothing of it may happen."""
    before = office.records(command.case_id)
    with pytest.raises(Refusal) as caught:
        office.engine.handle(command)
    assert office.records(command.case_id) == before
    assert caught.value.sentence("zh")
    assert caught.value.sentence("en")
    return caught.value


def test_a_refusal_is_noted_in_a_transaction_of_its_own(office: Office) -> None:
    plan = chains.drafted_plan(office)
    stranger = office.person("cy-fire-head")
    command = CompleteTask(case_id=plan, actor=stranger, element="sign_off", data={})
    with tally(office.engine.store) as asked, pytest.raises(NotYourTask):
        office.engine.handle(command)
    assert asked.commits == 1, "the note; the command itself was rolled back"
    (note,) = noted(office)
    assert (note.case_id, note.actor, note.command) == (plan, stranger, "complete-task")
    assert note.code == "not-your-task"
    assert note.command_hash == history.address(repr(command).encode())
    assert "审签" in note.sentence
    assert note.at.tzinfo is not None
    with office.engine.store.read() as connection:
        assert len(readings.refusals_of(connection, plan)) == 1
    assert office.audit(plan).is_clean


def test_a_broken_form_names_every_field(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    head = sqlite_office.holder(sqlite_office.case(plan), ("sign_off", ""))
    data = {"sign_off_decision": "也许"}
    command = CompleteTask(case_id=plan, actor=head, element="sign_off", data=data)
    found = refused(sqlite_office, command)
    assert isinstance(found, FormInvalid)
    assert found.problems
    assert noted(sqlite_office)[-1].code == "form-invalid"


def test_the_machine_is_told_no_without_a_note(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    refused(
        sqlite_office,
        DeliverMessage(case_id=plan, actor=SYSTEM, message="inspections-closed", sender="x"),
    )
    refused(
        sqlite_office,
        SettleService(
            case_id=plan, actor=SYSTEM, element="draft", key="", work="0" * 64, result={}
        ),
    )
    assert noted(sqlite_office) == []


def two_leads(office: Office) -> UUID:
    """Return a task in which a participant was also seated as lead, up to its strategy."""
    plan = chains.approved_plan(office)
    case_id = office.engine.handle(
        OpenCase(
            case_id=office.hand.new_id(),
            actor=office.person("cy-samr-handler1"),
            process="inspection_task",
            jurisdiction="chaoyang",
            title="2026年度餐饮服务部门联合抽查",
            parties={
                "lead": ("samr", "fire"),
                "department": ("samr",),
                "participants": ("fire", "health"),
            },
            fields={"lead_department": "samr"},
            parent=plan,
        )
    ).case_id
    office.do(
        case_id,
        "choose",
        by="cy-samr-handler1",
        task_name="2026年度餐饮服务部门联合抽查",
        plan_year=2026,
        items=["CY-SAMR-01", "CY-SAMR-02"],
        item_class="一般",
        ratio="5%",
        task_start="2026-03-02",
        task_end="2026-11-30",
        joint=True,
        participants=["fire", "health"],
    )
    return case_id


def test_a_refused_attempt_of_legal_weight_enters_the_history(office: Office) -> None:
    task = two_leads(office)
    case = office.case(task)
    participant = office.person("cy-fire-handler1")
    data = office.answer(case, ("strategy", ""))
    with office.engine.store.write() as connection:
        drafts.save(connection, task, "strategy", "", participant, answers=data, at=office.hand())
    command = CompleteTask(case_id=task, actor=participant, element="strategy", data=data)
    with pytest.raises(RecordedRefusal, match="参与部门不能添加策略"):
        office.engine.handle(command)
    (attempt,) = payloads(office.records(task), "attempt-refused")
    assert attempt["rule"] == "策略编制权限"
    assert attempt["code"] == "rule-broken"
    assert attempt["seat"] == {"department": "fire", "position": "handler"}
    assert noted(office) == [], "it stands in the history; a second note would be a second truth"
    after = office.case(task)
    assert (after.offers, after.fields) == (case.offers, case.fields)
    assert office.audit(task).is_clean
    with office.engine.store.read() as connection:
        kept = drafts.load(connection, task, "strategy", "", participant)
    assert kept == data, "nothing typed is lost"


# ---------------------------------------------------------------- each refusal says what to do


def test_who_holds_a_task_keeps_it_until_it_is_released_or_transferred(office: Office) -> None:
    plan = chains.drafted_plan(office)
    office.do(plan, "sign_off")
    office.do(plan, "coordinate") if ("coordinate", "") in office.open_tasks(plan) else None
    slot = ("countersign", "fire")
    holder, other = (office.person(f"cy-fire-handler{n}") for n in (1, 2))
    claim = ClaimTask(case_id=plan, actor=holder, element=slot[0], key=slot[1])
    office.engine.handle(claim)
    taken = refused(office, ClaimTask(case_id=plan, actor=other, element=slot[0], key=slot[1]))
    assert isinstance(taken, TaskIsClaimed)
    stranger = office.person("cy-health-handler1")
    transfer = TransferTask(
        case_id=plan, actor=holder, element=slot[0], key=slot[1], to=stranger, reason="请假"
    )
    assert isinstance(refused(office, transfer), NotTheirTask)
    office.engine.handle(
        TransferTask(
            case_id=plan, actor=holder, element=slot[0], key=slot[1], to=other, reason="请假"
        )
    )
    assert office.case(plan).claims[slot] == other
    office.engine.handle(
        ReleaseTask(case_id=plan, actor=other, element=slot[0], key=slot[1], reason="退回")
    )
    assert slot not in office.case(plan).claims
    assert office.audit(plan).is_clean


def test_a_form_of_an_earlier_turn_is_stale(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    case = sqlite_office.case(plan)
    command = CompleteTask(
        case_id=plan,
        actor=sqlite_office.holder(case, ("sign_off", "")),
        element="sign_off",
        data=sqlite_office.answer(case, ("sign_off", "")),
        turn=7,
    )
    assert isinstance(refused(sqlite_office, command), TaskNotOpen)


def test_nothing_but_a_comment_is_added_to_a_closed_case(sqlite_office: Office) -> None:
    plan = chains.approved_plan(sqlite_office)
    author = sqlite_office.person("cy-samr-handler1")
    closed = refused(sqlite_office, ClaimTask(case_id=plan, actor=author, element="draft"))
    assert isinstance(closed, CaseIsClosed)
    sqlite_office.engine.handle(AddComment(case_id=plan, actor=author, text="归档备注"))
    assert sqlite_office.kinds(plan)[-1] == "comment-added"


def test_unknown_cases_people_and_processes_are_named(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    nowhere = UUID(int=1)
    with pytest.raises(UnknownCase, match=str(nowhere)):
        sqlite_office.engine.handle(AddComment(case_id=nowhere, actor="nobody", text=""))
    with pytest.raises(UnknownPerson, match="nobody"):
        sqlite_office.engine.handle(AddComment(case_id=plan, actor="nobody", text=""))
    with pytest.raises(UnknownProcess, match="tea_ceremony"):
        sqlite_office.open("tea_ceremony", by="cy-samr-handler1", lead="samr")
    assert [note.code for note in noted(sqlite_office)] == [
        "unknown-case",
        "unknown-person",
        "unknown-process",
    ]


def test_facts_are_supplied_only_where_facts_are_missing(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    head = sqlite_office.holder(sqlite_office.case(plan), ("sign_off", ""))
    command = SupplyFacts(case_id=plan, actor=head, element="sign_off", fields={"ratio": "1%"})
    assert isinstance(refused(sqlite_office, command), TaskNotOpen)


def test_a_message_nobody_waits_for_is_refused(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    message = DeliverMessage(case_id=plan, actor=SYSTEM, message="child-closed", sender="x")
    found = refused(sqlite_office, message)
    assert isinstance(found, NotWaiting)
    assert isinstance(found, ProductError)


# ---------------------------------------------------------------- a year nobody has published

CALENDAR = "base/calendar/2027.csv"
YEAR = b"date,kind\n2027-01-01,holiday\n"


def waiting_for_2027(office: Office) -> UUID:
    """Return a plan whose countersign ends in a year without a calendar."""
    office.on("2026-12-30")
    plan = chains.drafted_plan(
        office, plan_year=2027, window_start="2027-03-01", window_end="2027-11-30"
    )
    office.do(plan, "sign_off")
    return plan


def test_a_deadline_in_an_unpublished_year_is_unknown_and_says_why(office: Office) -> None:
    plan = waiting_for_2027(office)
    unknown = [p for p in payloads(office.records(plan), "deadline-set") if p["due_at"] is None]
    assert unknown
    assert all("2027" in payload["missing"] for payload in unknown)
    with office.engine.store.read() as connection:
        rows = readings.timers_of(connection, plan)
    assert any(row.due_at is None and "2027" in row.missing for row in rows)
    office.on("2027-06-01")
    assert "timer-fired" not in office.kinds(plan), "no date, no miss"
    assert office.audit(plan).is_clean


def test_a_published_year_sets_the_deadline_and_names_both_calendars(office: Office) -> None:
    plan = waiting_for_2027(office)
    before = {slot for slot, d in office.case(plan).deadlines.items() if d.due_at is None}
    office.engine.handle(
        RecomputeDeadline(
            case_id=plan,
            actor=SYSTEM,
            calendar={CALENDAR: history.address(YEAR)},
            files={CALENDAR: YEAR},
        )
    )
    (told,) = payloads(office.records(plan), "deadline-recomputed")
    assert told["calendar_before"].startswith("CN@2020-2026#")
    assert told["calendar_after"].startswith("CN@2020-2027#")
    assert told["calendar"] == {CALENDAR: history.address(YEAR)}
    deadlines = office.case(plan).deadlines
    assert all(deadlines[slot].due_at is not None for slot in before)
    # 30 December, then 31, 4 and 5 January: the third working day ends at 24:00 in Shanghai
    assert datetime(2027, 1, 5, 16, tzinfo=UTC) in {d.due_at for d in deadlines.values()}
    assert {d.calendar for d in deadlines.values() if d.rule.startswith("rule:")} == {
        told["calendar_after"]
    }
    assert office.audit(plan).is_clean
    office.restarted().on("2027-01-06")
    assert "timer-fired" in office.kinds(plan)
    assert office.audit(plan).is_clean
    missed = payloads(office.records(plan), "deadline-missed")
    assert all(clock.instant(entry["due_at"]).year == 2027 for entry in missed)
