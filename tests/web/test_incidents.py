"""The administrator sees what failed, under the number people were told, and has it done again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert, select

from engine.store import queues
from engine.store.tables import work
from tests.web.conftest import House

ADMIN = "cy-samr-process-admin1"


def failed(house: House) -> tuple[str, str, str]:
    """Return case number, incident number and address of one computation that failed."""
    case_id = house.office.open("joint_plan", by="cy-samr-handler1", lead="samr", title="故障案件")
    engine, number = house.office.engine, house.office.case(case_id).number
    incident = queues.note_incident(
        engine.store,
        at=engine.now(),
        actor="a-test",
        what="work draw.objects",
        trace=f"Traceback: a secret detail of {number}",
        case_id=case_id,
    )
    address = uuid4().hex * 2
    with engine.store.write() as tx:
        row = {
            "address": address,
            "case_id": case_id,
            "element": "draw",
            "key": "",
            "name": "draw.objects",
            "inputs": b"{}",
            "requested_at": engine.now() - timedelta(hours=1),
            "failure": incident,
            "finished_at": None,
        }
        tx.execute(insert(work), [row])
    return number, incident, f"/admin/incidents/{case_id}/{address}/retry"


def end(house: House, address: str) -> None:
    """Take the made-up work out again, so that no background ever tries it."""
    with house.office.engine.store.write() as tx:
        tx.execute(work.delete().where(work.c.address == address.split("/")[-2]))


def test_incidents_are_listed_by_number_and_without_a_trace(house: House) -> None:
    number, incident, address = failed(house)
    page = house.visitor(ADMIN).page("/admin/incidents")
    assert incident in page
    assert number in page
    assert "a secret detail" not in page
    assert incident in house.visitor("cy-samr-handler1").page(f"/cases/{number}")
    assert incident not in house.visitor("pj-samr-process-admin1").page("/admin/incidents")
    end(house, address)


def test_failed_work_is_asked_for_again_once(house: House) -> None:
    number, incident, address = failed(house)
    visitor = house.visitor(ADMIN)
    elsewhere = house.visitor("pj-samr-process-admin1").post(address)
    assert elsewhere.status_code == 303
    assert incident in visitor.page("/admin/incidents")
    assert visitor.post(address).status_code == 303
    with house.office.engine.store.read() as tx:
        stands = tx.execute(
            select(work.c.failure).where(work.c.address == address.split("/")[-2])
        ).scalar_one()
    assert stands is None
    assert "已交后台重做" in visitor.page("/admin/incidents")
    visitor.post(address)
    assert "已不在失败状态" in visitor.page("/admin/incidents")
    assert number
    end(house, address)


def test_only_the_administrator_comes_here(house: House) -> None:
    assert house.visitor("cy-samr-handler1").get("/admin/incidents").status_code == 403
