"""Long work that failed is listed under its incident, and is done when somebody asks again."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine.commands import CompleteTask
from engine.store import failures
from engine.store.tables import work
from tests.engine import chains
from tests.engine.office import Office
from tests.engine.test_rebuild import ssj


def asked_for(office: Office) -> tuple[UUID, str]:
    """Return a case with work that is asked for and not yet done, and the name of that work."""
    case_id = chains.task(office, chains.approved_plan(office))
    for _ in range(20):
        with office.engine.store.read() as connection:
            waiting = connection.execute(
                select(work.c.name).where(work.c.finished_at.is_(None))
            ).scalar()
        if waiting:
            return case_id, waiting
        hand_in(office, case_id)
    raise AssertionError(office.open_tasks(case_id))


def hand_in(office: Office, case_id: UUID) -> None:
    """Complete the next task while the background rests."""
    office.hand.moment += timedelta(minutes=10)
    case = office.case(case_id)
    slot = next(slot for slot, offer in case.offers.items() if not offer.missing)
    office.engine.handle(
        CompleteTask(
            case_id=case_id,
            actor=office.holder(case, slot),
            element=slot[0],
            key=slot[1],
            data=office.answer(case, slot),
        )
    )


def renamed(office: Office, old: str, new: str) -> None:
    """Let the work name a function that is not there, and back: a program with a fault, mended."""
    with office.engine.store.write() as connection:
        connection.execute(update(work).where(work.c.name == old).values(name=new))


@pytest.fixture
def failed(sqlite_office: Office) -> tuple[Office, UUID, str]:
    office = sqlite_office
    office.tolerant = True
    case_id, name = asked_for(office)
    renamed(office, name, "a.fault")
    office.settle()
    renamed(office, "a.fault", name)
    return office, case_id, name


def test_failed_work_is_listed_with_its_incident(failed: tuple[Office, UUID, str]) -> None:
    office, case_id, name = failed
    number = office.case(case_id).number
    (job,) = json.loads(ssj(office, "work", "--json").output)
    assert (job["number"], job["name"]) == (number, name)
    told = ssj(office, "work")
    assert f"{number} {name} 失败，故障编号 {job['failure']}" in told.output
    listed = ssj(office, "incidents")
    assert f"{job['failure']}" in listed.output
    assert "Traceback" not in listed.output
    whole = ssj(office, "incidents", job["failure"])
    assert "KeyError: 'a.fault'" in whole.output


def test_it_stays_failed_until_somebody_asks_again(failed: tuple[Office, UUID, str]) -> None:
    office, case_id, _name = failed
    office.settle()
    with office.engine.store.read() as connection:
        (job,) = failures.waiting_work(connection, jurisdiction="chaoyang")
        assert failures.waiting_work(connection, jurisdiction="panjin") == ()
    assert job.failure
    before = len(office.records(case_id))
    assert ssj(office, "work", "retry", job.address[:12]).exit_code == 0
    office.settle()
    assert len(office.records(case_id)) > before
    assert json.loads(ssj(office, "work", "--json").output) == []
    assert office.audit(case_id).is_clean


def test_what_did_not_fail_is_not_asked_for_again(sqlite_office: Office) -> None:
    case_id, _name = asked_for(sqlite_office)
    with sqlite_office.engine.store.write() as connection:
        (job,) = failures.waiting_work(connection)
        assert not failures.retry(connection, job.address, case_id)
    assert ssj(sqlite_office, "work", "retry", "--all").output.startswith("0 项")
    assert ssj(sqlite_office, "work", "retry", "ffff").exit_code == 1
    assert ssj(sqlite_office, "incidents", "ffff").exit_code == 1
    assert ssj(sqlite_office, "work", "retry").exit_code == 2
