"""The outbox: every message arrives, twice is as good as once, and one bad one stops nobody."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Table, insert, select, update

from engine import publisher, scheduler
from engine.commands import SYSTEM, FireTimer, OpenCase
from engine.errors import StaleTimer
from engine.history import canonical
from engine.store import outbox, readings
from engine.store.outbox import Message
from engine.store.tables import (
    assignments,
    cases,
    events,
    incidents,
    publications,
    timers,
    versions,
    worklist,
)
from engine.store.tables import outbox as messages
from rules.errors import FactError
from tests.engine import chains, forgery
from tests.engine.crowd import INSPECTED, PARTIES, inspection, multiply
from tests.engine.office import Office
from tests.engine.tally import tally

WRITTEN = (cases, events, publications, versions, worklist, timers)


def contents(connection: Connection, tables: Iterable[Table] = WRITTEN) -> dict[str, list[Any]]:
    return {
        table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
        for table in tables
    }


def every_message(connection: Connection) -> list[Message]:
    names = ("case_id", "seq", "part", "kind", "body", "progress")
    rows = connection.execute(select(*(messages.c[name] for name in names)))
    return [Message(**row) for row in rows.mappings()]


def test_every_message_delivered_twice_doubles_nothing(office: Office) -> None:
    task = chains.drawn_task(office)
    for case_id in office.children(task, "inspection"):
        chains.finish(office, case_id)
    chains.finish(office, task)
    office.settle()
    with office.engine.store.read() as connection:
        before, sent = contents(connection), every_message(connection)
    kinds = {message.kind for message in sent}
    assert {"open-cases", "publish", "child-closed", "apply-batch"} <= kinds
    for message in sent:
        publisher.deliver(office.engine, message)
    with office.engine.store.read() as connection:
        assert contents(connection) == before


def test_a_list_cut_off_half_way_goes_on_where_it_was(sqlite_office: Office) -> None:
    office = sqlite_office
    task = chains.drawn_task(office)
    born = office.children(task, "inspection")
    with office.engine.store.write() as connection:
        for table in (worklist, timers, assignments, cases):
            connection.execute(table.delete().where(table.c.case_id.in_(born[2:])))
        forgery.unlock(connection)
        connection.execute(events.delete().where(events.c.case_id.in_(born[2:])))
        connection.exec_driver_sql("DELETE FROM leaves")
        opening = messages.c.kind == "open-cases"
        connection.execute(update(messages).where(opening).values(delivered_at=None, progress=2))
    office.settle()
    assert sorted(office.children(task, "inspection")) == sorted(born)
    assert all(office.audit(case_id).is_clean for case_id in born)


def children(office: Office, parent: UUID, count: int) -> list[OpenCase]:
    return [
        OpenCase(
            case_id=outbox.child_id(parent, 99, str(number)),
            actor=SYSTEM,
            process="inspection",
            jurisdiction="chaoyang",
            title=f"对象 {number}",
            parties=PARTIES,
            fields=INSPECTED,
            parent=parent,
        )
        for number in range(count)
    ]


def test_a_list_of_cases_is_opened_in_one_transaction_that_costs_the_same_at_any_length(
    office: Office,
) -> None:
    plan = chains.drafted_plan(office)
    office.engine.open_children(children(office, plan, 1))  # takes the version from the shelf
    asked = {}
    for count, commands in ((2, children(office, plan, 2)), (9, children(office, plan, 9))):
        with tally(office.engine.store) as found:
            opened = office.engine.open_children(commands)
        asked[count] = (found.count, found.commits)
        assert [handled.case_id for handled in opened] == [
            command.case_id for command in commands[count - len(opened) :]
        ]
    assert asked[2] == asked[9]
    assert asked[9][1] == 1
    born = office.children(plan, "inspection")
    numbers = sorted(office.case(case_id).number for case_id in born)
    assert len(born) == len({*numbers}) == 9
    assert [int(number[-4:]) for number in numbers] == [*range(1, 10)]
    assert all(office.audit(case_id).is_clean for case_id in born)


def test_a_list_opened_twice_is_opened_once(office: Office) -> None:
    plan = chains.drafted_plan(office)
    commands = children(office, plan, 3)
    assert len(office.engine.open_children(commands[:2])) == 2
    assert [handled.case_id for handled in office.engine.open_children(commands)] == [
        commands[2].case_id
    ]
    assert office.engine.open_children(commands) == ()
    assert office.engine.open_children([]) == ()


def test_opened_in_a_list_or_alone_a_case_is_the_same(office: Office) -> None:
    plan = chains.drafted_plan(office)
    first, second = children(office, plan, 2)
    office.engine.handle(first)
    office.engine.open_children([second])
    alone, listed = (office.case(command.case_id) for command in (first, second))
    assert [r.kind for r in office.records(first.case_id)] == [
        r.kind for r in office.records(second.case_id)
    ]
    assert (alone.fields.keys(), alone.parties, [*alone.offers]) == (
        listed.fields.keys(),
        listed.parties,
        [*listed.offers],
    )


def test_one_child_that_cannot_be_opened_loses_the_others_nothing(office: Office) -> None:
    plan = chains.drafted_plan(office)
    commands = children(office, plan, 3)
    wrong = replace(commands[1], fields={**INSPECTED, "plan_year": "不是年份"})
    with pytest.raises(FactError):
        office.engine.open_children([commands[0], wrong, commands[2]])
    assert sorted(office.children(plan, "inspection")) == sorted(
        [commands[0].case_id, commands[2].case_id]
    )
    office.engine.open_children(commands)
    assert len(office.children(plan, "inspection")) == 3


def test_a_message_that_fails_becomes_an_incident_and_holds_up_nobody(
    sqlite_office: Office,
) -> None:
    sqlite_office.tolerant = True
    plan = chains.drafted_plan(sqlite_office)
    bad = {
        "case_id": plan,
        "seq": 1,
        "part": 9,
        "kind": "pigeon",
        "body": canonical({"kind": "pigeon"}),
        "created_at": sqlite_office.hand.moment.replace(year=2020),
    }
    with sqlite_office.engine.store.write() as connection:
        connection.execute(insert(messages), [bad])
    chains.finish(sqlite_office, plan)
    with sqlite_office.engine.store.read() as connection:
        waiting = outbox.waiting(connection, limit=10)
        noted = connection.execute(select(incidents)).all()
        attempts = connection.execute(
            select(messages.c.attempts).where(messages.c.kind == "pigeon")
        ).scalar_one()
    assert [message.kind for message in waiting] == ["pigeon"]
    assert sqlite_office.publications(kind="plan")
    assert attempts > 1
    assert len({row.trace for row in noted}) == len(noted) == 1
    assert "pigeon" in noted[0].trace


def test_a_timer_that_fails_holds_up_no_other_case(sqlite_office: Office) -> None:
    sqlite_office.tolerant = True
    broken, sound = chains.drafted_plan(sqlite_office), chains.drafted_plan(sqlite_office)
    for plan in (broken, sound):
        sqlite_office.do(plan, "sign_off")
    with sqlite_office.engine.store.write() as connection:
        connection.execute(update(cases).where(cases.c.case_id == broken).values(version="gone"))
    sqlite_office.on("2026-03-20")
    assert "timer-fired" in sqlite_office.kinds(sound)
    assert "timer-fired" not in sqlite_office.kinds(broken)
    with sqlite_office.engine.store.read() as connection:
        noted = connection.execute(select(incidents.c.case_id)).scalars().all()
    assert set(noted) == {broken}


def test_a_timer_that_no_longer_waits_is_not_fired(office: Office) -> None:
    plan = chains.drafted_plan(office)
    office.do(plan, "sign_off")
    (element, key), deadline = next(
        (slot, value) for slot, value in office.case(plan).deadlines.items() if value.due_at
    )
    assert deadline.due_at is not None
    early = FireTimer(case_id=plan, actor=SYSTEM, element=element, key=key, due_at=deadline.due_at)
    with pytest.raises(StaleTimer):
        office.engine.handle(early)
    office.on("2026-03-20")
    with pytest.raises(StaleTimer):
        office.engine.handle(early)
    assert [r.kind for r in office.records(plan)].count("timer-fired") == len(
        {repr(r.event) for r in office.records(plan) if r.kind == "timer-fired"}
    )


def test_a_row_of_timers_that_the_history_does_not_know_fires_nothing(
    sqlite_office: Office,
) -> None:
    first = inspection(sqlite_office)
    multiply(sqlite_office, first, 1)
    plan = chains.drafted_plan(sqlite_office)
    stray = {
        "case_id": plan,
        "element": "ghost",
        "key": "",
        "due_at": sqlite_office.hand.moment,
        "rule": "rule:会签期限",
        "missing": None,
        "provisional": None,
    }
    with sqlite_office.engine.store.write() as connection:
        connection.execute(insert(timers), [stray])
    before = sqlite_office.records(plan)
    assert scheduler.tick(sqlite_office.engine) == 0
    assert sqlite_office.records(plan) == before


def test_a_child_is_named_by_its_message_and_object_alone() -> None:
    parent = UUID(int=7)
    assert outbox.child_id(parent, 5, "A") == outbox.child_id(parent, 5, "A")
    others = {outbox.child_id(parent, seq, unit) for seq in range(50) for unit in "ABC"}
    assert len(others) == 150
    assert all(child.version == 8 for child in others)


def test_the_parent_hears_that_all_are_closed_once(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    children = sqlite_office.children(task, "inspection")
    for case_id in children:
        assert sqlite_office.kinds(task).count("message-received") == 0
        chains.finish(sqlite_office, case_id)
    heard = [r for r in sqlite_office.records(task) if r.kind == "message-received"]
    assert [json.loads(r.body)["payload"]["name"] for r in heard] == ["inspections-closed"]
    with sqlite_office.engine.store.read() as connection:
        counted = readings.progress(connection, task)
    assert [(row.process, row.total, row.closed) for row in counted if row.process == "inspection"]
