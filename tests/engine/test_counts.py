"""What a step costs does not depend on how much else is open: statements, commits, bytes."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import scheduler, state
from engine.commands import CompleteTask
from engine.store import actors, worklists
from engine.store.tables import people
from tests.engine import chains
from tests.engine.crowd import inspection, multiply
from tests.engine.office import Office
from tests.engine.tally import Tally, tally
from tests.web.conftest import WallClock
from tests.web.test_tasks import filled
from tests.web.visitor import Visitor
from web.app import create_app

STATEMENTS = 15  # inside `handle`; BEGIN and COMMIT are not counted
OPENING = 10  # one reads the parent, one what stands, one counts; PostgreSQL locks before it
REQUEST_STATEMENTS = 18  # from the session to the last write, when a form is handed in
PAGE_STATEMENTS = 8
CROWDS = (1, 200, 2000)
DRAFTER = "cy-samr-handler1"


def completed(office: Office, case_id: UUID, element: str, key: str = "") -> Tally:
    """Complete a task as somebody who may and return what its `handle` alone asked."""
    case = office.case(case_id)
    command = CompleteTask(
        case_id=case_id,
        actor=office.holder(case, (element, key)),
        element=element,
        key=key,
        data=office.answer(case, (element, key)),
    )
    with tally(office.engine.store) as asked:
        office.engine.handle(command)
    return asked


def play(office: Office, case_id: UUID) -> dict[str, Tally]:
    """Complete whatever is open until nothing is; returns what each task asked."""
    asked: dict[str, Tally] = {}
    for _ in range(60):
        case = office.case(case_id)
        waiting = [slot for slot, offer in case.offers.items() if not offer.missing]
        if case.is_closed or not waiting:
            return asked
        element, key = waiting[0]
        asked[f"{element}/{key}"] = completed(office, case_id, element, key)
        office.settle()
    raise AssertionError(list(office.open_tasks(case_id)))


def test_every_completion_of_the_chains_is_one_commit_of_few_statements(office: Office) -> None:
    plan = chains.drafted_plan(office)
    asked = play(office, plan) | play(office, inspection(office, parent=plan))
    assert len(asked) > 12
    assert {name: found.commits for name, found in asked.items()} == dict.fromkeys(asked, 1)
    dear = {name: str(found) for name, found in asked.items() if found.count > STATEMENTS}
    assert not dear, dear


def test_a_completion_costs_the_same_beside_one_or_two_thousand_siblings(office: Office) -> None:
    plan = chains.drafted_plan(office)
    first = inspection(office, parent=plan)
    counts, standing = {}, 1
    for crowd in CROWDS:
        if crowd > standing:
            multiply(office, first, crowd - standing, years=crowd)
            standing = crowd
        asked = completed(office, inspection(office, parent=plan), "serve_notice")
        counts[crowd] = (asked.count, asked.commits)
    assert len(set(counts.values())) == 1, counts
    assert counts[2000] <= (STATEMENTS, 1)


def test_opening_a_case_is_one_commit_of_few_statements(office: Office) -> None:
    plan = chains.drafted_plan(office)
    inspection(office, parent=plan)  # the version is built once per process
    with tally(office.engine.store) as asked:
        inspection(office, parent=plan)
    assert asked.commits == 1
    assert asked.count <= OPENING, str(asked)


def test_an_idle_tick_is_one_statement_however_many_cases_are_open(office: Office) -> None:
    plan = chains.drafted_plan(office)
    office.do(plan, "sign_off")
    assert office.case(plan).deadlines
    for years, crowd in enumerate((0, *CROWDS), start=1):
        multiply(office, plan, crowd, years=years)
        with tally(office.engine.store) as asked:
            assert scheduler.tick(office.engine) == 0
        assert asked.count == 1, str(asked)
        assert asked.commits == 0


def test_a_task_list_is_read_in_three_statements_at_any_length(office: Office) -> None:
    first = inspection(office)
    inspector = office.holder(office.case(first), ("serve_notice", ""))
    for crowd in CROWDS:
        multiply(office, first, crowd, years=crowd)
        with tally(office.engine.store) as asked, office.engine.store.read() as connection:
            actor = actors.actor(connection, inspector, at=office.hand())
            page = worklists.worklist_page(connection, actor, "chaoyang", limit=50)
            assert worklists.worklist_count(connection, actor, "chaoyang") > crowd
        assert len(page) == min(50, crowd + 1)
        assert asked.count == 3, str(asked)


def test_handing_in_a_form_is_one_commit_of_few_statements(office: Office, tmp_path: Path) -> None:
    plan = office.open("joint_plan", by=DRAFTER, lead="samr")
    app = create_app(office.engine, secret_key="k" * 32, var=tmp_path, demo=True, wall=WallClock())
    visitor = Visitor(app).signed_in_as(DRAFTER)
    place = f"/tasks/{office.case(plan).number}/draft"
    visitor.post(place, filled())
    seal = visitor.hidden(f"{place}/check")
    with tally(office.engine.store) as asked:
        assert visitor.post(f"{place}/check", seal).status_code == 303
    assert "draft" in office.case(plan).done
    assert asked.commits == 1
    assert asked.count <= REQUEST_STATEMENTS, str(asked)


def test_the_page_of_the_task_list_asks_little(office: Office, tmp_path: Path) -> None:
    first = inspection(office)
    multiply(office, first, 200)
    inspector = office.holder(office.case(first), ("serve_notice", ""))
    with office.engine.store.read() as connection:
        mine = select(people.c.login).where(people.c.person == inspector)
        login = connection.execute(mine).scalar_one()
    app = create_app(office.engine, secret_key="k" * 32, var=tmp_path, demo=True, wall=WallClock())
    visitor = Visitor(app).signed_in_as(login)
    visitor.page("/tasks")
    with tally(office.engine.store) as asked:
        visitor.page("/tasks")
    assert asked.count <= PAGE_STATEMENTS, str(asked)


@pytest.mark.parametrize("process", ["joint_plan", "inspection"])
def test_the_cached_state_is_a_small_process_beside_the_facts(
    sqlite_office: Office, process: str
) -> None:
    plan = chains.drafted_plan(sqlite_office)
    case_id = plan if process == "joint_plan" else inspection(sqlite_office, parent=plan)
    sizes = []
    for _ in range(40):
        case = sqlite_office.case(case_id)
        blob = state.dump(case)
        sizes.append((len(case.instance.dump()), len(blob)))
        waiting = [slot for slot, offer in case.offers.items() if not offer.missing]
        if case.is_closed or not waiting:
            break
        sqlite_office.do(case_id, *waiting[0][:1], key=waiting[0][1])
    assert max(process for process, _ in sizes) < 1024
    assert max(whole for _, whole in sizes) < 8192
