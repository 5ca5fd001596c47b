"""突击检查: three secrets in the key, nothing out before the last visit, then all by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from engine.commands import LookAtSealed
from engine.draw import verify
from engine.errors import FormInvalid
from engine.service import RecordedRefusal
from engine.store.tables import events, sealed
from tests.engine import chains
from tests.engine.office import Office, payloads

SURPRISE: dict[str, Any] = {
    "surprise": True,
    "surprise_ground": "防止转移问题食品",
    "surprise_ground_given": True,
}


@pytest.fixture
def office(office: Office, tmp_path: Path) -> Office:
    """An office on either database, with a folder of its own for the key."""
    office.engine.var = tmp_path
    return office


def _drawn(office: Office, jurisdiction: str = "chaoyang") -> UUID:
    return chains.drawn_task(office, jurisdiction, **SURPRISE)


def _visited(office: Office, task: UUID) -> None:
    for visit in office.children(task, "inspection"):
        chains.until(office, visit, "record")


def test_a_surprise_needs_three_secrets(office: Office) -> None:
    task = chains.task(office, chains.approved_plan(office), **SURPRISE)
    with pytest.raises(FormInvalid, match="3 方"):
        office.do(task, "strategy", seal_parties=["samr", "justice"])


def test_no_secret_stands_in_the_history_and_none_can_be_read_without_the_key(
    office: Office,
) -> None:
    task = chains.task(office, chains.approved_plan(office), **SURPRISE)
    chains.until(office, task, "seal")
    secret = "5ec4e7" + "0" * 58
    office.do(task, "seal", key="notary", seal_secret=secret)
    with office.engine.store.read() as connection:
        bodies = connection.execute(select(events.c.body)).scalars().all()
        kept = connection.execute(select(sealed)).one()
    assert not any(secret.encode() in body for body in bodies)
    assert secret.encode() not in kept.content
    assert kept.party == "notary"
    (answered,) = payloads(office.records(task), "task-answered")[-1:]
    assert answered["data"]["seal_secret"] == {"sealed": kept.commit}


@pytest.mark.parametrize("jurisdiction", ["chaoyang", "panjin"])
def test_before_the_last_visit_nothing_is_public_and_a_look_is_history(
    office: Office, tmp_path: Path, jurisdiction: str
) -> None:
    task = _drawn(office, jurisdiction)
    fields = office.case(task).fields
    assert "draw_key" not in fields
    assert "thresholds" not in fields
    assert not [row for row in office.publications() if row["case_id"] == task]
    assert not (tmp_path / "evidence" / office.case(task).number).exists()
    look = LookAtSealed(
        case_id=task, actor=office.person(f"{chains.PREFIX[jurisdiction]}-fire-handler1")
    )
    with pytest.raises(RecordedRefusal, match="最后一次检查结束前"):
        office.engine.handle(look)
    (attempt,) = payloads(office.records(task), "attempt-refused")
    assert (attempt["code"], attempt["command"]) == ("still-sealed", "look-at-sealed")
    assert office.audit(task).is_clean


def test_results_of_single_visits_wait_for_the_last_one(office: Office) -> None:
    task = _drawn(office)
    first, *others = office.children(task, "inspection")
    chains.finish(office, first)
    case = office.case(first)
    assert not case.is_closed
    assert case.fields["result_held"] is True
    assert not office.publications(kind="result")
    for visit in others:
        chains.until(office, visit, "record")
    assert "seal_opened_on" in office.case(task).fields
    told = office.publications(kind="result")
    assert [row["number"] for row in told] == [case.number]
    for visit in (first, *others):
        chains.finish(office, visit)
    assert len(office.publications(kind="result")) == len(others) + 1
    chains.finish(office, task)
    assert office.case(task).is_closed
    assert all(found.is_clean for found in office.audit_all())


def test_after_the_last_visit_the_draw_opens_by_itself_and_anybody_checks_it(
    office: Office, tmp_path: Path
) -> None:
    task = _drawn(office)
    _visited(office, task)
    fields = office.case(task).fields
    assert len(fields["reveals"]) == 3
    assert fields["draw_key"]
    assert fields["docket"][-1]["state"] == "disclosed"
    assert (
        verify.main([str(tmp_path / "evidence" / office.case(task).number / "evidence.json")]) == 0
    )
    assert office.audit(task).is_clean


def test_after_the_opening_the_board_tells_what_an_open_draw_tells_in_the_same_order(
    office: Office, tmp_path: Path
) -> None:
    open_draw, task = chains.drawn_task(office), _drawn(office)
    _visited(office, task)
    for visit in office.children(task, "inspection"):
        chains.finish(office, visit)
    rows = [row for row in reversed(office.publications()) if row["case_id"] == task]
    ordinary = [row for row in reversed(office.publications()) if row["case_id"] == open_draw]
    assert [row["kind"] for row in rows] == [row["kind"] for row in ordinary]
    for late, told in zip(rows, ordinary, strict=True):
        assert set(late["body"]) >= set(told["body"]), late["kind"]
        assert late["body"]["disclosure"] == "启封后公布"
        assert late["title"].endswith("（启封后公布）")
        assert "disclosure" not in told["body"]
    assert rows[0]["body"]["manifest_hash"] == office.case(task).fields["manifest_hash"]
    children = office.children(task, "inspection")
    results = [row for row in office.publications(kind="result") if row["case_id"] in children]
    assert results
    assert all(row["published_at"] >= rows[-1]["published_at"] for row in results)
    folder = tmp_path / "evidence" / office.case(task).number
    assert (folder / "list.txt").is_file()
    manifest = rows[0]["body"]["manifest_hash"]
    assert verify.main([str(folder / "evidence.json"), "--published", manifest]) == 0


def test_a_secret_that_is_lost_voids_the_draw_and_the_violation_is_public(
    office: Office, tmp_path: Path
) -> None:
    task = _drawn(office)
    with office.engine.store.write() as connection:
        connection.execute(delete(sealed).where(sealed.c.party == "notary"))
    _visited(office, task)
    fields = office.case(task).fields
    assert fields["draw_void"] is True
    assert "notary" in fields["void_reason"]
    assert fields["violation"]
    assert fields["docket"][-1]["state"] == "void"
    (notice,) = [row for row in office.publications(kind="manifest") if row["case_id"] == task]
    assert notice["body"]["manifest_state"] == "已作废"
    assert not (tmp_path / "evidence" / office.case(task).number).exists()
    assert office.audit(task).is_clean


def test_a_secret_that_does_not_open_at_the_draw_voids_it_at_once(office: Office) -> None:
    task = chains.task(office, chains.approved_plan(office), **SURPRISE)
    chains.until(office, task, "verify")
    with office.engine.store.write() as connection:
        connection.execute(update(sealed).values(content=b"0" * 80))
    office.do(task, "verify")
    case = office.case(task)
    assert case.is_closed
    assert case.fields["docket"][-1]["state"] == "void"
    assert not office.children(task, "inspection")


# ---------------------------------------------------------------- the required channel


def _clocks(office: Office, task: UUID) -> dict[str, str]:
    """Return the last day of every clock a case has ever had, by element."""
    return {
        said["element"]: said["last_day"] for said in payloads(office.records(task), "deadline-set")
    }


@pytest.mark.parametrize(
    ("jurisdiction", "last_day"), [("chaoyang", "2026-03-25"), ("panjin", "2026-04-01")]
)
def test_after_the_opening_the_list_is_owed_to_the_required_channel(
    sqlite_office: Office, tmp_path: Path, jurisdiction: str, last_day: str
) -> None:
    """The clock runs from the last visit, not from the approval that nobody could publish."""
    office = sqlite_office
    office.engine.var = tmp_path
    task = _drawn(office, jurisdiction)
    assert not office.open_tasks(task), "before the opening nobody is asked for a receipt"
    office.on("2026-03-18")
    _visited(office, task)
    assert office.case(task).fields["last_visit_on"] == "2026-03-18"
    assert list(office.open_tasks(task)) == [("opened_receipt", "")]
    clocks = _clocks(office, task)
    assert clocks["opened_publication_late"] == last_day
    assert clocks["opened_task_publication_late"] == last_day
    for visit in office.children(task, "inspection"):
        chains.finish(office, visit)
        done = {said["element"] for said in payloads(office.records(visit), "task-completed")}
        assert "receipt_held" in done, "and each single result as well"
    assert not office.case(task).is_closed, "the list is still owed"
    office.on("2026-03-20")
    said = {"list_published_on": "2026-03-20", "task_published_on": "2026-03-20"}
    office.do(task, "opened_receipt", **said, receipt_number="渠道-2026-0007")
    chains.finish(office, task)
    assert office.case(task).is_closed
    assert "deadline-missed" not in office.kinds(task)
    assert office.audit(task).is_clean


def test_a_late_receipt_of_an_opened_surprise_is_a_missed_deadline_and_supervised(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office = sqlite_office
    office.engine.var = tmp_path
    task = _drawn(office, "panjin")
    office.on("2026-03-18")
    _visited(office, task)
    office.on("2026-04-02")
    missed = {said["element"] for said in payloads(office.records(task), "deadline-missed")}
    assert missed == {"opened_publication_late", "opened_task_publication_late"}
    assert ("opened_supervise", "") in office.open_tasks(task)
    assert ("opened_receipt", "") in office.open_tasks(task), "late is not never"
    assert office.audit(task).is_clean


def test_where_the_draw_is_void_there_is_no_list_to_publish(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office = sqlite_office
    office.engine.var = tmp_path
    task = _drawn(office)
    with office.engine.store.write() as connection:
        connection.execute(delete(sealed).where(sealed.c.party == "notary"))
    _visited(office, task)
    assert not office.open_tasks(task)
    for visit in office.children(task, "inspection"):
        chains.finish(office, visit)
    chains.finish(office, task)
    assert office.case(task).is_closed


def test_an_ordinary_task_is_asked_once_and_before_its_visits(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    for visit in sqlite_office.children(task, "inspection"):
        chains.finish(sqlite_office, visit)
    chains.finish(sqlite_office, task)
    done = [said["element"] for said in payloads(sqlite_office.records(task), "task-completed")]
    assert done.count("receipt") == 1
    assert "opened_receipt" not in done
